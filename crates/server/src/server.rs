//! The wiring: one process from its settings to its listening socket, and back.

mod error;
mod modules;
mod programs;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use horarium_store::{DatabaseUrl, HELD, Store};
use horarium_wasm::Sandbox;
use horarium_worker::{
    EgressGuard, EgressPolicy, FileOperation, FileRoots, Handlers, HttpCall, HttpCallLimits, Kinds,
    Runner, RunnerSettings, StoredProcedure,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    admin::Admin,
    auth::Auth,
    clock::Clock,
    data_dir,
    data_sources::DefinedDataSources,
    engine::{Engine, NodeSettings},
    http::{self, App, Dashboard, Defined, HttpSettings, serve::serve},
    instance_lock::InstanceLock,
    jobs::Jobs,
    metrics::Metrics,
    modules::Modules,
    secrets::StoredSecrets,
    settings::{self, Secret, Settings},
    vault,
};

pub use error::StartError;

/// Starts servers.
pub struct Server;

/// What a server is made of besides its settings.
#[derive(Debug)]
pub struct Parts {
    /// What `CodeExecution` jobs may name.
    pub handlers: Handlers,
    /// A binary whose `main` calls [`horarium_wasm::enter`] first: modules run in it, as a child.
    /// `None`: no modules are run.
    pub sandbox: Option<PathBuf>,
}

impl Default for Parts {
    fn default() -> Self {
        Self { handlers: Handlers::builtin(), sandbox: None }
    }
}

/// A server that answers.
pub struct Running {
    address: SocketAddr,
    setup_token: Option<Secret>,
    app: Arc<App>,
    engine: Arc<Engine>,
    store: Store,
    stop_listening: CancellationToken,
    listening: tokio::sync::Mutex<JoinHandle<()>>,
    /// One server per SQLite file; let go of when the server is dropped.
    _lock: Option<InstanceLock>,
}

impl Server {
    /// A server with the parts that every server has.
    pub async fn start(settings: Settings) -> Result<Running, StartError> {
        Self::start_with(settings, Parts::default()).await
    }

    /// Opens and migrates the database, starts the engine and answers requests.
    pub async fn start_with(settings: Settings, parts: Parts) -> Result<Running, StartError> {
        settings.check().map_err(StartError::Settings)?;
        data_dir::prepare(&settings)?;
        let lock = lock(&settings)?;
        let clock = Clock::system();
        let store = open_store(&settings, &clock).await?;
        let vault = Arc::new(vault::start(&settings, &store).await?);
        let secrets = StoredSecrets::new(store.clone(), Arc::clone(&vault), clock.clone());
        let data_sources =
            DefinedDataSources::new(store.clone(), Arc::clone(&vault), secrets.clone());
        let defined = Defined { secrets, data_sources };
        let (auth, setup_token) = open_auth(&settings, &store, &clock).await?;
        let listener = listen(settings.listen).await?;
        let address = listener.local_addr().map_err(StartError::listening(settings.listen))?;
        let version = env!("CARGO_PKG_VERSION");
        let node = NodeSettings {
            name: settings.node_name(),
            version: version.to_owned(),
            workers: if is_held(&store).await? { 0 } else { settings.workers },
        };
        let metrics = Metrics::new(version);
        let sandbox = modules::sandbox(parts.sandbox.clone(), &settings.modules).await;
        let modules =
            Modules::new(store.clone(), clock.clone(), sandbox.clone(), &settings.modules);
        let runner = runner(&settings, parts, (modules.clone(), sandbox), address, &defined)?;
        let engine = Engine::start(store.clone(), clock, runner, metrics, node).await;
        let engine = engine.map_err(StartError::database("starting the engine"))?;
        engine.start_retention(settings.retention.clone());
        let jobs = Arc::new(Jobs::new(Arc::clone(&engine), vault, &settings.jobs));
        let admin = Admin::new(Arc::clone(&jobs), Arc::clone(&engine), &settings.jobs);
        let token_file = data_dir::setup_token_file(&settings.data_dir);
        let http = (HttpSettings::of(&settings, token_file), dashboard(&settings)?);
        let app = App::new(Arc::clone(&engine), auth, (jobs, admin, modules), defined, http);
        let stop_listening = CancellationToken::new();
        let router = http::router(Arc::clone(&app));
        let listening = tokio::spawn(serve(listener, router, stop_listening.clone()));
        info!(%address, "listening on {address}");
        Ok(Running {
            address,
            setup_token,
            app,
            engine,
            store,
            stop_listening,
            listening: tokio::sync::Mutex::new(listening),
            _lock: lock,
        })
    }
}

impl Running {
    /// Where it listens: the port is the one it got when the settings said 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes the first administrator (`POST /api/v1/setup`); `None` once there is a user. Also in the
    /// file `setup-token` of the data directory, until it is used.
    pub fn setup_token(&self) -> Option<&Secret> {
        self.setup_token.as_ref()
    }

