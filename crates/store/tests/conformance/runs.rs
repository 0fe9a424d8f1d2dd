//! Runs: advanced by anybody, each node started once, ended once, cancelled, resumed.

use std::sync::Arc;

use horarium_core::{
    ExecutionState, Origin, RunId,
    graph::{NODES_MAX, NotResumable},
    run::RunState,
};
use horarium_store::{
    AdvanceRequest, CancelledRun, ExecutionFilter, NewResume, NewWorkflowRun, Resumed, RunFilter,
};
use uuid::Uuid;

use super::{
    engine_support::*,
    run_support::*,
    support::{at, together},
};

both_databases!(a_diamond_runs_from_its_root_to_its_end, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a b<a c<a d<bc").await;
    let run = start(&store, &drawn, at(1)).await;
    assert_eq!(state(&store, run).await, RunState::Queued);
    let first = advance(&store, at(1)).await;
    assert_eq!((first.n_runs, first.n_started), (1, 1));
    assert_eq!(
        told(&store, &drawn, run).await,
        "Running: a Running, b Waiting, c Waiting, d Waiting"
    );
    assert_eq!(advance(&store, at(1)).await.n_runs, 0, "nothing has ended: nothing to do");
    assert_eq!(work(&store, node, &[], at(2)).await, 1);
    assert_eq!(advance(&store, at(2)).await.n_started, 2);
    assert_eq!(advance(&store, at(2)).await.n_runs, 0, "an end is noted once");
    assert_eq!(work(&store, node, &[], at(3)).await, 2);
    assert_eq!(advance(&store, at(3)).await.n_started, 1);
    assert_eq!(work(&store, node, &[], at(4)).await, 1);
    let last = advance(&store, at(4)).await;
    assert_eq!(last.ended, [(run, RunState::Succeeded)]);
    let view = store.run(run).await.unwrap().unwrap();
    assert_eq!(view.head.n_nodes, Some(4));
    assert_eq!(view.head.initiator.as_deref(), Some("user:1"));
    assert_eq!((view.head.started_at, view.head.ended_at), (Some(at(1)), Some(at(4))));
    for node in view.nodes {
        assert_eq!(node.execution_state, Some(ExecutionState::Succeeded));
        let execution = store.execution(node.execution.unwrap()).await.unwrap().unwrap();
        assert_eq!((execution.origin, execution.job.0), (Origin::Workflow, node.id));
    }
});

both_databases!(a_failure_stops_the_run_or_lets_it_go_on, |store| async {
    let node = node(&store, at(0)).await;
    let stop = workflow(&store, "a b<a c<b").await;
    let run = start(&store, &stop, at(1)).await;
    run_through(&store, node, &[stop.jobs[&'b']], at(2)).await;
    assert_eq!(told(&store, &stop, run).await, "Failed: a Succeeded, b Failed, c Skipped");
    let view = store.run(run).await.unwrap().unwrap();
    let text = view.head.error.unwrap();
    assert!(text.contains(&stop.jobs[&'b'].to_string()), "{text}");
    let failed = view.nodes.iter().find(|node| node.id == stop.jobs[&'b'].0).unwrap();
    assert_eq!(failed.error.as_deref(), Some("as asked"));

    let go_on = workflow(&store, "a b<a! c<b").await;
    let run = start(&store, &go_on, at(3)).await;
    run_through(&store, node, &[go_on.jobs[&'b']], at(4)).await;
    let expect = "SucceededWithWarning: a Succeeded, b Failed, c Succeeded";
    assert_eq!(told(&store, &go_on, run).await, expect);
});

both_databases!(a_deleted_job_is_a_failed_node_and_no_stuck_run, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a b<a c<b").await;
    let run = start(&store, &drawn, at(1)).await;
    store.delete_job(drawn.jobs[&'b'], at(1)).await.unwrap().unwrap();
    run_through(&store, node, &[], at(2)).await;
    assert_eq!(told(&store, &drawn, run).await, "Failed: a Succeeded, b Failed, c Skipped");
    let view = store.run(run).await.unwrap().unwrap();
    let failed = view.nodes.iter().find(|node| node.id == drawn.jobs[&'b'].0).unwrap();
    let expect = format!("job {} cannot be started: its job is deleted", drawn.jobs[&'b']);
    assert_eq!(failed.error.as_deref(), Some(expect.as_str()));
});

both_databases!(a_job_deleted_for_good_while_its_node_runs_fails_the_node, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a b").await;
    let run = start(&store, &drawn, at(1)).await;
    advance(&store, at(1)).await;
    store.delete_job_for_good(drawn.jobs[&'a'], at(2)).await.unwrap().unwrap();
    run_through(&store, node, &[], at(3)).await;
    assert_eq!(told(&store, &drawn, run).await, "Failed: a Failed, b Succeeded");
});

