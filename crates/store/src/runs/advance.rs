//! What ended is noted, what follows from it is started, runs that are through end: all of it in
//! one transaction, by any node.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use horarium_core::{
    ExecutionId, RunId,
    graph::Intent,
    run::{RunEvent, RunPlan, RunState},
};
use jiff::Timestamp;

use super::{
    Locked, NODES, RunPlanner, TABLE,
    moving::{Moving, standings, start_ready, write},
    read_locked, snapshots,
};
use crate::{
    Store,
    error::{Result, StoreError},
    executions::{read_all_cancelled, tell_other_nodes},
    in_tx,
    sql::{dialect, each, shared},
    tx::Tx,
    value::args,
};

/// Most runs advanced in one transaction.
pub const RUNS_PER_ADVANCE_MAX: u32 = 200;
/// Most nodes that the runs of one transaction have together, unless it is a single run.
pub const NODES_PER_ADVANCE_MAX: usize = 5_000;
/// Most ended executions looked at in one transaction.
const ENDS_PER_ADVANCE_MAX: u32 = 2_000;

/// How far to go at once.
#[derive(Clone, Copy, Debug)]
pub struct AdvanceRequest {
    pub now: Timestamp,
    pub runs_max: u32,
    pub nodes_max: usize,
}

impl AdvanceRequest {
    pub fn at(now: Timestamp) -> Self {
        Self { now, runs_max: RUNS_PER_ADVANCE_MAX, nodes_max: NODES_PER_ADVANCE_MAX }
    }
}

/// What advancing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advanced {
    pub n_runs: usize,
    /// Executions made, for workers to claim.
    pub n_started: usize,
    /// Runs that ended.
    pub ended: Vec<(RunId, RunState)>,
    /// Runs whose snapshot or rows cannot be read, and why; they ended too.
    pub broken: Vec<(RunId, String)>,
    /// There was more to look at than was looked at, or another node held it.
    pub is_more: bool,
}

impl Store {
    /// Advances runs that are due or of which an execution has ended.
    pub async fn advance(
        &self,
        request: AdvanceRequest,
        planner: Arc<dyn RunPlanner>,
    ) -> Result<Advanced> {
        if !self.has_runs_to_look_at().await? {
            return Ok(Advanced::default());
        }
        self.write(move |tx| in_tx(advance(tx, request, planner))).await
    }

    /// Without a write, which on SQLite would wait its turn to find nothing.
    async fn has_runs_to_look_at(&self) -> Result<bool> {
        self.read(|tx| {
            in_tx(async move {
                let is_due = tx.row(shared!("run_due"), args![1_u32]).await?.is_some();
                Ok(is_due || tx.row(shared!("run_ends"), args![1_u32]).await?.is_some())
            })
        })
        .await
    }
}

async fn advance(
    tx: &mut Tx,
    request: AdvanceRequest,
    planner: Arc<dyn RunPlanner>,
) -> Result<Advanced> {
    let now = request.now;
    let (candidates, mut is_more) = candidates(tx, request.runs_max).await?;
    let n_candidates = candidates.len();
    let locked = lock(tx, candidates).await?;
    is_more |= locked.len() < n_candidates;
    let (mut plans, mut broken) = plans(tx, &locked, planner.as_ref()).await?;
    let chosen = within(request.nodes_max, &locked, &plans);
    is_more |= chosen.len() + broken.len() < locked.len();
    let mut standing = standings(tx, chosen.iter().map(|run| run.id)).await?;
    let mut moving = Vec::with_capacity(chosen.len());
    for run in chosen {
        let (Some(plan), rows) = (plans.remove(&run.id), standing.remove(&run.id)) else {
            continue;
        };
        match Moving::of(run, plan, Intent::Run, rows.unwrap_or_default(), now) {
            Ok(one) => moving.push(one),
            // One run that does not add up must not hold up the others.
            Err(err) => broken.push((run, err.to_string())),
        }
    }
    start_ready(tx, &mut moving, planner.as_ref(), now).await?;
    for one in &mut moving {
        one.settle(now)?;
    }
    let mut advanced = Advanced {
        n_runs: moving.len() + broken.len(),
        n_started: moving.iter().map(Moving::n_started).sum(),
        is_more,
        ..Advanced::default()
    };
    let ended = moving.iter().filter(|one| one.state().is_final());
    advanced.ended = ended.map(|one| (one.run(), one.state())).collect();
    write(tx, moving, now).await?;
    end_broken(tx, &broken, now).await?;
    advanced.broken = broken.into_iter().map(|(run, problem)| (run.id, problem)).collect();
    Ok(advanced)
}

