//! A database, an engine on it, and a handler that notes when it was started.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use horarium_core::{
    Job, JobDraft, JobId, JobType,
    job::{JobDefaults, ScheduleDraft, ScheduleType},
};
use horarium_server::{
    clock::Clock,
    engine::{Engine, NodeSettings},
    metrics::Metrics,
};
use horarium_store::{DatabaseUrl, NewJob, Store, StoreOptions, Synchronous};
use horarium_testkit::PostgresServer;
use horarium_worker::{
    EgressGuard, EgressPolicy, Handler, HandlerCall, HandlerError, Handlers, HttpCall,
    HttpCallLimits, Kinds, Runner, RunnerSettings,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{fsync, measures::Measure, table::Line};

/// As many as a node has unless it is told otherwise.
const WORKERS: u32 = 64;
/// Longest wait for anything measured.
const PATIENCE: Duration = Duration::from_mins(3);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Sqlite(Synchronous),
    Postgres,
}

/// What a measure works with.
pub(crate) struct Rig {
    pub store: Store,
    pub clock: Clock,
    pub starts: Starts,
    pub url: DatabaseUrl,
    /// For files; gone after the measure.
    pub directory: PathBuf,
    /// Process ids of the database server, if it is another process.
    pub server: Option<u32>,
}

/// When the bench's handler was started, and for which due instant.
#[derive(Clone, Default)]
pub(crate) struct Starts {
    n: Arc<AtomicUsize>,
    lateness_ms: Arc<Mutex<Vec<f64>>>,
    /// Of the newest start.
    last_at: Arc<Mutex<Option<Instant>>>,
}

struct Noting {
    starts: Starts,
    clock: Clock,
}

impl Handler for Noting {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        if let Some(due_at) = call.due_at {
            let late = self.clock.now().duration_since(due_at).as_secs_f64() * 1_000.0;
            self.starts.lateness_ms.lock().unwrap_or_else(PoisonError::into_inner).push(late);
        }
        let now = Instant::now();
        *self.starts.last_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        self.starts.n.fetch_add(1, Ordering::AcqRel);
        Ok(String::new())
    }
}

impl Starts {
    pub(crate) fn n(&self) -> usize {
        self.n.load(Ordering::Acquire)
    }

    pub(crate) fn last_at(&self) -> Option<Instant> {
        *self.last_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lateness_ms(&self) -> Vec<f64> {
        self.lateness_ms.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for `n` starts; false when patience ends.
    pub(crate) async fn reached(&self, n: usize) -> bool {
        let waiting = async {
            while self.n() < n {
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.is_ok()
    }
}

/// Runs one measure on a fresh database.
pub(crate) fn run(place: Place, measure: &Measure, n: usize) -> Line {
    let before = fsync::median();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let figures = runtime.block_on(async {
        let directory = tempfile::tempdir_in("/var/tmp").expect("a temporary directory");
        let server = match place {
            Place::Sqlite(_) => None,
            Place::Postgres => Some(PostgresServer::start()),
        };
        let (url, synchronous) = match place {
            Place::Sqlite(synchronous) => {
                (DatabaseUrl::Sqlite(directory.path().join("bench.db")), synchronous)
            }
            Place::Postgres => {
                let server = server.as_ref().expect("started above");
                (DatabaseUrl::Postgres(server.url()), Synchronous::Full)
            }
        };
        let options = StoreOptions { synchronous, ..StoreOptions::default() };
        let store = Store::open(&url, &options).await.expect("a database");
        let clock = Clock::system();
        store.migrate(clock.now()).await.expect("migrated");
        let rig = Rig {
            store: store.clone(),
            clock,
            starts: Starts::default(),
            url,
            directory: directory.path().to_owned(),
            server: server.as_ref().and_then(PostgresServer::pid),
        };
        let figures = (measure.run)(rig, n).await;
        store.close().await;
        figures
    });
    let place = match place {
        Place::Sqlite(Synchronous::Full) => "SQLite FULL".to_owned(),
        Place::Sqlite(Synchronous::Normal) => "SQLite NORMAL".to_owned(),
        Place::Postgres => "PostgreSQL".to_owned(),
    };
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    Line { place, measure: measure.name, n, figures, fsync_ms: (ms(before), ms(fsync::median())) }
}

impl Rig {
    pub(crate) async fn engine(&self) -> Arc<Engine> {
        self.engine_with(WORKERS).await
    }

    pub(crate) async fn engine_with(&self, workers: u32) -> Arc<Engine> {
        self.engine_of(workers, |kinds| kinds).await
    }

    pub(crate) async fn engine_of(
        &self,
        workers: u32,
        adjust: impl FnOnce(Kinds) -> Kinds,
    ) -> Arc<Engine> {
        let noting = Noting { starts: self.starts.clone(), clock: self.clock.clone() };
        let handlers = Handlers::builtin().with("bench", noting);
        let guard = EgressGuard::new(EgressPolicy::Internal, Vec::new());
        let kinds = Kinds::builtin(HttpCall::new(guard, HttpCallLimits::default()), handlers);
        let settings = NodeSettings { name: "bench".to_owned(), version: "0".to_owned(), workers };
        let runner = Runner::new(adjust(kinds), RunnerSettings::default());
        let store = self.store.clone();
        let engine =
            Engine::start(store, self.clock.clone(), runner, Metrics::new("0"), settings).await;
        engine.expect("an engine")
    }

    /// Inserts jobs that run the bench's handler.
    pub(crate) async fn insert(&self, schedules: Vec<ScheduleDraft>) -> Vec<JobId> {
        let now = self.clock.now();
        let jobs: Vec<NewJob> = schedules
            .into_iter()
            .map(|schedule| define(JobType::CodeExecution, noting(), schedule, now))
            .collect();
        let ids = jobs.iter().map(|new| new.job.id).collect();
        for part in jobs.chunks(2_000) {
            self.store.insert_jobs(part.to_vec()).await.expect("inserted");
        }
        ids
    }

    /// One job that is never due by itself and runs the bench's handler.
    pub(crate) async fn manual_job(&self) -> JobId {
        self.manual_job_of(JobType::CodeExecution, noting()).await
    }

    /// One job that is never due by itself.
    pub(crate) async fn manual_job_of(&self, job_type: JobType, configuration: Value) -> JobId {
        let far = ScheduleDraft {
            schedule_type: Some(ScheduleType::OneTime),
            run_at: "2099-01-01T00:00:00Z".parse().ok(),
            ..ScheduleDraft::default()
        };
        let new = define(job_type, configuration, far, self.clock.now());
        let id = new.job.id;
        self.store.insert_jobs(vec![new]).await.expect("inserted");
        id
    }
}

/// The configuration of jobs that run the bench's handler.
fn noting() -> Value {
    json!({ "handlerType": "bench" })
}

fn define(
    job_type: JobType,
    configuration: Value,
    schedule: ScheduleDraft,
    now: Timestamp,
) -> NewJob {
    let draft = JobDraft {
        name: Some("bench".to_owned()),
        job_type: Some(job_type),
        configuration: Some(configuration),
        schedule,
        ..JobDraft::default()
    };
    let id = JobId(Uuid::now_v7());
    let defined = Job::define(id, draft, &JobDefaults::default(), now);
    let (job, trigger) = defined.expect("a good draft");
    NewJob::plain(job, trigger)
}
