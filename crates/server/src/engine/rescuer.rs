//! Declares silent nodes lost, and hands what they ran to their jobs' lost-attempt policies.

use std::sync::Arc;

use horarium_store::Dialect;
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::{
    Shared,
    lease::LEASE,
    service::{Report, Service},
};

pub struct Rescuer(pub Arc<Shared>);

impl Rescuer {
    /// Nodes that have not beaten since then are lost.
    ///
    /// A SQLite file has one server, by its lock: every other node in it is the past of this one, so
    /// what a crash interrupted is taken up at once.
    fn silent_before(&self, now: Timestamp) -> Timestamp {
        match self.0.store.dialect() {
            Dialect::Sqlite => Timestamp::MAX,
            Dialect::Postgres => now.checked_sub(LEASE).unwrap_or(now),
        }
    }
}

impl Service for Rescuer {
    const NAME: &'static str = "rescuer";
    /// With the lease and this, a lost execution is taken over within 15 s (invariant 5).
    const PERIOD: SignedDuration = SignedDuration::from_secs(2);

    async fn run_once(&self, now: Timestamp) -> horarium_store::Result<Report> {
        let Self(shared) = self;
        if !shared.lease.is_valid() {
            // A node that cannot renew its own lease is in no position to judge others.
            return Ok(Report::default());
        }
        let before = self.silent_before(now);
        for (node, name) in shared.store.declare_lost(shared.lease.node(), before).await? {
            warn!(node.id = %node, "node {name} ({node}) has been silent for too long: lost");
        }
        let mut n_acted = 0;
        loop {
            let rescued = shared.store.rescue(now).await?;
            for one in &rescued {
                info!(execution.id = %one.ended.id, after = ?one.after, "execution {} was lost with its node: {:?}", one.ended.id, one.after);
                shared.metrics.lost(one.after);
            }
            if rescued.iter().any(|one| one.ended.awaited) {
                shared.hints.advancer.give();
            }
            n_acted += rescued.len();
            if rescued.is_empty() {
                break;
            }
        }
        if n_acted > 0 {
            shared.hints.dispatcher.give();
        }
        Ok(Report { n_acted, next_at: None })
    }
}
