//! What waits to be run.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A queue. Counts stop at 100,000 each.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueDto {
    pub name: String,
    /// Executions that could start now, if a worker were free.
    pub ready: u64,
    /// Since when the one could that waits longest; null when none waits.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub oldest_ready_at: Option<Timestamp>,
    pub oldest_wait_seconds: f64,
    /// Waiting for the end of a retry's delay or of a jitter.
    pub later: u64,
    /// Waiting, of jobs with a concurrency limit or an overlap policy.
    pub limited: u64,
    /// Waiting for other jobs.
    pub dependent: u64,
    pub running: u64,
    /// Schedules that are due at this very moment.
    pub due_triggers: u64,
}