/// Runs to look at, and whether there are more. Ends that nobody waits for are noted in passing.
async fn candidates(tx: &mut Tx, runs_max: u32) -> Result<(BTreeSet<RunId>, bool)> {
    let limit = usize::try_from(runs_max).unwrap_or(usize::MAX);
    let due = tx.rows(shared!("run_due"), args![runs_max]).await?;
    let mut runs: BTreeSet<RunId> =
        due.iter().map(|row| row.get(TABLE, 0)).collect::<Result<_>>()?;
    let mut is_more = runs.len() >= limit;
    let ends = tx.rows(shared!("run_ends"), args![ENDS_PER_ADVANCE_MAX]).await?;
    is_more |= ends.len() >= usize::try_from(ENDS_PER_ADVANCE_MAX).unwrap_or(usize::MAX);
    let mut awaited_by_nobody = Vec::new();
    for row in &ends {
        let execution: ExecutionId = row.get(NODES, 0)?;
        match row.get::<Option<RunId>>(NODES, 1)? {
            Some(run) if runs.len() < limit || runs.contains(&run) => drop(runs.insert(run)),
            Some(_) => is_more = true,
            None => awaited_by_nobody.push(args![execution]),
        }
    }
    tx.each(each!("run_end_note"), awaited_by_nobody).await?;
    Ok((runs, is_more))
}

async fn lock(tx: &mut Tx, runs: BTreeSet<RunId>) -> Result<Vec<Locked>> {
    let runs = runs.into_iter().map(|run| args![run]).collect();
    let rows = tx.each(each!("run_lock"), runs).await?;
    rows.iter().map(read_locked).collect()
}

type Plans = HashMap<RunId, Arc<RunPlan>>;

/// The plans of runs, and the runs that have none.
async fn plans(
    tx: &mut Tx,
    runs: &[Locked],
    planner: &dyn RunPlanner,
) -> Result<(Plans, Vec<(Locked, String)>)> {
    let kept = |run: &Locked| Some((run.id, planner.kept(run.id)?));
    let mut plans: Plans = runs.iter().filter_map(kept).collect();
    let unread: Vec<RunId> =
        runs.iter().map(|run| run.id).filter(|run| !plans.contains_key(run)).collect();
    let mut broken = Vec::new();
    for (id, kind, snapshot) in snapshots(tx, &unread).await? {
        match planner.read(id, kind, &snapshot) {
            Ok(plan) => drop(plans.insert(id, plan)),
            Err(problem) => {
                let run = runs.iter().find(|run| run.id == id);
                broken.extend(run.map(|run| (*run, problem)));
            }
        }
    }
    Ok((plans, broken))
}

/// As many runs as have `nodes_max` nodes together; at least one.
fn within(nodes_max: usize, runs: &[Locked], plans: &Plans) -> Vec<Locked> {
    let mut n_nodes = 0;
    let mut chosen = Vec::new();
    for run in runs {
        let Some(plan) = plans.get(&run.id) else { continue };
        n_nodes += plan.graph.nodes().len();
        if n_nodes > nodes_max && !chosen.is_empty() {
            break;
        }
        chosen.push(*run);
    }
    chosen
}

/// Ends runs that cannot be read, and cancels what they started: its definition may be gone too.
async fn end_broken(tx: &mut Tx, broken: &[(Locked, String)], now: Timestamp) -> Result<()> {
    let failed = RunEvent::Ended(horarium_core::graph::RunEnd::Failed);
    let mut moves = Vec::with_capacity(broken.len());
    for (run, problem) in broken {
        let state = run.state.after(failed);
        let state = state.map_err(|err| StoreError::bad_row(TABLE, err.to_string()))?;
        let text = format!("the run cannot be read: {problem}");
        let live = args![run.id, now, text.clone()];
        let rows = tx.rows(dialect!(tx, "run_cancel_executions"), live).await?;
        tell_other_nodes(tx, &read_all_cancelled(&rows)?, None).await?;
        tx.execute(shared!("run_nodes_abandon"), args![run.id, now, text.clone()]).await?;
        let unknown = None::<i64>;
        moves.push(args![
            run.id,
            run.version,
            run.state.code(),
            state.code(),
            unknown,
            now,
            now,
            text
        ]);
    }
    tx.each(each!("run_move"), moves).await.map(drop)
}
