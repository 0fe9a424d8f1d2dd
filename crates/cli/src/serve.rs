//! `horarium serve`: a node, from its start to its end.

mod reload;
mod signals;
mod welcome;

use std::process::ExitCode;
use std::time::Duration;

use horarium_server::{Parts, Server};

use crate::args::ConfigFlags;
use crate::config::Config;
use crate::failure::Failure;
use crate::logging;

use reload::Reload;
use signals::{Hangups, Signals};

/// As a shell reports a program that SIGINT ended.
const INTERRUPTED: u8 = 130;

/// What the server may take beyond the grace that attempts get: to write down how they ended.
const AFTER_GRACE: Duration = Duration::from_secs(5);

pub(crate) fn run(flags: ConfigFlags, parts: Parts) -> Result<ExitCode, Failure> {
    let settings = Config::load(&flags)?.settings;
    let levels = logging::start(&settings.log)?;
    let reload = Reload { flags, levels, settings };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(serve(reload, parts))?;
    // A blocking call that hangs, such as a file on a dead mount, must not hold up the end.
    runtime.shutdown_background();
    Ok(code)
}

async fn serve(mut reload: Reload, parts: Parts) -> Result<ExitCode, Failure> {
    let settings = reload.settings.clone();
    // Before the start: a signal during it must not be lost.
    let mut signals = Signals::listen()?;
    let mut hangups = Hangups::listen()?;
    let grace = Duration::from_secs(settings.node.shutdown_grace_seconds.into());
    let running = tokio::select! {
        started = Server::start_with(settings.clone(), parts) => started?,
        signal = signals.next() => {
            tracing::info!("{signal} while starting: nothing to finish");
            return Ok(ExitCode::SUCCESS);
        }
    };
    welcome::show(&settings, running.address(), running.setup_token());
    let signal = loop {
        tokio::select! {
            signal = signals.next() => break signal,
            () = hangups.next() => reload.run(),
            () = running.finished() => return Err(Failure::new("the server ended by itself")),
        }
    };
    tracing::info!(
        "{signal}: no new starts; running attempts get {} s; once more ends at once",
        grace.as_secs()
    );
    tokio::select! {
        stopped = tokio::time::timeout(grace + AFTER_GRACE, running.stop(grace)) => Ok(end(stopped.is_ok())),
        signal = signals.next() => {
            tracing::warn!("{signal} again: ending at once");
            // Not by returning: what still runs would be waited for.
            std::process::exit(INTERRUPTED.into());
        }
    }
}

fn end(stopped_in_time: bool) -> ExitCode {
    if stopped_in_time {
        tracing::info!("stopped");
        return ExitCode::SUCCESS;
    }
    tracing::warn!("the grace has passed: ending with attempts still running");
    ExitCode::FAILURE
}
