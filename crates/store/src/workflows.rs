//! Workflows: graphs of jobs, and what starts a run of one.

use horarium_core::{
    JobId, Origin, RunId, WorkflowId,
    graph::{Graph, NodeSpec, NodeState},
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Store,
    dependencies::Tied,
    error::{Result, StoreError, unless_moved},
    idempotency::{self, Once},
    in_tx,
    sql::{each, shared},
    tx::Tx,
    value::{Row, args, from_json, to_json},
};

const TABLE: &str = "workflows";

/// A workflow as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflow {
    pub id: WorkflowId,
    pub name: String,
    pub nodes: Vec<NodeSpec>,
    pub created_by: Option<String>,
    pub created_at: Timestamp,
}

/// A workflow to insert.
#[derive(Clone, Debug)]
pub struct NewWorkflow {
    pub id: WorkflowId,
    pub name: String,
    pub graph: Graph,
    pub created_by: Option<String>,
    pub now: Timestamp,
    pub once: Option<Once>,
}

/// A run that somebody asked for.
#[derive(Clone, Debug)]
pub struct NewWorkflowRun {
    pub id: RunId,
    pub workflow: WorkflowId,
    pub initiator: Option<String>,
    pub now: Timestamp,
    pub once: Option<Once>,
}

impl Store {
    /// Which of these jobs exist and are not deleted.
    pub async fn known_jobs(&self, ids: Vec<JobId>) -> Result<Vec<JobId>> {
        self.read(move |tx| {
            in_tx(async move {
                let ids = ids.into_iter().map(|id| args![id]).collect();
                let rows = tx.each(each!("jobs_known"), ids).await?;
                rows.iter().map(|row| row.get("jobs", 0)).collect()
            })
        })
        .await
    }

    /// Inserts a workflow. `false`: one of its jobs is unknown or deleted; nothing changed.
    pub async fn insert_workflow(&self, new: NewWorkflow) -> Result<bool> {
        unless_moved(self.write(move |tx| in_tx(insert(tx, new))).await)
    }

    /// A workflow that is not deleted.
    pub async fn workflow(&self, id: WorkflowId) -> Result<Option<Workflow>> {
        self.read(move |tx| {
            in_tx(async move {
                let row = tx.row(shared!("workflow_by_id"), args![id]).await?;
                row.as_ref().map(read).transpose()
            })
        })
        .await
    }

    /// One page, newest first, and how many there are in all.
    pub async fn workflows(&self, offset: u64, limit: u32) -> Result<(Vec<Workflow>, u64)> {
        self.read(move |tx| {
            in_tx(async move {
                let total = tx.row(shared!("workflow_count"), args![]).await?;
                let total = total.map_or(Ok(0), |row| row.get::<u64>(TABLE, 0))?;
                let offset = i64::try_from(offset).unwrap_or(i64::MAX);
                let rows = tx.rows(shared!("workflow_list"), args![limit, offset]).await?;
                Ok((rows.iter().map(read).collect::<Result<_>>()?, total))
            })
        })
        .await
    }

    /// Hides a workflow: nothing starts it any more. Its runs go on and stay readable. `false`:
    /// unknown or deleted.
    pub async fn delete_workflow(&self, id: WorkflowId, now: Timestamp) -> Result<bool> {
        self.write(move |tx| {
            in_tx(async move {
                if tx.execute(shared!("workflow_delete"), args![id, now]).await? == 0 {
                    return Ok(false);
                }
                let rows = tx.rows(shared!("workflow_roots_delete"), args![id]).await?;
                let jobs = rows.iter().map(|row| row.get::<JobId>(TABLE, 0));
                let jobs = jobs.collect::<Result<Vec<_>>>()?;
                untie(tx, &jobs).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Makes a run of a workflow, to be started by whoever looks first. `false`: the workflow is
    /// unknown or deleted.
    pub async fn start_workflow(&self, new: NewWorkflowRun) -> Result<bool> {
        let made = self.write(move |tx| {
            in_tx(async move {
                idempotency::keep(tx, new.once.iter()).await?;
                let origin = Origin::Manual.code();
                let args = args![new.id, new.workflow, origin, new.initiator, new.now];
                let made = tx.row(shared!("workflow_run_insert"), args).await?;
                // No workflow: the answer kept above must not stand either.
                made.map(drop).ok_or(StoreError::Moved)
            })
        });
        unless_moved(made.await)
    }
}

async fn insert(tx: &mut Tx, new: NewWorkflow) -> Result<()> {
    idempotency::keep(tx, new.once.iter()).await?;
    let jobs = new.graph.nodes().iter().map(|node| args![node.id]).collect();
    let known = tx.each(each!("jobs_known"), jobs).await?;
    if known.len() != new.graph.nodes().len() {
        return Err(StoreError::Moved);
    }
    let definition = to_json(&new.graph.specs());
    let args = args![new.id, new.name, definition, new.created_by, new.now];
    tx.execute(shared!("workflow_insert"), args).await?;
    let roots: Vec<JobId> = new.graph.roots().map(|idx| JobId(new.graph.node(idx).id)).collect();
    let rows = roots.iter().map(|job| args![*job, new.id]).collect();
    tx.each(each!("workflow_root_insert"), rows).await?;
    tie(tx, &roots).await
}

/// Firing these jobs has to look at what is tied to them.
pub(crate) async fn tie(tx: &mut Tx, jobs: &[JobId]) -> Result<()> {
    let rows = jobs.iter().map(|job| args![*job]).collect();
    tx.each(each!("trigger_tie"), rows).await.map(drop)
}

/// Looks again whether anything is tied to these jobs.
pub(crate) async fn untie(tx: &mut Tx, jobs: &[JobId]) -> Result<()> {
    let rows = jobs.iter().map(|job| args![*job]).collect();
    tx.each(each!("trigger_untie"), rows).await.map(drop)
}

/// Makes runs of the workflows that start with this execution: it is the root's in each. Gives how
/// many.
pub(crate) async fn start_with(
    tx: &mut Tx,
    root: Tied,
    now: Timestamp,
    new_id: &(dyn Fn() -> Uuid + Sync),
) -> Result<usize> {
    let mut n_runs = 0;
    for row in tx.rows(shared!("workflows_of_root"), args![root.job]).await? {
        let workflow: WorkflowId = row.get(TABLE, 0)?;
        let run = RunId(new_id());
        let args = args![run, workflow, root.due_at, now];
        if tx.row(shared!("workflow_run_with"), args).await?.is_none() {
            continue;
        }
        let running = NodeState::Running.code();
        let (never, nothing) = (None::<Timestamp>, None::<String>);
        let node = args![run, root.job, running, root.id, now, never, nothing];
        tx.each(each!("run_node_insert"), vec![node]).await?;
        tx.execute(shared!("execution_await"), args![root.id]).await?;
        n_runs += 1;
    }
    Ok(n_runs)
}

fn read(row: &Row) -> Result<Workflow> {
    Ok(Workflow {
        id: row.get(TABLE, 0)?,
        name: row.get(TABLE, 1)?,
        nodes: from_json(TABLE, &row.get::<String>(TABLE, 2)?)?,
        created_by: row.get(TABLE, 3)?,
        created_at: row.get(TABLE, 4)?,
    })
}
