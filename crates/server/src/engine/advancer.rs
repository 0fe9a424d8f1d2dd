//! Advances runs of graphs: notes the ends of their executions, starts what follows, ends them.

use std::sync::Arc;

use horarium_store::{AdvanceRequest, Advanced, RunPlanner};
use jiff::{SignedDuration, Timestamp};
use tracing::{error, info};

use super::{
    Shared,
    service::{Report, Service},
};

/// How soon to look again at a run that another node held.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_millis(20);

pub struct Advancer(pub Arc<Shared>);

impl Service for Advancer {
    const NAME: &'static str = "advancer";
    /// What ended on another node gives no hint here, and that node may be gone.
    const PERIOD: SignedDuration = SignedDuration::from_millis(500);

    async fn run_once(&self, now: Timestamp) -> horarium_store::Result<Report> {
        let Self(shared) = self;
        if !shared.lease.is_valid() {
            return Ok(Report::default());
        }
        let planner = Arc::clone(&shared.run_plans) as Arc<dyn RunPlanner>;
        let advanced = shared.store.advance(AdvanceRequest::at(now), planner).await?;
        report(shared, &advanced);
        if advanced.n_started > 0 {
            shared.hints.dispatcher.give();
        }
        let next_at = match (advanced.is_more, advanced.n_runs) {
            (false, _) => None,
            (true, 0) => now.checked_add(LOOK_AGAIN).ok(),
            (true, _) => Some(now),
        };
        Ok(Report { n_acted: advanced.n_runs, next_at })
    }
}

fn report(shared: &Shared, advanced: &Advanced) {
    for (run, problem) in &advanced.broken {
        error!(run.id = %run, "run {run} failed: {problem}");
    }
    for (run, state) in &advanced.ended {
        info!(run.id = %run, "run {run} ended: {}", state.name());
        shared.run_plans.forget(*run);
    }
}
