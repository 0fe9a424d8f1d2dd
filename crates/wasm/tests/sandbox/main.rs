//! Modules in real children: what they get, what they may, how they end.
#![expect(clippy::unwrap_used, reason = "in a test it is an assertion")]

mod checking;
mod confining;
mod ending;
mod running;
mod support;
