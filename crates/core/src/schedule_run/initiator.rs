//! Who started an execution.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The name that stands for the schedule's own times (contract J2).
pub const SCHEDULER_SERVICE: &str = "Scheduler Service";

/// Somebody, as known when they started it. Stored with the run; a run without one was due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Initiator {
    #[serde(rename = "type")]
    pub kind: InitiatorKind,
    pub id: Uuid,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InitiatorKind {
    User,
    ApiKey,
}
