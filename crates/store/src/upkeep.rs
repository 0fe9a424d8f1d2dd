//! What an administrator does to everything at once, in bounded batches: pausing, clearing old
//! executions, reading all jobs.

use std::collections::BTreeMap;

use horarium_core::{DecisionRow, Event, ExecutionId, JobChange, JobId, Trigger};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    JobView, Store,
    error::Result,
    events, in_tx,
    jobs::read_view,
    sql::{dialect, each, shared},
    triggers::{self, read_trigger},
    tx::Tx,
    value::{Row, args},
};

/// Executions deleted in one transaction: bounds how long other writes wait behind it.
pub const CLEARED_PER_BATCH_MAX: u32 = 1_000;

/// A trigger's new state, if nobody moved it since the old one was read.
#[derive(Clone, Debug)]
pub struct TriggerChange {
    pub old: Trigger,
    pub new: Trigger,
    /// Decisions about the time between the old cursor and the new one.
    pub settled: Vec<DecisionRow>,
}

/// Which standing a batch of triggers has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Enabled,
    Paused,
}

/// Some triggers in the order of their owners.
#[derive(Clone, Debug, Default)]
pub struct TriggerBatch {
    /// Those whose stored rule reads back. The others never fire.
    pub triggers: Vec<Trigger>,
    /// The last owner looked at; `None` when there are no more.
    pub last: Option<Uuid>,
}

impl Store {
    /// Triggers of this standing whose owners come after `after`.
    pub async fn triggers_of(
        &self,
        wanted: Wanted,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<TriggerBatch> {
        let standing: i64 = match wanted {
            Wanted::Enabled => 1,
            Wanted::Paused => 2,
        };
        let after = after.unwrap_or(Uuid::nil());
        self.read(move |tx| {
            in_tx(async move {
                let sql = shared!("upkeep_triggers");
                let rows = tx.rows(sql, args![standing, after, limit]).await?;
                let last = rows.last().map(|row| row.get("triggers", 0)).transpose()?;
                let triggers = rows.iter().filter_map(|row| read_trigger(row, 0).ok());
                Ok(TriggerBatch { triggers: triggers.collect(), last })
            })
        })
        .await
    }

    /// Replaces triggers in one transaction and gives the owners of those that were moved since
    /// they were read: they are as they were.
    pub async fn replace_triggers(&self, changes: Vec<TriggerChange>) -> Result<Vec<JobId>> {
        self.write(move |tx| {
            in_tx(async move {
                let mut moved = Vec::new();
                let mut by_kind: BTreeMap<JobChange, Vec<JobId>> = BTreeMap::new();
                for TriggerChange { old, new, settled } in &changes {
                    if triggers::replace(tx, old, new, settled).await? {
                        let of_its_kind = by_kind.entry(triggers::change(old, new)).or_default();
                        of_its_kind.push(JobId(old.owner));
                    } else {
                        moved.push(JobId(old.owner));
                    }
                }
                let now = changes.iter().map(|change| change.new.cursor).max();
                for (change, jobs) in by_kind {
                    let now = now.unwrap_or_default();
                    events::tell(tx, now, Event::jobs(change, jobs)).await?;
                }
                Ok(moved)
            })
        })
        .await
    }

    /// Deletes executions that ended before `before`, oldest first, at most
    /// [`CLEARED_PER_BATCH_MAX`], with outputs, attempts and the decisions that made them. Fewer than
    /// that many were deleted: there are no more.
    ///
    /// Decisions that made no execution stay. Nothing fires twice for want of a decision: a
    /// trigger's cursor has passed every instant that has one.
    pub async fn clear_executions(&self, before: Timestamp) -> Result<u32> {
        self.write(move |tx| in_tx(clear(tx, before))).await
    }

    /// Jobs in the order of their ids, which is that of their making; after `after`.
    pub async fn jobs_after(&self, after: Option<JobId>, limit: u32) -> Result<Vec<JobView>> {
        let after = after.unwrap_or(JobId(Uuid::nil()));
        self.read(move |tx| {
            in_tx(async move {
                let sql = format!(
                    "{} WHERE j.deleted_at IS NULL AND j.id > $1 ORDER BY j.id LIMIT $2",
                    shared!("job_view")
                );
                let rows = tx.rows(&sql, args![after, limit]).await?;
                rows.iter().map(read_view).collect()
            })
        })
        .await
    }

    /// Jobs of these very names; two suffice to know that a name is not unique.
    pub async fn jobs_named(&self, names: Vec<String>) -> Result<Vec<(JobId, String)>> {
        self.read(move |tx| {
            in_tx(async move {
                let keys = names.into_iter().map(|name| args![name.to_lowercase(), name]);
                let rows = tx.each(each!("upkeep_named"), keys.collect()).await?;
                rows.iter().map(|row| Ok((row.get("jobs", 0)?, row.get("jobs", 1)?))).collect()
            })
        })
        .await
    }
}

async fn clear(tx: &mut Tx, before: Timestamp) -> Result<u32> {
    const TABLE: &str = "executions";
    let sql = dialect!(tx, "upkeep_ended");
    let rows = tx.rows(sql, args![before, CLEARED_PER_BATCH_MAX]).await?;
    let read = |row: &Row| -> Result<Doomed> {
        Ok(Doomed { id: row.get(TABLE, 0)?, job: row.get(TABLE, 1)?, due_at: row.get(TABLE, 2)? })
    };
    let ended = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    let n_deleted = delete(tx, &ended).await?;
    Ok(u32::try_from(n_deleted).unwrap_or(u32::MAX))
}

/// An ended execution that is to go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doomed {
    pub id: ExecutionId,
    pub job: JobId,
    pub due_at: Option<Timestamp>,
}

/// Deletes executions with outputs, attempts and the decisions that made them; gives how many there were.
pub(crate) async fn delete(tx: &mut Tx, ended: &[Doomed]) -> Result<u64> {
    let ids = || ended.iter().map(|one| args![one.id]).collect::<Vec<_>>();
    let decided = ended.iter().filter_map(|one| Some(args![one.job, one.due_at?, one.id]));
    tx.each(each!("upkeep_output_delete"), ids()).await?;
    tx.each(each!("upkeep_attempt_delete"), ids()).await?;
    tx.each(each!("upkeep_decision_delete"), decided.collect()).await?;
    Ok(tx.each(each!("upkeep_execution_delete"), ids()).await?.len() as u64)
}
