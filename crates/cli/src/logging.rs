//! Where log lines go: stderr, for people or for collectors.

use std::io::{self, IsTerminal as _};

use horarium_server::settings::{Log, LogFormat};
use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

pub(crate) fn start(log: &Log) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|cause| Failure::new(format!("log.filter `{}`: {cause}", log.filter)))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match log.format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Pretty => lines.with_ansi(wants_colour()).init(),
    }
    Ok(())
}

/// <https://no-color.org>
fn wants_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !refused
}
