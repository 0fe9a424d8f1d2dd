//! Forgetting old history while jobs start: rows a second, and what that does to lateness.

use std::time::{Duration, Instant};

use horarium_core::{ExecutionId, JobId, NodeId, Origin};
use horarium_server::settings;
use horarium_store::{Conclusion, ConclusionEvent, NewExecution, NewNode};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{ENQUEUED_AT_ONCE, count, spread};
use crate::{rig::Rig, table::percentiles};

/// Starts in each half: thirty seconds of them.
const STARTS: usize = 1_500;
const AGE: SignedDuration = SignedDuration::from_hours(40 * 24);

/// Stores n executions of forty days ago, then starts fifty jobs a second: first alone, then beside the
/// deletion of what is old.
pub(super) async fn retention(rig: Rig, n: usize) -> String {
    let job = rig.manual_job().await;
    let long_ago = rig.clock.now() - AGE;
    let node = NodeId(Uuid::now_v7());
    let new = NewNode { id: node, name: "old".to_owned(), version: "0".to_owned(), workers: 1 };
    rig.store.register_node(new, long_ago).await.expect("registered");
    for _ in 0..n.div_ceil(ENQUEUED_AT_ONCE) {
        store_old(&rig, job, node, long_ago).await;
    }
    rig.store.stop_node(node, long_ago).await.expect("stopped");
    let engine = rig.engine().await;
    rig.insert(spread(&rig, STARTS)).await;
    engine.wake();
    let mut all = rig.starts.reached(STARTS).await;
    let alone = rig.starts.lateness_ms();
    rig.insert(spread(&rig, STARTS)).await;
    engine.wake();
    let before = count(&rig, horarium_core::ExecutionState::Succeeded).await;
    let since = Instant::now();
    engine.start_retention(settings::Retention::default());
    all &= rig.starts.reached(2 * STARTS).await;
    let took = since.elapsed();
    let after = count(&rig, horarium_core::ExecutionState::Succeeded).await;
    engine.stop(Duration::from_secs(5)).await;
    let beside = rig.starts.lateness_ms().split_off(alone.len());
    let n_deleted = (before + STARTS as u64).saturating_sub(after);
    format!(
        "deleted {n_deleted} rows, {:.0}/s; lateness alone {}, beside it {}{}",
        n_deleted as f64 / took.as_secs_f64(),
        percentiles(alone),
        percentiles(beside),
        if all { "" } else { " (NOT ALL)" }
    )
}

async fn store_old(rig: &Rig, job: JobId, node: NodeId, at: Timestamp) {
    let new = |_| NewExecution {
        id: ExecutionId(Uuid::now_v7()),
        job,
        origin: Origin::Manual,
        now: at,
        triggered_by: None,
        retry_parent: None,
        claimer: None,
        once: None,
    };
    rig.store.enqueue((0..ENQUEUED_AT_ONCE).map(new).collect()).await.expect("enqueued");
    let limit = u32::try_from(ENQUEUED_AT_ONCE).expect("a small number");
    let claimed = rig.store.claim(node, limit, at).await.expect("claimed");
    let ends = claimed.iter().map(|one| Conclusion {
        id: one.id,
        attempt: one.attempt,
        node,
        event: ConclusionEvent::Succeeded,
        started_at: at,
        ended_at: at,
        error: None,
        output: Some("done".to_owned()),
        output_bytes: 4,
        output_cut: false,
    });
    rig.store.conclude(ends.collect()).await.expect("concluded");
}
