//! What waits and what is stuck, counted up to a bound: for queues, metrics and the doctor.

use jiff::Timestamp;

use crate::{Store, error::Result, in_tx, sql::shared, value::args};

const TABLE: &str = "executions";
/// Of each kind, executions that are counted; a number as large may be larger.
pub const QUEUE_COUNTED_MAX: u32 = 100_000;

/// The executions that have not ended, and the triggers that were not looked at in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueFigures {
    /// Could start now, if there were a worker.
    pub n_ready: u64,
    /// Since when the one that waits longest could.
    pub ready_since: Option<Timestamp>,
    /// Not yet eligible: a retry's delay, a jitter.
    pub n_later: u64,
    /// Of jobs with a concurrency limit or an overlap policy.
    pub n_limited: u64,
    /// Wait for other jobs.
    pub n_dependent: u64,
    pub n_running: u64,
    /// Running, as far as their rows know, on nodes that are gone.
    pub n_orphaned: u64,
    /// Triggers that are due, the oldest since when.
    pub n_due: u64,
    pub due_since: Option<Timestamp>,
}

impl Store {
    pub async fn queue_figures(&self, now: Timestamp) -> Result<QueueFigures> {
        self.read(move |tx| {
            in_tx(async move {
                let sql = shared!("queue_figures");
                let row = tx.row(sql, args![now, QUEUE_COUNTED_MAX]).await?;
                let Some(row) = row else { return Ok(QueueFigures::default()) };
                Ok(QueueFigures {
                    n_ready: row.get(TABLE, 0)?,
                    ready_since: row.get(TABLE, 1)?,
                    n_later: row.get(TABLE, 2)?,
                    n_limited: row.get(TABLE, 3)?,
                    n_dependent: row.get(TABLE, 4)?,
                    n_running: row.get(TABLE, 5)?,
                    n_orphaned: row.get(TABLE, 6)?,
                    n_due: row.get(TABLE, 7)?,
                    due_since: row.get(TABLE, 8)?,
                })
            })
        })
        .await
    }
}
