//! Stops attempts of this node that were cancelled through another.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{
    Shared,
    service::{Report, Service},
};

pub struct Canceller(pub Arc<Shared>);

impl Service for Canceller {
    const NAME: &'static str = "canceller";
    /// Well inside the second in which cancelled work must have stopped (contract C11).
    const PERIOD: SignedDuration = SignedDuration::from_millis(400);

    async fn run_once(&self, _now: Timestamp) -> horarium_store::Result<Report> {
        let Self(shared) = self;
        let cancelled = shared.store.take_cancellations(shared.lease.node()).await?;
        for id in &cancelled {
            shared.attempts.cancel(*id);
        }
        Ok(Report { n_acted: cancelled.len(), next_at: None })
    }
}
