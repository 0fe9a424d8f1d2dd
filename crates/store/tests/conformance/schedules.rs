//! Schedules and their runs: stored, fired once per instant, never over themselves, listed.

use std::collections::BTreeSet;

use horarium_core::{
    Decision, JobId, RunId, ScheduleId, Violations,
    graph::NodeState,
    plan::SkipReason,
    run::RunState,
    schedule::{Schedule, ScheduleDraft, StepDraft},
    schedule_pattern::{PatternDraft, TriggerType},
    schedule_step::{StepFields, StepType},
};
use horarium_store::{
    FireRequest, NewSchedule, NewScheduleRun, SCHEDULE_NAME, ScheduleFilter, ScheduleReplacement,
    ScheduleRunFilter, ScheduleRunSort, ScheduleSort, ScheduleView, Store, StoreError,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    engine_support::{PlainPlanner, fire, node, plain_job},
    run_support::{advance, run_through, work},
    support::{at, together},
};

/// Steps of one group each, that run this job.
fn steps(jobs: &[JobId]) -> Vec<StepDraft> {
    let step = |(index, job): (usize, &JobId)| StepDraft {
        id: None,
        fields: StepFields {
            step_index: u32::try_from(index).ok(),
            step_type: Some(StepType::Job),
            job_id: Some(*job),
            ..StepFields::default()
        },
    };
    jobs.iter().enumerate().map(step).collect()
}

/// Due every minute.
fn draft(name: &str, jobs: &[JobId]) -> ScheduleDraft {
    ScheduleDraft {
        name: Some(name.to_owned()),
        pattern: PatternDraft {
            trigger_type: Some(TriggerType::Cron),
            cron_expression: Some("* * * * *".to_owned()),
            ..PatternDraft::default()
        },
        is_enabled: Some(true),
        steps: Some(steps(jobs)),
        ..ScheduleDraft::default()
    }
}

fn define(draft: ScheduleDraft) -> Result<ScheduleView, Violations> {
    let id = ScheduleId(Uuid::now_v7());
    let (schedule, trigger) = Schedule::define(id, draft, at(0), Uuid::now_v7)?;
    Ok(ScheduleView { schedule, trigger })
}

async fn insert(store: &Store, draft: ScheduleDraft) -> ScheduleView {
    let view = define(draft).unwrap();
    let new = NewSchedule { view: view.clone(), once: None };
    store.insert_schedule(new).await.unwrap();
    view
}

async fn start(store: &Store, schedule: ScheduleId, now: Timestamp) -> RunId {
    let id = RunId(Uuid::now_v7());
    let new = NewScheduleRun { id, schedule, initiator: "somebody".to_owned(), now, once: None };
    assert!(store.start_schedule_run(new).await.unwrap());
    id
}

async fn amended(store: &Store, old: &ScheduleView, draft: ScheduleDraft) -> ScheduleReplacement {
    let old = store.schedule(old.schedule.id).await.unwrap().unwrap();
    let (schedule, trigger) =
        old.schedule.amend(old.trigger.as_ref(), draft, at(1), Uuid::now_v7).unwrap();
    let new = ScheduleView { schedule, trigger };
    ScheduleReplacement { old, new, settled: Vec::new() }
}

async fn decided(store: &Store, schedule: ScheduleId) -> Vec<Decision> {
    let rows = store.decisions(JobId(schedule.0), at(0), at(100_000), 100).await.unwrap();
    rows.into_iter()
        .flat_map(|(row, _)| vec![row.decision; usize::try_from(row.count).unwrap()])
        .collect()
}

both_databases!(a_schedule_reads_back_as_it_was_stored, |store| async {
    let job = plain_job(&store).await;
    let view = insert(&store, draft("Nightly", &[job])).await;
    assert_eq!(store.schedule(view.schedule.id).await.unwrap(), Some(view));
    let manual = ScheduleDraft { name: Some("Manual".to_owned()), ..ScheduleDraft::default() };
    let manual = insert(&store, manual).await;
    assert_eq!(store.schedule(manual.schedule.id).await.unwrap(), Some(manual));
    assert_eq!(store.schedule(ScheduleId(Uuid::nil())).await.unwrap(), None);
});

both_databases!(a_name_is_taken_once_whoever_comes_together, |store| async {
    let taken = together(6, |_| {
        let store = store.clone();
        async move {
            let view = define(draft("Nightly", &[])).unwrap();
            match store.insert_schedule(NewSchedule { view, once: None }).await {
                Ok(()) => Ok(1),
                Err(StoreError::Duplicate(SCHEDULE_NAME)) => Ok(0),
                Err(err) => Err(err),
            }
        }
    });
    assert_eq!(taken.await.into_iter().sum::<u32>(), 1);
    let other = insert(&store, draft("Other", &[])).await;
    let rename = ScheduleDraft { name: Some("Nightly".to_owned()), ..ScheduleDraft::default() };
    let replacement = amended(&store, &other, rename).await;
    let refused = store.replace_schedule(replacement).await;
    assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{refused:?}");
});

