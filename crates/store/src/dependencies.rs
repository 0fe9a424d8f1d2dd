//! What jobs wait for: stored without cycles, and looked at when one is due or another ends.
//!
//! A held execution is Pending with the hold [`WAITING_FOR_DEPENDENCIES`]; workers leave it alone.
//! It starts when its job's condition is met, which [`Store::release`] sees, or is replaced by the
//! job's next due instant and its own is recorded as skipped (contract D1).

use std::collections::{BTreeMap, BTreeSet};

use horarium_core::{
    Decision, ExecutionId, ExecutionState, JobId,
    dependencies::{Condition, Dependencies, DependencyError, Prerequisites, Readiness},
    plan::SkipReason,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Dialect, Store,
    error::{Result, StoreError},
    in_tx,
    sql::{each, shared},
    tx::Tx,
    value::{Row, args, to_json},
    workflows::{start_with, tie, untie},
};

const TABLE: &str = "job_dependencies";
/// The hold of an execution that waits for other jobs: the wire's word for why.
pub const WAITING_FOR_DEPENDENCIES: &str = "WaitingForDependencies";
/// Most held executions looked at in one transaction.
pub const HELD_PER_LOOK_MAX: u32 = 200;
/// Most edges read when all are asked for.
const EDGES_MAX: i64 = 100_000;
const REPLACED: &str = "skipped: its dependencies were not met before the next run was due";

/// What became of a request to make a job wait for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetDependencies {
    Done,
    /// One of those jobs is unknown or deleted.
    Unknown,
    Refused(DependencyError),
}

/// What a look at held executions found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Executions that may start now.
    pub released: Vec<ExecutionId>,
    /// The last execution looked at; the next look goes on behind it. `None`: there are no more.
    pub last: Option<ExecutionId>,
    /// Executions looked at.
    pub n_held: usize,
    /// Runs of workflows that start with them.
    pub n_runs: usize,
}

/// An execution whose job waits for others, or starts workflows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tied {
    pub id: ExecutionId,
    pub job: JobId,
    pub due_at: Option<Timestamp>,
}

impl Store {
    /// Replaces what a job waits for. Two such changes at once could close a cycle that neither
    /// sees, so they come one after another.
    pub async fn set_dependencies(
        &self,
        id: JobId,
        prerequisites: Vec<JobId>,
        condition: Condition,
    ) -> Result<SetDependencies> {
        let outcome = self.write(move |tx| in_tx(set(tx, id, prerequisites, condition))).await;
        match outcome {
            Err(StoreError::Moved) => Ok(SetDependencies::Unknown),
            other => other,
        }
    }

    /// What a job would wait for; or why it cannot, as things stand now.
    pub async fn check_dependencies(
        &self,
        id: JobId,
        prerequisites: Vec<JobId>,
        condition: Condition,
    ) -> Result<Result<Dependencies, DependencyError>> {
        self.read(move |tx| in_tx(define(tx, id, prerequisites, condition))).await
    }

    pub async fn dependencies(&self, id: JobId) -> Result<Option<Dependencies>> {
        self.read(move |tx| in_tx(dependencies(tx, id))).await
    }

    /// Whether a job's condition is met now, and for whom it waits if not.
    pub async fn readiness(&self, id: JobId) -> Result<Readiness> {
        self.read(move |tx| in_tx(readiness(tx, id))).await
    }

    pub async fn clear_dependencies(&self, id: JobId) -> Result<()> {
        self.write(move |tx| {
            in_tx(async move {
                tx.execute(shared!("job_dependencies_delete"), args![id]).await?;
                untie(tx, &[id]).await
            })
        })
        .await
    }

    /// Every (job, depends on) pair.
    pub async fn dependency_edges(&self) -> Result<Vec<(JobId, JobId)>> {
        self.read(|tx| {
            in_tx(async move {
                let rows = tx.rows(shared!("job_dependency_edges"), args![EDGES_MAX]).await?;
                rows.iter().map(|row| Ok((row.get(TABLE, 0)?, row.get(TABLE, 1)?))).collect()
            })
        })
        .await
    }

    /// Looks at held executions behind `after`, at most [`HELD_PER_LOOK_MAX`], and releases those
    /// whose job's condition is met.
    pub async fn release(
        &self,
        after: Option<ExecutionId>,
        now: Timestamp,
        new_id: fn() -> Uuid,
    ) -> Result<Released> {
        let after = after.map_or(Uuid::nil(), |id| id.0);
        let (mut released, met) = self.read(move |tx| in_tx(look(tx, after))).await?;
        if !met.is_empty() {
            let done = self.write(move |tx| in_tx(release(tx, met, now, new_id))).await?;
            (released.released, released.n_runs) = done;
        }
        Ok(released)
    }
}

async fn set(
    tx: &mut Tx,
    id: JobId,
    prerequisites: Vec<JobId>,
    condition: Condition,
) -> Result<SetDependencies> {
    if tx.dialect() == Dialect::Postgres {
        tx.execute(include_str!("../sql/postgres/job_dependencies_lock.sql"), args![]).await?;
    }
    let wanted = match define(tx, id, prerequisites, condition).await? {
        Ok(wanted) => wanted,
        Err(refusal) => return Ok(SetDependencies::Refused(refusal)),
    };
    tx.execute(shared!("job_dependencies_delete"), args![id]).await?;
    insert(tx, id, wanted).await?;
    Ok(SetDependencies::Done)
}

