//! The child that modules run in, alone: for this crate's tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    horarium_wasm::enter().unwrap_or(ExitCode::from(2))
}
