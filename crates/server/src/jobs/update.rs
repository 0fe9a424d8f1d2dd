//! Changing a job's definition (PUT) or its schedule alone (PATCH).

use horarium_api::{
    FieldErrors,
    configuration::{JobConfiguration, unmask, validate},
    jobs::{JobDto, JobRequest, RescheduleRequest},
};
use horarium_core::{Job, JobDraft, JobId, Trigger, job::ScheduleDraft};
use horarium_store::JobView;
use jiff::Timestamp;
use serde_json::Value;

use crate::{secrets::seal_headers, vault::Vault};

use super::{
    Expected, JobFault, Jobs,
    draft::{cleared, draft},
    dto::job_dto,
    fault::field_errors,
    words,
};

impl Jobs {
    /// Fields that the request leaves out keep their value.
    pub async fn update(
        &self,
        id: JobId,
        mut request: JobRequest,
        expected: &Expected,
        by: &str,
    ) -> Result<(JobView, JobDto), JobFault> {
        let dependencies = request.dependencies.take();
        if let Some(wanted) = dependencies.as_ref().filter(|it| !it.depends_on_job_ids.is_empty()) {
            self.view(id).await?;
            self.check_dependencies(id, wanted).await?;
        }
        let found = self.check_change(id, &request).await?;
        let decide = |old: &JobView, now| amend(old, &request, &found, &self.vault, now);
        let view = self.change(id, expected, by, decide).await?;
        if let Some(wanted) = &dependencies {
            self.store_dependencies(id, wanted).await?;
        }
        let dto = self.dto(&view).await?;
        Ok((view, dto))
    }

    /// A new schedule, everything else kept. It counts at once unless it says from when.
    pub async fn reschedule(
        &self,
        id: JobId,
        request: RescheduleRequest,
        expected: &Expected,
        by: &str,
    ) -> Result<(JobView, JobDto), JobFault> {
        let schedule = ScheduleDraft {
            schedule_type: Some(words::read_schedule_type(request.schedule_type)),
            expression: request.schedule_expression,
            interval_seconds: request.interval_seconds.map(u64::from),
            run_at: request.run_at,
            effective_from: request.effective_from,
            ..ScheduleDraft::default()
        };
        let decide = |old: &JobView, now| {
            let mut trigger = old.trigger.clone();
            trigger.spec.start_at = None;
            let draft = JobDraft { schedule: schedule.clone(), ..JobDraft::default() };
            Ok(old.job.amend(&trigger, draft, now)?)
        };
        let view = self.change(id, expected, by, decide).await?;
        let dependencies = self.store.dependencies(id).await?;
        let dto = job_dto(&view, dependencies.map(super::dependencies::write));
        Ok((view, dto))
    }
}

/// `found` is what is known to be wrong already.
fn amend(
    old: &JobView,
    request: &JobRequest,
    found: &FieldErrors,
    vault: &Vault,
    now: Timestamp,
) -> Result<(Job, Trigger), JobFault> {
    let mut errors = FieldErrors::default();
    let mut configuration = configuration(old, request, &mut errors);
    if let Some(configuration) = &mut configuration {
        seal_headers(vault, old.job.id, configuration);
    }
    for (path, messages) in found.iter() {
        if errors.messages(path).is_empty() {
            errors.add(path, messages.join(" "));
        }
    }
    let trigger = cleared(&old.trigger, request);
    let draft = draft(request.clone(), &old.job.retry, configuration);
    match old.job.amend(&trigger, draft, now) {
        Ok(amended) => Ok(errors.into_result(amended)?),
        Err(violations) => {
            errors.append(field_errors(&violations));
            Err(errors.into())
        }
    }
}

/// The configuration to store, if the request gives one; what it lacks goes to `errors`.
fn configuration(old: &JobView, request: &JobRequest, errors: &mut FieldErrors) -> Option<Value> {
    let stored = &old.job.configuration;
    let given = request.job_configuration.as_ref().map(JobConfiguration::to_json);
    if given.is_some() || request.job_type.is_some() {
        let job_type = request.job_type.unwrap_or(words::write_job_type(old.job.job_type));
        errors.append(validate(job_type, given.as_ref().unwrap_or(stored), "jobConfiguration"));
    }
    let unmasked = given.map(|given| unmask(given, stored)).transpose();
    unmasked.unwrap_or_else(|masked| {
        errors.append(masked);
        None
    })
}
