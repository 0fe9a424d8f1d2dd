//! Firing: one transaction, once per due instant, whatever number of tickers believe whatever.

use std::{collections::BTreeSet, sync::Arc};

use horarium_core::{
    Decision, JobDraft, Standing, job::PolicyDraft, plan::SkipReason, trigger::OverlapPolicy,
};
use horarium_store::{ConclusionEvent, ExecutionFilter, FireRequest};

use super::{
    engine_support::*,
    support::{at, together},
};

both_databases!(a_due_instant_becomes_one_decision_and_one_execution, |store| async {
    let id = plain_job(&store).await;
    assert_eq!(store.next_wake().await.unwrap(), Some(at(10)));
    assert_eq!(fire(&store, at(9)).await.n_triggers, 0, "never early");
    let fired = fire(&store, at(10)).await;
    assert_eq!((fired.n_triggers, fired.n_executions), (1, 1));
    let decisions = store.decisions(id, at(0), at(100), 10).await.unwrap();
    let (row, execution) = decisions.first().unwrap();
    assert_eq!((row.first, &row.decision), (at(10), &Decision::Fired));
    let execution = store.execution(execution.unwrap()).await.unwrap().unwrap();
    assert_eq!(execution.due_at, Some(at(10)));
    assert_eq!(store.next_wake().await.unwrap(), Some(at(20)));
    assert_eq!(fire(&store, at(10)).await.n_triggers, 0, "looking twice fires once");
});

both_databases!(a_due_instant_fires_once_even_with_many_tickers, |store| async {
    let mut ids = BTreeSet::new();
    for n in 0..20 {
        ids.insert(job(&store, draft(&format!("job {n}"))).await);
    }
    for turn in 1..=5 {
        together(8, |_| {
            let store = store.clone();
            async move {
                let request =
                    FireRequest { now: at(turn * 10), limit: 7, only: None, claimer: None };
                for _ in 0..5 {
                    store.fire(request, Arc::new(PlainPlanner)).await?;
                }
                Ok(())
            }
        })
        .await;
    }
    for id in ids {
        let filter = ExecutionFilter { job: Some(id), ..ExecutionFilter::default() };
        let (executions, _) = store.executions(filter, 0, 100).await.unwrap();
        let due: BTreeSet<_> = executions.iter().map(|one| one.due_at.unwrap()).collect();
        assert_eq!((executions.len(), due.len()), (5, 5));
    }
});

both_databases!(the_unique_key_stops_a_ticker_that_works_from_an_old_cursor, |store| async {
    // A restored backup, a hand-edited row: the trigger stands before what was decided already.
    let id = plain_job(&store).await;
    let before = store.job(id).await.unwrap().unwrap().trigger;
    fire(&store, at(10)).await;
    let after = store.job(id).await.unwrap().unwrap().trigger;
    assert!(store.replace_trigger(after, before, Vec::new()).await.unwrap());
    let again = fire(&store, at(10)).await;
    assert_eq!((again.n_triggers, again.n_executions), (1, 0));
});

both_databases!(what_the_claimer_has_room_for_is_born_running, |store| async {
    for n in 0..3 {
        job(&store, draft(&format!("job {n}"))).await;
    }
    let node = node(&store, at(0)).await;
    let fired = fire_for(&store, at(10), Some((node, 2))).await;
    assert_eq!((fired.n_executions, fired.claimed.len()), (3, 2));
    let claimed = &fired.claimed[0];
    let ended = end(claimed, node, ConclusionEvent::Succeeded, at(11));
    assert_eq!(store.conclude(vec![ended]).await.unwrap().len(), 1);
    assert_eq!(store.claim(node, 10, at(11)).await.unwrap().len(), 1, "the third waits");
});

both_databases!(a_jittered_start_waits_in_the_queue, |store| async {
    let policy = PolicyDraft { jitter_seconds: Some(600), ..PolicyDraft::default() };
    job_with(&store, policy).await;
    let node = node(&store, at(0)).await;
    let fired = fire_for(&store, at(10), Some((node, 5))).await;
    assert_eq!((fired.n_executions, fired.claimed.len()), (1, 0));
    let eligible_at = store.next_eligible().await.unwrap().unwrap();
    assert!(at(10) < eligible_at && eligible_at <= at(610));
    assert!(store.claim(node, 5, at(10)).await.unwrap().is_empty());
    assert_eq!(store.claim(node, 5, eligible_at).await.unwrap().len(), 1);
});

