//! The log of executions: what is found, in which order, and where a search stops.

use std::collections::BTreeSet;

use horarium_core::{
    ExecutionId, ExecutionState, JobDraft, JobId, JobType, Origin,
    job::{PolicyDraft, ScheduleDraft, ScheduleType},
};
use horarium_store::{
    Conclusion, ConclusionEvent, Found, LOG_JOBS_MAX, LOG_SEARCHED_MAX, LogFilter, NewExecution,
    NewJob, Store,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    engine_support::{claim_one, define, draft, end, job, job_with, node, plain_job},
    support::at,
};

/// An id as it is made at `second`; `n` sets those of one second apart.
fn id_at(second: i64, n: u64) -> ExecutionId {
    let millis = u128::try_from(at(second).as_millisecond()).unwrap();
    ExecutionId(Uuid::from_u128(millis << 80 | 7 << 76 | u128::from(n)))
}

fn new(id: ExecutionId, job: JobId, now: Timestamp) -> NewExecution {
    NewExecution {
        id,
        job,
        origin: Origin::Manual,
        now,
        triggered_by: None,
        retry_parent: None,
        claimer: None,
        once: None,
    }
}

/// Queues `n` executions, one each second.
async fn queue(store: &Store, job: JobId, seconds: std::ops::Range<i64>) -> Vec<ExecutionId> {
    let ids: Vec<ExecutionId> = seconds.clone().map(|second| id_at(second, 0)).collect();
    let made = seconds.map(|second| new(id_at(second, 0), job, at(second))).collect();
    store.enqueue(made).await.unwrap();
    ids
}

async fn found(store: &Store, filter: LogFilter) -> Vec<ExecutionId> {
    let found = store.search_executions(filter, 100).await.unwrap();
    assert_eq!(found.unseen, None);
    found.ids
}

both_databases!(each_filter_finds_its_own_newest_first, |store| async {
    let node = node(&store, at(0)).await;
    let http = JobDraft {
        job_type: Some(JobType::HttpCall),
        configuration: Some(serde_json::json!({ "url": "http://127.0.0.1/" })),
        tags: Some(vec!["nightly".to_owned()]),
        description: Some("Fetches 100% of it".to_owned()),
        ..draft("Feed import")
    };
    let http = job(&store, http).await;
    let plain = plain_job(&store).await;
    let first = queue(&store, plain, 1..2).await[0];
    let failed = claim_one(&store, node, at(2)).await;
    let end = Conclusion {
        started_at: at(2),
        ended_at: at(4),
        error: Some("503 Service_Unavailable".to_owned()),
        ..end(&failed, node, ConclusionEvent::Failed, at(4))
    };
    store.conclude(vec![end]).await.unwrap();
    let second = queue(&store, http, 10..11).await[0];
    let retried = id_at(20, 0);
    store.retry(retried, first, None, at(20), None).await.unwrap();
    let all = LogFilter::default;
    assert_eq!(found(&store, all()).await, [retried, second, first]);
    let check = async |filter: LogFilter, expect: &[ExecutionId]| {
        assert_eq!(found(&store, filter.clone()).await, expect, "{filter:?}");
    };
    let words = |text: &str| LogFilter {
        words: text.split(' ').map(str::to_owned).collect(),
        ..LogFilter::default()
    };
    check(words("FEED"), &[second]).await;
    check(words("100%"), &[second]).await;
    check(words("service_un"), &[first]).await;
    check(words("serviceXun"), &[]).await;
    check(words("feed 503"), &[]).await;
    check(words("plain 503"), &[first]).await;
    check(LogFilter { job: Some(http), ..all() }, &[second]).await;
    check(LogFilter { job_type: Some(JobType::HttpCall), ..all() }, &[second]).await;
    check(LogFilter { state: Some(ExecutionState::Failed), ..all() }, &[first]).await;
    check(LogFilter { state: Some(ExecutionState::Cancelled), ..all() }, &[]).await;
    check(LogFilter { state: Some(ExecutionState::Pending), ..all() }, &[retried, second]).await;
    check(LogFilter { tag: Some("nightly".to_owned()), ..all() }, &[second]).await;
    check(LogFilter { tag: Some("night".to_owned()), ..all() }, &[]).await;
    check(LogFilter { origin: Some(Origin::Retry), ..all() }, &[retried]).await;
    check(LogFilter { from: Some(at(10)), ..all() }, &[retried, second]).await;
    check(LogFilter { from: Some(at(11)), ..all() }, &[retried]).await;
    check(LogFilter { to: Some(at(10)), ..all() }, &[second, first]).await;
    check(LogFilter { to: Some(at(0)), ..all() }, &[]).await;
    let took = |seconds| Some(SignedDuration::from_secs(seconds));
    check(LogFilter { duration_min: took(2), ..all() }, &[first]).await;
    check(LogFilter { duration_min: took(3), ..all() }, &[]).await;
    check(LogFilter { duration_max: took(2), ..all() }, &[first]).await;
    check(LogFilter { duration_max: took(1), ..all() }, &[]).await;
    check(LogFilter { after: Some(second), ..all() }, &[first]).await;
    let both = LogFilter {
        state: Some(ExecutionState::Failed),
        job: Some(plain),
        words: vec!["503".to_owned()],
        ..all()
    };
    check(both, &[first]).await;
});