    /// Takes no more requests, lets running attempts end for `grace`, writes what has ended.
    pub async fn stop(&self, grace: Duration) {
        self.app.drain();
        self.engine.stop_taking();
        self.stop_listening.cancel();
        self.finished().await;
        self.engine.stop(grace).await;
        self.engine.shared().runner.close().await;
        self.store.close().await;
    }

    /// Returns when requests are answered no more, for whatever reason.
    pub async fn finished(&self) {
        let mut listening = self.listening.lock().await;
        if listening.is_finished() {
            return;
        }
        if let Err(err) = (&mut *listening).await {
            tracing::error!(error = %err, "listening ended");
        }
    }
}

/// Whether the database is a copy that nobody has confirmed: it must not do again what its original did.
async fn is_held(store: &Store) -> Result<bool, StartError> {
    let held = store.setting(HELD).await.map_err(StartError::database("reading the database"))?;
    if let Some(since) = &held {
        warn!(
            "this database is a copy of {}: nothing fires until `horarium restore --confirm` and a new start",
            since.expose()
        );
    }
    Ok(held.is_some())
}

fn lock(settings: &Settings) -> Result<Option<InstanceLock>, StartError> {
    match settings.database() {
        DatabaseUrl::Sqlite(path) => Ok(Some(InstanceLock::take(&path)?)),
        DatabaseUrl::Postgres(_) => Ok(None),
    }
}

async fn open_store(settings: &Settings, clock: &Clock) -> Result<Store, StartError> {
    let store = Store::open(&settings.database(), &settings.store_options()).await;
    let store = store.map_err(StartError::database("opening the database"))?;
    let applied = store.migrate(clock.now()).await;
    let applied = applied.map_err(StartError::database("migrating the database"))?;
    if !applied.is_empty() {
        info!(?applied, "migrated the database");
    }
    Ok(store)
}

/// Access, and while nobody may log in the token that changes this.
async fn open_auth(
    settings: &Settings,
    store: &Store,
    clock: &Clock,
) -> Result<(Auth, Option<Secret>), StartError> {
    let auth = Auth::open(store.clone(), &settings.auth).await?;
    auth.bootstrap(&settings.bootstrap, clock.now()).await?;
    let token = auth.renew_setup_token(clock.now()).await?;
    let token = token.map(|token| Secret::new(token.expose()));
    data_dir::keep_setup_token(&settings.data_dir, token.as_ref())?;
    Ok((auth, token))
}

/// The dashboard of `dashboard.dir`, else the one in the binary.
fn dashboard(settings: &Settings) -> Result<Dashboard, StartError> {
    let Some(folder) = &settings.dashboard.dir else { return Ok(Dashboard::built_in()) };
    let read = Dashboard::read(folder);
    read.map_err(|cause| StartError::Dashboard { folder: folder.clone(), cause })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(StartError::listening(address))
}

fn runner(
    settings: &Settings,
    parts: Parts,
    (modules, sandbox): (Modules, Option<Arc<Sandbox>>),
    own_address: SocketAddr,
    defined: &Defined,
) -> Result<Runner, StartError> {
    let policy = match settings.egress.policy {
        settings::EgressPolicy::Internal => EgressPolicy::Internal,
        settings::EgressPolicy::Public => {
            EgressPolicy::Public { allow: settings.egress.allow.clone() }
        }
    };
    let guard = EgressGuard::new(policy, vec![own_address]);
    let procedures =
        StoredProcedure::new(Arc::new(defined.data_sources.clone()), Arc::new(guard.clone()));
    let http_call = HttpCall::new(guard, HttpCallLimits::default());
    let kinds = Kinds::builtin(http_call, parts.handlers)
        .with_file_operation(file_operation(settings)?)
        .with_stored_procedure(procedures);
    let kinds = programs::with_programs(kinds, settings)?;
    let kinds = match sandbox {
        Some(sandbox) => kinds.with_modules(horarium_worker::Modules {
            limits: modules.limits(),
            source: Arc::new(modules),
            sandbox,
        }),
        None => kinds,
    };
    let settings = RunnerSettings {
        output_bytes_max: settings.jobs.output_bytes_max,
        ..RunnerSettings::default()
    };
    Ok(Runner::new(kinds, settings).with_secrets(Arc::new(defined.secrets.clone())))
}

/// The job type that works on files, kept away from this server's own.
fn file_operation(settings: &Settings) -> Result<FileOperation, StartError> {
    let roots = FileRoots::open(settings.files.roots.clone())?;
    let operation = FileOperation::new(roots, settings.data_dir.clone());
    Ok(match settings.database() {
        DatabaseUrl::Sqlite(path) => operation.protecting(path),
        DatabaseUrl::Postgres(_) => operation,
    })
}
