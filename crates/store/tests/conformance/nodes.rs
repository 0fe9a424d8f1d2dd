//! Nodes: leases, and what becomes of the executions of lost ones.

use horarium_core::{
    ExecutionState,
    job::PolicyDraft,
    lost::{AfterLoss, LOSSES_MAX, LostAttemptPolicy},
};
use horarium_store::{ConclusionEvent, NodeState};

use super::{engine_support::*, support::at};

both_databases!(a_silent_node_is_declared_lost_and_a_beating_one_is_not, |store| async {
    let (me, silent, beating) =
        (node(&store, at(0)).await, node(&store, at(0)).await, node(&store, at(0)).await);
    assert!(store.beat(beating, at(9)).await.unwrap());
    let lost = store.declare_lost(me, at(5)).await.unwrap();
    assert_eq!(lost.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [silent], "I am not judged");
    assert!(!store.beat(silent, at(11)).await.unwrap());
    assert!(store.beat(beating, at(11)).await.unwrap());
    let states: Vec<_> = store.nodes().await.unwrap().into_iter().map(|n| n.state).collect();
    assert_eq!(states, [NodeState::Live, NodeState::Live, NodeState::Lost]);
});

both_databases!(a_lost_nodes_executions_run_again_and_its_word_counts_no_more, |store| async {
    let job = plain_job(&store).await;
    let (me, lost) = (node(&store, at(0)).await, node(&store, at(0)).await);
    let id = trigger(&store, job, at(1)).await;
    let held = claim_one(&store, lost, at(1)).await;
    assert!(store.rescue(at(2)).await.unwrap().is_empty(), "a live node keeps what it runs");
    store.beat(me, at(20)).await.unwrap();
    store.declare_lost(me, at(15)).await.unwrap();
    let rescued = store.rescue(at(20)).await.unwrap();
    assert_eq!((rescued.len(), rescued[0].after), (1, AfterLoss::Again));
    assert!(store.rescue(at(20)).await.unwrap().is_empty(), "once");
    let again = claim_one(&store, me, at(20)).await;
    assert_eq!((again.id, again.attempt, again.tries), (id, 2, 0));
    let late = end(&held, lost, ConclusionEvent::Succeeded, at(21));
    assert!(store.conclude(vec![late]).await.unwrap().is_empty());
    let good = end(&again, me, ConclusionEvent::Succeeded, at(22));
    assert_eq!(store.conclude(vec![good]).await.unwrap().len(), 1);
    assert_eq!(store.attempts(id).await.unwrap()[0].outcome, "Lost");
});

both_databases!(the_lost_attempt_policy_is_the_jobs, |store| async {
    for (policy, state, hold) in [
        (LostAttemptPolicy::Fail, ExecutionState::Failed, None),
        (LostAttemptPolicy::Hold, ExecutionState::Pending, Some("LostAttemptHeld")),
    ] {
        let policy = PolicyDraft { lost_attempt: Some(policy), ..PolicyDraft::default() };
        let job = job_with(&store, policy).await;
        let (me, lost) = (node(&store, at(0)).await, node(&store, at(0)).await);
        let id = trigger(&store, job, at(1)).await;
        claim_one(&store, lost, at(1)).await;
        store.stop_node(lost, at(2)).await.unwrap();
        assert_eq!(store.rescue(at(3)).await.unwrap().len(), 1);
        let view = store.execution(id).await.unwrap().unwrap();
        assert_eq!((view.state, view.hold.as_deref()), (state, hold));
        assert!(view.error.is_some());
        assert!(store.claim(me, 1, at(4)).await.unwrap().is_empty());
    }
});

both_databases!(an_execution_that_takes_three_nodes_down_is_parked, |store| async {
    let job = plain_job(&store).await;
    let id = trigger(&store, job, at(1)).await;
    for loss in 1..=LOSSES_MAX {
        let lost = node(&store, at(0)).await;
        claim_one(&store, lost, at(3)).await;
        store.stop_node(lost, at(2)).await.unwrap();
        let expect = if loss == LOSSES_MAX { AfterLoss::Parked } else { AfterLoss::Again };
        assert_eq!(store.rescue(at(3)).await.unwrap()[0].after, expect);
    }
    let view = store.execution(id).await.unwrap().unwrap();
    assert_eq!((view.state, view.losses), (ExecutionState::Failed, LOSSES_MAX));
    assert_eq!(store.job(job).await.unwrap().unwrap().history.consecutive_failures, 1);
});

both_databases!(ended_nodes_are_forgotten_only_when_they_hold_nothing, |store| async {
    let job = plain_job(&store).await;
    let (empty, holding) = (node(&store, at(0)).await, node(&store, at(0)).await);
    trigger(&store, job, at(1)).await;
    claim_one(&store, holding, at(1)).await;
    for ended in [empty, holding] {
        store.stop_node(ended, at(2)).await.unwrap();
    }
    assert_eq!(store.purge_nodes(at(1)).await.unwrap(), 0);
    assert_eq!(store.purge_nodes(at(100)).await.unwrap(), 1);
    assert_eq!(store.nodes().await.unwrap()[0].id, holding);
});
