//! Keeps this node's lease, follows the database's clock, and stops everything when the lease is gone.

use std::{sync::Arc, time::Instant};

use horarium_store::Store;
use jiff::{SignedDuration, Timestamp};
use tracing::{error, warn};

use super::{
    NodeSettings, Shared, dispatcher,
    lease::BEAT_PERIOD,
    service::{Report, Service},
};
use crate::clock::Clock;

/// A clock further than this from the database's is worth a person's look.
const SKEW_WARNED: SignedDuration = SignedDuration::from_secs(1);
/// How soon a failed beat is tried again, so that one hiccup does not cost the lease.
const BEAT_AGAIN: SignedDuration = SignedDuration::from_millis(500);

pub struct Heart {
    shared: Arc<Shared>,
    settings: NodeSettings,
}

impl Heart {
    pub fn new(shared: Arc<Shared>, settings: NodeSettings) -> Self {
        Self { shared, settings }
    }

    /// Others have declared this node lost: what it runs is not its own any more.
    async fn start_over(&self) -> horarium_store::Result<()> {
        let shared = &self.shared;
        error!("this node was declared lost; stopping its attempts and starting over as another");
        shared.lease.revoke();
        shared.attempts.interrupt_all();
        shared.lease.reacquire(&shared.store, &shared.clock, &self.settings).await
    }

    /// Stops by itself before others may take over.
    async fn stop_if_expired(&self) {
        let shared = &self.shared;
        if !shared.lease.is_valid() && shared.attempts.n_running() > 0 {
            warn!("the lease could not be renewed in time; stopping this node's attempts");
            shared.attempts.interrupt_all();
        }
        if !shared.lease.is_valid() {
            dispatcher::give_back_unstarted(shared).await;
        }
    }
}

impl Service for Heart {
    const NAME: &'static str = "heart";
    const PERIOD: SignedDuration = BEAT_PERIOD;

    async fn run_once(&self, now: Timestamp) -> horarium_store::Result<Report> {
        let shared = &self.shared;
        let sent = Instant::now();
        match shared.store.beat(shared.lease.node(), now).await {
            Ok(true) => shared.lease.renewed(sent),
            Ok(false) => self.start_over().await?,
            Err(err) => {
                warn!(error = %err, "renewing the lease failed");
                self.stop_if_expired().await;
                return Ok(Report { n_acted: 0, next_at: now.checked_add(BEAT_AGAIN).ok() });
            }
        }
        follow_database_clock(&shared.store, &shared.clock).await?;
        Ok(Report::default())
    }
}

/// Measures this machine's clock against the database's. Nothing to do on SQLite.
pub async fn follow_database_clock(store: &Store, clock: &Clock) -> horarium_store::Result<()> {
    let asked = clock.unmoved();
    if let Some(database) = store.database_time().await? {
        clock.follow(asked, database, clock.unmoved());
        let offset = clock.offset();
        if offset.abs() > SKEW_WARNED {
            warn!(
                offset_ms = offset.as_millis(),
                "this machine's clock differs from the database's"
            );
        }
    }
    Ok(())
}
