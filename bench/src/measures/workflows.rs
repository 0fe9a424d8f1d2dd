//! Runs of workflows, from the call to their end.

use std::time::{Duration, Instant};

use horarium_core::{
    RunId, WorkflowId,
    graph::{Graph, NodeSpec, OnFailure},
    job::ScheduleDraft,
};
use horarium_store::NewWorkflow;
use uuid::Uuid;

use crate::rig::Rig;

/// Longest wait for one run.
const PATIENCE: Duration = Duration::from_mins(3);

/// A workflow of `n` no-op jobs side by side, one in groups of ten that wait for each other, and one
/// in a single line.
pub(super) async fn workflows(rig: Rig, n: usize) -> String {
    let far = ScheduleDraft {
        schedule_type: Some(horarium_core::job::ScheduleType::OneTime),
        run_at: "2099-01-01T00:00:00Z".parse().ok(),
        ..ScheduleDraft::default()
    };
    let jobs = rig.insert(vec![far; n]).await;
    let ids: Vec<Uuid> = jobs.iter().map(|job| job.0).collect();
    let engine = rig.engine().await;
    let mut figures = Vec::new();
    for (shape, group) in [("side by side", n.max(1)), ("tens", 10), ("in a line", 1)] {
        let workflow = insert(&rig, shape, &ids, group).await;
        let run = RunId(Uuid::now_v7());
        let since = Instant::now();
        engine.start_workflow(run, workflow, None, None).await.expect("started");
        let state = ended(&rig, run, since).await;
        let took = since.elapsed().as_secs_f64();
        figures.push(format!("{shape} {took:.2} s ({:.0} nodes/s, {state})", n as f64 / took));
    }
    engine.stop(Duration::from_secs(5)).await;
    figures.join("; ")
}

/// Groups of `group` jobs; each waits for the first of the group before.
async fn insert(rig: &Rig, name: &str, ids: &[Uuid], group: usize) -> WorkflowId {
    let spec = |(place, id): (usize, &Uuid)| NodeSpec {
        id: *id,
        depends_on: match place / group {
            0 => Vec::new(),
            ordinal => vec![ids[(ordinal - 1) * group]],
        },
        on_failure: OnFailure::Stop,
    };
    let specs: Vec<NodeSpec> = ids.iter().enumerate().map(spec).collect();
    let id = WorkflowId(Uuid::now_v7());
    let new = NewWorkflow {
        id,
        name: name.to_owned(),
        graph: Graph::define(&specs).expect("a graph"),
        created_by: None,
        now: rig.clock.now(),
        once: None,
    };
    assert!(rig.store.insert_workflow(new).await.expect("inserted"));
    id
}

async fn ended(rig: &Rig, run: RunId, since: Instant) -> &'static str {
    loop {
        let view = rig.store.run(run).await.expect("read").expect("known");
        if view.head.state.is_final() || since.elapsed() > PATIENCE {
            return view.head.state.name();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
