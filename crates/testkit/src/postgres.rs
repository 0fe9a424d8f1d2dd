//! A throw-away Postgres for tests: one cluster per test run, one database per test.
//!
//! nextest runs every test in a process of its own and a cluster takes two seconds to make, so the run
//! shares one: `with-postgres` starts it and hands its URL on in `HORARIUM_TEST_POSTGRES`. Without that, as
//! under a plain `cargo test`, a process makes its own at the first database asked for.

mod cluster;
mod tools;

use std::sync::OnceLock;

pub use cluster::{Durability, PostgresServer};

/// URL of the cluster of this test run.
pub const CLUSTER_ENV: &str = "HORARIUM_TEST_POSTGRES";

/// Name of a database of that cluster to copy for every test, instead of an empty one.
pub const TEMPLATE_ENV: &str = "HORARIUM_TEST_TEMPLATE";

/// Our clusters carry this name, and no others are written to: a wrong URL in the environment does not
/// cost anybody data.
const CLUSTER_NAME: &str = "horarium-test";

/// The cluster of this test run.
pub struct Postgres {
    url: String,
    /// Kept by a static and so never dropped: its guard stops it when this process ends.
    _own: Option<PostgresServer>,
}

impl Postgres {
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| {
            if let Ok(url) = std::env::var(CLUSTER_ENV) {
                return Self { url, _own: None };
            }
            let server = PostgresServer::start_with(Durability::Throwaway);
            Self { url: server.url(), _own: Some(server) }
        })
    }

    /// Of the maintenance database, `postgres`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A database of its own for one test, dropped with it, whoever is still connected.
///
/// ```no_run
/// let database = horarium_testkit::TestDatabase::create();
/// assert!(database.url().starts_with("postgres://"));
/// ```
pub struct TestDatabase {
    name: String,
    url: String,
    cluster_url: String,
}

impl TestDatabase {
    /// In the shared cluster. Blocks for about 0.2 s (2 s more in a process that makes its own cluster).
    pub fn create() -> Self {
        let template = std::env::var(TEMPLATE_ENV).unwrap_or_else(|_| "template0".to_owned());
        Self::create_in(Postgres::shared().url(), &template)
    }

    /// A copy with all rows. Postgres refuses while anybody is connected to `self`.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self::create_in(&self.cluster_url, &self.name)
    }

    fn create_in(cluster_url: &str, template: &str) -> Self {
        let name = format!("t_{}_{:016x}", std::process::id(), crate::port::random());
        let create = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        tools::psql(cluster_url, &[&refuse_strangers(), &create]).unwrap_or_else(|cause| {
            panic!("creating the database {name} at {cluster_url}: {cause}")
        });
        Self { url: with_database(cluster_url, &name), name, cluster_url: cluster_url.to_owned() }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// What psql prints for `sql`: a line per row, columns apart by `|`.
    pub fn psql(&self, sql: &str) -> String {
        tools::psql(&self.url, &[sql])
            .unwrap_or_else(|cause| panic!("running `{sql}` on {}: {cause}", self.name))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        if let Err(cause) = tools::psql(&self.cluster_url, &[&drop]) {
            // Best effort: the whole cluster goes at the end of the run.
            eprintln!("dropping the database {}: {cause}", self.name);
        }
    }
}

fn refuse_strangers() -> String {
    format!(
        "DO $$ BEGIN IF current_setting('cluster_name') <> '{CLUSTER_NAME}' THEN \
         RAISE 'this server is not a throw-away cluster of testkit; nothing was changed'; \
         END IF; END $$"
    )
}

fn with_database(cluster_url: &str, name: &str) -> String {
    let (head, _database) = cluster_url
        .rsplit_once('/')
        .unwrap_or_else(|| panic!("{CLUSTER_ENV}=`{cluster_url}`: no database in the URL"));
    format!("{head}/{name}")
}
