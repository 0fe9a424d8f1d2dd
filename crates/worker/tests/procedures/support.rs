//! Data sources on throw-away servers, and attempts that call what is in them.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use horarium_core::{ExecutionId, JobId, JobType};
use horarium_testkit::{MariaDbDatabase, TestDatabase};
use horarium_worker::{
    Assignment, Attempted, DataSource, DataSourceKind, DataSources, EgressGuard, EgressPolicy,
    Ending, Handlers, HttpCall, HttpCallLimits, Kinds, Runner, RunnerSettings, Stop,
    StoredProcedure, TlsMode, data_sources::Pattern,
};
use serde_json::{Value, json};

pub(crate) const SOURCE: &str = "reports";

/// Definitions that a test may change.
#[derive(Default)]
pub(crate) struct Sources(Mutex<Vec<DataSource>>);

impl DataSources for Sources {
    async fn find(&self, name: &str) -> Result<Option<DataSource>, String> {
        if name == "unreadable" {
            return Err("the store is away".to_owned());
        }
        let sources = self.0.lock().unwrap();
        Ok(sources.iter().find(|source| source.name == name).cloned())
    }
}

/// A runner, and what it knows of data sources.
pub(crate) struct Bench {
    pub(crate) runner: Arc<Runner>,
    sources: Arc<Sources>,
}

impl Bench {
    pub(crate) fn with(source: DataSource) -> Self {
        Self::guarded(source, EgressGuard::new(EgressPolicy::Internal, vec![]))
    }

    pub(crate) fn guarded(source: DataSource, guard: EgressGuard) -> Self {
        let sources = Arc::new(Sources::default());
        let procedures = StoredProcedure::new(Arc::clone(&sources), Arc::new(guard.clone()));
        let kinds =
            Kinds::builtin(HttpCall::new(guard, HttpCallLimits::default()), Handlers::builtin());
        let kinds = kinds.with_stored_procedure(procedures);
        let runner = Arc::new(Runner::new(kinds, RunnerSettings::default()));
        let bench = Self { runner, sources };
        bench.define(source);
        bench
    }

    /// What calls procedures of this one data source.
    pub(crate) fn procedures(source: DataSource, guard: EgressGuard) -> StoredProcedure {
        let sources = Sources(Mutex::new(vec![source]));
        StoredProcedure::new(Arc::new(sources), Arc::new(guard))
    }

    /// Adds it, or puts it in the place of the one of its name.
    pub(crate) fn define(&self, source: DataSource) {
        let mut sources = self.sources.0.lock().unwrap();
        sources.retain(|known| known.name != source.name);
        sources.push(source);
    }

    pub(crate) async fn call(&self, name: &str, parameters: Value) -> Attempted {
        self.run(call(name, &parameters)).await
    }

    pub(crate) async fn run(&self, assignment: Assignment) -> Attempted {
        self.runner.run(assignment, Stop::new()).await
    }

    /// The result of a call that succeeds.
    pub(crate) async fn result(&self, name: &str, parameters: Value) -> Value {
        result(&self.call(name, parameters).await)
    }

    /// The rows of its only result set.
    pub(crate) async fn rows(&self, name: &str, parameters: Value) -> Value {
        let mut result = self.result(name, parameters).await;
        assert_eq!(result["resultSets"].as_array().unwrap().len(), 1, "{result}");
        result["resultSets"][0].take()
    }

    /// The error of a call that fails, after the words every error begins with; and whether another
    /// attempt may mend it.
    pub(crate) async fn error(&self, name: &str, parameters: Value) -> (String, bool) {
        failure(&self.call(name, parameters).await)
    }
}

pub(crate) fn result(attempted: &Attempted) -> Value {
    assert_eq!(attempted.ending, Ending::Succeeded, "{}", attempted.output.text);
    let json = attempted.output.text.lines().nth(1).unwrap();
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

pub(crate) fn failure(attempted: &Attempted) -> (String, bool) {
    let Ending::Failed { error, retryable, .. } = &attempted.ending else {
        panic!("did not fail: {attempted:?}")
    };
    let text = error.split_once(&format!("on data source `{SOURCE}`: "));
    (text.map_or(error.as_str(), |(_, text)| text).to_owned(), *retryable)
}

pub(crate) fn call(name: &str, parameters: &Value) -> Assignment {
    configured(json!({
        "storedProcedureName": name,
        "parameters": parameters,
        "databaseConnectionStringName": SOURCE,
    }))
}

pub(crate) fn configured(configuration: Value) -> Assignment {
    Assignment {
        execution_id: "0198c0de-0000-7000-8000-0000000000e1".parse::<ExecutionId>().unwrap(),
        job_id: "0198c0de-0000-7000-8000-0000000000b1".parse::<JobId>().unwrap(),
        job_name: "nightly".to_owned(),
        created_by: None,
        job_type: JobType::StoredProcedure,
        configuration,
        attempt: 1,
        due_at: None,
        now: "2026-01-31T09:00:01Z".parse().unwrap(),
        timeout: Duration::from_secs(30),
    }
}

/// Everything that is not the server's own is allowed.
pub(crate) fn on_postgres(database: &TestDatabase) -> DataSource {
    let (_, rest) = database.url().split_once('@').unwrap();
    let (_, port) = rest.split_once('/').unwrap().0.split_once(':').unwrap();
    DataSource {
        name: SOURCE.to_owned(),
        kind: DataSourceKind::Postgres,
        host: "127.0.0.1".to_owned(),
        port: port.parse().unwrap(),
        database: database.name().to_owned(),
        user: "horarium".to_owned(),
        password: "canary-secret".to_owned(),
        tls: TlsMode::Disable,
        allowed_procedures: patterns(&["*.*"]),
        statement_timeout: Duration::from_mins(1),
        pool_size: 2,
    }
}

pub(crate) fn on_mariadb(database: &MariaDbDatabase) -> DataSource {
    DataSource {
        name: SOURCE.to_owned(),
        kind: DataSourceKind::MySql,
        host: "127.0.0.1".to_owned(),
        port: database.port(),
        database: database.name().to_owned(),
        user: database.user().to_owned(),
        password: database.password().to_owned(),
        tls: TlsMode::Disable,
        allowed_procedures: patterns(&["*.*"]),
        statement_timeout: Duration::from_mins(1),
        pool_size: 2,
    }
}

pub(crate) fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::parse(text).unwrap()).collect()
}

/// A PostgreSQL database with these objects in it.
pub(crate) fn postgres(sql: &str) -> (TestDatabase, Bench) {
    let database = TestDatabase::create();
    database.psql(sql);
    let bench = Bench::with(on_postgres(&database));
    (database, bench)
}

/// A MariaDB database with these objects in it, each ended by `$$`.
pub(crate) fn mariadb(sql: &str) -> (MariaDbDatabase, Bench) {
    let database = MariaDbDatabase::create();
    database.sql(&format!("DELIMITER $$\n{sql}"));
    let bench = Bench::with(on_mariadb(&database));
    (database, bench)
}
