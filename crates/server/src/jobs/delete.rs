//! Deleting a job: hidden with its history kept, or gone for good (contract D4).

use horarium_core::JobId;

use super::{Expected, JobFault, Jobs};

impl Jobs {
    /// What runs goes on; what waits is cancelled.
    pub async fn delete(&self, id: JobId, expected: &Expected) -> Result<(), JobFault> {
        self.check_version(id, expected).await?;
        let cancelled = self.store.delete_job(id, self.clock.now()).await?;
        self.engine.stop_attempts(&cancelled.ok_or(JobFault::Unknown)?);
        Ok(())
    }

    /// Stops what runs. Takes deleted jobs, too: this is how their history goes.
    pub async fn delete_for_good(&self, id: JobId, expected: &Expected) -> Result<(), JobFault> {
        self.check_version(id, expected).await?;
        let cancelled = self.store.delete_job_for_good(id, self.clock.now()).await?;
        self.engine.stop_attempts(&cancelled.ok_or(JobFault::Unknown)?);
        Ok(())
    }

    async fn check_version(&self, id: JobId, expected: &Expected) -> Result<(), JobFault> {
        match expected {
            Expected::Any => Ok(()),
            Expected::Versions(_) => expected.check(self.view(id).await?.job.version),
        }
    }
}
