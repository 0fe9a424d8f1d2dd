//! Executions: claimed once, concluded by their token, cancelled, retried, listed.

use std::collections::BTreeSet;

use horarium_core::{ExecutionId, ExecutionState, JobId, job::PolicyDraft};
use horarium_store::{Conclusion, ConclusionEvent, ExecutionFilter};
use uuid::Uuid;

use super::{
    engine_support::*,
    support::{at, together},
};

both_databases!(an_unknown_job_enqueues_nothing, |store| async {
    let new = horarium_store::NewExecution {
        id: ExecutionId(Uuid::now_v7()),
        job: JobId(Uuid::now_v7()),
        origin: horarium_core::Origin::Manual,
        now: at(0),
        triggered_by: None,
        retry_parent: None,
        claimer: None,
        once: None,
    };
    assert!(store.enqueue_one(new).await.unwrap().is_none());
});

both_databases!(an_answer_is_kept_with_its_work_or_not_at_all, |store| async {
    let job = plain_job(&store).await;
    let once = |key: &str| horarium_store::Once {
        call: horarium_store::CallKey {
            principal: "user:1".to_owned(),
            key: key.to_owned(),
            begun_at: at(1),
        },
        request_hash: "hash".to_owned(),
        answer: horarium_store::KeptAnswer {
            status: 202,
            headers: Vec::new(),
            body: "made".to_owned(),
        },
    };
    let new = |job, key: &str| horarium_store::NewExecution {
        id: ExecutionId(Uuid::now_v7()),
        job,
        origin: horarium_core::Origin::Manual,
        now: at(1),
        triggered_by: None,
        retry_parent: None,
        claimer: None,
        once: Some(once(key)),
    };
    let kept = async |key: &str| {
        store.kept_answer("user:1".to_owned(), key.to_owned(), "hash".to_owned()).await.unwrap()
    };
    assert!(store.enqueue_one(new(JobId(Uuid::now_v7()), "a")).await.unwrap().is_none());
    assert_eq!(kept("a").await, horarium_store::Begun::Fresh, "nothing was done");
    assert!(store.enqueue_one(new(job, "a")).await.unwrap().is_some());
    assert!(matches!(kept("a").await, horarium_store::Begun::Replay(_)));
    let again = store.enqueue_one(new(job, "a")).await.unwrap_err();
    assert!(matches!(again, horarium_store::StoreError::Duplicate(_)), "{again}");
    let together = together(20, |_| {
        let (store, new) = (store.clone(), new(job, "b"));
        async move { Ok(store.enqueue_one(new).await.is_ok()) }
    })
    .await;
    assert_eq!(together.iter().filter(|made| **made).count(), 1, "one key makes one");
    let filter = ExecutionFilter { job: Some(job), ..ExecutionFilter::default() };
    assert_eq!(store.executions(filter, 0, 10).await.unwrap().1, 2);
});

both_databases!(two_claimers_never_hold_the_same_execution, |store| async {
    let id = plain_job(&store).await;
    for _ in 0..100 {
        trigger(&store, id, at(1)).await;
    }
    let node = node(&store, at(0)).await;
    let claims = together(8, |_| {
        let store = store.clone();
        async move {
            let mut all = Vec::new();
            for _ in 0..10 {
                all.extend(store.claim(node, 3, at(2)).await?);
            }
            Ok(all)
        }
    })
    .await;
    let ids: Vec<_> = claims.into_iter().flatten().map(|claimed| claimed.id).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len());
    assert_eq!(ids.len(), 100);
});

both_databases!(a_node_that_is_not_live_claims_nothing, |store| async {
    let id = plain_job(&store).await;
    trigger(&store, id, at(1)).await;
    let node = node(&store, at(0)).await;
    store.stop_node(node, at(1)).await.unwrap();
    assert!(store.claim(node, 1, at(2)).await.unwrap().is_empty());
});

both_databases!(an_enqueued_execution_can_be_born_claimed, |store| async {
    let job = plain_job(&store).await;
    let node = node(&store, at(0)).await;
    let new = horarium_store::NewExecution {
        id: ExecutionId(Uuid::now_v7()),
        job,
        origin: horarium_core::Origin::Manual,
        now: at(1),
        triggered_by: None,
        retry_parent: None,
        claimer: Some(node),
        once: None,
    };
    let enqueued = store.enqueue_one(new).await.unwrap().unwrap();
    let claimed = enqueued.claimed.unwrap();
    assert_eq!((claimed.attempt, claimed.job_version), (1, 1));
    let ended = end(&claimed, node, ConclusionEvent::Succeeded, at(2));
    assert_eq!(store.conclude(vec![ended]).await.unwrap().len(), 1);
});

