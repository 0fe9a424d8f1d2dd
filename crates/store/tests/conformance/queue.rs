//! What waits and what is stuck.

use horarium_core::job::PolicyDraft;
use horarium_store::{ConclusionEvent, QueueFigures};

use super::{
    engine_support::{claim_one, draft, end, job, job_with, node, plain_job, trigger},
    support::at,
};

both_databases!(what_waits_is_told_apart_by_what_it_waits_for, |store| async {
    assert_eq!(store.queue_figures(at(0)).await.unwrap(), QueueFigures::default());
    let plain = plain_job(&store).await;
    let limited =
        job_with(&store, PolicyDraft { concurrency_max: Some(1), ..PolicyDraft::default() }).await;
    let node = node(&store, at(0)).await;
    trigger(&store, plain, at(1)).await;
    let claimed = claim_one(&store, node, at(1)).await;
    let later = ConclusionEvent::Retried { eligible_at: at(100) };
    store.conclude(vec![end(&claimed, node, later, at(2))]).await.unwrap();
    trigger(&store, plain, at(3)).await;
    claim_one(&store, node, at(3)).await;
    trigger(&store, plain, at(4)).await;
    trigger(&store, limited, at(4)).await;
    let expect = QueueFigures {
        n_ready: 1,
        ready_since: Some(at(4)),
        n_later: 1,
        n_limited: 1,
        n_running: 1,
        ..QueueFigures::default()
    };
    assert_eq!(store.queue_figures(at(5)).await.unwrap(), expect);
    store.stop_node(node, at(6)).await.unwrap();
    job(&store, draft("due")).await;
    let figures = store.queue_figures(at(11)).await.unwrap();
    assert_eq!((figures.n_orphaned, figures.n_due, figures.due_since), (1, 3, Some(at(10))));
});