both_databases!(a_change_based_on_what_is_gone_does_nothing, |store| async {
    let view = insert(&store, draft("Nightly", &[])).await;
    let change = || ScheduleDraft { is_enabled: Some(false), ..ScheduleDraft::default() };
    let (first, second) =
        (amended(&store, &view, change()).await, amended(&store, &view, change()).await);
    assert!(store.replace_schedule(first).await.unwrap());
    assert!(!store.replace_schedule(second).await.unwrap(), "another version");
    let on = ScheduleDraft { is_enabled: Some(true), ..ScheduleDraft::default() };
    let on = amended(&store, &view, on).await;
    assert!(store.replace_schedule(on).await.unwrap());
    let manual = ScheduleDraft {
        pattern: PatternDraft {
            trigger_type: Some(TriggerType::Manual),
            ..PatternDraft::default()
        },
        ..ScheduleDraft::default()
    };
    let replacement = amended(&store, &view, manual.clone()).await;
    assert_eq!(fire(&store, at(60)).await.n_runs, 1);
    assert!(!store.replace_schedule(replacement).await.unwrap(), "its trigger has fired");
    let replacement = amended(&store, &view, manual).await;
    assert!(store.replace_schedule(replacement).await.unwrap());
    let stored = store.schedule(view.schedule.id).await.unwrap().unwrap();
    assert_eq!(stored.trigger, None);
    assert_eq!(store.next_wake().await.unwrap(), None);
});

both_databases!(a_due_instant_becomes_one_run_even_with_many_tickers, |store| async {
    let job = plain_job(&store).await;
    let mut ids = BTreeSet::new();
    for n in 0..10 {
        ids.insert(insert(&store, draft(&format!("Schedule {n}"), &[job])).await.schedule.id);
    }
    together(8, |_| {
        let store = store.clone();
        async move {
            let request = FireRequest { now: at(60), limit: 3, only: None, claimer: None };
            while store.fire(request, std::sync::Arc::new(PlainPlanner)).await?.n_triggers > 0 {}
            Ok(())
        }
    })
    .await;
    let (runs, total) = store.schedule_runs(ScheduleRunFilter::default(), 0, 100).await.unwrap();
    assert_eq!(total, 10);
    let owners: BTreeSet<ScheduleId> = runs.iter().map(|run| ScheduleId(run.head.owner)).collect();
    assert_eq!(owners, ids);
    for run in &runs {
        assert_eq!((run.head.state, run.head.due_at), (RunState::Queued, Some(at(60))));
        let fired = store.decisions(JobId(run.head.owner), at(0), at(100), 10).await.unwrap();
        assert_eq!(fired.len(), 1);
        assert_eq!(fired[0].1.map(|id| id.0), Some(run.head.id.0));
    }
});

both_databases!(a_schedule_that_runs_is_skipped_by_its_times_and_not_by_people, |store| async {
    let job = plain_job(&store).await;
    let id = insert(&store, draft("Nightly", &[job])).await.schedule.id;
    fire(&store, at(60)).await;
    assert_eq!(fire(&store, at(120)).await.n_runs, 0);
    advance(&store, at(121)).await;
    assert_eq!(fire(&store, at(180)).await.n_runs, 0, "running as well as queued");
    let by_hand = start(&store, id, at(181)).await;
    let overlap = || Decision::Skipped(SkipReason::Overlap);
    assert_eq!(decided(&store, id).await, [Decision::Fired, overlap(), overlap()]);
    let node = node(&store, at(0)).await;
    run_through(&store, node, &[], at(182)).await;
    assert_eq!(store.schedule_run(by_hand).await.unwrap().unwrap().head.state, RunState::Succeeded);
    assert_eq!(fire(&store, at(240)).await.n_runs, 1);
    assert_eq!(decided(&store, id).await.last(), Some(&Decision::Fired));
});

both_databases!(a_run_keeps_the_steps_it_started_with, |store| async {
    let (a, b) = (plain_job(&store).await, plain_job(&store).await);
    let view = insert(&store, draft("Before", &[a, b])).await;
    let run = start(&store, view.schedule.id, at(10)).await;
    let change = ScheduleDraft {
        name: Some("After".to_owned()),
        steps: Some(Vec::new()),
        ..ScheduleDraft::default()
    };
    let replacement = amended(&store, &view, change).await;
    assert!(store.replace_schedule(replacement).await.unwrap());
    let node = node(&store, at(0)).await;
    run_through(&store, node, &[], at(11)).await;
    let done = store.schedule_run(run).await.unwrap().unwrap();
    assert_eq!((done.head.owner_name.as_str(), done.head.state), ("Before", RunState::Succeeded));
    assert_eq!(done.steps, view.schedule.steps);
    let states: Vec<NodeState> = done.nodes.iter().map(|node| node.state).collect();
    assert_eq!(states, [NodeState::Succeeded, NodeState::Succeeded]);
    let empty = start(&store, view.schedule.id, at(12)).await;
    advance(&store, at(13)).await;
    let failed = store.schedule_run(empty).await.unwrap().unwrap().head;
    assert_eq!(failed.state, RunState::Failed);
    assert!(failed.error.unwrap().contains("no steps"));
});

