//! SQL scripts as steps: all of one or nothing, and where it went wrong.

use std::{fs, path::Path};

use horarium_core::JobType;
use horarium_testkit::{MariaDbDatabase, TestDatabase};
use horarium_worker::{
    Assignment, Attempted, DataSource, EgressGuard, EgressPolicy, Ending, Handlers, HttpCall,
    HttpCallLimits, Kinds, ProgramSettings, Programs, Runner, RunnerSettings, ScriptRoots, Stop,
    sandbox::{Limits, Trees},
};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Bench, SOURCE, configured, on_mariadb, on_postgres};

/// A folder of scripts, and a data source to run them on.
struct Scripts {
    dir: TempDir,
    runner: Runner,
}

impl Scripts {
    fn on(source: DataSource) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["scripts", "data"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        let roots = vec![dir.path().join("scripts")];
        let scripts = ScriptRoots::open(roots, &dir.path().join("data")).unwrap();
        let guard = EgressGuard::new(EgressPolicy::Internal, vec![]);
        let http_call = HttpCall::new(guard.clone(), HttpCallLimits::default());
        let kinds = Kinds::builtin(http_call, Handlers::builtin())
            .with_stored_procedure(Bench::procedures(source, guard))
            .with_programs(no_programs(), scripts);
        Self { dir, runner: Runner::new(kinds, RunnerSettings::default()) }
    }

    async fn run(&self, text: &str) -> Attempted {
        let path = self.dir.path().join("scripts/a.sql");
        fs::write(&path, text).unwrap();
        self.runner.run(step(&path), Stop::new()).await
    }

    /// The error, after the words that every error of the script begins with.
    async fn error(&self, text: &str) -> String {
        let attempted = self.run(text).await;
        let Ending::Failed { error, .. } = &attempted.ending else { panic!("{attempted:?}") };
        let text = error.split_once(&format!("on data source `{SOURCE}`: "));
        text.map_or(error.as_str(), |(_, text)| text).to_owned()
    }
}

fn step(path: &Path) -> Assignment {
    let configuration =
        json!({ "databaseConnectionStringName": SOURCE, "scriptPath": path.display().to_string() });
    Assignment { job_type: JobType::SqlScript, ..configured(configuration) }
}

fn no_programs() -> Programs {
    Programs::new(ProgramSettings {
        helper: "/none".into(),
        executables: vec![],
        working_roots: vec![],
        readable: vec![],
        powershell: None,
        limits: Limits::default(),
        grace: std::time::Duration::ZERO,
        trees: Trees::Orphans,
    })
}

const GOOD: &str = "-- nightly\nCREATE TABLE t (n INT);\nINSERT INTO t VALUES (1), (2);\n\nUPDATE t SET n = n + 1;\n";

#[tokio::test]
async fn a_script_runs_statement_by_statement_on_postgres() {
    let database = TestDatabase::create();
    let scripts = Scripts::on(on_postgres(&database));
    let attempted = scripts.run(GOOD).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    let expect = "line 2: 0 rows\nline 3: 2 rows\nline 5: 2 rows\n3 statements committed\n";
    assert_eq!(attempted.output.text, expect);
    let again = scripts
        .run("DO $$ BEGIN IF (SELECT sum(n) FROM t) <> 5 THEN RAISE 'no'; END IF; END $$")
        .await;
    assert_eq!(again.ending, Ending::Succeeded);
}

#[tokio::test]
async fn a_script_runs_statement_by_statement_on_mariadb() {
    let database = MariaDbDatabase::create();
    let scripts = Scripts::on(on_mariadb(&database));
    let attempted = scripts.run(GOOD).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    let expect = "line 2: 0 rows\nline 3: 2 rows\nline 5: 2 rows\n3 statements committed\n";
    assert_eq!(attempted.output.text, expect);
    let procedure = "DELIMITER //\nCREATE PROCEDURE p() BEGIN DELETE FROM t; SELECT 1; END //\nDELIMITER ;\nCALL p();";
    assert_eq!(scripts.run(procedure).await.ending, Ending::Succeeded);
}

