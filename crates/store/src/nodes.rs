//! Nodes: who is alive, and what the lost ones were doing.

use horarium_core::{Event, Moved, NodeChange, NodeId, lost::AfterLoss};
use jiff::Timestamp;

use crate::{
    Store,
    error::{Result, StoreError},
    events,
    executions::{Conclusion, Ended, History, read_ended, update_history},
    in_tx,
    sql::{each, shared},
    tx::Tx,
    value::{Row, args, from_json},
};

/// Most lost executions handled in one transaction.
pub const LOST_PER_BATCH_MAX: u32 = 500;
/// Most nodes listed.
const NODES_LISTED_MAX: i64 = 100;
/// Asks for the database's own time: the one clock that rules on PostgreSQL.
const DATABASE_TIME: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// A server process as it announces itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNode {
    pub id: NodeId,
    pub name: String,
    pub version: String,
    pub workers: u32,
}

/// What is known of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub id: NodeId,
    pub name: String,
    pub version: String,
    pub workers: u32,
    pub started_at: Timestamp,
    pub beat_at: Timestamp,
    pub state: NodeState,
    pub n_running: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeState {
    Live,
    Stopped,
    Lost,
}

/// One execution that was taken away from a lost node.
#[derive(Clone, Debug, PartialEq)]
pub struct Rescued {
    pub ended: Ended,
    pub after: AfterLoss,
}

impl Store {
    pub async fn register_node(&self, node: NewNode, now: Timestamp) -> Result<()> {
        self.write(move |tx| {
            in_tx(async move {
                let sql = shared!("node_register");
                let workers = i64::from(node.workers);
                let name = node.name.clone();
                tx.execute(sql, args![node.id, node.name, node.version, workers, now]).await?;
                let event = Event::Node { node: node.id, name, change: NodeChange::Started };
                events::tell(tx, now, Some(event)).await
            })
        })
        .await
    }

    /// Renews the node's lease. `false`: it was declared lost and must stop all it runs.
    pub async fn beat(&self, node: NodeId, now: Timestamp) -> Result<bool> {
        self.write(move |tx| {
            in_tx(async move { Ok(tx.execute(shared!("node_beat"), args![node, now]).await? == 1) })
        })
        .await
    }

    /// Says that the node has ended in good order.
    pub async fn stop_node(&self, node: NodeId, now: Timestamp) -> Result<()> {
        self.write(move |tx| {
            in_tx(async move {
                let row = tx.row(shared!("node_stop"), args![node, now]).await?;
                let name = row.map(|row| row.get::<String>("nodes", 0)).transpose()?;
                let stopped = |name| Event::Node { node, name, change: NodeChange::Stopped };
                events::tell(tx, now, name.map(stopped)).await
            })
        })
        .await
    }

    /// Declares every other node lost whose last beat is older than `beaten_before`.
    pub async fn declare_lost(
        &self,
        asking: NodeId,
        beaten_before: Timestamp,
    ) -> Result<Vec<(NodeId, String)>> {
        self.write(move |tx| {
            in_tx(async move {
                let sql = shared!("node_declare_lost");
                let rows = tx.rows(sql, args![beaten_before, asking]).await?;
                let read = |row: &Row| Ok((row.get("nodes", 0)?, row.get("nodes", 1)?));
                let lost: Vec<(NodeId, String)> = rows.iter().map(read).collect::<Result<_>>()?;
                for (node, name) in lost.clone() {
                    let event = Event::Node { node, name, change: NodeChange::Lost };
                    events::tell(tx, beaten_before, Some(event)).await?;
                }
                Ok(lost)
            })
        })
        .await
    }

    /// Takes executions away from nodes that are not live, at most [`LOST_PER_BATCH_MAX`] a call.
    pub async fn rescue(&self, now: Timestamp) -> Result<Vec<Rescued>> {
        self.write(move |tx| in_tx(rescue(tx, now))).await
    }

    pub async fn nodes(&self) -> Result<Vec<Node>> {
        self.read(|tx| {
            in_tx(async move {
                let rows = tx.rows(shared!("nodes_list"), args![NODES_LISTED_MAX]).await?;
                rows.iter().map(read_node).collect()
            })
        })
        .await
    }

