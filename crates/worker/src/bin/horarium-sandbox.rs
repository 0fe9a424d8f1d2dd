//! The part of the `horarium` binary that runs programs, alone: for this crate's tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    horarium_worker::sandbox::enter().unwrap_or(ExitCode::from(2))
}