both_databases!(many_that_advance_at_once_start_each_node_once, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a b c d e f<abcde").await;
    let mut runs = Vec::new();
    for _ in 0..5 {
        runs.push(start(&store, &drawn, at(1)).await);
    }
    for second in 1..4 {
        together(8, |_| {
            let store = store.clone();
            async move {
                let request = AdvanceRequest::at(at(second));
                // On PostgreSQL one may find a run held by another; then it is for that one.
                store.advance(request, Arc::new(PlainRunPlanner)).await
            }
        })
        .await;
        advance(&store, at(second)).await;
        work(&store, node, &[], at(second)).await;
    }
    advance(&store, at(4)).await;
    for run in runs {
        assert_eq!(state(&store, run).await, RunState::Succeeded);
    }
    let (_, n_executions) = store.executions(ExecutionFilter::default(), 0, 1).await.unwrap();
    assert_eq!(n_executions, 30, "five runs of six nodes");
});

both_databases!(a_cancel_ends_everything_of_its_run_at_once, |store| async {
    let (here, there) = (node(&store, at(0)).await, node(&store, at(0)).await);
    let drawn = workflow(&store, "a b c<ab").await;
    let run = start(&store, &drawn, at(1)).await;
    advance(&store, at(1)).await;
    let running = store.claim(there, 1, at(1)).await.unwrap();
    let CancelledRun::Now(cancelled) = cancel(&store, run, here, at(2)).await else { panic!() };
    assert_eq!(cancelled.len(), 2);
    assert_eq!(told(&store, &drawn, run).await, "Cancelled: a Cancelled, b Cancelled, c Skipped");
    assert_eq!(store.take_cancellations(there).await.unwrap(), [running[0].id]);
    let late = end(&running[0], there, horarium_store::ConclusionEvent::Succeeded, at(3));
    assert!(store.conclude(vec![late]).await.unwrap().is_empty());
    assert_eq!(cancel(&store, run, here, at(4)).await, CancelledRun::Ended(RunState::Cancelled));
    assert_eq!(advance(&store, at(4)).await.n_runs, 0);
    let unknown = RunId(Uuid::now_v7());
    assert_eq!(cancel(&store, unknown, here, at(4)).await, CancelledRun::Unknown);
});

both_databases!(a_run_that_nobody_has_looked_at_can_be_cancelled, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a b<a").await;
    let run = start(&store, &drawn, at(1)).await;
    assert_eq!(cancel(&store, run, node, at(2)).await, CancelledRun::Now(Vec::new()));
    assert_eq!(told(&store, &drawn, run).await, "Cancelled: a Skipped, b Skipped");
    assert_eq!(store.run(run).await.unwrap().unwrap().head.started_at, None);
    assert_eq!(advance(&store, at(3)).await.n_runs, 0);
});

both_databases!(of_a_cancel_and_the_last_end_one_is_the_end, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a").await;
    for round in 0..20 {
        let now = at(10 * round);
        let run = start(&store, &drawn, now).await;
        advance(&store, now).await;
        let claim = claim_one(&store, node, now).await;
        let conclusion = end(&claim, node, horarium_store::ConclusionEvent::Succeeded, now);
        together(3, |who| {
            let (store, conclusion) = (store.clone(), conclusion.clone());
            async move {
                match who {
                    0 => store.conclude(vec![conclusion]).await.map(drop),
                    1 => {
                        let request = AdvanceRequest::at(now);
                        store.advance(request, Arc::new(PlainRunPlanner)).await.map(drop)
                    }
                    _ => {
                        store.cancel_run(run, node, now, Arc::new(PlainRunPlanner)).await.map(drop)
                    }
                }
            }
        })
        .await;
        advance(&store, now).await;
        let told = told(&store, &drawn, run).await;
        let expect = [
            "Succeeded: a Succeeded",
            "Cancelled: a Cancelled",
            // Its end came before the cancel, and was noted by it.
            "Cancelled: a Succeeded",
        ];
        assert!(expect.contains(&told.as_str()), "{told}");
    }
});

both_databases!(a_retry_keeps_what_succeeded, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a b<a c<b").await;
    let first = start(&store, &drawn, at(1)).await;
    let resume = async |resumes: RunId| {
        let id = RunId(Uuid::now_v7());
        let new = NewResume { id, resumes, initiator: None, now: at(5), once: None };
        (id, store.resume_run(new, Arc::new(PlainRunPlanner)).await.unwrap())
    };
    assert_eq!(resume(first).await.1, Resumed::Not(NotResumable::NotEnded));
    run_through(&store, node, &[drawn.jobs[&'b']], at(2)).await;
    let (second, outcome) = resume(first).await;
    assert_eq!(outcome, Resumed::Done);
    assert_eq!(told(&store, &drawn, second).await, "Running: a Succeeded, b Waiting, c Waiting");
    run_through(&store, node, &[], at(6)).await;
    assert_eq!(
        told(&store, &drawn, second).await,
        "Succeeded: a Succeeded, b Succeeded, c Succeeded"
    );
    let (_, n_executions) = store.executions(ExecutionFilter::default(), 0, 1).await.unwrap();
    assert_eq!(n_executions, 4, "a once, b twice, c once");
    let view = store.run(second).await.unwrap().unwrap();
    assert_eq!((view.head.resumes, view.head.origin), (Some(first), Origin::Retry));
    assert_eq!(told(&store, &drawn, first).await, "Failed: a Succeeded, b Failed, c Skipped");
    assert_eq!(resume(second).await.1, Resumed::Not(NotResumable::NothingFailed));
    assert_eq!(resume(RunId(Uuid::now_v7())).await.1, Resumed::Unknown);
});

