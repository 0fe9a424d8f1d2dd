//! How the databases walk: always along an index, never sorting and never from end to end.

use horarium_testkit::TestDatabase;

use super::*;
use crate::{DatabaseUrl, StoreOptions, tx::Dialect};

async fn open(url: &DatabaseUrl) -> Store {
    let store = Store::open(url, &StoreOptions::default()).await.unwrap();
    store.migrate(Timestamp::UNIX_EPOCH).await.unwrap();
    store
}

/// The plan of a search along `way`, one line per step.
async fn plan(store: &Store, way: Way, filter: LogFilter) -> String {
    let dialect = store.dialect();
    let lines = store.read(move |tx| {
        in_tx(async move {
            let mut conditions = Conditions::default();
            conditions.enter(way);
            conditions.narrow(&filter);
            conditions.sift(way, &filter);
            let sql = conditions.newest(20);
            let (explain, column) = match dialect {
                Dialect::Sqlite => ("EXPLAIN QUERY PLAN", 3),
                Dialect::Postgres => {
                    // On an empty table it would rather read everything than look at an index.
                    for setting in ["enable_seqscan", "enable_bitmapscan", "enable_sort"] {
                        tx.execute(&format!("SET {setting} = off"), args![]).await?;
                    }
                    ("EXPLAIN", 0)
                }
            };
            let rows = tx.rows(&format!("{explain} {sql}"), conditions.args).await?;
            rows.iter().map(|row| row.get(TABLE, column)).collect::<Result<Vec<String>>>()
        })
    });
    lines.await.unwrap().join("\n")
}

async fn check(store: &Store, primary_key: &str) {
    let every = || LogFilter {
        words: vec!["timeout".to_owned()],
        job_type: Some(JobType::HttpCall),
        state: Some(ExecutionState::Succeeded),
        tag: Some("nightly".to_owned()),
        origin: Some(Origin::Manual),
        from: Some(Timestamp::UNIX_EPOCH),
        to: Some(Timestamp::UNIX_EPOCH),
        duration_min: Some(SignedDuration::ZERO),
        after: Some(first_id_at(Timestamp::UNIX_EPOCH)),
        ..LogFilter::default()
    };
    for (way, index) in [
        (Way::OfJob(JobId(Uuid::nil())), "executions_by_job"),
        (Way::EndedBadly(ExecutionState::Failed), "executions_ended_badly"),
        (Way::All, primary_key),
    ] {
        for filter in [LogFilter::default(), every()] {
            let plan = plan(store, way, filter).await;
            assert!(plan.contains(index), "{way:?}:\n{plan}");
            for slow in ["TEMP B-TREE", "Sort", "Seq Scan"] {
                assert!(!plan.contains(slow), "{way:?}:\n{plan}");
            }
        }
    }
}

#[tokio::test]
async fn every_way_follows_its_index_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&DatabaseUrl::Sqlite(directory.path().join("test.db"))).await;
    // A table without row ids is its primary key: read in that order, it is just called by its name.
    check(&store, " e").await;
}

#[tokio::test]
async fn every_way_follows_its_index_on_postgres() {
    let database = TestDatabase::create();
    let store = open(&DatabaseUrl::Postgres(database.url().to_owned())).await;
    check(&store, "executions_pkey").await;
    store.close().await;
}
