//! Workflows as the API knows them: requests become graphs, stored runs become answers.

mod define;
mod runs;

use std::sync::Arc;

use horarium_api::{
    enums,
    paging::{PageQuery, Paged},
    workflows::{WorkflowDto, WorkflowJobDto, WorkflowRequest},
};
use horarium_core::{
    RunId, WorkflowId,
    graph::{NodeSpec, OnFailure},
};
use horarium_store::{NewWorkflow, Once, Store, Workflow};

use crate::{auth::Principal, clock::Clock, engine::Engine, jobs::JobFault};

/// What the routes of workflows and their runs call.
pub struct Workflows {
    engine: Arc<Engine>,
    store: Store,
    clock: Clock,
}

impl Workflows {
    pub fn new(engine: Arc<Engine>) -> Self {
        let shared = engine.shared();
        let (store, clock) = (shared.store.clone(), shared.clock.clone());
        Self { engine, store, clock }
    }

    pub async fn create(
        &self,
        id: WorkflowId,
        request: &WorkflowRequest,
        by: &str,
        once: Option<Once>,
    ) -> Result<(), JobFault> {
        let graph = self.define(request).await?;
        let name = request.name.clone();
        let created_by = Some(by.to_owned());
        let new = NewWorkflow { id, name, graph, created_by, now: self.clock.now(), once };
        if self.store.insert_workflow(new).await? {
            return Ok(());
        }
        Err(JobFault::NotNow("One of these jobs was deleted meanwhile.".to_owned()))
    }

    pub async fn list(&self, page: PageQuery) -> Result<Paged<WorkflowDto>, JobFault> {
        let (found, total) = self.store.workflows(page.offset(), page.page_size).await?;
        Ok(Paged::new(found.into_iter().map(write).collect(), total, page))
    }

    pub async fn get(&self, id: WorkflowId) -> Result<WorkflowDto, JobFault> {
        self.store.workflow(id).await?.map(write).ok_or(JobFault::Unknown)
    }

    pub async fn delete(&self, id: WorkflowId) -> Result<(), JobFault> {
        let deleted = self.store.delete_workflow(id, self.clock.now()).await?;
        if deleted { Ok(()) } else { Err(JobFault::Unknown) }
    }

    pub async fn trigger(
        &self,
        id: WorkflowId,
        run: RunId,
        by: &Principal,
        once: Option<Once>,
    ) -> Result<(), JobFault> {
        let made = self.engine.start_workflow(run, id, Some(by.subject()), once).await?;
        if made { Ok(()) } else { Err(JobFault::Unknown) }
    }
}

fn write(workflow: Workflow) -> WorkflowDto {
    WorkflowDto {
        id: workflow.id.0,
        name: workflow.name,
        jobs: workflow.nodes.into_iter().map(write_job).collect(),
        created_by: workflow.created_by,
        created_at: workflow.created_at,
    }
}

fn write_job(node: NodeSpec) -> WorkflowJobDto {
    let on_failure = write_on_failure(node.on_failure);
    WorkflowJobDto { job_id: node.id, depends_on: node.depends_on, on_failure }
}

fn write_on_failure(on_failure: OnFailure) -> enums::OnFailure {
    match on_failure {
        OnFailure::Stop => enums::OnFailure::Stop,
        OnFailure::Continue => enums::OnFailure::Continue,
    }
}

fn read_on_failure(word: enums::OnFailure) -> OnFailure {
    match word {
        enums::OnFailure::Stop => OnFailure::Stop,
        enums::OnFailure::Continue => OnFailure::Continue,
    }
}