both_databases!(overlap_skip_counts_the_live_ones_and_its_skips_are_one_row, |store| async {
    let policy = PolicyDraft { overlap: Some(OverlapPolicy::Skip), ..PolicyDraft::default() };
    let id = job_with(&store, policy).await;
    let node = node(&store, at(0)).await;
    fire(&store, at(10)).await;
    let running = claim_one(&store, node, at(10)).await;
    for turn in 2..=4 {
        assert_eq!(fire(&store, at(turn * 10)).await.n_executions, 0);
    }
    store.conclude(vec![end(&running, node, ConclusionEvent::Succeeded, at(45))]).await.unwrap();
    assert_eq!(fire(&store, at(50)).await.n_executions, 1);
    let rows = store.decisions(id, at(0), at(100), 10).await.unwrap();
    let rows: Vec<_> =
        rows.into_iter().map(|(row, _)| (row.first, row.last, row.count, row.decision)).collect();
    let skipped = Decision::Skipped(SkipReason::Overlap);
    assert_eq!(
        rows,
        [
            (at(10), at(10), 1, Decision::Fired),
            (at(20), at(40), 3, skipped),
            (at(50), at(50), 1, Decision::Fired),
        ]
    );
    // A range is found from the middle too.
    assert_eq!(store.decisions(id, at(30), at(30), 10).await.unwrap().len(), 1);
});

both_databases!(overlap_cancel_running_cancels_before_it_fires, |store| async {
    let policy =
        PolicyDraft { overlap: Some(OverlapPolicy::CancelRunning), ..PolicyDraft::default() };
    job_with(&store, policy).await;
    let node = node(&store, at(0)).await;
    fire(&store, at(10)).await;
    let running = claim_one(&store, node, at(10)).await;
    let fired = fire(&store, at(20)).await;
    assert_eq!(fired.cancelled.iter().map(|one| one.id).collect::<Vec<_>>(), [running.id]);
    assert_eq!(store.take_cancellations(node).await.unwrap(), [running.id]);
    assert!(store.take_cancellations(node).await.unwrap().is_empty());
    let late = end(&running, node, ConclusionEvent::Succeeded, at(21));
    assert!(store.conclude(vec![late]).await.unwrap().is_empty(), "cancelled is final");
});

both_databases!(overlap_queue_runs_one_at_a_time, |store| async {
    let policy = PolicyDraft { overlap: Some(OverlapPolicy::Queue), ..PolicyDraft::default() };
    job_with(&store, policy).await;
    let node = node(&store, at(0)).await;
    fire(&store, at(10)).await;
    fire(&store, at(20)).await;
    let first = claim_one(&store, node, at(20)).await;
    assert_eq!(first.due_at, Some(at(10)), "oldest first");
    assert!(store.claim(node, 5, at(20)).await.unwrap().is_empty());
    store.conclude(vec![end(&first, node, ConclusionEvent::Failed, at(21))]).await.unwrap();
    assert_eq!(claim_one(&store, node, at(21)).await.due_at, Some(at(20)));
});

both_databases!(a_pause_that_ends_by_itself_is_accounted_for, |store| async {
    let id = plain_job(&store).await;
    let old = store.job(id).await.unwrap().unwrap().trigger;
    let schedule = old.spec.schedule(old.owner).unwrap();
    let paused = horarium_core::Trigger {
        standing: Standing::Paused { until: Some(at(35)), reason: None },
        ..old.clone()
    }
    .scheduled(&schedule);
    assert!(store.replace_trigger(old, paused, Vec::new()).await.unwrap());
    assert_eq!(fire(&store, at(30)).await.n_triggers, 0);
    fire(&store, at(40)).await;
    let rows = store.decisions(id, at(0), at(100), 10).await.unwrap();
    let rows: Vec<_> =
        rows.into_iter().map(|(row, _)| (row.first, row.last, row.decision)).collect();
    assert_eq!(
        rows,
        [
            (at(10), at(30), Decision::Skipped(SkipReason::Paused)),
            (at(40), at(40), Decision::Fired),
        ]
    );
    assert_eq!(store.job(id).await.unwrap().unwrap().trigger.standing, Standing::Enabled);
});

both_databases!(one_owner_can_be_fired_alone, |store| async {
    let id = plain_job(&store).await;
    job(&store, JobDraft { ..draft("other") }).await;
    let request = FireRequest { now: at(10), limit: 1, only: Some(id.0), claimer: None };
    let fired = store.fire(request, Arc::new(PlainPlanner)).await.unwrap();
    assert_eq!((fired.n_triggers, fired.n_executions), (1, 1));
    assert_eq!(store.fire(request, Arc::new(PlainPlanner)).await.unwrap().n_triggers, 0);
});
