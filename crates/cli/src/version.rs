//! `horarium version`: what a bug report needs to say.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::output;

pub(crate) fn run() -> Result<ExitCode, Failure> {
    output::print(&text())?;
    Ok(ExitCode::SUCCESS)
}

fn text() -> String {
    format!(
        "horarium {}\ntime zones {}\n",
        env!("CARGO_PKG_VERSION"),
        horarium_when::tzdb_version(),
    )
}