both_databases!(parts_follow_each_other_without_gap_or_repetition, |store| async {
    let tagged = JobDraft { tags: Some(vec!["a".to_owned()]), ..draft("tagged") };
    let jobs = [job(&store, tagged.clone()).await, job(&store, tagged).await];
    let mut all = Vec::new();
    for (index, job) in jobs.into_iter().enumerate() {
        let made = (0..25_i64).map(|n| id_at(n, index as u64)).collect::<Vec<_>>();
        let new = made.iter().map(|id| new(*id, job, at(0))).collect();
        store.enqueue(new).await.unwrap();
        all.extend(made);
    }
    all.sort_by_key(|id| std::cmp::Reverse(*id));
    for tag in [None, Some("a".to_owned())] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let filter = LogFilter { tag: tag.clone(), after, ..LogFilter::default() };
            let part = store.search_executions(filter, 7).await.unwrap();
            assert!(part.ids.len() <= 7);
            seen.extend(part.ids);
            after = part.unseen;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, all, "{tag:?}");
    }
    let views = store.executions_by_id(vec![all[3], all[1], id_at(99, 0)]).await.unwrap();
    assert_eq!(views.iter().map(|view| view.id).collect::<Vec<_>>(), [all[1], all[3]]);
});

both_databases!(a_search_stops_at_its_bound_and_says_where, |store| async {
    let job = plain_job(&store).await;
    let searched_max = u64::from(LOG_SEARCHED_MAX);
    for part in 0..=(searched_max / 5_000) {
        let ids = (0..5_000).map(|n| id_at(0, part * 5_000 + n));
        store.enqueue(ids.map(|id| new(id, job, at(0))).collect()).await.unwrap();
    }
    let newest = searched_max + 5_000 - 1;
    let filter = LogFilter { origin: Some(Origin::Schedule), ..LogFilter::default() };
    let nothing = store.search_executions(filter.clone(), 5).await.unwrap();
    let stopped = id_at(0, newest + 1 - searched_max);
    assert_eq!(nothing, Found { ids: Vec::new(), unseen: Some(stopped) });
    let rest = LogFilter { after: nothing.unseen, ..filter };
    let rest = store.search_executions(rest, 5).await.unwrap();
    assert_eq!(rest, Found::default(), "5000 are left, and that is the end");
    let exactly = LogFilter {
        origin: Some(Origin::Schedule),
        after: Some(id_at(0, searched_max)),
        ..LogFilter::default()
    };
    let exactly = store.search_executions(exactly, 5).await.unwrap();
    assert_eq!(exactly.unseen, Some(id_at(0, 0)), "the last one looked at may have older ones");
});

both_databases!(more_jobs_of_a_tag_than_are_walked_one_by_one, |store| async {
    let mut jobs = Vec::new();
    for n in 0..=LOG_JOBS_MAX {
        let tags = Some(vec!["many".to_owned()]);
        let (job, trigger) = define(JobDraft { tags, ..draft(&format!("job {n}")) });
        jobs.push(NewJob::plain(job, trigger));
    }
    let ids: Vec<JobId> = jobs.iter().map(|new| new.job.id).collect();
    store.insert_jobs(jobs).await.unwrap();
    let other = plain_job(&store).await;
    let mut made = Vec::new();
    for (second, job) in (0..).zip(&ids) {
        made.extend(queue(&store, *job, second..second + 1).await);
    }
    queue(&store, other, 500..501).await;
    made.reverse();
    let many = LogFilter { tag: Some("many".to_owned()), ..LogFilter::default() };
    assert_eq!(found(&store, many).await, made);
});

both_databases!(jobs_at_their_limit_are_known_at_once, |store| async {
    let policy = PolicyDraft { concurrency_max: Some(1), ..PolicyDraft::default() };
    let manual = ScheduleDraft {
        schedule_type: Some(ScheduleType::OneTime),
        run_at: Some(at(9_999)),
        ..ScheduleDraft::default()
    };
    let full = job_with(&store, policy.clone()).await;
    let free = job(&store, JobDraft { policy, schedule: manual, ..draft("free") }).await;
    let plain = plain_job(&store).await;
    queue(&store, full, 0..2).await;
    let node = node(&store, at(0)).await;
    claim_one(&store, node, at(1)).await;
    let found = store.full_jobs(BTreeSet::from([full, free, plain])).await.unwrap();
    assert_eq!(found, BTreeSet::from([full]));
});
