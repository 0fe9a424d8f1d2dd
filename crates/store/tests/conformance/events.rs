//! Events: what each change tells, that no reader misses one, and what is forgotten.

use std::{collections::BTreeSet, time::Duration};

use horarium_core::{
    Event, ExecutionState, JobChange, JobId, Moved, NodeChange, Standing, Trigger,
};
use horarium_store::{
    After, ConclusionEvent, EVENTS_PURGED_MAX, Position, Replacement, Store, StoredEvent,
};

use horarium_testkit::eventually;

use super::{
    engine_support::{claim_one, draft, end, fire, job, node, plain_job, trigger},
    support::{at, together},
};

async fn after(store: &Store, position: Position) -> Vec<StoredEvent> {
    match store.events_after(position, 1_000).await.unwrap() {
        After::Events(events) => events,
        After::Forgotten => panic!("{position} is forgotten"),
    }
}

/// What was told since `from`, which moves on; `n` events at least. On PostgreSQL they are shown once no
/// older transaction is under way, be it of another database: tests run side by side.
async fn told(store: &Store, from: &mut Position, n: usize) -> Vec<Event> {
    let events = at_least(store, *from, n).await;
    if let Some(last) = events.last() {
        *from = last.position;
    }
    events.into_iter().map(|stored| stored.event).collect()
}

async fn at_least(store: &Store, from: Position, n: usize) -> Vec<StoredEvent> {
    eventually(Duration::from_secs(20), &format!("{n} events"), async || {
        Some(after(store, from).await).filter(|events| events.len() >= n)
    })
    .await
}

fn changed(change: JobChange, job: JobId) -> Event {
    Event::jobs(change, [job]).unwrap()
}

