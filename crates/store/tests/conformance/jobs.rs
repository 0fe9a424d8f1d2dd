//! Jobs: definitions, lists, replacement, deletion, dependencies.

use horarium_core::{Job, JobDraft, JobType, Standing, job::ScheduleDraft};
use horarium_store::{JobFilter, JobSort, JobStatus, NewJob, Replacement, Store};

use super::{
    engine_support::*,
    support::{at, together},
};

fn filter() -> JobFilter {
    JobFilter {
        job_type: None,
        status: None,
        tag: None,
        search: None,
        sort: JobSort::Name,
        ascending: true,
    }
}

async fn insert(
    store: &Store,
    job: Job,
    trigger: horarium_core::Trigger,
) -> horarium_store::Result<()> {
    store.insert_job(NewJob::plain(job, trigger)).await
}

async fn names(store: &Store, filter: JobFilter) -> Vec<String> {
    let (page, total) = store.jobs(filter, 0, 100).await.unwrap();
    assert_eq!(page.len() as u64, total);
    page.into_iter().map(|view| view.job.name).collect()
}

both_databases!(a_job_reads_back_as_it_was_inserted, |store| async {
    let (job, trigger) = define(JobDraft {
        description: Some("all of it".to_owned()),
        tags: Some(vec!["a".to_owned(), "b".to_owned()]),
        created_by: Some("ops".to_owned()),
        ..draft("Sync inventory feed")
    });
    insert(&store, job.clone(), trigger.clone()).await.unwrap();
    let view = store.job(job.id).await.unwrap().unwrap();
    assert_eq!((view.job, view.trigger), (job.clone(), trigger));
    let definition = store.definitions(vec![job.id]).await.unwrap().pop().unwrap();
    assert_eq!((definition.version, definition.configuration), (1, job.configuration));
});

both_databases!(jobs_inserted_at_the_same_time_are_all_there, |store| async {
    let inserted = together(50, |n| {
        let store = store.clone();
        async move {
            let (job, trigger) = define(draft(&format!("job {n:02}")));
            insert(&store, job, trigger).await
        }
    })
    .await;
    assert_eq!(inserted.len(), 50);
    assert_eq!(store.jobs(filter(), 0, 10).await.unwrap().1, 50);
});

both_databases!(one_bad_job_does_not_take_the_others_with_it, |store| async {
    let (job, trigger) = define(draft("first"));
    insert(&store, job.clone(), trigger.clone()).await.unwrap();
    let (other, other_trigger) = define(draft("second"));
    let (twice, fresh) =
        tokio::join!(insert(&store, job, trigger), insert(&store, other, other_trigger));
    assert!(twice.is_err());
    fresh.unwrap();
    assert_eq!(names(&store, filter()).await, ["first", "second"]);
});

both_databases!(lists_filter_search_and_sort, |store| async {
    let tagged = |name: &str, tag: &str| JobDraft {
        tags: Some(vec![tag.to_owned()]),
        description: Some(format!("Über {name} 100%")),
        ..draft(name)
    };
    job(&store, tagged("beta", "x")).await;
    job(&store, tagged("Alpha", "y")).await;
    job(&store, JobDraft { is_enabled: Some(false), ..tagged("gamma_1", "x") }).await;
    let call = JobDraft { job_type: Some(JobType::HttpCall), ..tagged("delta", "z") };
    job(&store, call).await;

    assert_eq!(names(&store, filter()).await, ["Alpha", "beta", "delta", "gamma_1"]);
    let by = |change: fn(&mut JobFilter)| {
        let mut filter = filter();
        change(&mut filter);
        filter
    };
    let check = async |change: fn(&mut JobFilter), expect: &[&str]| {
        assert_eq!(names(&store, by(change)).await, expect);
    };
    check(|f| f.tag = Some("x".to_owned()), &["beta", "gamma_1"]).await;
    check(|f| f.job_type = Some(JobType::HttpCall), &["delta"]).await;
    check(|f| f.status = Some(JobStatus::Disabled), &["gamma_1"]).await;
    check(|f| f.status = Some(JobStatus::Enabled), &["Alpha", "beta", "delta"]).await;
    check(|f| f.status = Some(JobStatus::Failing), &[]).await;
    check(|f| f.search = Some("ALPHA über".to_owned()), &["Alpha"]).await;
    // What LIKE would take for wildcards is looked for as it stands.
    check(|f| f.search = Some("a_1".to_owned()), &["gamma_1"]).await;
    check(|f| f.search = Some("100%".to_owned()), &["Alpha", "beta", "delta", "gamma_1"]).await;
    check(|f| f.search = Some("1000%".to_owned()), &[]).await;
    check(|f| f.ascending = false, &["gamma_1", "delta", "beta", "Alpha"]).await;
    let next = by(|f| f.sort = JobSort::NextRunAt);
    assert_eq!(names(&store, next).await.last().unwrap(), "gamma_1", "never due stands last");
    let (page, total) = store.jobs(filter(), 3, 2).await.unwrap();
    assert_eq!((page.len(), total), (1, 4));
});

