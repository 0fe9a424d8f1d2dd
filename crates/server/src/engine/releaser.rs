//! Starts executions that wait for other jobs, once their conditions are met (contract D1).

use std::sync::{Arc, Mutex, PoisonError, atomic::Ordering};

use horarium_core::ExecutionId;
use jiff::{SignedDuration, Timestamp};
use tracing::info;
use uuid::Uuid;

use super::{
    Shared,
    service::{Report, Service},
};

pub struct Releaser {
    shared: Arc<Shared>,
    /// Where the next look goes on when one could not see all. Losing it costs a turn.
    last: Mutex<Option<ExecutionId>>,
}

impl Releaser {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared, last: Mutex::new(None) }
    }
}

impl Service for Releaser {
    const NAME: &'static str = "releaser";
    const PERIOD: SignedDuration = SignedDuration::from_millis(500);

    async fn run_once(&self, now: Timestamp) -> horarium_store::Result<Report> {
        let shared = &self.shared;
        if !shared.lease.is_valid() {
            return Ok(Report::default());
        }
        let after = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let found = shared.store.release(after, now, Uuid::now_v7).await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = found.last;
        shared.hints.is_held.store(found.n_held > 0 || after.is_some(), Ordering::Relaxed);
        for id in &found.released {
            info!(execution.id = %id, "execution {id} starts: its dependencies are met");
        }
        if !found.released.is_empty() {
            shared.hints.dispatcher.give();
        }
        if found.n_runs > 0 {
            shared.hints.advancer.give();
        }
        Ok(Report { n_acted: found.released.len(), next_at: found.last.map(|_| now) })
    }
}
