//! Cancels and limits reach the server: its own list of sessions says so.
//!
//! Asking for that list blocks a thread, so each runtime here has two.

use std::{sync::Arc, time::Duration};

use horarium_testkit::{MariaDbDatabase, TestDatabase, eventually};
use horarium_worker::{Assignment, Attempted, Ending, Stop, data_sources::POOL_SIZE_MAX};
use serde_json::json;

use crate::support::{Bench, SOURCE, call, configured, mariadb, on_mariadb, on_postgres, postgres};

const GONE_WITHIN: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(10);

const SLEEPERS: &str = "CREATE FUNCTION nap() RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(600)';
    CREATE PROCEDURE loop_p() LANGUAGE plpgsql AS $$ BEGIN LOOP COMMIT; END LOOP; END $$;
    CREATE FUNCTION stubborn() RETURNS void LANGUAGE plpgsql AS $$ BEGIN LOOP
      BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END;
    END LOOP; END $$";

const MARIADB_SLEEPERS: &str = "CREATE PROCEDURE nap() SELECT SLEEP(600) $$
    CREATE PROCEDURE loop_p() BEGIN WHILE TRUE DO DO 1; END WHILE; END $$
    CREATE PROCEDURE stubborn() BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;
      WHILE TRUE DO DO SLEEP(600); END WHILE; END $$";

/// The calls of one data source, in its server's own list.
trait Watched {
    /// In the middle of a procedure.
    fn n_working(&self) -> usize;
    /// Sessions of calls, whatever they are doing.
    fn n_sessions(&self) -> usize;
}

impl Watched for TestDatabase {
    fn n_working(&self) -> usize {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND application_name LIKE 'horarium execution %' AND state = 'active' \
                   AND query LIKE '%\"public\".%'";
        self.psql(sql).parse().unwrap()
    }

    fn n_sessions(&self) -> usize {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND application_name LIKE 'horarium execution %'";
        self.psql(sql).parse().unwrap()
    }
}

impl Watched for MariaDbDatabase {
    fn n_working(&self) -> usize {
        let sql = format!(
            "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{}' \
             AND (info LIKE 'DO %' OR info LIKE 'SELECT SLEEP%' OR info LIKE 'CALL%')",
            self.name()
        );
        self.sql(&sql).parse().unwrap()
    }

    fn n_sessions(&self) -> usize {
        let sql = format!(
            "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{}' \
             AND id <> CONNECTION_ID()",
            self.name()
        );
        self.sql(&sql).parse().unwrap()
    }
}

async fn started(server: &impl Watched) {
    eventually(LONG, "the call to be under way", async || (server.n_working() == 1).then_some(()))
        .await;
}

async fn gone(server: &impl Watched, what: &str) {
    eventually(GONE_WITHIN, what, async || (server.n_sessions() == 0).then_some(())).await;
}

