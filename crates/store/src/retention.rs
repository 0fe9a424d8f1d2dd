//! Retention: old executions and decisions are forgotten, a few at a time.
//!
//! Every call is one short transaction and says where the next one goes on, so that whoever calls
//! can leave room for others between two of them. The newest executions of each job are never taken.

use std::collections::BTreeMap;

use horarium_core::{ExecutionId, ExecutionState, JobId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Store,
    error::Result,
    in_tx,
    sql::{dialect, each, shared},
    tx::Tx,
    upkeep::{Doomed, delete},
    value::{Row, args},
};

const TABLE: &str = "executions";
/// Rows that one transaction looks at: a few milliseconds, so that a firing behind it is not late.
pub const RETIRED_PER_BATCH_MAX: u32 = 250;

/// Which ended executions are old, and which stay however old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aged {
    pub state: ExecutionState,
    /// Those that ended earlier are old.
    pub before: Timestamp,
    /// The newest of each job that stay; at least 1.
    pub kept_per_job: u32,
    /// Where the call before stopped.
    pub after: Option<AgedPosition>,
}

/// Where a walk along the ends of executions stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgedPosition {
    ended_at: Timestamp,
    id: ExecutionId,
}

/// What one call did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retired<P> {
    pub n_deleted: u64,
    /// Where to go on; `None`: that was the end.
    pub next: Option<P>,
}

impl Store {
    /// Deletes old executions with their outputs, attempts and decisions, oldest first. Looks at
    /// [`RETIRED_PER_BATCH_MAX`] at most.
    pub async fn retire_aged(&self, aged: Aged) -> Result<Retired<AgedPosition>> {
        self.write(move |tx| in_tx(retire_aged(tx, aged))).await
    }

    /// Deletes of a job what ended beyond its newest `kept`; at most [`RETIRED_PER_BATCH_MAX`].
    pub async fn retire_beyond(&self, job: JobId, kept: u32) -> Result<u64> {
        self.write(move |tx| {
            in_tx(async move {
                let newest = newest(tx, [job].into_iter(), kept).await?;
                let Some(oldest_kept) = newest.get(&job) else { return Ok(0) };
                let sql = dialect!(tx, "retention_beyond");
                let rows = tx.rows(sql, args![job, *oldest_kept, RETIRED_PER_BATCH_MAX]).await?;
                let doomed = rows.iter().map(read_doomed).collect::<Result<Vec<_>>>()?;
                delete(tx, &doomed).await
            })
        })
        .await
    }

    /// Deletes what an owner's trigger decided about instants before `before`, unless the execution
    /// it made is kept; at most [`RETIRED_PER_BATCH_MAX`].
    pub async fn retire_decisions(&self, owner: Uuid, before: Timestamp) -> Result<u64> {
        self.write(move |tx| {
            in_tx(async move {
                let sql = shared!("retention_decisions");
                tx.execute(sql, args![owner, before, RETIRED_PER_BATCH_MAX]).await
            })
        })
        .await
    }

    /// Owners of triggers in order, after `after`.
    pub async fn owners_after(&self, after: Option<Uuid>, limit: u32) -> Result<Vec<Uuid>> {
        let after = after.unwrap_or(Uuid::nil());
        self.read(move |tx| {
            in_tx(async move {
                let rows = tx.rows(shared!("retention_owners"), args![after, limit]).await?;
                rows.iter().map(|row| row.get("triggers", 0)).collect()
            })
        })
        .await
    }
}

async fn retire_aged(tx: &mut Tx, aged: Aged) -> Result<Retired<AgedPosition>> {
    let (ended_at, id) =
        aged.after.map_or((Timestamp::MIN, Uuid::nil()), |after| (after.ended_at, after.id.0));
    let sql = dialect!(tx, "retention_ended");
    let limit = RETIRED_PER_BATCH_MAX;
    let rows = tx.rows(sql, args![aged.state.code(), ended_at, id, aged.before, limit]).await?;
    let mut old = rows.iter().map(read_doomed).collect::<Result<Vec<_>>>()?;
    let last = rows.last().filter(|_| rows.len() >= limit as usize);
    let next =
        last.map(|row| Ok(AgedPosition { ended_at: row.get(TABLE, 3)?, id: row.get(TABLE, 0)? }));
    let newest = newest(tx, old.iter().map(|one| one.job), aged.kept_per_job).await?;
    // A job with fewer executions than are kept has none to give.
    old.retain(|one| newest.get(&one.job).is_some_and(|oldest_kept| one.id < *oldest_kept));
    Ok(Retired { n_deleted: delete(tx, &old).await?, next: next.transpose()? })
}

/// For each job, the oldest of its newest `kept` executions; none for jobs with fewer.
async fn newest(
    tx: &mut Tx,
    jobs: impl Iterator<Item = JobId>,
    kept: u32,
) -> Result<BTreeMap<JobId, ExecutionId>> {
    let jobs: std::collections::BTreeSet<JobId> = jobs.collect();
    let asked = jobs.into_iter().map(|job| args![job, i64::from(kept.max(1))]).collect();
    let rows = tx.each(each!("retention_newest"), asked).await?;
    rows.iter().map(|row| Ok((row.get(TABLE, 0)?, row.get(TABLE, 1)?))).collect()
}

fn read_doomed(row: &Row) -> Result<Doomed> {
    Ok(Doomed { id: row.get(TABLE, 0)?, job: row.get(TABLE, 1)?, due_at: row.get(TABLE, 2)? })
}