both_databases!(each_change_tells_what_it_did_and_nothing_else_does, |store| async {
    let mut from = store.events_end().await.unwrap();
    let node = node(&store, at(0)).await;
    let started = told(&store, &mut from, 1).await;
    let name = "node".to_owned();
    assert_eq!(started, [Event::Node { node, name: name.clone(), change: NodeChange::Started }]);

    let id = plain_job(&store).await;
    assert_eq!(told(&store, &mut from, 1).await, [changed(JobChange::Created, id)]);

    let of =
        |execution, state| Event::executions([Moved { id: execution, job: id, state }]).unwrap();
    let manual = trigger(&store, id, at(1)).await;
    assert_eq!(told(&store, &mut from, 1).await, [of(manual, None)]);
    let claimed = claim_one(&store, node, at(2)).await;
    assert_eq!(told(&store, &mut from, 1).await, [of(manual, Some(ExecutionState::Running))]);
    let failed = end(&claimed, node, ConclusionEvent::Failed, at(3));
    store.conclude(vec![failed.clone()]).await.unwrap();
    assert_eq!(told(&store, &mut from, 1).await, [of(manual, Some(ExecutionState::Failed))]);
    assert_eq!(store.conclude(vec![failed]).await.unwrap(), [], "its word counts no more");
    assert_eq!(told(&store, &mut from, 0).await, []);

    let retried = horarium_core::ExecutionId(uuid::Uuid::now_v7());
    assert!(store.retry(retried, manual, None, at(4), None).await.unwrap());
    assert_eq!(told(&store, &mut from, 1).await, [of(retried, Some(ExecutionState::Pending))]);
    store.cancel(retried, node, at(5)).await.unwrap().unwrap();
    assert_eq!(told(&store, &mut from, 1).await, [of(retried, Some(ExecutionState::Cancelled))]);
    assert!(store.cancel(retried, node, at(5)).await.unwrap().is_none());
    assert_eq!(told(&store, &mut from, 0).await, []);

    let fired = fire(&store, at(10)).await;
    assert_eq!(fired.n_executions, 1);
    let events = told(&store, &mut from, 1).await;
    let [Event::Executions(one)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(
        (one.jobs.as_slice(), one.executions[0].state),
        ([id].as_slice(), Some(ExecutionState::Pending))
    );

    let view = store.job(id).await.unwrap().unwrap();
    let schedule = view.trigger.spec.schedule(id.0).unwrap();
    let standing = Standing::Paused { until: None, reason: None };
    let paused = Trigger { standing, ..view.trigger.clone() }.scheduled(&schedule);
    assert!(store.replace_trigger(view.trigger.clone(), paused.clone(), Vec::new()).await.unwrap());
    assert_eq!(told(&store, &mut from, 1).await, [changed(JobChange::Paused, id)]);
    assert!(!store.replace_trigger(view.trigger, paused.clone(), Vec::new()).await.unwrap());
    assert_eq!(told(&store, &mut from, 0).await, [], "a change that was not made is not told");

    let old = store.job(id).await.unwrap().unwrap();
    let trigger = old.trigger.clone();
    let replacement = Replacement { job: old.job.clone(), old, trigger, settled: Vec::new() };
    assert!(store.replace_job(replacement).await.unwrap());
    assert_eq!(told(&store, &mut from, 1).await, [changed(JobChange::Updated, id)]);
    store.delete_job(id, at(11)).await.unwrap().unwrap();
    let events = told(&store, &mut from, 2).await;
    assert_eq!(events[0], changed(JobChange::Deleted, id));
    assert_eq!(events.len(), 2, "and what waited was cancelled: {events:?}");

    store.stop_node(node, at(12)).await.unwrap();
    store.stop_node(node, at(13)).await.unwrap();
    let stopped = Event::Node { node, name, change: NodeChange::Stopped };
    assert_eq!(told(&store, &mut from, 1).await, [stopped]);
});

both_databases!(an_unknown_jobs_execution_is_not_told, |store| async {
    let from = store.events_end().await.unwrap();
    let id = horarium_core::ExecutionId(uuid::Uuid::now_v7());
    let new = horarium_store::NewExecution {
        id,
        job: JobId(uuid::Uuid::now_v7()),
        origin: horarium_core::Origin::Manual,
        now: at(0),
        triggered_by: None,
        retry_parent: None,
        claimer: None,
        once: None,
    };
    assert_eq!(store.enqueue_one(new).await.unwrap(), None);
    assert_eq!(after(&store, from).await, []);
});

both_databases!(no_reader_misses_an_event_whoever_writes_meanwhile, |store| async {
    const WRITERS: u32 = 4;
    const EACH: u32 = 40;
    let mut position = store.events_end().await.unwrap();
    let writing = {
        let store = store.clone();
        tokio::spawn(async move {
            together(WRITERS, |writer| {
                let store = store.clone();
                async move {
                    for n in 0..EACH {
                        job(&store, draft(&format!("{writer} {n}"))).await;
                    }
                    Ok(())
                }
            })
            .await
        })
    };
    let mut seen = BTreeSet::new();
    loop {
        let has_ended = writing.is_finished();
        let events = after(&store, position).await;
        for stored in &events {
            assert!(stored.position > position, "in order, each once");
            position = stored.position;
            let Event::Jobs(told) = &stored.event else { panic!("{stored:?}") };
            for job in &told.jobs {
                assert!(seen.insert(*job), "told twice");
            }
        }
        if has_ended && seen.len() >= (WRITERS * EACH) as usize {
            break;
        }
    }
    assert_eq!(seen.len(), (WRITERS * EACH) as usize);
});

both_databases!(what_is_old_is_forgotten_and_whoever_missed_it_is_told_so, |store| async {
    let begin = store.events_end().await.unwrap();
    for second in 0..4 {
        node(&store, at(second)).await;
    }
    let events = at_least(&store, begin, 4).await;
    let position = |n: usize| events[n].position;
    assert_eq!(store.purge_events(at(0)).await.unwrap(), 0, "nothing is older");
    // Before second 2 are the very first row, and those of seconds 0 and 1; the last of them stays.
    assert_eq!(store.purge_events(at(2)).await.unwrap(), 2);
    assert_eq!(store.purge_events(at(2)).await.unwrap(), 0);
    assert_eq!(store.events_after(begin, 9).await.unwrap(), After::Forgotten);
    assert_eq!(store.events_after(position(0), 9).await.unwrap(), After::Forgotten);
    assert_eq!(at_least(&store, position(1), 2).await, events[2..]);
    let beyond: Position = "9000000000000000000-9000000000000000000".parse().unwrap();
    assert_eq!(
        store.events_after(beyond, 9).await.unwrap(),
        After::Forgotten,
        "of another database"
    );
    assert_eq!(store.purge_events(at(9)).await.unwrap(), 2);
    assert_eq!(after(&store, position(3)).await, [], "the last one stays as the mark");
    node(&store, at(10)).await;
    assert_eq!(at_least(&store, position(3), 1).await.len(), 1);
});

both_databases!(a_purge_takes_no_more_than_its_bound, |store| async {
    let jobs = EVENTS_PURGED_MAX + 10;
    for part in 0..jobs {
        node(&store, at(i64::from(part % 2))).await;
    }
    let bound = u64::from(EVENTS_PURGED_MAX);
    assert_eq!(store.purge_events(at(9)).await.unwrap(), bound - 1);
    assert_eq!(store.purge_events(at(9)).await.unwrap(), 11);
});
