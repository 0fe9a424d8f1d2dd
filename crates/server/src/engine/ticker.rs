//! Fires what is due.

use std::sync::Arc;

use horarium_core::JobId;
use horarium_store::{FireRequest, Fired};
use jiff::{SignedDuration, Timestamp};
use tracing::{error, info};

use super::{
    Shared, dispatcher,
    service::{Report, Service},
};

/// Most triggers fired in one transaction: bounds how long other writes wait behind it.
pub const TRIGGERS_PER_FIRE_MAX: u32 = 500;
/// Looks at one owner that [`fire_one`] makes: each decides up to the plan's bound of instants.
const LOOKS_AT_ONE_MAX: usize = 10_000;

pub struct Ticker(pub Arc<Shared>);

impl Service for Ticker {
    const NAME: &'static str = "ticker";
    /// Another node's API may have made something due that no hint told this one of.
    const PERIOD: SignedDuration = SignedDuration::from_millis(500);

    async fn run_once(&self, now: Timestamp) -> horarium_store::Result<Report> {
        let Self(shared) = self;
        if !shared.lease.is_valid() {
            return Ok(Report::default());
        }
        let fired = fire(shared, now, TRIGGERS_PER_FIRE_MAX, None).await?;
        let more = fired.n_triggers >= TRIGGERS_PER_FIRE_MAX as usize;
        let next_at = if more { Some(now) } else { shared.store.next_wake().await? };
        Ok(Report { n_acted: fired.n_triggers, next_at })
    }
}

/// Fires everything `owner` has due now.
pub async fn fire_one(shared: &Arc<Shared>, owner: JobId) -> horarium_store::Result<()> {
    for _ in 0..LOOKS_AT_ONE_MAX {
        if fire(shared, shared.clock.now(), 1, Some(owner)).await?.n_triggers == 0 {
            break;
        }
    }
    Ok(())
}

async fn fire(
    shared: &Arc<Shared>,
    now: Timestamp,
    limit: u32,
    only: Option<JobId>,
) -> horarium_store::Result<Fired> {
    let room = shared.slots.reserve(limit);
    let claimer = room.as_ref().map(|room| (shared.lease.node(), room.n()));
    let request = FireRequest { now, limit, only, claimer };
    let planner = Arc::clone(&shared.planner) as Arc<dyn horarium_store::Planner>;
    let mut fired = shared.store.fire(request, planner).await?;
    report(shared, &fired, now);
    for one in fired.cancelled.iter().filter(|one| one.node == Some(shared.lease.node())) {
        shared.attempts.cancel(one.id);
    }
    let to_start = std::mem::take(&mut fired.claimed);
    if to_start.len() < fired.n_executions {
        shared.hints.dispatcher.give();
    }
    if let (false, Some(room)) = (to_start.is_empty(), room) {
        dispatcher::launch(shared, to_start, room).await;
    }
    Ok(fired)
}

fn report(shared: &Shared, fired: &Fired, now: Timestamp) {
    for row in &fired.decisions {
        shared.metrics.decided(row, now);
    }
    for (job, problem) in &fired.broken {
        error!(job.id = %job, "job {job} cannot be scheduled: {problem}");
    }
    if fired.n_triggers > 0 {
        info!(
            n_triggers = fired.n_triggers,
            n_executions = fired.n_executions,
            "fired {} executions of {} triggers",
            fired.n_executions,
            fired.n_triggers
        );
    }
}
