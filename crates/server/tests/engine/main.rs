//! The engine without HTTP: services on real databases, told nothing, stopped, lost, and in pairs.

#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure is the test's failure")]

mod duties;
mod stops;
mod support;
