//! What the services do by themselves.

use std::{collections::BTreeSet, time::Duration};

use horarium_core::ExecutionState;
use jiff::SignedDuration;

use super::support::{postgres, sqlite};

#[tokio::test(flavor = "multi_thread")]
async fn work_is_found_although_nobody_gives_a_hint() {
    let (node, _directory) = sqlite().await;
    node.job("none", 1).await;
    node.watch.started(2).await;
    node.engine.stop(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_before_it_is_due() {
    let (node, _directory) = sqlite().await;
    node.job("none", 1).await;
    node.watch.started(3).await;
    for (at, call) in node.watch.starts.lock().unwrap().iter() {
        assert!(*at >= call.due_at.unwrap(), "started at {at}, due at {:?}", call.due_at);
    }
    node.engine.stop(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_share_the_work_and_fire_each_instant_once() {
    let (first, second, _database) = postgres().await;
    for _ in 0..5 {
        first.job("none", 1).await;
    }
    first.watch.started(3).await;
    second.watch.started(3).await;
    first.engine.stop(Duration::from_secs(5)).await;
    second.engine.stop(Duration::from_secs(5)).await;
    let mut seen = BTreeSet::new();
    for node in [&first, &second] {
        for (_, call) in node.watch.starts.lock().unwrap().iter() {
            let instant = (call.job_id, call.due_at.unwrap());
            assert!(seen.insert(instant), "{instant:?} was started twice");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_panics_fails_its_execution_and_nothing_else() {
    let (node, _directory) = sqlite().await;
    let (bad, good) = (node.job("panic", 1_000_000).await, node.job("none", 1_000_000).await);
    let (bad, good) = (node.trigger(bad).await, node.trigger(good).await);
    let view = node.ended(bad).await;
    assert_eq!(view.state, ExecutionState::Failed);
    assert!(view.error.unwrap().contains("panicked: as asked"));
    assert_eq!(node.ended(good).await.state, ExecutionState::Succeeded);
    node.engine.stop(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_executions_than_workers_wait_their_turn() {
    let (node, _directory) = sqlite().await;
    let job = node.job("wait", 1_000_000).await;
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(node.trigger(job).await);
    }
    node.watch.started(4).await;
    assert_eq!(node.engine.shared().slots.n_free(), 0);
    assert_eq!(node.watch.n_starts(), 4, "four workers, four starts");
    node.watch.let_go(10);
    for id in ids {
        assert_eq!(node.ended(id).await.state, ExecutionState::Succeeded);
    }
    node.engine.stop(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_declared_lost_lets_go_of_its_work_and_starts_over_as_another() {
    let (node, judge, _database) = postgres().await;
    let job = node.job("wait", 1_000_000).await;
    let id = node.trigger(job).await;
    node.watch.started(1).await;
    let before = node.engine.node();
    let ahead = node.clock.now() + SignedDuration::from_secs(60);
    let lost = judge.store.declare_lost(judge.engine.node(), ahead).await.unwrap();
    assert!(lost.iter().any(|(id, _)| *id == before));
    horarium_testkit::eventually(super::support::SOON, "another node id", async || {
        (node.engine.node() != before).then_some(())
    })
    .await;
    // Interrupted here, taken over by either of the two: it runs again, and ends once.
    node.watch.let_go(5);
    judge.watch.let_go(5);
    let view = node.ended(id).await;
    assert_eq!(view.state, ExecutionState::Succeeded);
    assert!(view.attempt > 1);
    node.engine.stop(Duration::from_secs(5)).await;
    judge.engine.stop(Duration::from_secs(5)).await;
}