both_databases!(runs_keep_what_they_were_started_with, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a b<a").await;
    let run = start(&store, &drawn, at(1)).await;
    assert!(store.delete_workflow(drawn.workflow, at(1)).await.unwrap());
    assert!(!store.delete_workflow(drawn.workflow, at(1)).await.unwrap());
    run_through(&store, node, &[], at(2)).await;
    assert_eq!(told(&store, &drawn, run).await, "Succeeded: a Succeeded, b Succeeded");
    let new = NewWorkflowRun {
        id: RunId(Uuid::now_v7()),
        workflow: drawn.workflow,
        initiator: None,
        now: at(3),
        once: None,
    };
    assert!(!store.start_workflow(new).await.unwrap(), "deleted workflows start nothing");
    let filter = RunFilter { owner: Some(drawn.workflow.0), ..RunFilter::default() };
    let (runs, total) = store.runs(filter, 0, 10).await.unwrap();
    assert_eq!((runs[0].id, total), (run, 1));
});

both_databases!(a_lost_node_of_a_run_runs_again_and_the_run_ends_once, |store| async {
    let (lost, other) = (node(&store, at(0)).await, node(&store, at(0)).await);
    let drawn = workflow(&store, "a b<a").await;
    let run = start(&store, &drawn, at(1)).await;
    advance(&store, at(1)).await;
    let taken = claim_one(&store, lost, at(1)).await;
    store.beat(other, at(60)).await.unwrap();
    store.declare_lost(other, at(30)).await.unwrap();
    assert!(store.rescue(at(61)).await.unwrap()[0].ended.awaited);
    let stale = end(&taken, lost, horarium_store::ConclusionEvent::Succeeded, at(62));
    assert!(store.conclude(vec![stale]).await.unwrap().is_empty());
    run_through(&store, other, &[], at(63)).await;
    assert_eq!(told(&store, &drawn, run).await, "Succeeded: a Succeeded, b Succeeded");
});

both_databases!(clearing_old_logs_leaves_ends_that_a_run_has_not_noted, |store| async {
    let node = node(&store, at(0)).await;
    let drawn = workflow(&store, "a").await;
    let run = start(&store, &drawn, at(1)).await;
    advance(&store, at(1)).await;
    work(&store, node, &[], at(2)).await;
    assert_eq!(store.clear_executions(at(100)).await.unwrap(), 0);
    advance(&store, at(3)).await;
    assert_eq!(store.clear_executions(at(100)).await.unwrap(), 1);
    assert_eq!(told(&store, &drawn, run).await, "Succeeded: a Succeeded");
});

both_databases!(the_widest_workflow_starts_and_ends_in_few_transactions, |store| async {
    let node = node(&store, at(0)).await;
    let job = horarium_store::NewJob::plain;
    let mut specs = Vec::new();
    let mut jobs = Vec::new();
    for _ in 0..NODES_MAX {
        let (defined, trigger) = define(draft("one of many"));
        let id = defined.id.0;
        let on_failure = horarium_core::graph::OnFailure::Stop;
        specs.push(horarium_core::graph::NodeSpec { id, depends_on: Vec::new(), on_failure });
        jobs.push(job(defined, trigger));
    }
    store.insert_jobs(jobs).await.unwrap();
    let workflow = horarium_core::WorkflowId(Uuid::now_v7());
    let new = horarium_store::NewWorkflow {
        id: workflow,
        name: "wide".to_owned(),
        graph: horarium_core::graph::Graph::define(&specs).unwrap(),
        created_by: None,
        now: at(0),
        once: None,
    };
    assert!(store.insert_workflow(new).await.unwrap());
    let drawn = Drawn { workflow, jobs: std::collections::BTreeMap::new() };
    let run = start(&store, &drawn, at(1)).await;
    assert_eq!(advance(&store, at(1)).await.n_started, NODES_MAX);
    assert_eq!(work(&store, node, &[], at(2)).await, NODES_MAX);
    assert_eq!(advance(&store, at(2)).await.ended, [(run, RunState::Succeeded)]);
});

both_databases!(one_look_has_a_bound_and_says_that_there_is_more, |store| async {
    let drawn = workflow(&store, "a b").await;
    for _ in 0..5 {
        start(&store, &drawn, at(1)).await;
    }
    let look = async |runs_max, nodes_max| {
        let request = AdvanceRequest { now: at(1), runs_max, nodes_max };
        let advanced = store.advance(request, Arc::new(PlainRunPlanner)).await.unwrap();
        (advanced.n_runs, advanced.is_more)
    };
    assert_eq!(look(2, 100).await, (2, true), "so many runs");
    assert_eq!(look(100, 5).await, (2, true), "so many nodes");
    assert_eq!(look(100, 1).await, (1, false), "at least one run, and that was the last");
});
