//! Forgets executions and decisions that are older than they are kept for.
//!
//! A pass walks along the ends of executions, state by state, then over the owners of triggers. It does
//! one short transaction at a time and leaves the database as long again to others, so that firing
//! never waits for more than one of them. Every node walks; what another is deleting it passes over.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use horarium_core::{ExecutionState, JobId};
use horarium_store::{Aged, AgedPosition, RETIRED_PER_BATCH_MAX};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    Shared,
    service::{Report, Service},
};
use crate::settings;

/// From the end of one pass to the start of the next.
const PASS_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// Owners looked at in one call.
const OWNERS_PER_LOOK: u32 = 20;
/// Shortest pause between two transactions.
const PAUSE_MIN: SignedDuration = SignedDuration::from_millis(5);

pub struct Retention {
    shared: Arc<Shared>,
    settings: settings::Retention,
    stage: Mutex<Stage>,
}

/// Where a pass stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Ended(ExecutionState, Option<AgedPosition>),
    Owners(Option<Uuid>),
}

const FIRST: Stage = Stage::Ended(ExecutionState::Succeeded, None);

impl Retention {
    pub fn new(shared: Arc<Shared>, settings: settings::Retention) -> Self {
        Self { shared, settings, stage: Mutex::new(FIRST) }
    }

    /// One step of the pass; the stage that follows.
    async fn step(&self, at: Stage, now: Timestamp) -> horarium_store::Result<(u64, Stage)> {
        match at {
            Stage::Ended(state, after) => self.step_ended(state, after, now).await,
            Stage::Owners(after) => self.step_owners(after, now).await,
        }
    }

    async fn step_ended(
        &self,
        state: ExecutionState,
        after: Option<AgedPosition>,
        now: Timestamp,
    ) -> horarium_store::Result<(u64, Stage)> {
        let days = match state {
            ExecutionState::Succeeded => self.settings.succeeded_days,
            _ => self.settings.failed_days,
        };
        let following = match state {
            ExecutionState::Succeeded => Stage::Ended(ExecutionState::Failed, None),
            ExecutionState::Failed => Stage::Ended(ExecutionState::Cancelled, None),
            _ => Stage::Owners(None),
        };
        let Some(before) = days_before(now, days) else { return Ok((0, following)) };
        let kept_per_job = self.settings.keep_last;
        let retired =
            self.shared.store.retire_aged(Aged { state, before, kept_per_job, after }).await?;
        self.shared.metrics.retired("executions", retired.n_deleted);
        let next = retired.next.map(|next| Stage::Ended(state, Some(next)));
        Ok((retired.n_deleted, next.unwrap_or(following)))
    }

    async fn step_owners(
        &self,
        after: Option<Uuid>,
        now: Timestamp,
    ) -> horarium_store::Result<(u64, Stage)> {
        let store = &self.shared.store;
        let owners = store.owners_after(after, OWNERS_PER_LOOK).await?;
        let Some(last) = owners.last().copied() else { return Ok((0, FIRST)) };
        let mut n_deleted = 0;
        let mut reached = after;
        for owner in owners {
            let n = self.retire_of(owner, now).await?;
            n_deleted += n;
            if n >= u64::from(RETIRED_PER_BATCH_MAX) {
                // There may be more of this one: the next step begins with it again.
                return Ok((n_deleted, Stage::Owners(reached)));
            }
            reached = Some(owner);
        }
        Ok((n_deleted, Stage::Owners(Some(last))))
    }

    /// Only as much of one owner as a transaction each may take: more is there when it took so much.
    async fn retire_of(&self, owner: Uuid, now: Timestamp) -> horarium_store::Result<u64> {
        let Self { shared, settings, .. } = self;
        let kept = settings.executions_per_job_max.max(settings.keep_last);
        let n_beyond = match settings.executions_per_job_max {
            0 => 0,
            _ => shared.store.retire_beyond(JobId(owner), kept).await?,
        };
        let days = match (settings.succeeded_days, settings.failed_days) {
            (0, _) | (_, 0) => 0,
            (one, other) => one.max(other),
        };
        let n_decisions = match days_before(now, days) {
            Some(before) => shared.store.retire_decisions(owner, before).await?,
            None => 0,
        };
        shared.metrics.retired("executions", n_beyond);
        shared.metrics.retired("decisions", n_decisions);
        Ok(n_beyond.max(n_decisions))
    }
}

impl Service for Retention {
    const NAME: &'static str = "retention";
    const PERIOD: SignedDuration = PASS_EVERY;

    async fn run_once(&self, now: Timestamp) -> horarium_store::Result<Report> {
        let stage = *self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        let (n_deleted, next) = self.step(stage, now).await?;
        let took = SignedDuration::try_from(began.elapsed()).unwrap_or(PAUSE_MIN);
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = next;
        let n_acted = usize::try_from(n_deleted).unwrap_or(usize::MAX);
        // The pass has ended: the next one begins after the period.
        let next_at = match next {
            FIRST => None,
            Stage::Ended(..) | Stage::Owners(_) => {
                self.shared.clock.now().checked_add(took.max(PAUSE_MIN)).ok()
            }
        };
        Ok(Report { n_acted, next_at })
    }
}

/// `None` when things are kept for ever.
fn days_before(now: Timestamp, days: u32) -> Option<Timestamp> {
    let kept = SignedDuration::from_hours(24 * i64::from(days));
    (days > 0).then(|| now.checked_sub(kept).unwrap_or(Timestamp::MIN))
}
