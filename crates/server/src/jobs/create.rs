//! Making a job.

use horarium_api::{
    FieldErrors,
    configuration::{JobConfiguration, unmask, validate},
    jobs::{Dependencies, JobDto, JobRequest},
};
use horarium_core::{Job, JobId, job::JobHistory};
use horarium_store::{JobView, NewJob, Once, StoreError};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::secrets::seal_headers;

use super::{JobFault, Jobs, dependencies, draft::draft, dto::job_dto, fault::field_errors};

const CONFIGURATION: &str = "jobConfiguration";

/// A job that may be stored, and what its maker will be shown.
#[derive(Clone, Debug)]
pub struct DefinedJob {
    pub view: JobView,
    pub dto: JobDto,
    dependencies: Option<Dependencies>,
}

impl Jobs {
    /// A new job with its trigger, not stored yet. `by` stands in for a `createdBy` that is not given.
    pub async fn define(&self, request: JobRequest, by: &str) -> Result<DefinedJob, JobFault> {
        self.define_at(request, by, self.clock.now()).await
    }

    /// The same as of `now`.
    pub(crate) async fn define_at(
        &self,
        mut request: JobRequest,
        by: &str,
        now: Timestamp,
    ) -> Result<DefinedJob, JobFault> {
        let id = JobId(Uuid::now_v7());
        let mut errors = FieldErrors::default();
        let mut configuration = configuration(&request, &mut errors);
        if let Some(job_type) = request.job_type {
            self.check_configuration(job_type, &configuration, &mut errors).await?;
        }
        seal_headers(&self.vault, id, &mut configuration);
        let dependencies = request.dependencies.take();
        let dependencies = dependencies.filter(|wanted| !wanted.depends_on_job_ids.is_empty());
        request.created_by = request.created_by.filter(|name| !name.trim().is_empty());
        request.created_by.get_or_insert_with(|| by.to_owned());
        let draft = draft(request, &self.defaults.retry, Some(configuration));
        let (mut job, trigger) = match Job::define(id, draft, &self.defaults, now) {
            Ok(defined) if errors.is_empty() => defined,
            Ok(_) => return Err(errors.into()),
            Err(violations) => {
                errors.append(field_errors(&violations));
                return Err(errors.into());
            }
        };
        job.last_modified_by = Some(by.to_owned());
        if let Some(wanted) = &dependencies {
            self.check_dependencies(id, wanted).await?;
        }
        let view = JobView { job, trigger, history: JobHistory::default() };
        let dto = job_dto(&view, dependencies.clone());
        Ok(DefinedJob { view, dto, dependencies })
    }

    /// Stores a defined job, with the answer to keep for its maker.
    pub async fn insert(&self, defined: DefinedJob, once: Option<Once>) -> Result<(), JobFault> {
        let JobView { job, trigger, .. } = defined.view;
        let dependencies = defined.dependencies.as_ref().map(dependencies::stored);
        let new = NewJob { job, trigger, dependencies, once };
        match self.store.insert_job(new).await {
            Ok(()) => {
                self.engine.wake();
                Ok(())
            }
            Err(StoreError::Moved) => Err(dependencies::deleted_meanwhile()),
            Err(err) => Err(err.into()),
        }
    }
}

/// What is stored of the configuration; what it lacks goes to `errors`.
fn configuration(request: &JobRequest, errors: &mut FieldErrors) -> Value {
    let given = request.job_configuration.as_ref();
    let given =
        given.map_or_else(|| Value::Object(serde_json::Map::new()), JobConfiguration::to_json);
    if let Some(job_type) = request.job_type {
        errors.append(validate(job_type, &given, CONFIGURATION));
    }
    unmask(given, &Value::Null).unwrap_or_else(|masked| {
        errors.append(masked);
        Value::Null
    })
}