/// Inserts what a job waits for; `Moved` when one of those jobs is unknown.
pub(crate) async fn insert(tx: &mut Tx, id: JobId, wanted: Dependencies) -> Result<()> {
    let n_wanted = wanted.prerequisites.len();
    let rows = wanted.prerequisites.into_iter();
    let rows = rows.map(|other| args![id, other, wanted.condition.name()]);
    let found = tx.each(each!("job_dependency_insert"), rows.collect()).await?;
    if found.len() != n_wanted {
        return Err(StoreError::Moved);
    }
    tie(tx, &[id]).await
}

/// Walks from the prerequisites along what is stored, one statement a step.
async fn define(
    tx: &mut Tx,
    id: JobId,
    prerequisites: Vec<JobId>,
    condition: Condition,
) -> Result<Result<Dependencies, DependencyError>> {
    let mut others = Prerequisites::new();
    let mut seen: BTreeSet<JobId> = prerequisites.iter().copied().collect();
    let mut next: Vec<JobId> = seen.iter().copied().collect();
    while !next.is_empty() {
        let jobs = next.iter().map(|job| args![*job]).collect();
        next.clear();
        for row in tx.each(each!("job_dependencies_of"), jobs).await? {
            let (job, other): (JobId, JobId) = (row.get(TABLE, 0)?, row.get(TABLE, 1)?);
            others.entry(job).or_default().push(other);
            next.extend(seen.insert(other).then_some(other));
        }
    }
    Ok(Dependencies::define(id, prerequisites, condition, &others))
}

async fn dependencies(tx: &mut Tx, id: JobId) -> Result<Option<Dependencies>> {
    let rows = tx.rows(shared!("job_dependencies_list"), args![id]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let word: String = first.get(TABLE, 1)?;
    let condition = Condition::ALL.into_iter().find(|condition| condition.name() == word);
    Ok(Some(Dependencies {
        prerequisites: rows.iter().map(|row| row.get(TABLE, 0)).collect::<Result<_>>()?,
        condition: condition
            .ok_or_else(|| StoreError::bad_row(TABLE, format!("condition {word}")))?,
    }))
}

async fn readiness(tx: &mut Tx, id: JobId) -> Result<Readiness> {
    let Some(wanted) = dependencies(tx, id).await? else { return Ok(Readiness::Met) };
    let jobs = wanted.prerequisites.iter().map(|job| args![*job]).collect();
    let mut latest = BTreeMap::new();
    for row in tx.each(each!("execution_latest_ended"), jobs).await? {
        let state = ExecutionState::from_code(row.get("executions", 1)?);
        latest.insert(row.get::<JobId>("executions", 0)?, state);
    }
    Ok(wanted.readiness(|job| latest.get(&job).copied().flatten()))
}

/// What was just fired of jobs that wait for others or start workflows: held where a condition is not
/// met, in the place of what was held before; else it starts its workflows. Gives how many.
pub(crate) async fn bind(
    tx: &mut Tx,
    mut tied: Vec<Tied>,
    now: Timestamp,
    new_id: &(dyn Fn() -> Uuid + Sync),
) -> Result<usize> {
    tied.sort_by_key(|one| (one.job, one.due_at));
    let mut n_runs = 0;
    for one in tied {
        replace_held(tx, one.job, now).await?;
        match readiness(tx, one.job).await? {
            Readiness::Met => n_runs += start_with(tx, one, now, new_id).await?,
            Readiness::NotMet { .. } => {
                let sql = shared!("execution_hold");
                tx.execute(sql, args![one.id, WAITING_FOR_DEPENDENCIES]).await?;
            }
        }
    }
    Ok(n_runs)
}

/// The next instant has come: what still waits is over, and its own instant was skipped.
async fn replace_held(tx: &mut Tx, job: JobId, now: Timestamp) -> Result<()> {
    let decision = to_json(&Decision::Skipped(SkipReason::Dependencies));
    for row in tx.rows(shared!("execution_replace_held"), args![job, now, REPLACED]).await? {
        let due_at: Option<Timestamp> = row.get("executions", 1)?;
        let id: ExecutionId = row.get("executions", 0)?;
        let args = args![job, due_at, id, decision.clone()];
        tx.execute(shared!("decision_retract"), args).await?;
    }
    Ok(())
}

/// A page of held executions, and those of them that may start.
async fn look(tx: &mut Tx, after: Uuid) -> Result<(Released, Vec<Tied>)> {
    let rows = tx.rows(shared!("executions_held"), args![after, HELD_PER_LOOK_MAX]).await?;
    let held = rows.iter().map(read_tied).collect::<Result<Vec<_>>>()?;
    let is_full = rows.len() >= usize::try_from(HELD_PER_LOOK_MAX).unwrap_or(usize::MAX);
    let last = held.last().filter(|_| is_full).map(|one| one.id);
    let mut met = Vec::new();
    for one in &held {
        if readiness(tx, one.job).await? == Readiness::Met {
            met.push(*one);
        }
    }
    Ok((Released { last, n_held: held.len(), ..Released::default() }, met))
}

async fn release(
    tx: &mut Tx,
    met: Vec<Tied>,
    now: Timestamp,
    new_id: fn() -> Uuid,
) -> Result<(Vec<ExecutionId>, usize)> {
    let mut released = Vec::with_capacity(met.len());
    let mut n_runs = 0;
    for one in met {
        // Somebody may have cancelled, replaced or released it since it was looked at.
        if tx.execute(shared!("execution_release"), args![one.id]).await? == 1 {
            n_runs += start_with(tx, one, now, &new_id).await?;
            released.push(one.id);
        }
    }
    Ok((released, n_runs))
}

fn read_tied(row: &Row) -> Result<Tied> {
    const TABLE: &str = "executions";
    Ok(Tied { id: row.get(TABLE, 0)?, job: row.get(TABLE, 1)?, due_at: row.get(TABLE, 2)? })
}
