//! Every change of a job: read it, settle the time up to now, decide, write if nothing moved.
//!
//! The ticker decides instants that may fire. Left over are those that could not: excluded ones, and
//! all that passed while the trigger was paused or disabled. They get their rows in the transaction
//! of the change, so that every due instant has its one decision (invariant 3).

use horarium_core::{DecisionRow, Job, JobId, Trigger};
use horarium_store::{JobView, Replacement};
use jiff::Timestamp;

use super::{JobFault, Jobs};

/// Tries at a job that others change, or that fires, while we decide.
const TRIES_MAX: usize = 5;

/// Which versions of a job the caller wants to change (`If-Match`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    #[default]
    Any,
    /// One of these; none when what was given is no version of ours.
    Versions(Vec<i64>),
}

impl Expected {
    /// Whether the caller wants to change this version.
    pub(crate) fn allows(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }

    pub(super) fn check(&self, version: i64) -> Result<(), JobFault> {
        if self.allows(version) { Ok(()) } else { Err(JobFault::Changed) }
    }
}

impl Jobs {
    /// Replaces a job by what `decide` makes of it and gives the new view. Everything that was due
    /// before the change has its decision by then.
    pub(super) async fn change(
        &self,
        id: JobId,
        expected: &Expected,
        by: &str,
        decide: impl Fn(&JobView, Timestamp) -> Result<(Job, Trigger), JobFault>,
    ) -> Result<JobView, JobFault> {
        for _ in 0..TRIES_MAX {
            let old = self.view(id).await?;
            expected.check(old.job.version)?;
            let now = self.clock.now();
            let Some((trigger, settled)) = settled(&old.trigger, now) else {
                self.engine.settle(id.0).await?;
                continue;
            };
            let (mut job, trigger) = decide(&JobView { trigger, ..old.clone() }, now)?;
            job.version = old.job.version + 1;
            job.updated_at = now;
            job.last_modified_by = Some(by.to_owned());
            let trigger = scheduled(trigger);
            let new = JobView {
                job: job.clone(),
                trigger: trigger.clone(),
                history: old.history.clone(),
            };
            if self.store.replace_job(Replacement { old, job, trigger, settled }).await? {
                self.engine.wake();
                return Ok(new);
            }
        }
        Err(JobFault::Contended)
    }
}

/// The trigger with all of its past accounted for; `None` when something must fire first. One whose
/// stored rule has no working form cannot be accounted for, and may be changed all the same.
pub(crate) fn settled(trigger: &Trigger, now: Timestamp) -> Option<(Trigger, Vec<DecisionRow>)> {
    match trigger.spec.schedule(trigger.owner) {
        Ok(schedule) => trigger.settled(&schedule, now),
        Err(_) => Some((trigger.clone(), Vec::new())),
    }
}

/// When to look next, after a change of the standing.
pub(crate) fn scheduled(trigger: Trigger) -> Trigger {
    match trigger.spec.schedule(trigger.owner) {
        Ok(schedule) => trigger.scheduled(&schedule),
        Err(_) => trigger,
    }
}
