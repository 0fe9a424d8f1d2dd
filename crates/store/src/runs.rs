//! Runs of graphs: made, advanced, cancelled, resumed, shown.
//!
//! | what | where |
//! |---|---|
//! | a run and its nodes move on, in one transaction | [`advance`], [`cancel`] |
//! | how a moved run is written | [`moving`] |
//! | a new run of what failed | [`resume`] |
//! | lists and views | [`view`] |

mod advance;
mod cancel;
mod moving;
mod resume;
mod view;

use std::sync::Arc;

use horarium_core::{
    ExecutionId, RunId,
    run::{RunKind, RunPlan, RunState},
};
use uuid::Uuid;

use crate::{
    Store,
    error::{Result, StoreError},
    in_tx,
    sql::each,
    tx::Tx,
    value::{Row, args},
};

pub(crate) use self::view::{read_head, read_node};
pub use self::{
    advance::{AdvanceRequest, Advanced, NODES_PER_ADVANCE_MAX, RUNS_PER_ADVANCE_MAX},
    cancel::CancelledRun,
    resume::{NewResume, Resumed},
    view::{RunFilter, RunHead, RunNodeView, RunView},
};

const TABLE: &str = "runs";
const NODES: &str = "run_nodes";

/// What reads plans and keeps them, and names new executions.
pub trait RunPlanner: Send + Sync + 'static {
    /// The plan of a run that was read before. A run's snapshot never changes.
    fn kept(&self, run: RunId) -> Option<Arc<RunPlan>>;
    /// The plan in a run's snapshot, or why there is none.
    fn read(&self, run: RunId, kind: RunKind, snapshot: &str) -> Result<Arc<RunPlan>, String>;
    fn execution_id(&self) -> ExecutionId;
}

/// The columns of a run that decide how it moves. Its row is locked.
#[derive(Clone, Copy, Debug)]
struct Locked {
    id: RunId,
    kind: RunKind,
    state: RunState,
    version: i64,
}

/// The node that an execution belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeOf {
    pub execution: ExecutionId,
    pub run: RunId,
    pub node: Uuid,
}

impl Store {
    /// The nodes these executions belong to. Those of no run are missing from the answer.
    pub async fn nodes_of(&self, executions: Vec<ExecutionId>) -> Result<Vec<NodeOf>> {
        self.read(move |tx| {
            in_tx(async move {
                let ids = executions.into_iter().map(|id| args![id]).collect();
                let rows = tx.each(each!("run_of_executions"), ids).await?;
                let read = |row: &Row| {
                    Ok(NodeOf {
                        execution: row.get(NODES, 0)?,
                        run: row.get(NODES, 1)?,
                        node: row.get(NODES, 2)?,
                    })
                };
                rows.iter().map(read).collect()
            })
        })
        .await
    }

    /// The plan of a run, kept or read. `None`: unknown.
    pub async fn run_plan(
        &self,
        run: RunId,
        planner: &dyn RunPlanner,
    ) -> Result<Option<Arc<RunPlan>>> {
        if let Some(plan) = planner.kept(run) {
            return Ok(Some(plan));
        }
        let rows = self.read(move |tx| in_tx(async move { snapshots(tx, &[run]).await })).await?;
        let Some((id, kind, snapshot)) = rows.into_iter().next() else { return Ok(None) };
        let plan = planner.read(id, kind, &snapshot);
        plan.map(Some).map_err(|problem| StoreError::bad_row(TABLE, format!("{id}: {problem}")))
    }
}

/// The snapshots of runs, with their kinds.
async fn snapshots(tx: &mut Tx, runs: &[RunId]) -> Result<Vec<(RunId, RunKind, String)>> {
    let ids = runs.iter().map(|run| args![*run]).collect();
    let rows = tx.each(each!("run_snapshots"), ids).await?;
    rows.iter()
        .map(|row| Ok((row.get(TABLE, 0)?, read_kind(row, 1)?, row.get(TABLE, 2)?)))
        .collect()
}

fn read_locked(row: &Row) -> Result<Locked> {
    Ok(Locked {
        id: row.get(TABLE, 0)?,
        kind: read_kind(row, 1)?,
        state: read_state(row, 2)?,
        version: row.get(TABLE, 3)?,
    })
}

fn read_kind(row: &Row, at: usize) -> Result<RunKind> {
    let code: i64 = row.get(TABLE, at)?;
    RunKind::from_code(code).ok_or_else(|| StoreError::bad_row(TABLE, format!("kind {code}")))
}

fn read_state(row: &Row, at: usize) -> Result<RunState> {
    let code: i64 = row.get(TABLE, at)?;
    RunState::from_code(code).ok_or_else(|| StoreError::bad_row(TABLE, format!("state {code}")))
}
