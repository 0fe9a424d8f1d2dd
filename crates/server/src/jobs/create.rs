//! Making a job.

use horarium_api::{
    FieldErrors,
    configuration::{unmask, validate},
    jobs::{Dependencies, JobRequest},
};
use horarium_core::{Job, JobId, job::JobHistory};
use horarium_store::{JobView, NewJob};
use serde_json::Value;
use uuid::Uuid;

use super::{JobFault, Jobs, draft::draft, dto::job_dto, fault::field_errors};

const CONFIGURATION: &str = "jobConfiguration";

impl Jobs {
    /// Stores a new job with its trigger. `by` stands in for a `createdBy` that is not given.
    pub async fn create(
        &self,
        mut request: JobRequest,
        by: &str,
    ) -> Result<(JobView, horarium_api::jobs::JobDto), JobFault> {
        let id = JobId(Uuid::now_v7());
        let now = self.clock.now();
        let mut errors = FieldErrors::default();
        let configuration = self.configuration(&request, &mut errors);
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
        let new = NewJob { job: job.clone(), trigger: trigger.clone(), once: None };
        self.store.insert_job(new).await?;
        self.depend(id, dependencies.as_ref()).await?;
        self.engine.wake();
        let view = JobView { job, trigger, history: JobHistory::default() };
        let dto = job_dto(&view, dependencies);
        Ok((view, dto))
    }

    /// What is stored of the configuration; what it lacks goes to `errors`.
    fn configuration(&self, request: &JobRequest, errors: &mut FieldErrors) -> Value {
        let given = request.job_configuration.as_ref();
        let given = given.map_or_else(|| Value::Object(serde_json::Map::new()), |it| it.to_json());
        if let Some(job_type) = request.job_type {
            errors.append(validate(job_type, &given, CONFIGURATION));
        }
        unmask(given, &Value::Null).unwrap_or_else(|masked| {
            errors.append(masked);
            Value::Null
        })
    }

    /// Notes the prerequisites of a job just made. A job without them would start too early, so one
    /// whose prerequisites cannot be noted goes again.
    async fn depend(&self, id: JobId, wanted: Option<&Dependencies>) -> Result<(), JobFault> {
        let Some(wanted) = wanted else { return Ok(()) };
        let noted = self.store_dependencies(id, wanted).await;
        if noted.is_err() {
            self.store.delete_job_for_good(id, self.clock.now()).await?;
        }
        noted
    }
}
