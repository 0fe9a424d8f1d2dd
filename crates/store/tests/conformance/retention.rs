//! Retention: what is old goes with all of its own, what is to be kept stays, at the bounds.

use horarium_core::{ExecutionState, JobId};
use horarium_store::{
    Aged, ConclusionEvent, ExecutionFilter, RETIRED_PER_BATCH_MAX, Retired, Store,
};
use jiff::Timestamp;

use super::{
    engine_support::{claim_one, end, fire, node, plain_job, trigger},
    support::at,
};

/// Runs `n` executions of a job, which end at the seconds after `from`.
async fn run(store: &Store, job: JobId, event: ConclusionEvent, from: i64, n: i64) {
    let node = node(store, at(from)).await;
    for second in from..from + n {
        trigger(store, job, at(second)).await;
        let claimed = claim_one(store, node, at(second)).await;
        let mut end = end(&claimed, node, event, at(second));
        end.output = Some("said".to_owned());
        store.conclude(vec![end]).await.unwrap();
    }
}

fn aged(state: ExecutionState, before: Timestamp, kept_per_job: u32) -> Aged {
    Aged { state, before, kept_per_job, after: None }
}

async fn count(store: &Store, job: JobId) -> u64 {
    let filter = ExecutionFilter { job: Some(job), ..ExecutionFilter::default() };
    store.executions(filter, 0, 1).await.unwrap().1
}

both_databases!(old_ones_of_a_state_go_and_the_newest_of_each_job_stay, |store| async {
    let (busy, quiet) = (plain_job(&store).await, plain_job(&store).await);
    run(&store, busy, ConclusionEvent::Succeeded, 0, 5).await;
    run(&store, busy, ConclusionEvent::Failed, 5, 2).await;
    run(&store, quiet, ConclusionEvent::Succeeded, 0, 2).await;
    let succeeded = |before, kept| store.retire_aged(aged(ExecutionState::Succeeded, before, kept));
    // Of the five, those of seconds 0 and 1 ended before second 2. The quiet job has only two.
    assert_eq!(succeeded(at(2), 2).await.unwrap(), Retired { n_deleted: 2, next: None });
    assert_eq!((count(&store, busy).await, count(&store, quiet).await), (5, 2));
    assert_eq!(succeeded(at(2), 2).await.unwrap().n_deleted, 0, "twice in a row does nothing");
    // The two failures are the newest two: all that succeeded may go.
    assert_eq!(succeeded(at(99), 2).await.unwrap().n_deleted, 3);
    assert_eq!((count(&store, busy).await, count(&store, quiet).await), (2, 2));
    assert_eq!(succeeded(at(99), 1).await.unwrap().n_deleted, 1, "the older of the quiet job's");
    let failed = store.retire_aged(aged(ExecutionState::Failed, at(99), 1)).await.unwrap();
    assert_eq!(failed.n_deleted, 1);
    assert_eq!(
        store.retire_aged(aged(ExecutionState::Failed, at(99), 0)).await.unwrap().n_deleted,
        0,
        "one stays always"
    );
});

both_databases!(an_old_execution_goes_with_its_output_attempts_and_decision, |store| async {
    let job = plain_job(&store).await;
    let node = node(&store, at(0)).await;
    fire(&store, at(10)).await;
    let first = claim_one(&store, node, at(10)).await;
    let again = ConclusionEvent::Retried { eligible_at: at(11) };
    store.conclude(vec![end(&first, node, again, at(11))]).await.unwrap();
    let second = claim_one(&store, node, at(11)).await;
    let mut done = end(&second, node, ConclusionEvent::Succeeded, at(12));
    done.output = Some("said".to_owned());
    store.conclude(vec![done]).await.unwrap();
    run(&store, job, ConclusionEvent::Succeeded, 20, 1).await;
    let retired = store.retire_aged(aged(ExecutionState::Succeeded, at(13), 1)).await.unwrap();
    assert_eq!(retired.n_deleted, 1);
    assert!(store.execution(first.id).await.unwrap().is_none());
    assert!(store.output(first.id).await.unwrap().is_none());
    assert!(store.attempts(first.id).await.unwrap().is_empty());
    assert!(store.decisions(job, at(0), at(99), 9).await.unwrap().is_empty());
    fire(&store, at(10)).await;
    assert_eq!(count(&store, job).await, 1, "the instant does not fire again");
});

both_databases!(a_batch_has_its_bound_and_the_next_goes_on_behind_it, |store| async {
    let job = plain_job(&store).await;
    let n = i64::from(RETIRED_PER_BATCH_MAX) + 5;
    // All end in one instant: what tells them apart is their ids.
    let node = node(&store, at(0)).await;
    for _ in 0..n {
        trigger(&store, job, at(0)).await;
    }
    let claimed = store.claim(node, u32::try_from(n).unwrap(), at(0)).await.unwrap();
    let ends = claimed.iter().map(|one| end(one, node, ConclusionEvent::Succeeded, at(1)));
    store.conclude(ends.collect()).await.unwrap();
    let mut all = aged(ExecutionState::Succeeded, at(2), 1);
    let first = store.retire_aged(all).await.unwrap();
    assert_eq!(first.n_deleted, u64::from(RETIRED_PER_BATCH_MAX));
    all.after = first.next;
    assert!(first.next.is_some());
    let rest = store.retire_aged(all).await.unwrap();
    assert_eq!(rest, Retired { n_deleted: 4, next: None });
    assert_eq!(count(&store, job).await, 1);
});

both_databases!(a_job_keeps_no_more_than_its_bound, |store| async {
    let job = plain_job(&store).await;
    run(&store, job, ConclusionEvent::Succeeded, 0, 4).await;
    trigger(&store, job, at(9)).await;
    assert_eq!(store.retire_beyond(job, 5).await.unwrap(), 0);
    assert_eq!(store.retire_beyond(job, 3).await.unwrap(), 2);
    assert_eq!(store.retire_beyond(job, 3).await.unwrap(), 0);
    assert_eq!(store.retire_beyond(job, 1).await.unwrap(), 2, "the one that waits stays");
    assert_eq!(count(&store, job).await, 1);
});

both_databases!(old_decisions_go_but_for_the_newest_and_those_of_kept_executions, |store| async {
    let job = plain_job(&store).await;
    for second in [10, 20, 30] {
        fire(&store, at(second)).await;
    }
    let decided = async || store.decisions(job, at(0), at(99), 9).await.unwrap().len();
    assert_eq!(decided().await, 3);
    assert_eq!(
        store.retire_decisions(job.0, at(99)).await.unwrap(),
        0,
        "their executions are kept"
    );
    let node = node(&store, at(30)).await;
    for _ in 0..3 {
        let claimed = claim_one(&store, node, at(31)).await;
        store
            .conclude(vec![end(&claimed, node, ConclusionEvent::Succeeded, at(31))])
            .await
            .unwrap();
    }
    assert_eq!(store.owners_after(None, 9).await.unwrap(), [job.0]);
    assert_eq!(store.owners_after(Some(job.0), 9).await.unwrap(), Vec::<uuid::Uuid>::new());
    assert_eq!(decided().await, 3);
});
