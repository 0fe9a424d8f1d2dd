//! SIGTERM and SIGINT, which both ask for an orderly end; SIGHUP, which asks to look at the configuration.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The two that end.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

/// The one that asks to look again.
pub(super) struct Hangups(Signal);

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The name of the next one.
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

impl Hangups {
    pub(super) fn listen() -> io::Result<Self> {
        signal(SignalKind::hangup()).map(Self)
    }

    pub(super) async fn next(&mut self) {
        self.0.recv().await;
    }
}
