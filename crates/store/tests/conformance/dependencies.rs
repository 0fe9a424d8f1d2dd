//! Jobs that wait for others: no cycles however many write at once, held, released, replaced.

use horarium_core::{
    Decision, ExecutionState, JobId,
    dependencies::{Condition, DependencyError, Readiness},
    plan::SkipReason,
};
use horarium_store::{
    ConclusionEvent, ExecutionFilter, ExecutionView, RunFilter, SetDependencies, Store,
    WAITING_FOR_DEPENDENCIES,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    engine_support::*,
    run_support::{advance, run_through, state, told, workflow},
    support::{at, together},
};

const ALL: Condition = Condition::AllSucceeded;

async fn set(store: &Store, id: JobId, needs: &[JobId]) -> SetDependencies {
    store.set_dependencies(id, needs.to_vec(), ALL).await.unwrap()
}

/// Runs a job by hand and ends it so.
async fn end_once(store: &Store, job: JobId, event: ConclusionEvent, now: Timestamp) {
    let id = trigger(store, job, now).await;
    let node = node(store, now).await;
    let claimed = store.claim(node, 100, now).await.unwrap();
    let claim = claimed.iter().find(|claim| claim.id == id).unwrap();
    store.conclude(vec![end(claim, node, event, now)]).await.unwrap();
}

async fn newest(store: &Store, job: JobId) -> ExecutionView {
    let filter = ExecutionFilter { job: Some(job), ..ExecutionFilter::default() };
    store.executions(filter, 0, 1).await.unwrap().0.remove(0)
}

/// A job due every ten seconds that waits for another, which is never due by itself.
async fn waiting_pair(store: &Store) -> (JobId, JobId) {
    let (first, waiting) = (plain_job(store).await, plain_job(store).await);
    pause(store, first).await;
    assert_eq!(set(store, waiting, &[first]).await, SetDependencies::Done);
    (first, waiting)
}

async fn pause(store: &Store, job: JobId) {
    let old = store.job(job).await.unwrap().unwrap().trigger;
    let paused = horarium_core::Trigger {
        standing: horarium_core::Standing::Paused { until: None, reason: None },
        wake_at: None,
        next_run_at: None,
        ..old.clone()
    };
    assert!(store.replace_trigger(old, paused, Vec::new()).await.unwrap());
}

both_databases!(dependencies_are_replaced_as_a_set_or_not_at_all, |store| async {
    let (id, other) = (plain_job(&store).await, plain_job(&store).await);
    assert_eq!(set(&store, id, &[other, other]).await, SetDependencies::Done);
    let unknown = JobId(Uuid::now_v7());
    assert_eq!(set(&store, id, &[unknown]).await, SetDependencies::Unknown);
    assert_eq!(store.dependencies(id).await.unwrap().unwrap().prerequisites, [other]);
    assert_eq!(store.dependency_edges().await.unwrap(), [(id, other)]);
    store.clear_dependencies(id).await.unwrap();
    assert!(store.dependencies(id).await.unwrap().is_none());
});

both_databases!(a_cycle_is_refused_and_named, |store| async {
    let mut jobs = Vec::new();
    for _ in 0..4 {
        jobs.push(plain_job(&store).await);
    }
    for pair in jobs.windows(2) {
        assert_eq!(set(&store, pair[0], &[pair[1]]).await, SetDependencies::Done);
    }
    let path = vec![jobs[3], jobs[0], jobs[1], jobs[2], jobs[3]];
    let refused = SetDependencies::Refused(DependencyError::Cycle { path });
    assert_eq!(set(&store, jobs[3], &[jobs[0]]).await, refused);
    assert!(store.dependencies(jobs[3]).await.unwrap().is_none());
    let itself = SetDependencies::Refused(DependencyError::Itself);
    assert_eq!(set(&store, jobs[0], &[jobs[0]]).await, itself);
});

both_databases!(of_two_writes_that_close_a_cycle_together_one_is_refused, |store| async {
    for _ in 0..10 {
        let pair = [plain_job(&store).await, plain_job(&store).await];
        let answers = together(2, |who| {
            let store = store.clone();
            let (id, other) = (pair[who as usize], pair[1 - who as usize]);
            async move { store.set_dependencies(id, vec![other], ALL).await }
        })
        .await;
        let done = |answer: &&SetDependencies| **answer == SetDependencies::Done;
        assert_eq!(answers.iter().filter(done).count(), 1, "{answers:?}");
    }
});

both_databases!(a_due_job_waits_until_what_it_needs_has_succeeded, |store| async {
    let (first, waiting) = waiting_pair(&store).await;
    let node = node(&store, at(0)).await;
    let fired = fire_for(&store, at(10), Some((node, 8))).await;
    assert_eq!((fired.n_executions, fired.claimed.len()), (1, 0), "held, whoever has room");
    let held = newest(&store, waiting).await;
    assert_eq!(held.hold.as_deref(), Some(WAITING_FOR_DEPENDENCIES));
    assert!(store.claim(node, 10, at(11)).await.unwrap().is_empty());
    let expect = Readiness::NotMet { waiting_for: vec![first] };
    assert_eq!(store.readiness(waiting).await.unwrap(), expect);

    end_once(&store, first, ConclusionEvent::Failed, at(11)).await;
    assert!(store.release(None, at(11), Uuid::now_v7).await.unwrap().released.is_empty());
    end_once(&store, first, ConclusionEvent::Succeeded, at(12)).await;
    assert_eq!(store.release(None, at(12), Uuid::now_v7).await.unwrap().released, [held.id]);
    let again = store.release(None, at(12), Uuid::now_v7).await.unwrap();
    assert_eq!((again.released.len(), again.n_held), (0, 0));
    assert_eq!(claim_one(&store, node, at(12)).await.id, held.id);

    let fired = fire(&store, at(20)).await;
    assert_eq!(fired.n_executions, 1);
    assert_eq!(newest(&store, waiting).await.hold, None, "the latest one still succeeded");
});

