//! Jobs as the API knows them: requests become definitions, stored views become answers.
//!
//! | wants | look at |
//! |---|---|
//! | make one | [`create`] |
//! | change one, whatever about it | [`change`]: read, settle, decide, write if nothing moved |
//! | run one, look at its runs | [`executions`] |
//! | say when it was and will be due | [`occurrences`], [`preview`] |

mod change;
mod check;
mod create;
mod delete;
mod dependencies;
mod draft;
mod dto;
mod exclusions;
mod executions;
mod fault;
mod list;
mod log;
mod occurrences;
mod pause;
mod preview;
mod update;
mod words;

use std::sync::Arc;

use horarium_core::{JobId, job::JobDefaults};
use horarium_store::{JobView, Store};

use crate::{clock::Clock, engine::Engine, settings, vault::Vault};

pub use change::Expected;
pub(crate) use change::{scheduled, settled};
pub(crate) use dependencies::stored as stored_dependencies;
pub(crate) use executions::subject_id;
pub use fault::JobFault;
pub(crate) use fault::field_errors;
pub(crate) use words::write_state;

/// What the routes of jobs and executions call.
pub struct Jobs {
    engine: Arc<Engine>,
    store: Store,
    clock: Clock,
    defaults: JobDefaults,
    vault: Arc<Vault>,
}

impl Jobs {
    pub fn new(engine: Arc<Engine>, vault: Arc<Vault>, settings: &settings::Jobs) -> Self {
        let shared = engine.shared();
        let (store, clock) = (shared.store.clone(), shared.clock.clone());
        let mut defaults = JobDefaults {
            timeout_seconds: settings.default_timeout_seconds,
            dialect: settings.cron_dialect,
            ..JobDefaults::default()
        };
        defaults.retry.retries_max = settings.default_retries;
        defaults.retry.delay_seconds = settings.default_retry_delay_seconds;
        Self { engine, store, clock, defaults, vault }
    }

    /// The job, unless it is unknown or deleted.
    async fn view(&self, id: JobId) -> Result<JobView, JobFault> {
        self.store.job(id).await?.ok_or(JobFault::Unknown)
    }
}
