//! A run is cancelled: its row at once, what runs of it really, what waits of it never starts.

use std::sync::Arc;

use horarium_core::{NodeId, RunId, graph::Intent, run::RunState};
use jiff::Timestamp;

use super::{
    RunPlanner,
    moving::{Moving, standings, write},
    read_locked, snapshots,
};
use crate::{
    Store,
    error::{Result, StoreError},
    executions::{Cancelled, read_all_cancelled, tell_other_nodes},
    in_tx,
    sql::dialect,
    tx::Tx,
    value::args,
};

/// What a cancelled node's execution fails with.
const TEXT: &str = "Cancelled with its run.";

/// What became of a request to cancel a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelledRun {
    Unknown,
    /// It had ended, like this.
    Ended(RunState),
    /// Cancelled now, with these executions.
    Now(Vec<Cancelled>),
}

impl Store {
    /// Cancels a run that has not ended, in one transaction with everything of it: of a cancel and
    /// the end of the last node, one comes first and is the end.
    pub async fn cancel_run(
        &self,
        id: RunId,
        by: NodeId,
        now: Timestamp,
        planner: Arc<dyn RunPlanner>,
    ) -> Result<CancelledRun> {
        self.write(move |tx| in_tx(cancel(tx, id, by, now, planner))).await
    }
}

async fn cancel(
    tx: &mut Tx,
    id: RunId,
    by: NodeId,
    now: Timestamp,
    planner: Arc<dyn RunPlanner>,
) -> Result<CancelledRun> {
    let Some(row) = tx.row(dialect!(tx, "run_lock_one"), args![id]).await? else {
        return Ok(CancelledRun::Unknown);
    };
    let run = read_locked(&row)?;
    if run.state.is_final() {
        return Ok(CancelledRun::Ended(run.state));
    }
    let rows = tx.rows(dialect!(tx, "run_cancel_executions"), args![id, now, TEXT]).await?;
    let cancelled = read_all_cancelled(&rows)?;
    tell_other_nodes(tx, &cancelled, Some(by)).await?;
    let plan = match planner.kept(id) {
        Some(plan) => plan,
        None => read_plan(tx, id, planner.as_ref()).await?,
    };
    let standing = standings(tx, std::iter::once(id)).await?.remove(&id).unwrap_or_default();
    let mut moving = Moving::of(run, plan, Intent::Cancel, standing, now)?;
    moving.settle(now)?;
    write(tx, vec![moving], now).await?;
    Ok(CancelledRun::Now(cancelled))
}

async fn read_plan(
    tx: &mut Tx,
    id: RunId,
    planner: &dyn RunPlanner,
) -> Result<Arc<horarium_core::run::RunPlan>> {
    let found = snapshots(tx, &[id]).await?.into_iter().next();
    let (_, kind, snapshot) = found.ok_or(StoreError::Moved)?;
    planner
        .read(id, kind, &snapshot)
        .map_err(|problem| StoreError::bad_row(super::TABLE, format!("{id}: {problem}")))
}