both_databases!(a_replacement_needs_the_version_it_was_based_on, |store| async {
    let id = plain_job(&store).await;
    let old = store.job(id).await.unwrap().unwrap();
    let change = JobDraft { name: Some("renamed".to_owned()), ..JobDraft::default() };
    let (job, trigger) = old.job.amend(&old.trigger, change, at(1)).unwrap();
    let replacement = Replacement { old, job, trigger, settled: Vec::new() };
    assert!(store.replace_job(replacement.clone()).await.unwrap());
    assert!(!store.replace_job(replacement).await.unwrap());
    let now = store.job(id).await.unwrap().unwrap();
    assert_eq!((now.job.name.as_str(), now.job.version), ("renamed", 2));
});

both_databases!(a_replacement_whose_trigger_fired_meanwhile_changes_nothing, |store| async {
    let id = plain_job(&store).await;
    let old = store.job(id).await.unwrap().unwrap();
    fire(&store, at(10)).await;
    let change = JobDraft {
        name: Some("renamed".to_owned()),
        schedule: ScheduleDraft { interval_seconds: Some(60), ..ScheduleDraft::default() },
        ..JobDraft::default()
    };
    let (job, trigger) = old.job.amend(&old.trigger, change, at(11)).unwrap();
    assert!(
        !store.replace_job(Replacement { old, job, trigger, settled: Vec::new() }).await.unwrap()
    );
    let now = store.job(id).await.unwrap().unwrap();
    assert_eq!((now.job.name.as_str(), now.job.version), ("plain", 1));
});

both_databases!(a_soft_delete_hides_the_job_and_keeps_its_history, |store| async {
    let id = plain_job(&store).await;
    let waiting = trigger(&store, id, at(1)).await;
    let cancelled = store.delete_job(id, at(2)).await.unwrap().unwrap();
    assert_eq!(cancelled.iter().map(|one| one.id).collect::<Vec<_>>(), [waiting]);
    assert!(store.job(id).await.unwrap().is_none());
    assert!(store.delete_job(id, at(3)).await.unwrap().is_none());
    assert!(names(&store, filter()).await.is_empty());
    assert!(store.execution(waiting).await.unwrap().is_some());
    assert_eq!(fire(&store, at(100)).await.n_triggers, 0, "its trigger is silent");
});

both_databases!(a_hard_delete_leaves_nothing, |store| async {
    let id = plain_job(&store).await;
    fire(&store, at(10)).await;
    let waiting = trigger(&store, id, at(11)).await;
    assert_eq!(store.delete_job_for_good(id, at(12)).await.unwrap().unwrap().len(), 2);
    assert!(store.execution(waiting).await.unwrap().is_none());
    assert!(store.decisions(id, at(0), at(100), 10).await.unwrap().is_empty());
    assert!(store.delete_job_for_good(id, at(13)).await.unwrap().is_none());
});

both_databases!(a_trigger_is_replaced_only_from_the_state_it_was_read_in, |store| async {
    let id = plain_job(&store).await;
    let old = store.job(id).await.unwrap().unwrap().trigger;
    let paused = horarium_core::Trigger {
        standing: Standing::Paused { until: None, reason: Some("why".to_owned()) },
        wake_at: None,
        next_run_at: None,
        ..old.clone()
    };
    assert!(store.replace_trigger(old.clone(), paused.clone(), Vec::new()).await.unwrap());
    assert_eq!(store.job(id).await.unwrap().unwrap().trigger, paused);
    assert!(!store.replace_trigger(old.clone(), old, Vec::new()).await.unwrap());
});

#[test]
fn the_draft_used_here_is_a_job() {
    let (job, _): (Job, _) = define(draft("x"));
    assert_eq!(job.job_type, JobType::CodeExecution);
}
