//! Data sources through the API, and jobs that call what is in them, on both kinds of database.

use std::time::Duration;

use horarium_testkit::{MariaDbDatabase, TestDatabase, eventually};
use serde_json::{Value, json};

use crate::support::{EXECUTIONS, JOBS, SOON, TestServer, body, invalid, problem, text};

const DATA_SOURCES: &str = "/api/v1/data-sources";

pub(crate) fn on_postgres(database: &TestDatabase) -> Value {
    let (_, rest) = database.url().split_once('@').unwrap();
    let (_, port) = rest.split_once('/').unwrap().0.split_once(':').unwrap();
    json!({
        "name": "Reports", "kind": "PostgreSql", "host": "127.0.0.1", "port": port,
        "database": database.name(), "user": "horarium", "password": "horarium",
        "allowedProcedures": ["public.*"]
    })
}

fn on_mariadb(database: &MariaDbDatabase) -> Value {
    json!({
        "name": "Reports", "kind": "MariaDb", "host": "127.0.0.1", "port": database.port(),
        "database": database.name(), "user": database.user(), "password": database.password(),
        "allowedProcedures": [format!("{}.*", database.name())]
    })
}

pub(crate) async fn define(server: &TestServer, fields: &Value) -> Value {
    let made = server.admin.post(DATA_SOURCES, fields).await.unwrap();
    made.expect_status(201).json()
}

fn call(procedure: &str, parameters: &Value) -> Value {
    json!({
        "jobType": "StoredProcedure",
        "jobConfiguration": {
            "storedProcedureName": procedure, "parameters": parameters,
            "databaseConnectionStringName": "reports"
        },
        "retryPolicy": {"maxAttempts": 0, "delaySeconds": 1}
    })
}

/// The output of a call that succeeds.
async fn output(server: &TestServer, procedure: &str, parameters: &Value) -> String {
    let job = server.job_id(call(procedure, parameters)).await;
    let execution = server.trigger(&job).await;
    text(&server.await_status(&execution, "Succeeded").await["output"])
}

