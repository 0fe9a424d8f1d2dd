//! Steps that run programs, with real processes.

#![expect(clippy::unwrap_used, reason = "a test helper that fails has found something")]

mod confining;
mod dying;
mod running;
mod scripts;
mod stopping;
mod support;
