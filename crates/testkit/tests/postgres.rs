//! The throw-away Postgres: a database per test, and a server that may be crashed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use horarium_testkit::{
    CLUSTER_ENV, Durability, Postgres, PostgresServer, TestDatabase, eventually,
};

#[test]
fn each_database_is_empty_and_its_own() {
    let (one, other) = (TestDatabase::create(), TestDatabase::create());
    assert_ne!(one.name(), other.name());
    assert!(one.url().starts_with("postgres://horarium@127.0.0.1:"), "{}", one.url());
    one.psql("CREATE TABLE t (x int)");
    assert_eq!(other.psql("SELECT count(*) FROM pg_tables WHERE tablename = 't'"), "0");
}

#[test]
fn a_copy_has_the_rows_and_goes_its_own_way() {
    let database = TestDatabase::create();
    database.psql("CREATE TABLE t AS SELECT 1 AS x");
    let copy = database.copy();
    copy.psql("INSERT INTO t VALUES (2)");
    assert_eq!(copy.psql("SELECT x FROM t ORDER BY x"), "1\n2");
    assert_eq!(database.psql("SELECT x FROM t"), "1");
}

#[tokio::test]
async fn a_database_goes_although_somebody_is_connected() {
    let watcher = TestDatabase::create();
    let database = TestDatabase::create();
    let mut session = Command::new("psql")
        .args(["-X", "-d", database.url(), "-c", "SELECT pg_sleep(600)"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let name = database.name().to_owned();
    eventually(Duration::from_secs(10), "the session to be there", async || {
        let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'");
        (watcher.psql(&sql) == "1").then_some(())
    })
    .await;
    drop(database);
    assert!(!session.wait().unwrap().success());
    let sql = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(watcher.psql(&sql), "0");
}

#[test]
fn a_durable_server_keeps_its_rows_through_crashes() {
    let mut server = PostgresServer::start();
    let url = server.url();
    let psql = |server: &PostgresServer, sql: &str| server.psql("postgres", sql);
    assert_eq!(psql(&server, "SHOW fsync").unwrap(), "on");
    psql(&server, "CREATE TABLE t AS SELECT 1 AS x").unwrap();

    server.stop_immediate();
    assert_eq!(server.pid(), None);
    let refused = psql(&server, "SELECT x FROM t").unwrap_err();
    assert!(refused.contains("refused"), "{refused}");
    server.restart();
    assert_eq!(psql(&server, "SELECT x FROM t").unwrap(), "1");

    server.kill_9();
    server.restart();
    assert_eq!(psql(&server, "SELECT x FROM t").unwrap(), "1");

    let dir = data_of(&psql(&server, "SHOW data_directory").unwrap());
    assert_eq!(server.url(), url);
    drop(server);
    assert!(!dir.exists(), "{} is left behind", dir.display());
}

#[test]
fn a_throw_away_server_does_not_sync_and_is_reached_from_this_machine_only() {
    let server = PostgresServer::start_with(Durability::Throwaway);
    let ask = |sql: &str| server.psql("postgres", sql).unwrap();
    assert_eq!(ask("SHOW fsync"), "off");
    assert_eq!(ask("SHOW listen_addresses"), "127.0.0.1");
    assert_eq!(ask("SHOW max_connections"), "300");
    let socket_dir = ask("SHOW unix_socket_directories");
    assert_eq!(Path::new(&socket_dir), data_of(&ask("SHOW data_directory")).parent().unwrap());
}

/// The fallback of a plain `cargo test`. Run here in a process of its own, by the test below.
#[test]
#[ignore = "the other half of a_process_without_a_wrapper_takes_its_cluster_along"]
fn half_that_makes_its_own_cluster() {
    assert!(std::env::var(CLUSTER_ENV).is_err(), "only for the process the other half starts");
    let database = TestDatabase::create();
    assert_eq!(Postgres::shared().url().rsplit_once('/').unwrap().1, "postgres");
    println!("data={}", database.psql("SHOW data_directory"));
}

#[tokio::test]
async fn a_process_without_a_wrapper_takes_its_cluster_along() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "half_that_makes_its_own_cluster", "--nocapture"])
        .env_remove(CLUSTER_ENV)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.split_once("data=")).unwrap_or_else(|| {
        panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
    });
    let data = data_of(line.1);
    eventually(Duration::from_secs(20), "the cluster to be gone", async || {
        (!data.parent().unwrap().exists()).then_some(())
    })
    .await;
}

fn data_of(text: &str) -> PathBuf {
    assert!(text.contains("/horarium-pg-"), "{text}");
    PathBuf::from(text)
}
