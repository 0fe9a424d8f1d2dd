//! Every change of a schedule: read it, settle the time up to now, decide, write if nothing moved.
//!
//! As with jobs, what was due before the change has its decision by then.

use horarium_api::schedules::{ScheduleDetailDto, ScheduleDto, ScheduleRequest};
use horarium_core::{DecisionRow, ScheduleId, Trigger, Violations, schedule::Schedule};
use horarium_store::{ScheduleReplacement, ScheduleView, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

use super::{ScheduleFault, Schedules, draft::draft};
use crate::jobs::{Expected, settled};

/// Tries at a schedule that others change, or that fires, while we decide.
const TRIES_MAX: usize = 5;

/// What a change makes of a schedule and its trigger.
type Decided = Result<(Schedule, Option<Trigger>), Violations>;

impl Schedules {
    /// Fields that the request leaves out keep their value.
    pub async fn update(
        &self,
        id: ScheduleId,
        request: ScheduleRequest,
        expected: &Expected,
    ) -> Result<(ScheduleView, ScheduleDetailDto), ScheduleFault> {
        let view = self
            .change(id, expected, |old, now| {
                let draft = draft(request.clone(), &old.schedule.steps);
                old.schedule.amend(old.trigger.as_ref(), draft, now, Uuid::now_v7)
            })
            .await?;
        let dto = self.detail(&view).await?;
        Ok((view, dto))
    }

    /// Enabled again, a schedule does not make up what passed.
    pub async fn switch(
        &self,
        id: ScheduleId,
        is_enabled: bool,
        expected: &Expected,
    ) -> Result<(ScheduleView, ScheduleDto), ScheduleFault> {
        let view = self
            .change(id, expected, |old, now| {
                old.schedule.switched(old.trigger.as_ref(), is_enabled, now)
            })
            .await?;
        let dto = self.dto(&view).await?;
        Ok((view, dto))
    }

    /// The schedule is gone, its executions stay readable and go on.
    pub async fn delete(&self, id: ScheduleId, expected: &Expected) -> Result<(), ScheduleFault> {
        for _ in 0..TRIES_MAX {
            let version = self.view(id).await?.schedule.version;
            if !expected.allows(version) {
                return Err(ScheduleFault::Changed);
            }
            if self.store.delete_schedule(id, version).await? {
                return Ok(());
            }
        }
        Err(ScheduleFault::Contended)
    }

    async fn change(
        &self,
        id: ScheduleId,
        expected: &Expected,
        decide: impl Fn(&ScheduleView, Timestamp) -> Decided,
    ) -> Result<ScheduleView, ScheduleFault> {
        for _ in 0..TRIES_MAX {
            let old = self.view(id).await?;
            if !expected.allows(old.schedule.version) {
                return Err(ScheduleFault::Changed);
            }
            let now = self.clock.now();
            let Some((trigger, settled)) = settled_all(old.trigger.as_ref(), now) else {
                self.engine.settle(id.0).await?;
                continue;
            };
            let (schedule, trigger) = decide(&ScheduleView { trigger, ..old.clone() }, now)?;
            let new = ScheduleView { schedule, trigger };
            let replacement = ScheduleReplacement { old, new: new.clone(), settled };
            match self.store.replace_schedule(replacement).await {
                Ok(true) => {
                    self.engine.wake();
                    return Ok(new);
                }
                Ok(false) => {}
                // The only key of a schedule that a change can run into.
                Err(StoreError::Duplicate(_)) => return Err(ScheduleFault::NameTaken),
                Err(err) => return Err(err.into()),
            }
        }
        Err(ScheduleFault::Contended)
    }
}

/// The trigger, if there is one, with all of its past accounted for; `None` when something must fire
/// first.
fn settled_all(
    trigger: Option<&Trigger>,
    now: Timestamp,
) -> Option<(Option<Trigger>, Vec<DecisionRow>)> {
    match trigger {
        Some(trigger) => {
            let (trigger, rows) = settled(trigger, now)?;
            Some((Some(trigger), rows))
        }
        None => Some((None, Vec::new())),
    }
}
