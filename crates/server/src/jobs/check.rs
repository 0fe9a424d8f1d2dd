//! What is wrong with a configuration that its text alone does not tell: asked of this node's worker.

use horarium_api::{FieldErrors, configuration::JobConfiguration, enums, jobs::JobRequest};
use horarium_core::JobId;
use horarium_store::StoreError;
use serde_json::Value;

use super::{JobFault, Jobs, words};

const CONFIGURATION: &str = "jobConfiguration";

impl Jobs {
    /// Adds to `errors` what the worker has against it, under keys that have no error yet.
    pub(super) async fn check_configuration(
        &self,
        job_type: enums::JobType,
        configuration: &Value,
        errors: &mut FieldErrors,
    ) -> Result<(), JobFault> {
        let runner = &self.engine.shared().runner;
        let complaints = runner.check(words::read_job_type(job_type), configuration).await;
        let complaints = complaints
            .map_err(|during| JobFault::Store(StoreError::Unavailable { during, source: None }))?;
        for complaint in complaints {
            let path = format!("{CONFIGURATION}.{}", complaint.key);
            if errors.messages(&path).is_empty() {
                errors.add(&path, complaint.text);
            }
        }
        Ok(())
    }

    /// The same for a change of a stored job, if it touches type or configuration.
    pub(super) async fn check_change(
        &self,
        id: JobId,
        request: &JobRequest,
    ) -> Result<FieldErrors, JobFault> {
        let mut errors = FieldErrors::default();
        let given = request.job_configuration.as_ref();
        if given.is_none() && request.job_type.is_none() {
            return Ok(errors);
        }
        let old = self.view(id).await?.job;
        let configuration = given.map_or(old.configuration, JobConfiguration::to_json);
        let job_type = request.job_type.unwrap_or(words::write_job_type(old.job_type));
        self.check_configuration(job_type, &configuration, &mut errors).await?;
        Ok(errors)
    }
}
