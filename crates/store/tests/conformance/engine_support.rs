//! Jobs, nodes and claims to tell stories of the engine with.

use std::sync::Arc;

use horarium_core::{
    ExecutionId, Job, JobDraft, JobId, JobType, NodeId, Origin, Plan, Trigger,
    job::{JobDefaults, PolicyDraft, ScheduleDraft, ScheduleType},
    plan::{Due, Situation, plan},
};
use horarium_store::{
    Claimed, Conclusion, ConclusionEvent, FireRequest, Fired, NewExecution, NewJob, NewNode,
    Planner, Store,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::support::at;

/// The core's plan, as the server uses it, without its kept rules.
pub(super) struct PlainPlanner;

impl Planner for PlainPlanner {
    fn plan(&self, trigger: &Trigger, situation: Situation) -> Result<Plan, String> {
        let schedule = trigger.spec.schedule(trigger.owner).map_err(|err| err.to_string())?;
        let due = Due {
            owner: trigger.owner,
            schedule: &schedule,
            policy: &trigger.spec.policy,
            standing: &trigger.standing,
            cursor: trigger.cursor,
            tail: trigger.tail.as_ref(),
        };
        Ok(plan(&due, situation))
    }

    fn execution_id(&self) -> ExecutionId {
        ExecutionId(Uuid::now_v7())
    }
}

/// A draft of a job that is due every ten seconds.
pub(super) fn draft(name: &str) -> JobDraft {
    JobDraft {
        name: Some(name.to_owned()),
        job_type: Some(JobType::CodeExecution),
        configuration: Some(serde_json::json!({ "handlerType": "noop" })),
        schedule: ScheduleDraft {
            schedule_type: Some(ScheduleType::Interval),
            interval_seconds: Some(10),
            ..ScheduleDraft::default()
        },
        ..JobDraft::default()
    }
}

pub(super) fn define(draft: JobDraft) -> (Job, Trigger) {
    let id = JobId(Uuid::now_v7());
    Job::define(id, draft, &JobDefaults::default(), at(0)).expect("a good draft")
}

/// Inserts one job made at second 0.
pub(super) async fn job(store: &Store, draft: JobDraft) -> JobId {
    let (job, trigger) = define(draft);
    let id = job.id;
    store.insert_job(NewJob::plain(job, trigger)).await.expect("inserted");
    id
}

pub(super) async fn plain_job(store: &Store) -> JobId {
    job(store, draft("plain")).await
}

pub(super) async fn job_with(store: &Store, policy: PolicyDraft) -> JobId {
    job(store, JobDraft { policy, ..draft("with a policy") }).await
}

pub(super) async fn node(store: &Store, now: Timestamp) -> NodeId {
    let id = NodeId(Uuid::now_v7());
    let new = NewNode { id, name: "node".to_owned(), version: "0".to_owned(), workers: 8 };
    store.register_node(new, now).await.expect("registered");
    id
}

/// Fires what is due, without taking any of it.
pub(super) async fn fire(store: &Store, now: Timestamp) -> Fired {
    fire_for(store, now, None).await
}

pub(super) async fn fire_for(
    store: &Store,
    now: Timestamp,
    claimer: Option<(NodeId, u32)>,
) -> Fired {
    let request = FireRequest { now, limit: 100, only: None, claimer };
    store.fire(request, Arc::new(PlainPlanner)).await.expect("fired")
}

/// Queues one execution by hand.
pub(super) async fn trigger(store: &Store, job: JobId, now: Timestamp) -> ExecutionId {
    let id = ExecutionId(Uuid::now_v7());
    let new = NewExecution {
        id,
        job,
        origin: Origin::Manual,
        now,
        triggered_by: Some("ops".to_owned()),
        retry_parent: None,
        claimer: None,
        once: None,
    };
    store.enqueue_one(new).await.expect("enqueued").expect("a known job");
    id
}

pub(super) async fn claim_one(store: &Store, node: NodeId, now: Timestamp) -> Claimed {
    let mut claimed = store.claim(node, 1, now).await.expect("claimed");
    claimed.pop().expect("something waits")
}

pub(super) fn end(
    claimed: &Claimed,
    node: NodeId,
    event: ConclusionEvent,
    now: Timestamp,
) -> Conclusion {
    Conclusion {
        id: claimed.id,
        attempt: claimed.attempt,
        node,
        event,
        started_at: now,
        ended_at: now,
        error: None,
        output: None,
        output_bytes: 0,
        output_cut: false,
    }
}
