//! Cancelling an execution, and stopping a node.

use std::{sync::atomic::Ordering, time::Duration};

use horarium_core::ExecutionState;
use horarium_testkit::eventually;

use super::support::{SOON, postgres, sqlite};

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_execution_is_cancelled_at_once_and_its_work_stops() {
    let (node, _directory) = sqlite().await;
    let job = node.job("wait", 1_000_000).await;
    let id = node.trigger(job).await;
    node.watch.started(1).await;
    assert!(node.engine.cancel(id).await.unwrap().is_some());
    assert_eq!(node.view(id).await.state, ExecutionState::Cancelled);
    let dropped = &node.watch.n_dropped;
    eventually(SOON, "the work to be dropped", async || {
        (dropped.load(Ordering::Acquire) == 1).then_some(())
    })
    .await;
    assert!(node.engine.cancel(id).await.unwrap().is_none(), "it is final");
    node.engine.stop(Duration::from_secs(5)).await;
    assert_eq!(node.view(id).await.state, ExecutionState::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_through_one_node_stops_the_work_on_another() {
    let (runs, asks, _database) = postgres().await;
    let job = runs.job("wait", 1_000_000).await;
    let id = runs.trigger(job).await;
    runs.watch.started(1).await;
    assert!(asks.engine.cancel(id).await.unwrap().is_some());
    let dropped = &runs.watch.n_dropped;
    eventually(Duration::from_secs(2), "the work to be dropped", async || {
        (dropped.load(Ordering::Acquire) == 1).then_some(())
    })
    .await;
    runs.engine.stop(Duration::from_secs(5)).await;
    asks.engine.stop(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_running_attempts_end_within_the_grace() {
    let (node, _directory) = sqlite().await;
    let job = node.job("wait", 1_000_000).await;
    let id = node.trigger(job).await;
    node.watch.started(1).await;
    let (engine, watch) = (node.engine.clone(), node.watch.clone());
    let stopping = tokio::spawn(async move { engine.stop(SOON).await });
    watch.let_go(1);
    stopping.await.unwrap();
    assert_eq!(node.view(id).await.state, ExecutionState::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_interrupted_by_a_stop_is_given_back_and_does_not_count_as_a_try() {
    let (node, _directory) = sqlite().await;
    let job = node.job("wait", 1_000_000).await;
    let id = node.trigger(job).await;
    node.watch.started(1).await;
    node.engine.stop(Duration::ZERO).await;
    let view = node.view(id).await;
    assert_eq!((view.state, view.tries), (ExecutionState::Pending, 0));
    let attempts = node.store.attempts(id).await.unwrap();
    assert_eq!(attempts[0].outcome, "Interrupted");
}
