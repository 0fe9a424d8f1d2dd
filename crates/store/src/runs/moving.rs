//! A run on its way from what is stored to what is to be stored: the core decides, this notes it
//! down and writes it.

use std::{collections::HashMap, sync::Arc};

use horarium_core::{
    Event, ExecutionId, ExecutionState, JobId, RunId,
    event::MovedRun,
    graph::{Intent, NodeEvent, NodeIdx, NodeState, Outcomes, RunEnd, next},
    run::{EXECUTION_GONE, JobStep, RunEvent, RunPlan, RunState, Work, node_event},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Locked, NODES, RunPlanner, TABLE};
use crate::{
    error::{Result, StoreError},
    events,
    sql::each,
    tx::Tx,
    value::{Row, Value, args},
};

/// One run in the making.
pub(super) struct Moving {
    run: Locked,
    plan: Arc<RunPlan>,
    outcomes: Outcomes,
    state: RunState,
    error: Option<String>,
    /// Nodes that move for the first time.
    new: Vec<NewRow>,
    /// Rows of nodes that ran and do no more.
    ended: Vec<Vec<Value>>,
    /// Executions whose ends are noted with this.
    noted: Vec<ExecutionId>,
    n_started: usize,
}

/// The first row of a node.
struct NewRow {
    node: Uuid,
    state: NodeState,
    execution: Option<ExecutionId>,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    error: Option<String>,
}

/// Where a node stands as stored.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    node: Uuid,
    state: NodeState,
    execution: Option<ExecutionId>,
    /// `None`: the node does not run, or its execution is gone.
    execution_state: Option<ExecutionState>,
    ended_at: Option<Timestamp>,
    error: Option<String>,
}

/// Where the nodes of runs stand. Runs of which nothing has moved are missing.
pub(super) async fn standings(
    tx: &mut Tx,
    runs: impl Iterator<Item = RunId>,
) -> Result<HashMap<RunId, Vec<Standing>>> {
    let runs = runs.map(|run| args![run]).collect();
    let mut found: HashMap<RunId, Vec<Standing>> = HashMap::new();
    for row in tx.each(each!("run_nodes_standing"), runs).await? {
        found.entry(row.get(NODES, 0)?).or_default().push(read_standing(&row)?);
    }
    Ok(found)
}

fn read_standing(row: &Row) -> Result<Standing> {
    let state: i64 = row.get(NODES, 2)?;
    let execution_state: Option<i64> = row.get(NODES, 4)?;
    Ok(Standing {
        node: row.get(NODES, 1)?,
        state: NodeState::from_code(state)
            .ok_or_else(|| StoreError::bad_row(NODES, format!("state {state}")))?,
        execution: row.get(NODES, 3)?,
        execution_state: execution_state.and_then(ExecutionState::from_code),
        ended_at: row.get(NODES, 5)?,
        error: row.get(NODES, 6)?,
    })
}

impl Moving {
    /// The run as it stands, with the ends of its executions taken notice of.
    pub(super) fn of(
        run: Locked,
        plan: Arc<RunPlan>,
        intent: Intent,
        standings: Vec<Standing>,
        now: Timestamp,
    ) -> Result<Self> {
        let rows = standings.iter().map(|standing| (standing.node, standing.state));
        let outcomes = Outcomes::recorded(&plan.graph, intent, rows)
            .map_err(|err| StoreError::bad_row(NODES, format!("run {}: {err}", run.id)))?;
        let mut moving = Self {
            run,
            plan,
            outcomes,
            state: run.state,
            error: None,
            new: Vec::new(),
            ended: Vec::new(),
            noted: Vec::new(),
            n_started: 0,
        };
        let running = standings.into_iter().filter(|one| one.state == NodeState::Running);
        for standing in running {
            moving.take_notice(standing, now)?;
        }
        if moving.state == RunState::Queued && intent == Intent::Run {
            moving.happen(RunEvent::Started)?;
        }
        Ok(moving)
    }

    fn take_notice(&mut self, standing: Standing, now: Timestamp) -> Result<()> {
        let (event, error) = match standing.execution_state {
            Some(state) => (node_event(state, standing.error.is_some()), standing.error),
            None => (Some(NodeEvent::Failed), Some(EXECUTION_GONE.to_owned())),
        };
        let Some(event) = event else { return Ok(()) };
        // `recorded` has found every node already.
        let Some(idx) = self.plan.graph.find(standing.node) else { return Ok(()) };
        let state = self.record(idx, event)?;
        let ended_at = standing.ended_at.unwrap_or(now);
        self.ended.push(args![self.run.id, standing.node, state.code(), ended_at, error]);
        self.noted.extend(standing.execution);
        Ok(())
    }

    /// Nodes whose time has come, with names for their executions.
    fn ready(&self, planner: &dyn RunPlanner) -> Vec<(NodeIdx, ExecutionId)> {
        let next = next(&self.plan.graph, &self.outcomes);
        next.start.into_iter().map(|idx| (idx, planner.execution_id())).collect()
    }

    /// The row of a node's execution to insert.
    fn execution(&self, idx: NodeIdx, id: ExecutionId, now: Timestamp) -> Vec<Value> {
        let (job, has_own) = match self.plan.work(idx) {
            Work::Job(job) | Work::JobStep(JobStep { job, .. }) => (*job, false),
            Work::Step(_) => (JobId(self.plan.graph.node(idx).id), true),
        };
        args![id, job, has_own, now, None::<String>]
    }

    fn note_start(&mut self, idx: NodeIdx, execution: ExecutionId, now: Timestamp) -> Result<()> {
        let row = self.first_row(idx, NodeEvent::Started)?;
        self.new.push(NewRow { execution: Some(execution), started_at: Some(now), ..row });
        self.n_started += 1;
        Ok(())
    }