    /// Forgets nodes that ended before `before` and hold nothing.
    pub async fn purge_nodes(&self, before: Timestamp) -> Result<u64> {
        self.write(move |tx| {
            in_tx(async move { tx.execute(shared!("nodes_purge"), args![before]).await })
        })
        .await
    }

    /// The database's own time; `None` on SQLite, where this machine's clock rules.
    pub async fn database_time(&self) -> Result<Option<Timestamp>> {
        if self.dialect() == crate::Dialect::Sqlite {
            return Ok(None);
        }
        self.read(|tx| {
            in_tx(async move {
                let row = tx.row(DATABASE_TIME, args![]).await?;
                row.map(|row| row.get("clock", 0)).transpose()
            })
        })
        .await
    }
}

async fn rescue(tx: &mut Tx, now: Timestamp) -> Result<Vec<Rescued>> {
    const TABLE: &str = "executions";
    let lost = tx.rows(shared!("execution_lost"), args![LOST_PER_BATCH_MAX]).await?;
    let mut rows = Vec::with_capacity(lost.len());
    let mut attempts = Vec::with_capacity(lost.len());
    let mut decided = std::collections::HashMap::new();
    for row in &lost {
        let id: uuid::Uuid = row.get(TABLE, 0)?;
        let attempt: i64 = row.get(TABLE, 2)?;
        let losses: u32 = row.get(TABLE, 3)?;
        let started_at: Option<Timestamp> = row.get(TABLE, 4)?;
        let node: uuid::Uuid = row.get(TABLE, 5)?;
        let spec: Option<String> = row.get(TABLE, 6)?;
        let policy = match spec {
            Some(spec) => {
                from_json::<horarium_core::TriggerSpec>("triggers", &spec)?.policy.lost_attempt
            }
            // A step has no job; its run wants it done.
            None if row.get(TABLE, 7)? => horarium_core::lost::LostAttemptPolicy::Retry,
            // A job deleted for good while it ran: nobody is there to say "again".
            None => horarium_core::lost::LostAttemptPolicy::Fail,
        };
        let after = AfterLoss::decide(policy, losses + 1);
        let state = next_state(after)?;
        let hold = (after == AfterLoss::Held).then_some("LostAttemptHeld");
        let message = after.message();
        rows.push(args![id, attempt, node, state.code(), now, message, hold]);
        attempts.push(args![id, attempt, started_at, now, "Lost", message, node]);
        decided.insert(id, after);
    }
    let taken = tx.each(each!("execution_lose"), rows).await?;
    let mut rescued = Vec::with_capacity(taken.len());
    let mut history = History::default();
    for row in &taken {
        let ended = read_ended(row)?;
        let Some(&after) = decided.get(&ended.id.0) else { continue };
        if next_state(after)?.is_final() {
            history.add(ended.job, ended.started_at.unwrap_or(now), next_state(after)?);
        }
        rescued.push(Rescued { ended, after });
    }
    tx.each(each!("attempt_insert"), attempts).await?;
    update_history(tx, history).await?;
    let mut moved = Vec::with_capacity(rescued.len());
    for Rescued { ended, after } in &rescued {
        moved.push(Moved { id: ended.id, job: ended.job, state: Some(next_state(*after)?) });
    }
    events::tell(tx, now, Event::executions(moved)).await?;
    Ok(rescued)
}

fn next_state(after: AfterLoss) -> Result<horarium_core::ExecutionState> {
    Conclusion::RUNNING
        .after(after.event())
        .map_err(|err| StoreError::bad_row("executions", err.to_string()))
}

fn read_node(row: &Row) -> Result<Node> {
    const TABLE: &str = "nodes";
    Ok(Node {
        id: row.get(TABLE, 0)?,
        name: row.get(TABLE, 1)?,
        version: row.get(TABLE, 2)?,
        workers: row.get(TABLE, 3)?,
        started_at: row.get(TABLE, 4)?,
        beat_at: row.get(TABLE, 5)?,
        state: match row.get::<i64>(TABLE, 6)? {
            1 => NodeState::Live,
            2 => NodeState::Stopped,
            3 => NodeState::Lost,
            other => return Err(StoreError::bad_row(TABLE, format!("state {other}"))),
        },
        n_running: row.get(TABLE, 7)?,
    })
}
