//! A new run that goes on where an ended one failed: it keeps what succeeded.

use std::{collections::HashMap, sync::Arc};

use horarium_core::{
    RunId,
    graph::{Intent, NodeState, NotResumable, Outcomes, resume},
    run::{RunPlan, RunState},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{NODES, RunPlanner, TABLE, read_locked, snapshots};
use crate::{
    Store,
    error::{Result, StoreError},
    idempotency::{self, Once},
    in_tx,
    sql::{dialect, each, shared},
    tx::Tx,
    value::{Row, Value, args},
};

/// A run to make of an ended one.
#[derive(Clone, Debug)]
pub struct NewResume {
    pub id: RunId,
    pub resumes: RunId,
    pub initiator: Option<String>,
    pub now: Timestamp,
    pub once: Option<Once>,
}

/// What became of a request to resume a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumed {
    Unknown,
    Not(NotResumable),
    Done,
}

impl Store {
    pub async fn resume_run(
        &self,
        new: NewResume,
        planner: Arc<dyn RunPlanner>,
    ) -> Result<Resumed> {
        self.write(move |tx| in_tx(resume_run(tx, new, planner))).await
    }
}

async fn resume_run(tx: &mut Tx, new: NewResume, planner: Arc<dyn RunPlanner>) -> Result<Resumed> {
    let Some(row) = tx.row(dialect!(tx, "run_lock_one"), args![new.resumes]).await? else {
        return Ok(Resumed::Unknown);
    };
    let old = read_locked(&row)?;
    let (id, kind, snapshot) = {
        let found = snapshots(tx, &[new.resumes]).await?.into_iter().next();
        found.ok_or(StoreError::Moved)?
    };
    let plan = planner.read(id, kind, &snapshot);
    let plan = plan.map_err(|problem| StoreError::bad_row(TABLE, format!("{id}: {problem}")))?;
    let rows = tx.rows(shared!("run_kept_nodes"), args![new.resumes]).await?;
    let kept = match kept(&plan, old.state, &rows, new.id)? {
        Ok(kept) => kept,
        Err(refusal) => return Ok(Resumed::Not(refusal)),
    };
    idempotency::keep(tx, new.once.iter()).await?;
    let sql = shared!("run_resume");
    let made = tx.row(sql, args![new.id, new.resumes, new.initiator, new.now]).await?;
    made.ok_or(StoreError::Moved)?;
    tx.each(each!("run_node_insert"), kept).await?;
    Ok(Resumed::Done)
}

/// The rows of nodes that need not run again, for the new run; or why there is nothing to resume.
fn kept(
    plan: &RunPlan,
    state: RunState,
    rows: &[Row],
    new: RunId,
) -> Result<Result<Vec<Vec<Value>>, NotResumable>> {
    let intent = if state == RunState::Cancelled { Intent::Cancel } else { Intent::Run };
    let mut states = HashMap::with_capacity(rows.len());
    for row in rows {
        let code: i64 = row.get(NODES, 1)?;
        let state = NodeState::from_code(code)
            .ok_or_else(|| StoreError::bad_row(NODES, format!("state {code}")))?;
        states.insert(row.get::<Uuid>(NODES, 0)?, state);
    }
    let known = states.iter().map(|(node, state)| (*node, *state));
    let outcomes = Outcomes::recorded(&plan.graph, intent, known)
        .map_err(|err| StoreError::bad_row(NODES, err.to_string()))?;
    let resumed = match resume(&plan.graph, &outcomes) {
        Ok(resumed) if state.is_final() => resumed,
        Ok(_) => return Ok(Err(NotResumable::NotEnded)),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut kept = Vec::new();
    for row in rows {
        let node: Uuid = row.get(NODES, 0)?;
        let idx = plan.graph.find(node);
        let Some(state) = idx.map(|idx| resumed.state(idx)).filter(|state| state.is_final()) else {
            continue;
        };
        kept.push(args![
            new,
            node,
            state.code(),
            row.get::<Option<Uuid>>(NODES, 2)?,
            row.get::<Option<Timestamp>>(NODES, 3)?,
            row.get::<Option<Timestamp>>(NODES, 4)?,
            row.get::<Option<String>>(NODES, 5)?,
        ]);
    }
    Ok(Ok(kept))
}