    /// What the node runs is not there.
    fn note_missing(&mut self, idx: NodeIdx, now: Timestamp) -> Result<()> {
        let row = self.first_row(idx, NodeEvent::Failed)?;
        let error = Some(self.plan.missing_text(idx));
        self.new.push(NewRow { started_at: Some(now), ended_at: Some(now), error, ..row });
        Ok(())
    }

    fn first_row(&mut self, idx: NodeIdx, event: NodeEvent) -> Result<NewRow> {
        let state = self.record(idx, event)?;
        Ok(NewRow {
            node: self.plan.graph.node(idx).id,
            state,
            execution: None,
            started_at: None,
            ended_at: None,
            error: None,
        })
    }

    /// Skips what will never start, and ends the run when its time has come.
    pub(super) fn settle(&mut self, now: Timestamp) -> Result<()> {
        let next = next(&self.plan.graph, &self.outcomes);
        for (idx, _) in next.skip {
            let row = self.first_row(idx, NodeEvent::Skipped)?;
            self.new.push(NewRow { ended_at: Some(now), ..row });
        }
        match next.ended {
            None => Ok(()),
            Some(RunEnd::Cancelled) => self.happen(RunEvent::CancelRequested),
            Some(end) => {
                if end == RunEnd::Failed {
                    self.error = Some(self.plan.stop_text(self.run.kind, &self.outcomes));
                }
                self.happen(RunEvent::Ended(end))
            }
        }
    }

    fn record(&mut self, idx: NodeIdx, event: NodeEvent) -> Result<NodeState> {
        let moved = self.outcomes.record(idx, event);
        moved.map_err(|err| StoreError::bad_row(NODES, format!("run {}: {err}", self.run.id)))
    }

    fn happen(&mut self, event: RunEvent) -> Result<()> {
        let moved = self.state.after(event);
        self.state =
            moved.map_err(|err| StoreError::bad_row(TABLE, format!("{}: {err}", self.run.id)))?;
        Ok(())
    }

    pub(super) fn run(&self) -> RunId {
        self.run.id
    }

    pub(super) fn state(&self) -> RunState {
        self.state
    }

    pub(super) fn n_started(&self) -> usize {
        self.n_started
    }

    /// A run that was cancelled before anybody looked at it never did.
    fn has_started(&self) -> bool {
        self.run.state != RunState::Queued || self.outcomes.intent == Intent::Run
    }

    fn row(&self, now: Timestamp) -> Vec<Value> {
        let n_nodes = i64::try_from(self.plan.graph.nodes().len()).unwrap_or(i64::MAX);
        args![
            self.run.id,
            self.run.version,
            self.run.state.code(),
            self.state.code(),
            n_nodes,
            self.has_started().then_some(now),
            self.state.is_final().then_some(now),
            self.error.clone(),
        ]
    }
}

impl NewRow {
    fn args(self, run: RunId) -> Vec<Value> {
        args![
            run,
            self.node,
            self.state.code(),
            self.execution,
            self.started_at,
            self.ended_at,
            self.error,
        ]
    }
}

/// Starts every node whose time has come, of all runs in one statement. A node that cannot be
/// started fails, which may let others start: so it is asked again until nothing new is ready.
///
/// Each turn moves at least one node on, so there are no more turns than nodes.
pub(super) async fn start_ready(
    tx: &mut Tx,
    moving: &mut [Moving],
    planner: &dyn RunPlanner,
    now: Timestamp,
) -> Result<()> {
    loop {
        let mut wanted = Vec::new();
        let mut rows = Vec::new();
        for (place, one) in moving.iter().enumerate() {
            for (idx, id) in one.ready(planner) {
                rows.push(one.execution(idx, id, now));
                wanted.push((place, idx, id));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let made = tx.each(each!("run_execution_insert"), rows).await?;
        let made: std::collections::HashSet<ExecutionId> =
            made.iter().map(|row| row.get("executions", 0)).collect::<Result<_>>()?;
        for (place, idx, id) in wanted {
            if made.contains(&id) {
                moving[place].note_start(idx, id, now)?;
            } else {
                moving[place].note_missing(idx, now)?;
            }
        }
    }
}

/// Writes what was noted down; `Moved` when anything stored is not what it was read as.
pub(super) async fn write(tx: &mut Tx, moving: Vec<Moving>, now: Timestamp) -> Result<()> {
    let runs: Vec<Vec<Value>> = moving.iter().map(|one| one.row(now)).collect();
    let event = Event::runs(moving.iter().map(|one| MovedRun {
        run: one.run.id,
        kind: one.run.kind,
        state: one.state,
    }));
    let (n_runs, mut new, mut ended, mut noted) = (runs.len(), Vec::new(), Vec::new(), Vec::new());
    for one in moving {
        let run = one.run.id;
        new.extend(one.new.into_iter().map(|row| row.args(run)));
        ended.extend(one.ended);
        noted.extend(one.noted.into_iter().map(|id| args![id]));
    }
    let n_ended = ended.len();
    tx.each(each!("run_node_insert"), new).await?;
    let has_ended = tx.each(each!("run_node_end"), ended).await?.len() == n_ended;
    tx.each(each!("run_end_note"), noted).await?;
    let have_moved = tx.each(each!("run_move"), runs).await?.len() == n_runs;
    events::tell(tx, now, event).await?;
    // The row locks make this impossible; a plan made from what is gone must not stand.
    if has_ended && have_moved { Ok(()) } else { Err(StoreError::Moved) }
}
