//! A fresh, migrated database for each claim, and instants to tell stories with.

use std::future::Future;

use horarium_store::{DatabaseUrl, Store, StoreOptions};
use horarium_testkit::TestDatabase;
use jiff::{SignedDuration, Timestamp};

/// Most connections of one test: enough for a race, few enough for a shared cluster.
const CONNECTIONS_MAX: u32 = 4;

/// Makes two tests, `NAME::sqlite` and `NAME::postgres`, of one claim about a [`Store`].
macro_rules! both_databases {
    ($claim:ident, |$store:ident| async $body:block) => {
        async fn $claim($store: horarium_store::Store) $body

        // A module and a function may share a name: they live in different namespaces.
        mod $claim {
            #[test]
            fn sqlite() {
                crate::conformance::support::on_sqlite(super::$claim);
            }

            #[test]
            fn postgres() {
                crate::conformance::support::on_postgres(super::$claim);
            }
        }
    };
}

/// `seconds` after the moment all of these tests start at; no clock is read.
pub(super) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T08:00:00Z".parse().expect("RFC 3339");
    start + SignedDuration::from_secs(seconds)
}

pub(super) fn on_sqlite<F: Future<Output = ()>>(claim: impl FnOnce(Store) -> F) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = DatabaseUrl::Sqlite(directory.path().join("test.db"));
    run(&url, claim);
}

pub(super) fn on_postgres<F: Future<Output = ()>>(claim: impl FnOnce(Store) -> F) {
    let database = TestDatabase::create();
    run(&DatabaseUrl::Postgres(database.url().to_owned()), claim);
}

fn run<F: Future<Output = ()>>(url: &DatabaseUrl, claim: impl FnOnce(Store) -> F) {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let options = StoreOptions { connections_max: CONNECTIONS_MAX, ..StoreOptions::default() };
        let store = Store::open(url, &options).await.expect("opening the test database");
        store.migrate(at(0)).await.expect("migrating the test database");
        connect(&store).await;
        claim(store.clone()).await;
        store.close().await;
    });
}

/// Opens every connection of the pool: a call that has to connect first comes too late to race.
async fn connect(store: &Store) {
    together(CONNECTIONS_MAX, |_| {
        let store = store.clone();
        async move { store.migration_state().await }
    })
    .await;
}

/// Runs `n` calls at once and gives their answers.
pub(super) async fn together<T, F>(n: u32, call: impl Fn(u32) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = horarium_store::Result<T>> + Send + 'static,
{
    let calls: Vec<_> = (0..n).map(|index| tokio::spawn(call(index))).collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.expect("no panic").expect("an answer"));
    }
    answers
}
