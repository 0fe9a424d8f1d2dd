//! Pausing and resuming: the schedule is silent, what runs goes on, triggers by hand still work.

use horarium_api::jobs::PauseRequest;
use horarium_core::{JobId, Standing, Trigger};
use horarium_store::JobView;

use super::{Expected, JobFault, Jobs};

impl Jobs {
    pub async fn pause(
        &self,
        id: JobId,
        request: PauseRequest,
        expected: &Expected,
        by: &str,
    ) -> Result<JobView, JobFault> {
        let reason = request.reason.filter(|reason| !reason.trim().is_empty());
        let until = request.until.map(horarium_api::time::micros);
        self.change(id, expected, by, |old, now| {
            if until.is_some_and(|until| until <= now) {
                return Err(JobFault::invalid("until", "must be in the future"));
            }
            match old.trigger.standing {
                Standing::Enabled => {}
                Standing::Paused { .. } => {
                    return Err(JobFault::not_now("The job is already paused."));
                }
                Standing::Disabled => return Err(JobFault::not_now("The job is disabled.")),
                Standing::Completed => {
                    return Err(JobFault::not_now("The job has run and is not due again."));
                }
            }
            let standing = Standing::Paused { until, reason: reason.clone() };
            Ok((old.job.clone(), Trigger { standing, ..old.trigger.clone() }))
        })
        .await
    }

    /// Due instants of the pause are skipped; the next one after now fires.
    pub async fn resume(
        &self,
        id: JobId,
        expected: &Expected,
        by: &str,
    ) -> Result<JobView, JobFault> {
        self.change(id, expected, by, |old, _now| match old.trigger.standing {
            Standing::Paused { .. } => {
                let standing = Standing::Enabled;
                Ok((old.job.clone(), Trigger { standing, ..old.trigger.clone() }))
            }
            Standing::Enabled | Standing::Disabled | Standing::Completed => {
                Err(JobFault::not_now("The job is not paused."))
            }
        })
        .await
    }
}
