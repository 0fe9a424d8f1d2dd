//! Connections are kept for the next call, clean, and left when their definition changes.

use horarium_testkit::MariaDbDatabase;
use serde_json::json;

use crate::support::{Bench, mariadb, on_mariadb, on_postgres, postgres};

const WHO: &str = "CREATE FUNCTION who() RETURNS int LANGUAGE sql AS 'SELECT pg_backend_pid()';
    CREATE FUNCTION leave() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
      PERFORM set_config('app.left', 'behind', false); CREATE TEMP TABLE left_behind (x int); END $$;
    CREATE FUNCTION found() RETURNS text LANGUAGE sql AS
      $$ SELECT coalesce(current_setting('app.left', true), '') || count(*)
         FROM pg_class WHERE relname = 'left_behind' $$";

#[tokio::test]
async fn a_postgres_session_is_used_again_and_remembers_nothing() {
    let (database, bench) = postgres(WHO);
    let first = bench.rows("who", json!({})).await;
    bench.result("leave", json!({})).await;
    assert_eq!(bench.rows("found", json!({})).await, json!([{"found": "0"}]));
    bench.error("who", json!({"x": 1})).await;
    assert_eq!(bench.rows("who", json!({})).await, first);
    // One that the server ended is noticed.
    database.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'horarium'");
    assert_ne!(bench.rows("who", json!({})).await, first);
}

#[tokio::test]
async fn a_changed_definition_leaves_its_connections() {
    let (database, bench) = postgres(WHO);
    let first = bench.rows("who", json!({})).await;
    let mut source = on_postgres(&database);
    source.pool_size = 1;
    bench.define(source);
    let second = bench.rows("who", json!({})).await;
    assert_ne!(second, first);
    assert_eq!(bench.rows("who", json!({})).await, second);
    let open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'horarium'";
    horarium_testkit::eventually(std::time::Duration::from_secs(5), "one connection", async || {
        (database.psql(open) == "1").then_some(())
    })
    .await;
}

fn who() -> (MariaDbDatabase, Bench) {
    mariadb(
        "CREATE TABLE t (x int) ENGINE = InnoDB $$
         CREATE PROCEDURE who(a int) SELECT CONNECTION_ID() AS id $$
         CREATE PROCEDURE forget() BEGIN START TRANSACTION; INSERT INTO t VALUES (1); END $$
         CREATE PROCEDURE peek() SELECT @horarium_0 AS v, @@autocommit AS a $$",
    )
}

#[tokio::test]
async fn a_mariadb_session_is_used_again_without_our_variables_or_an_open_transaction() {
    let (database, bench) = who();
    let first = bench.rows("who", json!({"a": 7})).await;
    assert_eq!(bench.rows("peek", json!({})).await, json!([{"v": null, "a": 1}]));
    bench.result("forget", json!({})).await;
    assert_eq!(bench.rows("who", json!({"a": 7})).await, first);
    assert_eq!(database.sql("SELECT COUNT(*) FROM t"), "0");
    let mut source = on_mariadb(&database);
    source.pool_size = 1;
    bench.define(source);
    assert_ne!(bench.rows("who", json!({"a": 7})).await, first);
}