both_databases!(the_next_due_instant_replaces_what_still_waits, |store| async {
    let (_, waiting) = waiting_pair(&store).await;
    fire(&store, at(10)).await;
    let old = newest(&store, waiting).await;
    fire(&store, at(20)).await;
    let new = newest(&store, waiting).await;
    assert_ne!(old.id, new.id);
    assert_eq!(new.hold.as_deref(), Some(WAITING_FOR_DEPENDENCIES));
    let old = store.execution(old.id).await.unwrap().unwrap();
    assert_eq!((old.state, old.hold), (ExecutionState::Cancelled, None));
    assert!(old.error.unwrap().starts_with("skipped: its dependencies"));
    let rows = store.decisions(waiting, at(0), at(100), 10).await.unwrap();
    let decisions: Vec<Decision> = rows.iter().map(|(row, _)| row.decision.clone()).collect();
    assert_eq!(decisions, [Decision::Skipped(SkipReason::Dependencies), Decision::Fired]);
});

both_databases!(manual_triggers_wait_for_nobody, |store| async {
    let (_, waiting) = waiting_pair(&store).await;
    let id = trigger(&store, waiting, at(1)).await;
    assert_eq!(store.execution(id).await.unwrap().unwrap().hold, None);
});

both_databases!(what_waits_for_a_job_deleted_for_good_waits_no_more, |store| async {
    let (first, waiting) = waiting_pair(&store).await;
    fire(&store, at(10)).await;
    let held = newest(&store, waiting).await;
    store.delete_job_for_good(first, at(11)).await.unwrap().unwrap();
    assert!(store.dependencies(waiting).await.unwrap().is_none());
    assert_eq!(store.release(None, at(12), Uuid::now_v7).await.unwrap().released, [held.id]);
});

both_databases!(many_releasers_release_once, |store| async {
    let (first, waiting) = waiting_pair(&store).await;
    let drawn = workflow(&store, "a").await;
    set(&store, drawn.jobs[&'a'], &[first]).await;
    fire(&store, at(10)).await;
    end_once(&store, first, ConclusionEvent::Succeeded, at(11)).await;
    let answers = together(8, |_| {
        let store = store.clone();
        async move { store.release(None, at(12), Uuid::now_v7).await }
    })
    .await;
    let released: Vec<_> = answers.iter().flat_map(|answer| &answer.released).collect();
    assert_eq!(released.len(), 2, "{waiting} and the workflow's root");
    assert_eq!(answers.iter().map(|answer| answer.n_runs).sum::<usize>(), 1);
});

both_databases!(a_look_at_what_is_held_has_a_bound_and_goes_round, |store| async {
    let first = plain_job(&store).await;
    pause(&store, first).await;
    let n_jobs = horarium_store::HELD_PER_LOOK_MAX as usize + 1;
    let mut jobs = Vec::new();
    for _ in 0..n_jobs {
        let (job, trigger) = define(draft("one of many"));
        let prerequisites = vec![first];
        let wanted = horarium_core::dependencies::Dependencies { prerequisites, condition: ALL };
        let new = horarium_store::NewJob::plain(job, trigger);
        jobs.push(horarium_store::NewJob { dependencies: Some(wanted), ..new });
    }
    store.insert_jobs(jobs).await.unwrap();
    for _ in 0..n_jobs.div_ceil(100) {
        fire(&store, at(10)).await;
    }
    let one = store.release(None, at(11), Uuid::now_v7).await.unwrap();
    assert_eq!(one.n_held, n_jobs - 1);
    let rest = store.release(one.last, at(11), Uuid::now_v7).await.unwrap();
    assert_eq!((rest.n_held, rest.last), (1, None));
});

both_databases!(a_root_jobs_schedule_starts_its_workflows_with_that_execution, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a b<a c").await;
    for name in ['b', 'c'] {
        pause(&store, drawn.jobs[&name]).await;
    }
    trigger(&store, drawn.jobs[&'a'], at(1)).await;
    assert_eq!(advance(&store, at(1)).await.n_runs, 0, "by hand it is a job like any other");
    let fired = fire(&store, at(10)).await;
    assert_eq!((fired.n_executions, fired.n_runs), (1, 1));
    let filter = RunFilter { owner: Some(drawn.workflow.0), ..RunFilter::default() };
    let run = store.runs(filter, 0, 10).await.unwrap().0.remove(0);
    assert_eq!((run.due_at, run.origin), (Some(at(10)), horarium_core::Origin::Schedule));
    let root = newest(&store, drawn.jobs[&'a']).await;
    run_through(&store, node, &[], at(11)).await;
    let expect = "Succeeded: a Succeeded, b Succeeded, c Succeeded";
    assert_eq!(told(&store, &drawn, run.id).await, expect);
    let view = store.run(run.id).await.unwrap().unwrap();
    let of_root = view.nodes.iter().find(|node| node.id == drawn.jobs[&'a'].0).unwrap();
    assert_eq!(of_root.execution, Some(root.id), "it is not run a second time");

    store.delete_workflow(drawn.workflow, at(12)).await.unwrap();
    assert_eq!(fire(&store, at(20)).await.n_runs, 0);
    assert_eq!(state(&store, run.id).await, horarium_core::run::RunState::Succeeded);
});
