//! Workflows of small jobs, and runs of them to tell stories with.

use std::{collections::BTreeMap, sync::Arc};

use horarium_core::{
    ExecutionId, JobId, NodeId, RunId, WorkflowId,
    graph::{Graph, NodeSpec, NodeState, OnFailure},
    run::{RunKind, RunPlan, RunState},
};
use horarium_store::{
    AdvanceRequest, Advanced, CancelledRun, ConclusionEvent, NewWorkflow, NewWorkflowRun,
    RunPlanner, Store,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    engine_support::{end, plain_job},
    support::at,
};

/// Reads a plan each time.
pub(super) struct PlainRunPlanner;

impl RunPlanner for PlainRunPlanner {
    fn kept(&self, _: RunId) -> Option<Arc<RunPlan>> {
        None
    }

    fn read(&self, _: RunId, kind: RunKind, snapshot: &str) -> Result<Arc<RunPlan>, String> {
        RunPlan::read(kind, snapshot).map(Arc::new)
    }

    fn execution_id(&self) -> ExecutionId {
        ExecutionId(Uuid::now_v7())
    }
}

/// Jobs by a letter each, and the workflow of them.
pub(super) struct Drawn {
    pub(super) workflow: WorkflowId,
    pub(super) jobs: BTreeMap<char, JobId>,
}

/// A workflow from a drawing: `a b<a c<a! d<bc` is a diamond whose c goes on when a failed.
///
/// A letter is a job; behind `<` stand those it waits for; `!` makes its failure `Continue`.
pub(super) async fn workflow(store: &Store, drawing: &str) -> Drawn {
    let mut jobs = BTreeMap::new();
    let mut specs = Vec::new();
    for word in drawing.split_whitespace() {
        let (name, needs) = word.trim_end_matches('!').split_once('<').unwrap_or((word, ""));
        let name = name.chars().next().expect("a letter");
        let id = plain_job(store).await;
        jobs.insert(name, id);
        let on_failure = if word.ends_with('!') { OnFailure::Continue } else { OnFailure::Stop };
        let depends_on = needs.chars().map(|need| jobs[&need].0).collect();
        specs.push(NodeSpec { id: id.0, depends_on, on_failure });
    }
    let workflow = WorkflowId(Uuid::now_v7());
    let new = NewWorkflow {
        id: workflow,
        name: "drawn".to_owned(),
        graph: Graph::define(&specs).expect("a good drawing"),
        created_by: None,
        now: at(0),
        once: None,
    };
    assert!(store.insert_workflow(new).await.expect("inserted"));
    Drawn { workflow, jobs }
}

pub(super) async fn start(store: &Store, drawn: &Drawn, now: Timestamp) -> RunId {
    let id = RunId(Uuid::now_v7());
    let (workflow, initiator) = (drawn.workflow, Some("user:1".to_owned()));
    let new = NewWorkflowRun { id, workflow, initiator, now, once: None };
    assert!(store.start_workflow(new).await.expect("started"));
    id
}

pub(super) async fn advance(store: &Store, now: Timestamp) -> Advanced {
    store.advance(AdvanceRequest::at(now), Arc::new(PlainRunPlanner)).await.expect("advanced")
}

pub(super) async fn cancel(store: &Store, run: RunId, by: NodeId, now: Timestamp) -> CancelledRun {
    store.cancel_run(run, by, now, Arc::new(PlainRunPlanner)).await.expect("an answer")
}

/// Claims everything that waits and ends it: as failed for these jobs, else as succeeded.
pub(super) async fn work(store: &Store, node: NodeId, failing: &[JobId], now: Timestamp) -> usize {
    let claimed = store.claim(node, 1_000, now).await.expect("claimed");
    let ends = claimed.iter().map(|claim| {
        let failed = failing.contains(&claim.job);
        let event = if failed { ConclusionEvent::Failed } else { ConclusionEvent::Succeeded };
        let error = failed.then(|| "as asked".to_owned());
        horarium_store::Conclusion { error, ..end(claim, node, event, now) }
    });
    let ends: Vec<_> = ends.collect();
    let n_ends = ends.len();
    assert_eq!(store.conclude(ends).await.expect("concluded").len(), n_ends);
    n_ends
}

/// Advances and works until nothing moves any more.
pub(super) async fn run_through(store: &Store, node: NodeId, failing: &[JobId], now: Timestamp) {
    for _ in 0..1_000 {
        let advanced = advance(store, now).await;
        if work(store, node, failing, now).await == 0 && advanced.n_runs == 0 {
            return;
        }
    }
    panic!("it goes on and on");
}

/// The run in one line: its state, and each node that has moved.
pub(super) async fn told(store: &Store, drawn: &Drawn, run: RunId) -> String {
    let view = store.run(run).await.expect("read").expect("known");
    let state = |job: &JobId| {
        let node = view.nodes.iter().find(|node| node.id == job.0);
        node.map_or(NodeState::Waiting, |node| node.state).name()
    };
    let nodes = drawn.jobs.iter().map(|(name, job)| format!("{name} {}", state(job)));
    let nodes: Vec<String> = nodes.collect();
    format!("{}: {}", view.head.state.name(), nodes.join(", "))
}

pub(super) async fn state(store: &Store, run: RunId) -> RunState {
    store.run(run).await.expect("read").expect("known").head.state
}
