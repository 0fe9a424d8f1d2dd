//! What is done to everything at once: pausing, clearing, reading all.

use horarium_core::{Decision, JobDraft, Standing, Trigger, plan::SkipReason};
use horarium_store::{CLEARED_PER_BATCH_MAX, ConclusionEvent, Store, TriggerChange, Wanted};

use super::{engine_support::*, support::at};

async fn owners(store: &Store, wanted: Wanted) -> usize {
    store.triggers_of(wanted, None, 100).await.unwrap().triggers.len()
}

fn paused(old: &Trigger) -> Trigger {
    let schedule = old.spec.schedule(old.owner).unwrap();
    let standing = Standing::Paused { until: None, reason: None };
    Trigger { standing, ..old.clone() }.scheduled(&schedule)
}

both_databases!(triggers_are_read_by_standing_in_parts, |store| async {
    for name in ["a", "b", "c"] {
        job(&store, draft(name)).await;
    }
    job(&store, JobDraft { is_enabled: Some(false), ..draft("off") }).await;
    let deleted = plain_job(&store).await;
    store.delete_job(deleted, at(1)).await.unwrap();
    let first = store.triggers_of(Wanted::Enabled, None, 2).await.unwrap();
    let rest = store.triggers_of(Wanted::Enabled, first.last, 2).await.unwrap();
    assert_eq!((first.triggers.len(), rest.triggers.len()), (2, 1));
    assert!(store.triggers_of(Wanted::Enabled, rest.last, 2).await.unwrap().last.is_none());
    assert_eq!(owners(&store, Wanted::Paused).await, 0);
});

both_databases!(a_batch_of_triggers_changes_but_for_those_that_moved, |store| async {
    job(&store, draft("still")).await;
    let read = store.triggers_of(Wanted::Enabled, None, 9).await.unwrap().triggers;
    let still = read[0].clone();
    let fired = plain_job(&store).await;
    let moving = store.job(fired).await.unwrap().unwrap().trigger;
    let request =
        horarium_store::FireRequest { now: at(10), limit: 1, only: Some(fired.0), claimer: None };
    store.fire(request, std::sync::Arc::new(PlainPlanner)).await.unwrap();
    let row = horarium_core::DecisionRow::one(at(3), Decision::Skipped(SkipReason::Paused));
    let change = |old: &Trigger| TriggerChange {
        old: old.clone(),
        new: paused(old),
        settled: vec![row.clone()],
    };
    let moved = store.replace_triggers(vec![change(&still), change(&moving)]).await.unwrap();
    assert_eq!(moved, [fired]);
    assert_eq!(owners(&store, Wanted::Paused).await, 1);
    assert_eq!(owners(&store, Wanted::Enabled).await, 1);
    let count = async |id| store.decisions(id, at(0), at(9), 10).await.unwrap().len();
    assert_eq!(count(horarium_core::JobId(still.owner)).await, 1);
    assert_eq!(count(fired).await, 0, "the row of a change that was not made is not there");
});

both_databases!(clearing_takes_finished_executions_with_all_of_theirs, |store| async {
    let id = plain_job(&store).await;
    let node = node(&store, at(0)).await;
    fire(&store, at(10)).await;
    let old = claim_one(&store, node, at(10)).await;
    let mut conclusion = end(&old, node, ConclusionEvent::Succeeded, at(11));
    conclusion.output = Some("all of it".to_owned());
    store.conclude(vec![conclusion]).await.unwrap();
    fire(&store, at(20)).await;
    let running = claim_one(&store, node, at(20)).await;
    let waiting = trigger(&store, id, at(20)).await;
    assert_eq!(store.clear_executions(at(11)).await.unwrap(), 0, "it ended at that instant");
    assert_eq!(store.clear_executions(at(1_000)).await.unwrap(), 1);
    assert!(store.execution(old.id).await.unwrap().is_none());
    assert!(store.output(old.id).await.unwrap().is_none());
    for id in [running.id, waiting] {
        assert!(store.execution(id).await.unwrap().is_some());
    }
    let decisions = store.decisions(id, at(0), at(100), 10).await.unwrap();
    assert_eq!(decisions.iter().map(|(row, _)| row.first).collect::<Vec<_>>(), [at(20)]);
    assert_eq!(fire(&store, at(21)).await.n_executions, 0, "nothing fires again");
});

both_databases!(clearing_ends_at_its_bound, |store| async {
    let id = plain_job(&store).await;
    for _ in 0..=CLEARED_PER_BATCH_MAX {
        trigger(&store, id, at(1)).await;
    }
    store.delete_job(id, at(2)).await.unwrap();
    assert_eq!(store.clear_executions(at(3)).await.unwrap(), CLEARED_PER_BATCH_MAX);
    assert_eq!(store.clear_executions(at(3)).await.unwrap(), 1);
});

both_databases!(all_jobs_are_read_in_the_order_of_their_making, |store| async {
    let mut made = Vec::new();
    for name in ["c", "a", "b"] {
        made.push(job(&store, draft(name)).await);
    }
    let first = store.jobs_after(None, 2).await.unwrap();
    let rest = store.jobs_after(first.last().map(|view| view.job.id), 2).await.unwrap();
    let read: Vec<_> = first.iter().chain(&rest).map(|view| view.job.id).collect();
    assert_eq!(read, made);
});

both_databases!(names_are_looked_up_as_they_are_spelled, |store| async {
    let a = job(&store, draft("Äpfel")).await;
    job(&store, draft("äpfel")).await;
    let names = vec!["Äpfel".to_owned(), "none".to_owned()];
    assert_eq!(store.jobs_named(names).await.unwrap(), [(a, "Äpfel".to_owned())]);
});
