//! Engines with a handler that the test watches and steers.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use horarium_core::{
    ExecutionId, Job, JobDraft, JobId, JobType,
    job::{JobDefaults, ScheduleDraft, ScheduleType},
};
use horarium_server::{
    clock::Clock,
    engine::{Engine, NodeSettings},
    metrics::Metrics,
};
use horarium_store::{DatabaseUrl, ExecutionView, NewJob, Store, StoreOptions};
use horarium_testkit::{TestDatabase, eventually};
use horarium_worker::{
    EgressGuard, EgressPolicy, Handler, HandlerCall, HandlerError, Handlers, HttpCall,
    HttpCallLimits, Kinds, Runner, RunnerSettings,
};
use jiff::Timestamp;
use tokio::sync::Semaphore;
use uuid::Uuid;

pub(crate) const SOON: Duration = Duration::from_secs(20);

/// What the handler `watched` saw, and whether it may go on.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) starts: Arc<Mutex<Vec<(Timestamp, HandlerCall)>>>,
    pub(crate) n_dropped: Arc<AtomicU32>,
    gate: Arc<Semaphore>,
    clock: Clock,
}

struct Dropped(Arc<AtomicU32>, bool);

impl Drop for Dropped {
    fn drop(&mut self) {
        if !self.1 {
            self.0.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Handler for Watch {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        self.starts.lock().unwrap().push((self.clock.now(), call.clone()));
        let mut ended = Dropped(Arc::clone(&self.n_dropped), false);
        if call.parameters.contains_key("panic") {
            ended.1 = true;
            panic!("as asked");
        }
        if call.parameters.contains_key("wait") {
            self.gate.acquire().await.unwrap().forget();
        }
        ended.1 = true;
        Ok("seen".to_owned())
    }
}

impl Watch {
    fn new(clock: Clock) -> Self {
        Self {
            starts: Arc::default(),
            n_dropped: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
            clock,
        }
    }

    pub(crate) fn let_go(&self, n: usize) {
        self.gate.add_permits(n);
    }

    pub(crate) fn n_starts(&self) -> usize {
        self.starts.lock().unwrap().len()
    }

    pub(crate) async fn started(&self, n: usize) {
        let what = format!("{n} starts");
        eventually(SOON, &what, async || (self.n_starts() >= n).then_some(())).await;
    }
}

/// An engine and what it runs on.
pub(crate) struct Node {
    pub(crate) engine: Arc<Engine>,
    pub(crate) watch: Watch,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

pub(crate) async fn sqlite() -> (Node, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(directory.path().join("engine.db"));
    (start(&url).await, directory)
}

pub(crate) async fn postgres() -> (Node, Node, TestDatabase) {
    let database = TestDatabase::create();
    let url = DatabaseUrl::Postgres(database.url().to_owned());
    (start(&url).await, start(&url).await, database)
}

async fn start(url: &DatabaseUrl) -> Node {
    let options = StoreOptions { connections_max: 6, ..StoreOptions::default() };
    let store = Store::open(url, &options).await.unwrap();
    let clock = Clock::system();
    store.migrate(clock.now()).await.unwrap();
    let watch = Watch::new(clock.clone());
    let handlers = Handlers::builtin().with("watched", watch.clone());
    let guard = EgressGuard::new(EgressPolicy::Internal, Vec::new());
    let kinds = Kinds::builtin(HttpCall::new(guard, HttpCallLimits::default()), handlers);
    let settings = NodeSettings { name: "test".to_owned(), version: "0".to_owned(), workers: 4 };
    let runner = Runner::new(kinds, RunnerSettings::default());
    let metrics = Metrics::new("0");
    let engine =
        Engine::start(store.clone(), clock.clone(), runner, metrics, settings).await.unwrap();
    Node { engine, watch, store, clock }
}

impl Node {
    /// Stores a job without telling the engine.
    pub(crate) async fn job(&self, parameter: &str, seconds: u64) -> JobId {
        let draft = JobDraft {
            name: Some("watched".to_owned()),
            job_type: Some(JobType::CodeExecution),
            configuration: Some(serde_json::json!({
                "handlerType": "watched", "parameters": { parameter: "yes" }
            })),
            schedule: ScheduleDraft {
                schedule_type: Some(ScheduleType::Interval),
                interval_seconds: Some(seconds),
                ..ScheduleDraft::default()
            },
            retry: Some(horarium_core::RetryPolicy::none()),
            ..JobDraft::default()
        };
        let id = JobId(Uuid::now_v7());
        let (job, trigger) =
            Job::define(id, draft, &JobDefaults::default(), self.clock.now()).unwrap();
        self.store.insert_job(NewJob::plain(job, trigger)).await.unwrap();
        id
    }

    pub(crate) async fn trigger(&self, job: JobId) -> ExecutionId {
        let id = ExecutionId(Uuid::now_v7());
        assert!(self.engine.enqueue(id, job, None, None).await.unwrap());
        id
    }

    pub(crate) async fn view(&self, id: ExecutionId) -> ExecutionView {
        self.store.execution(id).await.unwrap().unwrap()
    }

    pub(crate) async fn ended(&self, id: ExecutionId) -> ExecutionView {
        eventually(SOON, "the execution to end", async || {
            let view = self.view(id).await;
            view.state.is_final().then_some(view)
        })
        .await
    }
}
