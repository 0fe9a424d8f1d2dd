//! How the newest executions of many jobs went, for lists of jobs.

use horarium_core::{ExecutionId, ExecutionState, JobId};
use jiff::Timestamp;

use crate::{Store, StoreError, error::Result, in_tx, sql::each, value::args};

const TABLE: &str = "executions";

/// One of a job's newest executions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobOutcome {
    pub job: JobId,
    pub execution: ExecutionId,
    pub state: ExecutionState,
    pub due_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

impl Store {
    /// The newest `n_max` executions of each job, newest first, in the order of the jobs.
    pub async fn job_outcomes(&self, jobs: Vec<JobId>, n_max: u32) -> Result<Vec<JobOutcome>> {
        self.read(move |tx| {
            in_tx(async move {
                let wanted = jobs.iter().map(|job| args![*job, n_max]).collect();
                let rows = tx.each(each!("job_outcomes"), wanted).await?;
                let mut outcomes = Vec::with_capacity(rows.len());
                for row in &rows {
                    let code = row.get(TABLE, 2)?;
                    let unknown = || StoreError::bad_row(TABLE, format!("state {code}"));
                    outcomes.push(JobOutcome {
                        job: row.get(TABLE, 0)?,
                        execution: row.get(TABLE, 1)?,
                        state: ExecutionState::from_code(code).ok_or_else(unknown)?,
                        due_at: row.get(TABLE, 3)?,
                        started_at: row.get(TABLE, 4)?,
                        ended_at: row.get(TABLE, 5)?,
                    });
                }
                Ok(outcomes)
            })
        })
        .await
    }
}