both_databases!(an_end_is_written_once_and_only_by_its_own_token, |store| async {
    let job = plain_job(&store).await;
    let id = trigger(&store, job, at(1)).await;
    let node = node(&store, at(0)).await;
    let claimed = claim_one(&store, node, at(2)).await;
    let good = end(&claimed, node, ConclusionEvent::Succeeded, at(3));
    let stale = Conclusion { attempt: 2, ..good.clone() };
    let foreign = Conclusion { node: horarium_core::NodeId(Uuid::now_v7()), ..good.clone() };
    assert!(store.conclude(vec![stale, foreign]).await.unwrap().is_empty());
    let with_output =
        Conclusion { output: Some("done".to_owned()), output_bytes: 4, ..good.clone() };
    assert_eq!(store.conclude(vec![with_output]).await.unwrap().len(), 1);
    assert!(store.conclude(vec![good]).await.unwrap().is_empty());
    let view = store.execution(id).await.unwrap().unwrap();
    assert_eq!((view.state, view.ended_at), (ExecutionState::Succeeded, Some(at(3))));
    assert_eq!((view.started_at, view.output_bytes), (Some(at(3)), 4));
    assert_eq!(store.output(id).await.unwrap().as_deref(), Some("done"));
});

both_databases!(a_retried_attempt_waits_and_is_remembered, |store| async {
    let job = plain_job(&store).await;
    let id = trigger(&store, job, at(1)).await;
    let node = node(&store, at(0)).await;
    let claimed = claim_one(&store, node, at(2)).await;
    let event = ConclusionEvent::Retried { eligible_at: at(60) };
    let failed = Conclusion { error: Some("500".to_owned()), ..end(&claimed, node, event, at(3)) };
    store.conclude(vec![failed]).await.unwrap();
    let view = store.execution(id).await.unwrap().unwrap();
    assert_eq!((view.state, view.tries, view.eligible_at), (ExecutionState::Pending, 1, at(60)));
    assert!(store.claim(node, 1, at(59)).await.unwrap().is_empty());
    let again = claim_one(&store, node, at(60)).await;
    assert_eq!((again.attempt, again.tries), (2, 1));
    let attempts = store.attempts(id).await.unwrap();
    assert_eq!((attempts.len(), attempts[0].error.as_deref()), (1, Some("500")));
});

both_databases!(an_interrupted_attempt_is_no_try_and_one_given_back_is_no_attempt, |store| async {
    let job = plain_job(&store).await;
    let id = trigger(&store, job, at(1)).await;
    let node = node(&store, at(0)).await;
    let first = claim_one(&store, node, at(2)).await;
    store.conclude(vec![end(&first, node, ConclusionEvent::GivenBack, at(3))]).await.unwrap();
    assert!(store.attempts(id).await.unwrap().is_empty());
    let second = claim_one(&store, node, at(4)).await;
    store.conclude(vec![end(&second, node, ConclusionEvent::Released, at(5))]).await.unwrap();
    let view = store.execution(id).await.unwrap().unwrap();
    assert_eq!((view.state, view.tries, view.attempt), (ExecutionState::Pending, 0, 2));
    assert_eq!(store.attempts(id).await.unwrap()[0].outcome, "Interrupted");
});

both_databases!(a_batch_of_ends_counts_into_the_jobs_history, |store| async {
    use ConclusionEvent::{Failed, Succeeded};
    let job = plain_job(&store).await;
    let node = node(&store, at(0)).await;
    let run = async |events: &[ConclusionEvent]| {
        let mut ends = Vec::new();
        for event in events {
            trigger(&store, job, at(1)).await;
            ends.push(end(&claim_one(&store, node, at(2)).await, node, *event, at(3)));
        }
        store.conclude(ends).await.unwrap();
        store.job(job).await.unwrap().unwrap().history
    };
    assert_eq!(run(&[Failed, Failed]).await.consecutive_failures, 2);
    assert_eq!(run(&[Failed]).await.consecutive_failures, 3);
    let history = run(&[Failed, Succeeded, Failed]).await;
    assert_eq!(
        (history.consecutive_failures, history.last_state),
        (1, Some(ExecutionState::Failed))
    );
    assert_eq!(run(&[Succeeded]).await.consecutive_failures, 0);
});

