//! The `horarium` binary: the server with the handlers that come with it.

use std::process::ExitCode;

use horarium::Horarium;

fn main() -> ExitCode {
    Horarium::builder().run()
}
