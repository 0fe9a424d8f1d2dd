//! Figures of jobs and executions: counts, windows, timelines, what is to come.

use horarium_core::{ExecutionState, JobDraft};
use horarium_store::{ConclusionEvent, HourFigures, Store, WindowFigures};
use jiff::Timestamp;

use super::{engine_support::*, support::at};

const HOUR: i64 = 3_600;

/// Runs one execution of a job from `start` to `end`, in seconds.
async fn run(store: &Store, event: ConclusionEvent, start: i64, end_at: i64) {
    let job = job(store, JobDraft { is_enabled: Some(false), ..draft("run") }).await;
    let node = node(store, at(start)).await;
    trigger(store, job, at(start)).await;
    let claimed = claim_one(store, node, at(start)).await;
    let mut conclusion = end(&claimed, node, event, at(end_at));
    conclusion.started_at = at(start);
    assert_eq!(store.conclude(vec![conclusion]).await.unwrap().len(), 1);
}

fn points(line: &[HourFigures]) -> Vec<(u64, u64, u64)> {
    line.iter().map(|hour| (hour.n_succeeded, hour.n_failed, hour.n_running)).collect()
}

both_databases!(jobs_are_counted_by_standing_and_failure, |store| async {
    assert_eq!(store.job_counts().await.unwrap().n_jobs, 0);
    plain_job(&store).await;
    let gone = plain_job(&store).await;
    store.delete_job(gone, at(1)).await.unwrap();
    run(&store, ConclusionEvent::Failed, 0, 1).await;
    let counts = store.job_counts().await.unwrap();
    assert_eq!((counts.n_jobs, counts.n_enabled, counts.n_paused), (2, 1, 0));
    assert_eq!((counts.n_completed, counts.n_failing), (0, 1));
    assert_eq!(counts.changed_at, Some(at(0)));
});

both_databases!(a_window_counts_what_ended_in_it, |store| async {
    let empty = store.window_figures(at(0), at(0)).await.unwrap();
    assert_eq!(empty, WindowFigures::default());
    run(&store, ConclusionEvent::Succeeded, -10, 0).await;
    run(&store, ConclusionEvent::Succeeded, -10, 20).await;
    run(&store, ConclusionEvent::Failed, 10, 20).await;
    let job = plain_job(&store).await;
    let waiting = trigger(&store, job, at(30)).await;
    let node = node(&store, at(30)).await;
    store.cancel(waiting, node, at(30)).await.unwrap();
    trigger(&store, job, at(30)).await;
    claim_one(&store, node, at(40)).await;
    let figures = store.window_figures(at(0), at(5)).await.unwrap();
    let expect = WindowFigures {
        n_succeeded: 1,
        n_failed: 1,
        n_cancelled: 1,
        n_today: 2,
        n_timed: 2,
        micros_total: 40_000_000,
    };
    assert_eq!(figures, expect);
});

both_databases!(a_timeline_has_every_hour_and_what_ran_at_its_end, |store| async {
    // 08:00 is second 0. From 08:30 to 10:30; within 09; from 09:59 to 10:00 sharp; from 07 to 08.
    run(&store, ConclusionEvent::Succeeded, HOUR / 2, 2 * HOUR + HOUR / 2).await;
    run(&store, ConclusionEvent::Failed, HOUR + 1, HOUR + 2).await;
    run(&store, ConclusionEvent::Failed, 2 * HOUR - 60, 2 * HOUR).await;
    run(&store, ConclusionEvent::Succeeded, -HOUR, 5).await;
    let job = plain_job(&store).await;
    let node = node(&store, at(0)).await;
    trigger(&store, job, at(2 * HOUR + 7)).await;
    claim_one(&store, node, at(2 * HOUR + 7)).await;
    let now = at(3 * HOUR + 100);
    let line = store.timeline(now, 5).await.unwrap();
    let hours: Vec<Timestamp> = line.iter().map(|hour| hour.hour_at).collect();
    assert_eq!(hours, [at(-HOUR), at(0), at(HOUR), at(2 * HOUR), at(3 * HOUR)]);
    assert_eq!(points(&line), [(0, 0, 1), (1, 0, 1), (0, 1, 2), (1, 1, 1), (0, 0, 1)]);
    let line = store.timeline(now, 2).await.unwrap();
    assert_eq!(points(&line), [(1, 1, 1), (0, 0, 1)], "what started before the first hour counts");
    assert_eq!(store.timeline(now, 8_760).await.unwrap().len(), 8_760);
});

both_databases!(failing_jobs_come_worst_first, |store| async {
    let job = plain_job(&store).await;
    run(&store, ConclusionEvent::Failed, 0, 1).await;
    let node = node(&store, at(0)).await;
    for n in 0..3 {
        trigger(&store, job, at(n)).await;
        let claimed = claim_one(&store, node, at(n)).await;
        store.conclude(vec![end(&claimed, node, ConclusionEvent::Failed, at(n))]).await.unwrap();
    }
    let failures = async |threshold, limit| {
        let found = store.failing_jobs(threshold, limit).await.unwrap();
        found.iter().map(|view| view.history.consecutive_failures).collect::<Vec<_>>()
    };
    assert_eq!(failures(1, 10).await, [3, 1]);
    assert_eq!(failures(1, 1).await, [3]);
    assert_eq!(failures(3, 10).await, [3]);
    assert!(failures(4, 10).await.is_empty());
    let view = store.failing_jobs(3, 1).await.unwrap().pop().unwrap();
    assert_eq!(view.history.last_state, Some(ExecutionState::Failed));
    store.delete_job(job, at(9)).await.unwrap();
    assert_eq!(failures(1, 10).await, [1]);
});

both_databases!(what_is_to_come_is_read_in_parts, |store| async {
    for name in ["a", "b", "c"] {
        job(&store, draft(name)).await;
    }
    job(&store, JobDraft { is_enabled: Some(false), ..draft("off") }).await;
    assert!(store.upcoming(at(9), None, 10).await.unwrap().is_empty(), "due at second 10");
    let first = store.upcoming(at(10), None, 2).await.unwrap();
    let after = first.last().map(|one| (one.next_run_at, one.trigger.owner));
    let rest = store.upcoming(at(10), after, 2).await.unwrap();
    let names: Vec<_> = first.iter().chain(&rest).map(|one| one.job_name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(first[0].next_run_at, at(10));
});
