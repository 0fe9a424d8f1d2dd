//! Every change of a job: read it, settle what is due, decide, write if nothing moved meanwhile.

use horarium_core::{Job, JobId, Trigger};
use horarium_store::{JobView, Replacement};
use jiff::Timestamp;

use super::{JobFault, Jobs, accounting};

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
    pub(super) fn check(&self, version: i64) -> Result<(), JobFault> {
        match self {
            Self::Any => Ok(()),
            Self::Versions(versions) if versions.contains(&version) => Ok(()),
            Self::Versions(_) => Err(JobFault::Changed),
        }
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
            if old.trigger.wake_at.is_some_and(|wake_at| wake_at <= now) {
                self.engine.settle(id).await?;
                continue;
            }
            let (mut job, trigger) = decide(&old, now)?;
            job.version = old.job.version + 1;
            job.updated_at = now;
            job.last_modified_by = Some(by.to_owned());
            let (trigger, settled) = accounting::settle(&old.trigger, trigger, now);
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
