//! Schedules as the API knows them: requests become definitions, stored views become answers.
//!
//! | wants | look at |
//! |---|---|
//! | make one | [`create`] |
//! | change one, whatever about it | [`change`]: read, settle, decide, write if nothing moved |
//! | what of it must not be shown | [`connection_string`] |

mod change;
mod connection_string;
mod create;
mod draft;
mod dto;
mod execution_dto;
mod executions;
mod fault;
mod list;
mod words;

use std::sync::Arc;

use horarium_core::{ScheduleId, schedule_run::SuccessWord};
use horarium_store::{ScheduleView, Store};

use crate::{clock::Clock, engine::Engine};

pub use create::DefinedSchedule;
pub use fault::ScheduleFault;

/// What the routes of schedules call.
pub struct Schedules {
    engine: Arc<Engine>,
    store: Store,
    clock: Clock,
    success: SuccessWord,
}

impl Schedules {
    /// `success` is the word for executions that ended well.
    pub fn new(engine: Arc<Engine>, success: SuccessWord) -> Self {
        let shared = engine.shared();
        let (store, clock) = (shared.store.clone(), shared.clock.clone());
        Self { engine, store, clock, success }
    }

    async fn view(&self, id: ScheduleId) -> Result<ScheduleView, ScheduleFault> {
        self.store.schedule(id).await?.ok_or(ScheduleFault::Unknown)
    }
}
