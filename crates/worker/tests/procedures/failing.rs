//! What an attempt says when there is no call to make, or the call fails; and whether it is tried again.

use horarium_testkit::{TestDatabase, free_port};
use horarium_worker::{
    DataSourceKind, EgressGuard, EgressPolicy, Ending, Handlers, HttpCall, HttpCallLimits, Kinds,
    Runner, RunnerSettings, Stop, TlsMode,
};
use serde_json::json;

use crate::support::{
    Bench, SOURCE, call, configured, failure, mariadb, on_mariadb, on_postgres, postgres,
};

fn internal() -> EgressGuard {
    EgressGuard::new(EgressPolicy::Internal, vec![])
}

#[tokio::test]
async fn what_the_procedure_raises_is_said_and_tried_again() {
    let (_database, bench) = postgres(
        "CREATE TABLE t (x int UNIQUE);
         CREATE FUNCTION raises() RETURNS void LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'not yet' USING DETAIL = 'canary'; END $$;
         CREATE FUNCTION twice() RETURNS void LANGUAGE sql AS 'INSERT INTO t VALUES (1), (1)';
         CREATE FUNCTION divides() RETURNS int LANGUAGE sql AS 'SELECT 1 / (SELECT count(*) FROM t)::int';
         CREATE FUNCTION broken() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM * FROM nowhere; END $$;
         CREATE FUNCTION late() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO u VALUES (1); RETURN 1; END $$;
         CREATE TABLE v (x int PRIMARY KEY);
         CREATE TABLE u (x int REFERENCES v DEFERRABLE INITIALLY DEFERRED)",
    );
    let check = async |name: &str, expect: &str, retried: bool| {
        let (error, retryable) = bench.error(name, json!({})).await;
        assert_eq!((error.as_str(), retryable), (expect, retried), "{name}");
    };
    check("raises", "not yet (SQLSTATE P0001)", true).await;
    let unique = "duplicate key value violates unique constraint \"t_x_key\" (SQLSTATE 23505)";
    check("twice", unique, true).await;
    check("divides", "division by zero (SQLSTATE 22012)", true).await;
    check("broken", "relation \"nowhere\" does not exist (SQLSTATE 42P01)", false).await;
    let (error, retryable) = bench.error("late", json!({})).await;
    assert!(error.ends_with("(SQLSTATE 23503)") && retryable, "{error}");
    let (_database, bench) = mariadb(
        "CREATE TABLE t (x int UNIQUE) $$ CREATE PROCEDURE twice() INSERT INTO t VALUES (1), (1) $$
         CREATE PROCEDURE raises() SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not yet' $$
         CREATE PROCEDURE half() BEGIN SELECT 1 AS a; SIGNAL SQLSTATE '45000'; END $$",
    );
    let error = bench.error("raises", json!({})).await;
    assert_eq!(error, ("not yet (SQLSTATE 45000)".to_owned(), true));
    let (error, retryable) = bench.error("twice", json!({})).await;
    assert!(error.ends_with("(SQLSTATE 23000)") && retryable, "{error}");
    let (error, retryable) = bench.error("half", json!({})).await;
    assert!(error.ends_with("(SQLSTATE 45000)") && retryable, "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let database = TestDatabase::create();
    for kind in [DataSourceKind::Postgres, DataSourceKind::MySql] {
        let mut source = on_postgres(&database);
        (source.kind, source.port) = (kind, free_port());
        let bench = Bench::with(source.clone());
        let error = bench.call("p", json!({})).await;
        let expect = "calling `p` on data source `reports`: connecting: connection refused";
        assert!(
            matches!(&error.ending, Ending::Failed { error, retryable: true, .. } if error == expect)
        );
        source.host = "nowhere.invalid".to_owned();
        bench.define(source);
        let (error, retryable) = bench.error("p", json!({})).await;
        assert!(
            error.starts_with("connecting: looking up `nowhere.invalid`: ") && retryable,
            "{error}"
        );
    }
}

#[tokio::test]
async fn who_may_not_enter_is_told_so_without_secrets() {
    let (database, _) = mariadb("CREATE PROCEDURE p() SELECT 1 $$");
    let mut source = on_mariadb(&database);
    source.password = "canary-secret".to_owned();
    let bench = Bench::with(source.clone());
    let (error, retryable) = bench.error("p", json!({})).await;
    assert!(error.contains("Access denied") && !retryable, "{error}");
    assert!(!error.contains("canary-secret"), "{error}");
    source.database = "nowhere".to_owned();
    source.password = database.password().to_owned();
    bench.define(source);
    let (error, retryable) = bench.error("p", json!({})).await;
    assert!(error.contains("nowhere") && !retryable, "{error}");
    let database = TestDatabase::create();
    let mut source = on_postgres(&database);
    source.user = "nobody".to_owned();
    bench.define(source.clone());
    let error = bench.error("p", json!({})).await;
    let expect = "connecting: role \"nobody\" does not exist (SQLSTATE 28000)";
    assert_eq!(error, (expect.to_owned(), false));
    source = on_postgres(&database);
    source.tls = TlsMode::Require;
    bench.define(source);
    let (error, _) = bench.error("p", json!({})).await;
    assert!(error.contains("server does not support TLS"), "{error}");
}

#[tokio::test]
async fn the_egress_guard_is_asked() {
    let (database, _) = postgres("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    let mut source = on_postgres(&database);
    let own = format!("127.0.0.1:{}", source.port).parse().unwrap();
    for host in ["127.0.0.1", "localhost", "127.9.9.9"] {
        source.host = host.to_owned();
        let guard = EgressGuard::new(EgressPolicy::Internal, vec![own]);
        let bench = Bench::guarded(source.clone(), guard);
        let (error, retryable) = bench.error("f", json!({})).await;
        assert!(error.contains("is refused by the egress policy") && !retryable, "{error}");
    }
    source.host = "127.0.0.1".to_owned();
    let guard = EgressGuard::new(EgressPolicy::Public { allow: vec![] }, vec![]);
    let (error, _) = Bench::guarded(source.clone(), guard).error("f", json!({})).await;
    assert!(error.contains("is refused by the egress policy"), "{error}");
    for host in ["/var/run/postgresql", "127.0.0.1 host=evil", ""] {
        source.host = host.to_owned();
        let (error, _) = Bench::guarded(source.clone(), internal()).error("f", json!({})).await;
        assert!(error.starts_with("connecting: looking up `"), "{error}");
    }
    source.host = "localhost".to_owned();
    assert_eq!(Bench::with(source).rows("f", json!({})).await, json!([{"f": 1}]));
}

#[tokio::test]
async fn a_data_source_that_cannot_be_used_is_named() {
    let database = TestDatabase::create();
    let mut source = on_postgres(&database);
    source.kind = DataSourceKind::SqlServer;
    let bench = Bench::with(source);
    let check = async |source: Option<&str>, expect: &str, retried: bool| {
        let configuration =
            json!({"storedProcedureName": "p", "databaseConnectionStringName": source});
        let attempted = bench.run(configured(configuration)).await;
        assert_eq!(failure(&attempted), (expect.to_owned(), retried));
    };
    let key = "jobConfiguration.databaseConnectionStringName";
    check(Some("other"), &format!("no data source named `other` ({key})"), false).await;
    check(None, &format!("no data source is named ({key})"), false).await;
    check(Some(" "), &format!("no data source is named ({key})"), false).await;
    let unsupported = "data source `reports`: SQL Server is not supported yet";
    check(Some(SOURCE), unsupported, false).await;
    let unreadable = "looking up data source `unreadable`: the store is away";
    check(Some("unreadable"), unreadable, true).await;
    let http_call = HttpCall::new(internal(), HttpCallLimits::default());
    let kinds = Kinds::builtin(http_call, Handlers::builtin());
    let runner = Runner::new(kinds, RunnerSettings::default());
    let attempted = runner.run(call("p", &json!({})), Stop::new()).await;
    let none = format!("no data source named `reports` ({key})");
    assert_eq!(failure(&attempted), (none, false));
}