both_databases!(a_deleted_schedule_leaves_its_runs, |store| async {
    let job = plain_job(&store).await;
    let id = insert(&store, draft("Nightly", &[job])).await.schedule.id;
    fire(&store, at(60)).await;
    assert!(!store.delete_schedule(id, 2).await.unwrap(), "another version");
    assert!(store.delete_schedule(id, 1).await.unwrap());
    assert!(!store.delete_schedule(id, 1).await.unwrap());
    assert_eq!(fire(&store, at(120)).await.n_runs, 0);
    let (runs, total) = store.schedule_runs(ScheduleRunFilter::default(), 0, 10).await.unwrap();
    assert_eq!((total, runs[0].head.owner_name.as_str()), (1, "Nightly"));
    let node = node(&store, at(0)).await;
    run_through(&store, node, &[], at(61)).await;
    let run = store.schedule_run(runs[0].head.id).await.unwrap().unwrap();
    assert_eq!(run.head.state, RunState::Succeeded, "what runs goes on");
    let new = NewScheduleRun {
        id: RunId(Uuid::now_v7()),
        schedule: id,
        initiator: String::new(),
        now: at(62),
        once: None,
    };
    assert!(!store.start_schedule_run(new).await.unwrap());
});

both_databases!(lists_are_filtered_sorted_and_paged, |store| async {
    let job = plain_job(&store).await;
    let (a, b) = (draft("b 100%", &[job]), draft("A_1", &[job]));
    let b = ScheduleDraft { is_enabled: Some(false), ..b };
    let (a, b) = (insert(&store, a).await.schedule.id, insert(&store, b).await.schedule.id);
    let found = async |filter: ScheduleFilter| {
        let (views, total) = store.schedules(filter, 0, 10).await.unwrap();
        assert_eq!(total, views.len() as u64);
        views.into_iter().map(|view| view.schedule.id).collect::<Vec<_>>()
    };
    let sorted = |sort| ScheduleFilter { sort, ..ScheduleFilter::default() };
    let searched =
        |text: &str| ScheduleFilter { search: Some(text.to_owned()), ..ScheduleFilter::default() };
    assert_eq!(found(sorted(ScheduleSort::CreatedAt)).await, [a, b]);
    assert_eq!(found(sorted(ScheduleSort::Name)).await, [b, a]);
    assert_eq!(found(sorted(ScheduleSort::IsEnabled)).await, [b, a]);
    assert_eq!(found(sorted(ScheduleSort::NextRunAt)).await, [a, b]);
    assert_eq!(found(searched("100%")).await, [a]);
    assert_eq!(found(searched("a_1")).await, [b]);
    assert_eq!(found(searched("%")).await, [a]);
    let first = start(&store, a, at(1)).await;
    advance(&store, at(2)).await;
    let second = start(&store, b, at(3)).await;
    assert_eq!(found(sorted(ScheduleSort::LastRunAt)).await, [a, b]);
    let runs = async |filter: ScheduleRunFilter| {
        let (runs, _) = store.schedule_runs(filter, 0, 10).await.unwrap();
        runs.into_iter().map(|run| run.head.id).collect::<Vec<_>>()
    };
    let by =
        |sort, descending| ScheduleRunFilter { sort, descending, ..ScheduleRunFilter::default() };
    assert_eq!(runs(by(ScheduleRunSort::CreatedAt, true)).await, [second, first]);
    assert_eq!(runs(by(ScheduleRunSort::CreatedAt, false)).await, [first, second]);
    assert_eq!(runs(by(ScheduleRunSort::StartedAt, false)).await, [first, second]);
    assert_eq!(runs(by(ScheduleRunSort::StartedAt, true)).await, [second, first]);
    assert_eq!(runs(by(ScheduleRunSort::State, false)).await, [second, first]);
    let node = node(&store, at(0)).await;
    work(&store, node, &[], at(4)).await;
    advance(&store, at(5)).await;
    assert_eq!(runs(by(ScheduleRunSort::EndedAt, true)).await.last(), Some(&first));
    let of = ScheduleRunFilter { schedule: Some(b), ..ScheduleRunFilter::default() };
    assert_eq!(runs(of).await, [second]);
    let ended = ScheduleRunFilter {
        states: vec![RunState::Succeeded, RunState::Warned],
        ..ScheduleRunFilter::default()
    };
    assert_eq!(runs(ended).await, [first]);
    let active = store.active_schedule_runs().await.unwrap();
    assert!(active.iter().all(|run| run.head.id != first));
    let last = store.last_schedule_runs(vec![a, b]).await.unwrap();
    let last: BTreeSet<RunId> = last.into_iter().map(|run| run.head.id).collect();
    assert_eq!(last, [first, second].into());
});