both_databases!(a_concurrency_limit_holds_over_all_claims, |store| async {
    let policy = PolicyDraft { concurrency_max: Some(2), ..PolicyDraft::default() };
    let id = job_with(&store, policy).await;
    for _ in 0..6 {
        trigger(&store, id, at(1)).await;
    }
    let node = node(&store, at(0)).await;
    let claims = together(4, |_| {
        let store = store.clone();
        async move { store.claim(node, 5, at(2)).await }
    })
    .await;
    let claims: Vec<_> = claims.into_iter().flatten().collect();
    assert!(claims.len() <= 2);
    let mut ended = claims;
    for _ in 0..20 {
        if ended.is_empty() {
            ended = store.claim(node, 5, at(3)).await.unwrap();
        }
        let Some(claimed) = ended.pop() else { break };
        store.conclude(vec![end(&claimed, node, ConclusionEvent::Succeeded, at(3))]).await.unwrap();
    }
    let filter =
        ExecutionFilter { state: Some(ExecutionState::Succeeded), ..ExecutionFilter::default() };
    assert_eq!(store.executions(filter, 0, 10).await.unwrap().1, 6);
});

both_databases!(only_live_executions_can_be_cancelled_and_the_runner_is_told, |store| async {
    let job = plain_job(&store).await;
    let (me, other) = (node(&store, at(0)).await, node(&store, at(0)).await);
    let waiting = trigger(&store, job, at(1)).await;
    let cancelled = store.cancel(waiting, me, at(2)).await.unwrap().unwrap();
    assert_eq!(cancelled.node, None);
    assert!(store.cancel(waiting, me, at(2)).await.unwrap().is_none());
    let running = trigger(&store, job, at(3)).await;
    claim_one(&store, other, at(3)).await;
    assert_eq!(store.cancel(running, me, at(4)).await.unwrap().unwrap().node, Some(other));
    assert_eq!(store.take_cancellations(other).await.unwrap(), [running]);
    assert!(store.take_cancellations(me).await.unwrap().is_empty());
    let unknown = ExecutionId(Uuid::now_v7());
    assert!(store.cancel(unknown, me, at(5)).await.unwrap().is_none());
});

both_databases!(only_what_ended_badly_can_be_retried, |store| async {
    let job = plain_job(&store).await;
    let node = node(&store, at(0)).await;
    let source = trigger(&store, job, at(1)).await;
    let new = ExecutionId(Uuid::now_v7());
    let retry = || store.retry(new, source, Some("ops".to_owned()), at(5), None);
    assert!(!retry().await.unwrap(), "pending");
    let claimed = claim_one(&store, node, at(2)).await;
    assert!(!retry().await.unwrap(), "running");
    store.conclude(vec![end(&claimed, node, ConclusionEvent::Failed, at(3))]).await.unwrap();
    assert!(retry().await.unwrap());
    let view = store.execution(new).await.unwrap().unwrap();
    assert_eq!((view.retry_parent, view.state), (Some(source), ExecutionState::Pending));
    assert_eq!(view.triggered_by.as_deref(), Some("ops"));
});

both_databases!(lists_are_newest_first_and_filtered_by_state_and_time, |store| async {
    let job = plain_job(&store).await;
    let node = node(&store, at(0)).await;
    let first = trigger(&store, job, at(10)).await;
    let second = trigger(&store, job, at(20)).await;
    let claimed = claim_one(&store, node, at(30)).await;
    assert_eq!(claimed.id, first);
    let list = async |filter: ExecutionFilter| {
        let (page, total) = store.executions(filter, 0, 10).await.unwrap();
        assert_eq!(page.len() as u64, total);
        page.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let all = ExecutionFilter { job: Some(job), ..ExecutionFilter::default() };
    assert_eq!(list(all.clone()).await, [second, first]);
    let running = Some(ExecutionState::Running);
    assert_eq!(list(ExecutionFilter { state: running, ..all.clone() }).await, [first]);
    // Both ends count, on the start, or on the queueing while it waits.
    assert_eq!(list(ExecutionFilter { from: Some(at(30)), ..all.clone() }).await, [first]);
    assert_eq!(list(ExecutionFilter { to: Some(at(20)), ..all.clone() }).await, [second]);
    let nobody = ExecutionFilter { job: Some(JobId(Uuid::now_v7())), ..all };
    assert!(list(nobody).await.is_empty());
});
