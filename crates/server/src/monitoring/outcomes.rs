//! The last outcomes of many jobs.

use horarium_api::monitoring::{JobOutcomesDto, OUTCOMES_MAX, OutcomeDto};
use horarium_core::JobId;
use horarium_store::{JobOutcome, Result};
use uuid::Uuid;

use super::Monitoring;
use crate::jobs::write_state;

impl Monitoring {
    /// How the last executions of each job went, in the order asked for.
    pub async fn outcomes(&self, jobs: &[Uuid]) -> Result<Vec<JobOutcomesDto>> {
        let ids = jobs.iter().map(|id| JobId(*id)).collect();
        let n_max = u32::try_from(OUTCOMES_MAX).unwrap_or(u32::MAX);
        let found = self.shared.store.job_outcomes(ids, n_max).await?;
        Ok(jobs.iter().map(|job| of_job(*job, &found)).collect())
    }
}

fn of_job(job: Uuid, found: &[JobOutcome]) -> JobOutcomesDto {
    let own: Vec<&JobOutcome> = found.iter().filter(|one| one.job.0 == job).collect();
    let last = own.iter().find_map(|one| Some(one.ended_at?.duration_since(one.started_at?)));
    let millis = last.map(|took| i64::try_from(took.as_millis()).unwrap_or(i64::MAX).max(0));
    let outcomes = own
        .iter()
        .rev()
        .map(|one| OutcomeDto { execution_id: one.execution.0, status: write_state(one.state) });
    JobOutcomesDto { job_id: job, outcomes: outcomes.collect(), last_duration_ms: millis }
}
