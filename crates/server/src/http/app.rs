//! What routes and gates share.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::body::Bytes;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use horarium_api::{admin::IMPORT_BYTES_MAX, enum_format::EnumFormat, operations::Operation};
use horarium_core::schedule_run::SuccessWord;
use horarium_store::Store;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::{
    Dashboard, docs,
    middleware::rate_limit::{RateLimiter, RateLimits},
};
use crate::{
    admin::Admin,
    auth::Auth,
    clock::Clock,
    data_sources::DefinedDataSources,
    engine::Engine,
    events::Events,
    jobs::Jobs,
    metrics::Metrics,
    modules::Modules,
    monitoring::Monitoring,
    schedules::Schedules,
    secrets::StoredSecrets,
    settings::{self, Settings},
    workflows::Workflows,
};

/// What an operator may set about the API.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    pub enum_format: EnumFormat,
    /// The word for schedule executions that ended well.
    pub success: SuccessWord,
    pub body_bytes_max: usize,
    pub rate_limits: RateLimits,
    /// Removed once its token is used.
    pub setup_token_file: PathBuf,
}

impl HttpSettings {
    pub fn of(settings: &Settings, setup_token_file: PathBuf) -> Self {
        let enum_format = match settings.api.enum_format {
            settings::EnumFormat::Name => EnumFormat::Names,
            settings::EnumFormat::Number => EnumFormat::Numbers,
        };
        let success = match settings.api.schedule_success {
            settings::ScheduleSuccess::Completed => SuccessWord::Completed,
            settings::ScheduleSuccess::Complete => SuccessWord::Complete,
        };
        Self {
            enum_format,
            success,
            body_bytes_max: settings.api.body_bytes_max,
            rate_limits: RateLimits::default(),
            setup_token_file,
        }
    }
}

/// What an administrator defines for jobs to use.
#[derive(Clone)]
pub struct Defined {
    pub secrets: StoredSecrets,
    pub data_sources: DefinedDataSources,
}

/// Everything behind the API: one per process.
pub struct App {
    pub(super) jobs: Arc<Jobs>,
    pub(super) schedules: Schedules,
    pub(super) monitoring: Monitoring,
    pub(super) workflows: Workflows,
    pub(super) admin: Admin,
    pub(super) modules: Modules,
    pub(super) auth: Arc<Auth>,
    pub(super) events: Arc<Events>,
    pub(super) defined: Defined,
    pub(super) engine: Arc<Engine>,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) metrics: Metrics,
    pub(super) settings: HttpSettings,
    pub(super) rates: RateLimiter,
    pub(super) document: Document,
    pub(super) dashboard: Dashboard,
    is_draining: AtomicBool,
    closing: CancellationToken,
}

/// What is the same for every caller, made once.
pub(super) struct Document {
    pub(super) openapi: Bytes,
    pub(super) etag: String,
    pub(super) page: docs::Page,
}

impl App {
    pub fn new(
        engine: Arc<Engine>,
        auth: Auth,
        (jobs, admin, modules): (Arc<Jobs>, Admin, Modules),
        defined: Defined,
        (settings, dashboard): (HttpSettings, Dashboard),
    ) -> Arc<Self> {
        let shared = engine.shared();
        Arc::new(Self {
            monitoring: Monitoring::new(Arc::clone(&jobs), Arc::clone(shared)),
            schedules: Schedules::new(Arc::clone(&engine), settings.success),
            workflows: Workflows::new(Arc::clone(&engine)),
            admin,
            modules,
            jobs,
            auth: Arc::new(auth),
            events: Arc::clone(&shared.events),
            defined,
            store: shared.store.clone(),
            clock: shared.clock.clone(),
            metrics: shared.metrics.clone(),
            rates: RateLimiter::new(settings.rate_limits),
            document: Document::make(),
            dashboard,
            is_draining: AtomicBool::new(false),
            closing: CancellationToken::new(),
            settings,
            engine,
        })
    }

    /// From now on `/readyz` says no: whoever balances load sends new requests elsewhere.
    pub fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
        self.closing.cancel();
    }

    /// Ends what would go on for ever, such as streams, when the server stops.
    pub(super) fn closing(&self) -> CancellationToken {
        self.closing.clone()
    }

    /// Bytes that a request's body may have: an import is as long as the export it was, a
    /// module as long as it may be.
    pub(super) fn body_bytes_max(&self, operation: &Operation) -> usize {
        let bytes_max = self.settings.body_bytes_max;
        match operation.id {
            "importJobs" => bytes_max.max(IMPORT_BYTES_MAX),
            "createModule" => bytes_max.max(self.modules.request_bytes_max()),
            _ => bytes_max,
        }
    }

    pub(super) fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Relaxed)
    }
}

impl Document {
    fn make() -> Self {
        let document = horarium_api::openapi::document(env!("CARGO_PKG_VERSION"));
        let openapi = document.to_string();
        let digest = Sha256::digest(openapi.as_bytes());
        let etag = BASE64_URL_SAFE_NO_PAD.encode(&digest[..12]);
        Self {
            page: docs::Page::render(&document),
            openapi: openapi.into(),
            etag: format!("\"{etag}\""),
        }
    }
}
