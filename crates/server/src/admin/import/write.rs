//! Writing what was planned: new jobs in few transactions, changed ones one by one.

use horarium_api::{FieldErrors, jobs::PauseRequest};
use horarium_core::{JobId, Standing};
use horarium_store::{NewJob, StoreError};

use super::plan::{Item, Pause, Plan};
use crate::{
    admin::Admin,
    jobs::{Expected, JobFault, stored_dependencies},
};

/// New jobs in one transaction, unless all must be: bounds how long other writes wait behind it.
const JOBS_PER_BATCH: usize = 500;

impl Admin {
    pub(super) async fn write(
        &self,
        items: &mut [Item],
        is_atomic: bool,
        by: &str,
    ) -> Result<(), JobFault> {
        // Of many batches one may hold what another depends on: those are tied afterwards.
        let is_one_batch = is_atomic || items.len() <= JOBS_PER_BATCH;
        let size = if is_one_batch { items.len().max(1) } else { JOBS_PER_BATCH };
        for batch in items.chunks(size) {
            self.insert(batch, is_one_batch).await?;
        }
        for item in items.iter_mut() {
            let done = match &item.plan {
                Plan::Create(view) if !is_one_batch => self.tie_new(view.job.id, item).await,
                Plan::Update(id, _) => self.update(*id, item, by).await,
                Plan::Create(_) | Plan::Skip(_) | Plan::Failed(_) => Ok(()),
            };
            match done {
                Ok(()) => {}
                Err(JobFault::Store(err)) => return Err(err.into()),
                Err(JobFault::Invalid(errors)) => item.plan = Plan::Failed(errors),
                Err(fault) => item.plan = Plan::Failed(FieldErrors::one("$", fault.to_string())),
            }
        }
        self.engine.wake();
        Ok(())
    }

    async fn insert(&self, batch: &[Item], with_dependencies: bool) -> Result<(), JobFault> {
        let new = batch.iter().filter_map(|item| new_job(item, with_dependencies)).collect();
        match self.engine.shared().store.insert_jobs(new).await {
            Err(StoreError::Moved) => {
                let text = "A job that others depend on was deleted meanwhile. Try again.";
                Err(JobFault::NotNow(text.to_owned()))
            }
            other => Ok(other?),
        }
    }

    async fn tie_new(&self, id: JobId, item: &Item) -> Result<(), JobFault> {
        match item.dependencies.as_ref().filter(|wanted| !wanted.depends_on_job_ids.is_empty()) {
            Some(wanted) => self.jobs.set_dependencies(id, wanted, &Expected::Any).await,
            None => Ok(()),
        }
    }

    /// As a PUT of the same fields does it, and paused or not as the file says.
    async fn update(&self, id: JobId, item: &Item, by: &str) -> Result<(), JobFault> {
        let Plan::Update(_, request) = &item.plan else { return Ok(()) };
        let mut request = (**request).clone();
        request.dependencies.clone_from(&item.dependencies);
        let (view, _) = Box::pin(self.jobs.update(id, request, &Expected::Any, by)).await?;
        match (&view.trigger.standing, item.pause.clone()) {
            (Standing::Enabled, Some(Pause { until, reason })) => {
                let request = PauseRequest { until, reason };
                self.jobs.pause(id, request, &Expected::Any, by).await.map(drop)
            }
            (Standing::Paused { .. }, None) => {
                self.jobs.resume(id, &Expected::Any, by).await.map(drop)
            }
            _ => Ok(()),
        }
    }
}

/// The job to insert, if it is a new one.
fn new_job(item: &Item, with_dependencies: bool) -> Option<NewJob> {
    let Plan::Create(view) = &item.plan else { return None };
    let wanted = item.dependencies.as_ref().filter(|_| with_dependencies);
    let wanted = wanted.filter(|wanted| !wanted.depends_on_job_ids.is_empty());
    Some(NewJob {
        dependencies: wanted.map(stored_dependencies),
        ..NewJob::plain(view.job.clone(), view.trigger.clone())
    })
}
