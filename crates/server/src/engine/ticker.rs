//! Fires what is due.

use std::sync::Arc;

use horarium_store::{FireRequest, Fired};
use jiff::{SignedDuration, Timestamp};
use tracing::{error, info};
use uuid::Uuid;

use super::{
    Shared, dispatcher,
    service::{Report, Service, to_its_end},
};

/// Most triggers fired in one transaction: bounds how long other writes wait behind it.
pub const TRIGGERS_PER_FIRE_MAX: u32 = 500;
/// Pairs of such transactions in one look; what is due beyond them is for the next look, at once.
const PAIRS_PER_LOOK_MAX: usize = 100;
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
        let mut n_acted = fire_some(shared, now).await?;
        let mut more = n_acted >= TRIGGERS_PER_FIRE_MAX as usize;
        // Many are due at once: while one transaction is being committed, the next is at work.
        for _ in 0..PAIRS_PER_LOOK_MAX {
            if !more {
                break;
            }
            // Both to their end, also when one fails: what the other has claimed must be started.
            let (one, other) = tokio::join!(fire_some(shared, now), fire_some(shared, now));
            let (one, other) = (one?, other?);
            more = one.max(other) >= TRIGGERS_PER_FIRE_MAX as usize;
            n_acted += one + other;
        }
        let next_at = if more { Some(now) } else { shared.store.next_wake().await? };
        Ok(Report { n_acted, next_at })
    }
}

/// Fires up to [`TRIGGERS_PER_FIRE_MAX`] of what is due; how many that were.
async fn fire_some(shared: &Arc<Shared>, now: Timestamp) -> horarium_store::Result<usize> {
    Ok(fire(shared, now, TRIGGERS_PER_FIRE_MAX, None).await?.n_triggers)
}

/// Fires everything `owner` has due now.
pub async fn fire_one(shared: &Arc<Shared>, owner: Uuid) -> horarium_store::Result<()> {
    for _ in 0..LOOKS_AT_ONE_MAX {
        let shared = Arc::clone(shared);
        let fired =
            to_its_end(async move { fire(&shared, shared.clock.now(), 1, Some(owner)).await });
        if fired.await?.n_triggers == 0 {
            break;
        }
    }
    Ok(())
}

async fn fire(
    shared: &Arc<Shared>,
    now: Timestamp,
    limit: u32,
    only: Option<Uuid>,
) -> horarium_store::Result<Fired> {
    let room = shared.slots.reserve(limit);
    let n_startable = room.as_ref().map(|room| room.n() + dispatcher::room_ahead(shared));
    let claimer = n_startable.map(|n| (shared.lease.node(), n.min(limit)));
    let request = FireRequest { now, limit, only, claimer };
    let planner = Arc::clone(&shared.planner) as Arc<dyn horarium_store::Planner>;
    let mut fired = shared.store.fire(request, planner).await?;
    report(shared, &fired, now);
    for one in fired.cancelled.iter().filter(|one| one.node == Some(shared.lease.node())) {
        shared.attempts.cancel(one.id);
    }
    if fired.n_runs > 0 {
        shared.hints.advancer.give();
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
