//! How a running attempt is told to stop, and by whom.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::sync::CancellationToken;

/// Why an attempt was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Somebody cancelled the execution.
    Cancelled,
    /// The node is stopping; the execution is given back.
    Interrupted,
}

/// The handle by which one attempt is stopped. The first reason given is the one that counts.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    reason: OnceLock<StopReason>,
    token: CancellationToken,
}

impl Stop {
    pub fn new() -> Self {
        Self::default()
    }

    /// Somebody cancelled the execution.
    pub fn cancel(&self) {
        self.request(StopReason::Cancelled);
    }

    /// The node is stopping.
    pub fn interrupt(&self) {
        self.request(StopReason::Interrupted);
    }

    pub fn reason(&self) -> Option<StopReason> {
        self.0.reason.get().copied()
    }

    /// Waits until somebody asks.
    pub async fn requested(&self) -> StopReason {
        self.0.token.cancelled().await;
        self.reason().unwrap_or(StopReason::Cancelled)
    }

    fn request(&self, reason: StopReason) {
        // The reason stands before the wake-up: who wakes must find it.
        self.0.reason.get_or_init(|| reason);
        self.0.token.cancel();
    }
}

/// Tells a handler that its attempt is to end: cancelled, over its time, or its node is stopping.
///
/// One that looks at it gets a moment to tidy up ([`crate::runner::HANDLER_GRACE`]); any other is
/// dropped at once. Threads and tasks that a handler started know of the end only by a clone of this.
#[derive(Clone, Debug, Default)]
pub struct Cancellation {
    token: CancellationToken,
    is_watched: Arc<AtomicBool>,
}

impl Cancellation {
    pub fn is_requested(&self) -> bool {
        self.is_watched.store(true, Ordering::Relaxed);
        self.token.is_cancelled()
    }

    /// Waits until the attempt is to end.
    pub async fn requested(&self) {
        self.is_watched.store(true, Ordering::Relaxed);
        self.token.cancelled().await;
    }

    pub(crate) fn request(&self) {
        self.token.cancel();
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.is_watched.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_reason_counts() {
        let stop = Stop::new();
        assert_eq!(stop.reason(), None);
        stop.interrupt();
        stop.clone().cancel();
        assert_eq!(stop.requested().await, StopReason::Interrupted);
    }
}