async fn cancel_when_started(bench: &Bench, server: &impl Watched, work: Assignment) -> Attempted {
    let stop = Stop::new();
    let (runner, asked) = (Arc::clone(&bench.runner), stop.clone());
    let running = tokio::spawn(async move { runner.run(work, asked).await });
    started(server).await;
    stop.cancel();
    running.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_ends_the_statement_on_postgres() {
    let (database, bench) = postgres(SLEEPERS);
    for name in ["nap", "loop_p", "stubborn"] {
        let attempted = cancel_when_started(&bench, &database, call(name, &json!({}))).await;
        assert_eq!(attempted.ending, Ending::Cancelled);
        gone(&database, name).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_ends_the_statement_on_mariadb() {
    let (database, bench) = mariadb(MARIADB_SLEEPERS);
    for name in ["nap", "loop_p", "stubborn"] {
        let attempted = cancel_when_started(&bench, &database, call(name, &json!({}))).await;
        assert_eq!(attempted.ending, Ending::Cancelled);
        gone(&database, name).await;
    }
}

/// Every limit there is, on one server.
async fn check_limits(bench: &Bench, server: &impl Watched) {
    let check = async |work: Assignment, expect: &str| {
        let Ending::TimedOut { error } = bench.run(work).await.ending else { panic!("{expect}") };
        assert_eq!(error, expect);
        gone(server, expect).await;
    };
    let limited = configured(json!({
        "storedProcedureName": "nap", "databaseConnectionStringName": SOURCE,
        "commandTimeoutSeconds": 1,
    }));
    check(
        limited.clone(),
        "calling `nap` on data source `reports`: timed out after 1 s \
         (jobConfiguration.commandTimeoutSeconds)",
    )
    .await;
    let whole = Assignment { timeout: Duration::from_millis(500), ..call("nap", &json!({})) };
    check(whole, "timed out after 500 ms (timeoutSeconds)").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_limit_ends_the_statement_on_postgres() {
    let (database, bench) = postgres(SLEEPERS);
    check_limits(&bench, &database).await;
    let mut source = on_postgres(&database);
    source.statement_timeout = Duration::from_millis(300);
    bench.define(source);
    let Ending::TimedOut { error } = bench.call("nap", json!({})).await.ending else { panic!() };
    assert!(
        error.ends_with("timed out after 300 ms (the data source's statement timeout)"),
        "{error}"
    );
    gone(&database, "the data source's limit").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_limit_ends_the_statement_on_mariadb() {
    let (database, bench) = mariadb(MARIADB_SLEEPERS);
    check_limits(&bench, &database).await;
    let mut source = on_mariadb(&database);
    source.statement_timeout = Duration::from_millis(300);
    bench.define(source);
    let Ending::TimedOut { error } = bench.call("nap", json!({})).await.ending else { panic!() };
    assert!(
        error.ends_with("timed out after 300 ms (the data source's statement timeout)"),
        "{error}"
    );
    gone(&database, "the data source's limit").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_stopped_undoes_what_it_did_and_frees_its_place() {
    let (database, _) = postgres(
        "CREATE TABLE t (x int); CREATE FUNCTION slow() RETURNS void LANGUAGE sql AS
           'INSERT INTO t VALUES (1); SELECT pg_sleep(600)';
         CREATE FUNCTION quick() RETURNS void LANGUAGE sql AS ''",
    );
    let mut source = on_postgres(&database);
    source.pool_size = 1;
    let bench = Bench::with(source);
    cancel_when_started(&bench, &database, call("slow", &json!({}))).await;
    assert_eq!(bench.call("quick", json!({})).await.ending, Ending::Succeeded);
    assert_eq!(database.psql("SELECT count(*) FROM t"), "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_waits_until_everything_is_stopped() {
    let (database, bench) = postgres(SLEEPERS);
    cancel_when_started(&bench, &database, call("nap", &json!({}))).await;
    bench.runner.kinds().stored_procedure().unwrap().close().await;
    eventually(GONE_WITHIN, "it", async || (database.n_sessions() == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_pool_is_waited_for_and_said() {
    let (database, bench) = postgres(SLEEPERS);
    let mut source = on_postgres(&database);
    source.pool_size = 1;
    assert!(POOL_SIZE_MAX >= source.pool_size);
    bench.define(source);
    let stop = Stop::new();
    let (runner, asked) = (Arc::clone(&bench.runner), stop.clone());
    let running = tokio::spawn(async move { runner.run(call("nap", &json!({})), asked).await });
    started(&database).await;
    let second = configured(json!({
        "storedProcedureName": "nap", "databaseConnectionStringName": SOURCE,
        "commandTimeoutSeconds": 1,
    }));
    let Ending::TimedOut { error } = bench.run(second).await.ending else { panic!() };
    let expect = "calling `nap` on data source `reports`: all 1 connections of its pool were still \
                  busy after 1 s (jobConfiguration.commandTimeoutSeconds)";
    assert_eq!(error, expect);
    assert_eq!(database.n_working(), 1);
    stop.interrupt();
    assert_eq!(running.await.unwrap().ending, Ending::Interrupted);
    gone(&database, "the interrupted call").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_with_few_rights_is_stopped_too() {
    let (database, _) = postgres(SLEEPERS);
    let role = format!("low_{}", std::process::id());
    database.psql(&format!("CREATE ROLE {role} LOGIN"));
    let mut source = on_postgres(&database);
    source.user.clone_from(&role);
    let bench = Bench::with(source);
    for name in ["nap", "stubborn"] {
        cancel_when_started(&bench, &database, call(name, &json!({}))).await;
        gone(&database, name).await;
    }
    database.psql(&format!("DROP ROLE {role}"));
}

/// A procedure with its definer's rights is the definer's while it runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anothers_procedure_on_mariadb_is_stopped_with_the_right_to_and_else_by_the_servers_limit()
{
    let (database, bench) = mariadb(MARIADB_SLEEPERS);
    let user = format!("low_{}", std::process::id());
    database.sql(&format!(
        "CREATE OR REPLACE USER {user}@'%' IDENTIFIED BY 'low'; \
         GRANT EXECUTE ON `{}`.* TO {user}@'%'",
        database.name()
    ));
    let mut source = on_mariadb(&database);
    (source.user, source.password) = (user.clone(), "low".to_owned());
    bench.define(source);
    let limited = configured(json!({
        "storedProcedureName": "nap", "databaseConnectionStringName": SOURCE,
        "commandTimeoutSeconds": 1,
    }));
    let attempted = bench.run(limited).await;
    assert!(matches!(attempted.ending, Ending::TimedOut { .. }));
    eventually(LONG, "the server's limit", async || (database.n_sessions() == 0).then_some(()))
        .await;
    database.sql(&format!("GRANT CONNECTION ADMIN ON *.* TO {user}@'%'"));
    for name in ["nap", "loop_p", "stubborn"] {
        cancel_when_started(&bench, &database, call(name, &json!({}))).await;
        gone(&database, name).await;
    }
}
