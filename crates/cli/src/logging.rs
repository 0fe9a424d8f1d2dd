//! Where log lines go: stderr, for people or for collectors; and which of them, also while it runs.

use std::io::{self, IsTerminal as _};

use horarium_server::settings::{Log, LogFormat};
use tracing_subscriber::{EnvFilter, fmt, reload};

use crate::failure::Failure;

/// Which lines are written.
pub(crate) struct Levels(Box<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>);

impl Levels {
    /// From now on the lines that `filter` lets through.
    pub(crate) fn set(&self, filter: &str) -> Result<(), Failure> {
        (self.0)(parse(filter)?).map_err(Failure::from)
    }
}

pub(crate) fn start(log: &Log) -> Result<Levels, Failure> {
    let lines = fmt().with_env_filter(parse(&log.filter)?).with_writer(io::stderr);
    Ok(match log.format {
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_filter_reloading();
            let handle = lines.reload_handle();
            lines.init();
            Levels(Box::new(move |filter| handle.reload(filter)))
        }
        LogFormat::Pretty => {
            let lines = lines.with_ansi(wants_colour()).with_filter_reloading();
            let handle = lines.reload_handle();
            lines.init();
            Levels(Box::new(move |filter| handle.reload(filter)))
        }
    })
}

fn parse(filter: &str) -> Result<EnvFilter, Failure> {
    EnvFilter::try_new(filter)
        .map_err(|cause| Failure::new(format!("log.filter `{filter}`: {cause}")))
}

/// <https://no-color.org>
fn wants_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !refused
}
