//! Runs as people see them.

use horarium_core::{
    ExecutionId, ExecutionState, Origin, RunId,
    graph::NodeState,
    run::{RunKind, RunState},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{NODES, TABLE, read_kind, read_state};
use crate::{
    Store,
    error::{Result, StoreError},
    in_tx,
    sql::shared,
    tx::Tx,
    value::{Row, args},
};

/// A run without its nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunHead {
    pub id: RunId,
    pub kind: RunKind,
    pub owner: Uuid,
    /// As it was called when the run was made.
    pub owner_name: String,
    pub state: RunState,
    /// `None` until somebody has looked at it.
    pub n_nodes: Option<u32>,
    pub origin: Origin,
    pub initiator: Option<String>,
    pub due_at: Option<Timestamp>,
    pub resumes: Option<RunId>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub error: Option<String>,
}

/// A node that has moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunNodeView {
    pub id: Uuid,
    pub state: NodeState,
    pub execution: Option<ExecutionId>,
    /// When its execution was made.
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub error: Option<String>,
    /// `None` once the execution is deleted.
    pub execution_state: Option<ExecutionState>,
    /// When its last attempt started.
    pub attempt_started_at: Option<Timestamp>,
}

/// A run with the nodes that have moved; the others wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunView {
    pub head: RunHead,
    pub nodes: Vec<RunNodeView>,
}

/// Which runs a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    pub kind: Option<RunKind>,
    pub owner: Option<Uuid>,
    pub state: Option<RunState>,
}

impl Store {
    pub async fn run(&self, id: RunId) -> Result<Option<RunView>> {
        self.read(move |tx| {
            in_tx(async move {
                let sql = format!("{} WHERE r.id = $1", shared!("run_view"));
                let Some(row) = tx.row(&sql, args![id]).await? else { return Ok(None) };
                let head = read_head(&row)?;
                let rows = tx.rows(shared!("run_nodes_view"), args![id]).await?;
                let nodes = rows.iter().map(|row| read_node(row, 0)).collect::<Result<_>>()?;
                Ok(Some(RunView { head, nodes }))
            })
        })
        .await
    }

    /// One page, newest first, and how many there are in all.
    pub async fn runs(
        &self,
        filter: RunFilter,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<RunHead>, u64)> {
        self.read(move |tx| in_tx(list(tx, filter, offset, limit))).await
    }
}

async fn list(
    tx: &mut Tx,
    filter: RunFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<RunHead>, u64)> {
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut args = args![];
    let mut push = |column: &str, value: crate::value::Value| {
        args.push(value);
        conditions.push(format!("{column} = ${}", args.len()));
    };
    if let Some(kind) = filter.kind {
        push("r.kind", kind.code().into());
    }
    if let Some(owner) = filter.owner {
        push("r.owner_id", owner.into());
    }
    if let Some(state) = filter.state {
        push("r.state", state.code().into());
    }
    let conditions = conditions.join(" AND ");
    let count = format!("SELECT count(*) FROM runs r WHERE {conditions}");
    let total = tx.row(&count, args.clone()).await?;
    let total = total.map_or(Ok(0), |row| row.get::<u64>(TABLE, 0))?;
    let page = format!(
        "{} WHERE {conditions} ORDER BY r.id DESC LIMIT {limit} OFFSET {offset}",
        shared!("run_view")
    );
    let rows = tx.rows(&page, args).await?;
    Ok((rows.iter().map(read_head).collect::<Result<_>>()?, total))
}

pub(crate) fn read_head(row: &Row) -> Result<RunHead> {
    let origin: i64 = row.get(TABLE, 6)?;
    Ok(RunHead {
        id: row.get(TABLE, 0)?,
        kind: read_kind(row, 1)?,
        owner: row.get(TABLE, 2)?,
        owner_name: row.get(TABLE, 3)?,
        state: read_state(row, 4)?,
        n_nodes: row.get(TABLE, 5)?,
        origin: Origin::from_code(origin)
            .ok_or_else(|| StoreError::bad_row(TABLE, format!("origin {origin}")))?,
        initiator: row.get(TABLE, 7)?,
        due_at: row.get(TABLE, 8)?,
        resumes: row.get(TABLE, 9)?,
        created_at: row.get(TABLE, 10)?,
        started_at: row.get(TABLE, 11)?,
        ended_at: row.get(TABLE, 12)?,
        error: row.get(TABLE, 13)?,
    })
}

/// Reads a node whose columns start at `at`.
pub(crate) fn read_node(row: &Row, at: usize) -> Result<RunNodeView> {
    let state: i64 = row.get(NODES, at + 1)?;
    let execution_state: Option<i64> = row.get(NODES, at + 6)?;
    Ok(RunNodeView {
        id: row.get(NODES, at)?,
        state: NodeState::from_code(state)
            .ok_or_else(|| StoreError::bad_row(NODES, format!("state {state}")))?,
        execution: row.get(NODES, at + 2)?,
        started_at: row.get(NODES, at + 3)?,
        ended_at: row.get(NODES, at + 4)?,
        error: row.get(NODES, at + 5)?,
        execution_state: execution_state.and_then(ExecutionState::from_code),
        attempt_started_at: row.get(NODES, at + 7)?,
    })
}