/// Starts a call that takes minutes, cancels it once `n_working` sees it, and waits for it to be gone.
async fn cancelled(server: &TestServer, procedure: &str, n_working: impl Fn() -> usize) {
    let job = server.job_id(call(procedure, &json!({}))).await;
    let execution = server.trigger(&job).await;
    let working = async |n: usize| (n_working() == n).then_some(());
    eventually(SOON, "the call to run", || working(1)).await;
    let answer = server.post_nothing(&format!("{EXECUTIONS}/{execution}/cancel")).await;
    answer.expect_status(200);
    eventually(Duration::from_secs(5), "the call to be stopped", || working(0)).await;
    server.await_status(&execution, "Cancelled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_calls_a_function_of_postgres_and_its_cancel_stops_it_there() {
    let database = TestDatabase::create();
    database.psql(
        "CREATE FUNCTION add_up(a int, b int) RETURNS TABLE (total int) LANGUAGE sql AS 'SELECT a + b';
         CREATE FUNCTION nap() RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(600)'",
    );
    let server = TestServer::start().await;
    define(&server, &on_postgres(&database)).await;
    let output = output(&server, "add_up", &json!({"b": "2", "a": 40})).await;
    assert!(output.contains("\"total\":42"), "{output}");
    cancelled(&server, "public.nap", || {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND state = 'active' AND query LIKE '%\"nap\"%' AND pid <> pg_backend_pid()";
        database.psql(sql).parse().unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_calls_a_procedure_of_mariadb_and_its_cancel_stops_it_there() {
    let database = MariaDbDatabase::create();
    database.sql(
        "DELIMITER $$
         CREATE PROCEDURE add_up(a INT, b INT) SELECT a + b AS total $$
         CREATE PROCEDURE nap() SELECT SLEEP(600) $$",
    );
    let server = TestServer::start().await;
    define(&server, &on_mariadb(&database)).await;
    let output = output(&server, "add_up", &json!({"b": "2", "a": 40})).await;
    assert!(output.contains("\"total\":42"), "{output}");
    cancelled(&server, "nap", || {
        let sql = format!(
            "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{}' \
             AND info LIKE 'SELECT SLEEP%'",
            database.name()
        );
        database.sql(&sql).parse().unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_source_is_defined_shown_changed_and_removed() {
    let server = TestServer::start().await;
    let fields = json!({
        "name": "Reports", "kind": "PostgreSql", "host": "db.example.com", "database": "app",
        "user": "horarium", "password": "hunter2-canary", "allowedProcedures": ["reports.*"]
    });
    let made = server.admin.post(DATA_SOURCES, &fields).await.unwrap();
    let dto = made.expect_status(201).json();
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(path, format!("{DATA_SOURCES}/{}", text(&dto["id"])));
    assert_eq!(
        (&dto["password"], &dto["port"], &dto["tls"]),
        (&json!("***"), &json!(5432), &json!("VerifyFull"))
    );
    for key in [path.clone(), format!("{DATA_SOURCES}/rEPORTS")] {
        assert_eq!(server.admin.get(&key).await.unwrap().expect_status(200).json(), dto);
    }
    let taken = server.admin.post(DATA_SOURCES, &fields).await.unwrap();
    problem(&taken, 409, "Create data source failed");

    let mut changed = dto.clone();
    changed["poolSize"] = json!(8);
    let changed = server.admin.put(&path, &changed).await.unwrap().expect_status(200).json();
    assert_eq!((&changed["poolSize"], &changed["version"]), (&json!(8), &json!(2)));
    let listed = server.admin.get(DATA_SOURCES).await.unwrap().expect_status(200).json();
    assert_eq!(listed, json!([changed]));

    server.admin.delete(&path).await.unwrap().expect_status(204);
    problem(&server.admin.get(&path).await.unwrap(), 404, "Data source not found");
    problem(&server.admin.delete(&path).await.unwrap(), 404, "Delete data source failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_data_source_is_said_by_field() {
    let server = TestServer::start().await;
    let bad = json!({
        "name": "a/b", "kind": "SqlServer", "host": "/var/run/postgresql", "database": "",
        "user": "u", "poolSize": 33, "dsn": "postgres://u@h/d"
    });
    let answer = server.admin.post(DATA_SOURCES, &bad).await.unwrap();
    let problem = invalid(&answer, &["name", "kind", "host", "database", "poolSize", "dsn"]);
    assert_eq!(problem["errors"]["kind"], json!(["SQL Server is not supported yet"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_says_whether_the_database_answers() {
    let database = TestDatabase::create();
    let server = TestServer::start().await;
    define(&server, &on_postgres(&database)).await;
    let path = format!("{DATA_SOURCES}/reports");
    let test = async || {
        let answer = server.admin.send("POST", &format!("{path}/test"), None).await.unwrap();
        answer.expect_status(200).json()
    };
    let tested = test().await;
    assert_eq!((&tested["succeeded"], &tested["error"]), (&json!(true), &Value::Null), "{tested}");
    let change = json!({"database": "not_there"});
    server.admin.put(&path, &change).await.unwrap().expect_status(200);
    let tested = test().await;
    assert_eq!(tested["succeeded"], json!(false));
    assert!(text(&tested["error"]).contains("not_there"), "{tested}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_could_not_be_run_is_refused_by_field() {
    let server = TestServer::start().await;
    let refused = async |fields: Value, expect: &[&str]| {
        invalid(&server.post(JOBS, &body(fields)).await, expect);
    };
    let source = "jobConfiguration.databaseConnectionStringName";
    let procedure = "jobConfiguration.storedProcedureName";
    refused(call("reports.nightly", &json!({})), &[source]).await;
    define(
        &server,
        &json!({
            "name": "Reports", "kind": "PostgreSql", "host": "db", "database": "app", "user": "u",
            "allowedProcedures": ["reports.*"]
        }),
    )
    .await;
    refused(call("other.nightly", &json!({})), &[procedure]).await;
    refused(call("a.b.c", &json!({})), &[procedure]).await;
    let mut unnamed = call("reports.nightly", &json!({}));
    unnamed["jobConfiguration"]["databaseConnectionStringName"] = Value::Null;
    refused(unnamed, &[source]).await;

    let job = server.job_id(call("Reports.Nightly", &json!({}))).await;
    let change = json!({"jobConfiguration": {
        "storedProcedureName": "other.nightly", "databaseConnectionStringName": "reports"
    }});
    let answer = server.operator.put(&format!("{JOBS}/{job}"), &change).await.unwrap();
    invalid(&answer, &[procedure]);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_follow_a_change_of_their_data_source() {
    let [first, second] = [1, 2].map(|n| {
        let database = TestDatabase::create();
        let sql = "CREATE FUNCTION which() RETURNS int LANGUAGE sql AS 'SELECT ";
        database.psql(&format!("{sql}{n}'"));
        database
    });
    let server = TestServer::start().await;
    define(&server, &on_postgres(&first)).await;
    assert!(output(&server, "which", &json!({})).await.contains("\"which\":1"));
    let change = json!({"database": second.name()});
    let path = format!("{DATA_SOURCES}/reports");
    server.admin.put(&path, &change).await.unwrap().expect_status(200);
    assert!(output(&server, "which", &json!({})).await.contains("\"which\":2"));

    let job = server.job_id(call("which", &json!({}))).await;
    server.admin.delete(&path).await.unwrap().expect_status(204);
    let execution = server.trigger(&job).await;
    let failed = server.await_status(&execution, "Failed").await;
    let error = text(&failed["errorMessage"]);
    assert!(error.starts_with("no data source named `reports`"), "{error}");
}