#[tokio::test]
async fn a_failing_statement_undoes_all_before_it_and_names_its_line() {
    let database = TestDatabase::create();
    let scripts = Scripts::on(on_postgres(&database));
    let error =
        scripts.error("CREATE TABLE t (n int);\nINSERT INTO t\nVALUES (1,\n  oops);\n").await;
    assert!(error.starts_with("line 4: ") && error.contains("\"oops\""), "{error}");
    let error = scripts.error("SELECT * FROM t").await;
    assert!(error.starts_with("line 1: ") && error.contains("42P01"), "{error}");
    let error = scripts.error("CREATE TABLE u (n int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO u VALUES (1), (1)").await;
    assert!(error.starts_with("at its end: "), "{error}");
    let error = scripts.error("\nVACUUM").await;
    assert!(error.starts_with("line 2: ") && error.contains("transaction block"), "{error}");
    let attempted = scripts.run("SELECT 1").await;
    assert_eq!(attempted.ending, Ending::Succeeded, "the session is fine");
}

#[tokio::test]
async fn a_failing_statement_on_mariadb_undoes_what_can_be_undone() {
    let database = MariaDbDatabase::create();
    let scripts = Scripts::on(on_mariadb(&database));
    scripts.run("CREATE TABLE t (n INT) ENGINE = InnoDB").await;
    let error = scripts.error("INSERT INTO t VALUES (1);\n\nINSERT INTO none VALUES (1)").await;
    assert!(error.starts_with("line 3: ") && error.contains("none"), "{error}");
    let counted = "DELIMITER //\nBEGIN NOT ATOMIC IF (SELECT count(*) FROM t) <> 0 THEN SIGNAL SQLSTATE '45000'; END IF; END //";
    // `BEGIN` is refused, so the check is a procedure.
    assert!(scripts.error(counted).await.contains("the scheduler begins and ends"));
    let counted = counted.replace("BEGIN NOT ATOMIC", "CREATE PROCEDURE c() BEGIN");
    assert_eq!(scripts.run(&format!("{counted}\nCALL c() //")).await.ending, Ending::Succeeded);
}

#[tokio::test]
async fn what_is_not_a_script_of_the_operators_is_refused() {
    let database = TestDatabase::create();
    let scripts = Scripts::on(on_postgres(&database));
    fs::write(scripts.dir.path().join("secret.sql"), "SELECT 1").unwrap();
    std::os::unix::fs::symlink("../secret.sql", scripts.dir.path().join("scripts/link.sql"))
        .unwrap();
    for name in
        ["secret.sql", "scripts/../secret.sql", "scripts/link.sql", "scripts", "scripts/none"]
    {
        let attempted = scripts.runner.run(step(&scripts.dir.path().join(name)), Stop::new()).await;
        let Ending::Failed { error, retryable, .. } = attempted.ending else { panic!("{name}") };
        assert!(error.contains("script") && !retryable, "{name}: {error}");
    }
    let error = scripts.error("SELECT 1;\nCOMMIT;\n").await;
    assert!(error.contains("line 2: the scheduler begins and ends the transaction"), "{error}");
    let error = scripts.error("SELECT '").await;
    assert!(error.contains("line 1: what begins here is not closed"), "{error}");
}

#[tokio::test]
async fn a_cancelled_script_is_stopped_on_its_server_and_undone() {
    let database = TestDatabase::create();
    let scripts = Scripts::on(on_postgres(&database));
    let path = scripts.dir.path().join("scripts/a.sql");
    fs::write(&path, "CREATE TABLE t (n int); SELECT pg_sleep(100)").unwrap();
    let stop = Stop::new();
    let running = scripts.runner.run(step(&path), stop.clone());
    let sleeping = async {
        let look = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'";
        horarium_testkit::eventually(
            std::time::Duration::from_secs(10),
            "it to sleep",
            async || (database.psql(look).trim() == "1").then_some(()),
        )
        .await;
        stop.cancel();
        look
    };
    let (attempted, look) = tokio::join!(running, sleeping);
    assert_eq!(attempted.ending, Ending::Cancelled);
    horarium_testkit::eventually(
        std::time::Duration::from_secs(5),
        "it to be stopped",
        async || (database.psql(look).trim() == "0").then_some(()),
    )
    .await;
    let error = scripts.error("SELECT * FROM t").await;
    assert!(error.contains("42P01"), "{error}");
}
