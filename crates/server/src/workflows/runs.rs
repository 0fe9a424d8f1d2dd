//! Runs of workflows as the API shows them.

use std::collections::HashMap;

use horarium_api::{
    enums::{ExecutionOrigin, NodeStatus, RunStatus},
    paging::Paged,
    workflows::{RunQuery, WorkflowNodeDto, WorkflowRunDto},
};
use horarium_core::{
    Origin, RunId, WorkflowId,
    graph::{Graph, Node, NodeState, NotResumable},
    run::{RunKind, RunState},
};
use horarium_store::{CancelledRun, Once, Resumed, RunFilter, RunHead, RunNodeView, RunView};
use uuid::Uuid;

use super::{Workflows, write_on_failure};
use crate::{
    auth::Principal,
    jobs::{JobFault, subject_id},
};

impl Workflows {
    /// Newest first; empty for an unknown workflow.
    pub async fn runs(
        &self,
        workflow: WorkflowId,
        query: RunQuery,
    ) -> Result<Paged<WorkflowRunDto>, JobFault> {
        let filter = RunFilter {
            kind: Some(RunKind::Workflow),
            owner: Some(workflow.0),
            state: query.status.map(read_status),
        };
        let (offset, limit) = (query.page.offset(), query.page.page_size);
        let (heads, total) = self.store.runs(filter, offset, limit).await?;
        let items = heads.into_iter().map(|head| write(head, None)).collect();
        Ok(Paged::new(items, total, query.page))
    }

    pub async fn run(&self, id: RunId) -> Result<WorkflowRunDto, JobFault> {
        let view = self.view(id).await?;
        let plans = self.engine.shared().run_plans.as_ref();
        // A run whose snapshot cannot be read has failed, and shows what moved.
        let plan = self.store.run_plan(id, plans).await.ok().flatten();
        let nodes = match plan {
            Some(plan) => of_graph(&plan.graph, view.nodes),
            None => Vec::new(),
        };
        Ok(write(view.head, Some(nodes)))
    }

    /// The run, unless it is unknown or no workflow's: schedules have their own permissions.
    async fn view(&self, id: RunId) -> Result<RunView, JobFault> {
        let view = self.store.run(id).await?.filter(|view| view.head.kind == RunKind::Workflow);
        view.ok_or(JobFault::Unknown)
    }

    pub async fn cancel(&self, id: RunId) -> Result<(), JobFault> {
        self.view(id).await?;
        match self.engine.cancel_run(id).await? {
            CancelledRun::Now(_) => Ok(()),
            CancelledRun::Unknown => Err(JobFault::Unknown),
            CancelledRun::Ended(state) => {
                Err(JobFault::NotNow(format!("The run has ended: {}.", state.name())))
            }
        }
    }

    /// A new run that keeps what succeeded.
    pub async fn retry(
        &self,
        id: RunId,
        new: RunId,
        by: &Principal,
        once: Option<Once>,
    ) -> Result<(), JobFault> {
        self.view(id).await?;
        match self.engine.resume_run(new, id, Some(by.subject()), once).await? {
            Resumed::Done => Ok(()),
            Resumed::Unknown => Err(JobFault::Unknown),
            Resumed::Not(NotResumable::NotEnded) => {
                Err(JobFault::NotNow("The run has not ended.".to_owned()))
            }
            Resumed::Not(NotResumable::NothingFailed) => {
                Err(JobFault::NotNow("Every job of the run succeeded.".to_owned()))
            }
        }
    }
}

/// Every node of the graph, in its order; those without a row wait.
fn of_graph(graph: &Graph, moved: Vec<RunNodeView>) -> Vec<WorkflowNodeDto> {
    let mut moved: HashMap<Uuid, RunNodeView> =
        moved.into_iter().map(|node| (node.id, node)).collect();
    graph.nodes().iter().map(|node| write_node(graph, node, moved.remove(&node.id))).collect()
}

fn write_node(graph: &Graph, node: &Node, moved: Option<RunNodeView>) -> WorkflowNodeDto {
    let state = moved.as_ref().map_or(NodeState::Waiting, |moved| moved.state);
    let (started_at, ended_at) =
        moved.as_ref().map_or((None, None), |moved| (moved.started_at, moved.ended_at));
    WorkflowNodeDto {
        job_id: node.id,
        depends_on: node.depends_on.iter().map(|idx| graph.node(*idx).id).collect(),
        on_failure: write_on_failure(node.on_failure),
        status: write_state(state),
        execution_id: moved.as_ref().and_then(|moved| moved.execution).map(|id| id.0),
        started_at,
        ended_at,
        error_message: moved.and_then(|moved| moved.error),
    }
}

fn write(head: RunHead, nodes: Option<Vec<WorkflowNodeDto>>) -> WorkflowRunDto {
    WorkflowRunDto {
        id: head.id.0,
        workflow_id: head.owner,
        workflow_name: head.owner_name,
        status: write_status(head.state),
        origin: write_origin(head.origin),
        triggered_by: head.initiator.as_deref().and_then(subject_id),
        due_at: head.due_at,
        retry_parent_id: head.resumes.map(|run| run.0),
        created_at: head.created_at,
        started_at: head.started_at,
        ended_at: head.ended_at,
        error_message: head.error,
        nodes,
    }
}

fn write_origin(origin: Origin) -> ExecutionOrigin {
    match origin {
        Origin::Schedule => ExecutionOrigin::Schedule,
        Origin::Manual => ExecutionOrigin::Manual,
        Origin::Retry => ExecutionOrigin::Retry,
        Origin::Workflow => ExecutionOrigin::Workflow,
    }
}

fn write_status(state: RunState) -> RunStatus {
    match state {
        RunState::Queued => RunStatus::Pending,
        RunState::Running => RunStatus::Running,
        RunState::Succeeded => RunStatus::Succeeded,
        RunState::Warned => RunStatus::SucceededWithWarning,
        RunState::Failed => RunStatus::Failed,
        RunState::Cancelled => RunStatus::Cancelled,
    }
}

fn read_status(status: RunStatus) -> RunState {
    match status {
        RunStatus::Pending => RunState::Queued,
        RunStatus::Running => RunState::Running,
        RunStatus::Succeeded => RunState::Succeeded,
        RunStatus::SucceededWithWarning => RunState::Warned,
        RunStatus::Failed => RunState::Failed,
        RunStatus::Cancelled => RunState::Cancelled,
    }
}

fn write_state(state: NodeState) -> NodeStatus {
    match state {
        NodeState::Waiting => NodeStatus::Waiting,
        NodeState::Running => NodeStatus::Running,
        NodeState::Succeeded => NodeStatus::Succeeded,
        NodeState::Warned => NodeStatus::Warned,
        NodeState::Failed => NodeStatus::Failed,
        NodeState::Skipped => NodeStatus::Skipped,
        NodeState::Cancelled => NodeStatus::Cancelled,
    }
}
