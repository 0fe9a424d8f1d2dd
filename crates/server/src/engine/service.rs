//! Background duties: each looks at the database, acts, reports, and is run again later.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::clock::Clock;

/// Longest sleep in one piece: the wall clock may be set, or the machine may have slept, meanwhile.
const SLEEP_MAX: Duration = Duration::from_millis(500);
/// Wait after a failed look, doubled up to [`FAILURE_PAUSE_MAX`].
const FAILURE_PAUSE: Duration = Duration::from_millis(100);
const FAILURE_PAUSE_MAX: Duration = Duration::from_secs(2);

/// One background duty.
///
/// `run_once` takes no hint about what changed: a wake-up only means "look again now", so a missed
/// one costs latency, never work.
pub trait Service: Send + Sync + 'static {
    /// Shown in logs.
    const NAME: &'static str;
    /// Longest time between two looks.
    const PERIOD: SignedDuration;

    /// Does what is due at `now` and says what it did.
    fn run_once(
        &self,
        now: Timestamp,
    ) -> impl Future<Output = horarium_store::Result<Report>> + Send;
}

/// What one look did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows acted on.
    pub n_acted: usize,
    /// When there will be more to do, if that is known and sooner than the period.
    pub next_at: Option<Timestamp>,
}

/// A wake-up that is remembered until it is taken, however often it is given.
#[derive(Clone, Debug, Default)]
pub struct Hint(Arc<Notify>);

impl Hint {
    pub fn give(&self) {
        self.0.notify_one();
    }

    pub async fn taken(&self) {
        self.0.notified().await;
    }
}

/// Runs a service until `stop`: when its period is over, when it asked to, or when hinted.
pub async fn drive<S: Service>(service: S, clock: Clock, hint: Hint, stop: CancellationToken) {
    let mut pause = FAILURE_PAUSE;
    while !stop.is_cancelled() {
        let now = clock.now();
        let next_at = match service.run_once(now).await {
            Ok(report) => {
                if report.n_acted > 0 {
                    debug!(service = S::NAME, report.n_acted, "{} acted", S::NAME);
                }
                pause = FAILURE_PAUSE;
                let by_period = now.checked_add(S::PERIOD).unwrap_or(Timestamp::MAX);
                report.next_at.map_or(by_period, |next| next.min(by_period))
            }
            Err(err) => {
                warn!(service = S::NAME, error = %Chain(&err), "{} failed, trying again", S::NAME);
                let wait = SignedDuration::try_from(pause).unwrap_or(SignedDuration::ZERO);
                pause = (pause * 2).min(FAILURE_PAUSE_MAX);
                clock.now().checked_add(wait).unwrap_or(now)
            }
        };
        tokio::select! {
            () = sleep_until(&clock, next_at) => {}
            () = hint.taken() => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Runs `work` to its end, also when whoever waits for it goes away, as a caller that hangs up does:
/// what it has claimed for this node would be started by nobody.
pub async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(err) => match err.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a runtime that ends cancels it, and then nobody is answered any more.
            Err(_) => std::future::pending().await,
        },
    }
}

/// Sleeps until the wall clock says `at`; never less.
async fn sleep_until(clock: &Clock, at: Timestamp) {
    loop {
        let left = at.duration_since(clock.now());
        let Ok(left) = Duration::try_from(left) else { return };
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(SLEEP_MAX)).await;
    }
}

/// An error with all its causes in one line.
pub struct Chain<'a>(pub &'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}
