//! Triggers: reading what is due, and firing it in one transaction (invariant 2).

use std::{collections::HashMap, sync::Arc};

use horarium_core::{
    Decision, DecisionRow, Event, ExecutionId, ExecutionState, JobChange, JobId, Moved, NodeId,
    Plan, Standing, Trigger,
    plan::Situation,
    trigger::{FiringPolicy, OverlapPolicy},
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    Store,
    dependencies::{self, Tied},
    error::{Result, StoreError},
    events,
    executions::{Cancelled, Claimed, cancel_live},
    in_tx,
    sql::{dialect, each, shared},
    tx::Tx,
    value::{Row, Value, args, from_json, to_json},
};

/// How long a trigger whose stored rule no longer parses is left alone.
const BROKEN_RULE_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// What decides, and names new executions: the core's plan with the shell's randomness.
pub trait Planner: Send + Sync + 'static {
    /// The plan for one due trigger, or why its stored rule has no working form.
    fn plan(&self, trigger: &Trigger, situation: Situation) -> Result<Plan, String>;
    fn execution_id(&self) -> ExecutionId;
}

/// Which triggers to fire.
#[derive(Clone, Copy, Debug)]
pub struct FireRequest {
    pub now: Timestamp,
    /// Most triggers in this transaction.
    pub limit: u32,
    /// Only this owner's, waiting for its lock.
    pub only: Option<Uuid>,
    /// The node that takes what it fires at once, and how many it has room for.
    pub claimer: Option<(NodeId, u32)>,
}

/// What firing did.
#[derive(Clone, Debug, Default)]
pub struct Fired {
    pub n_triggers: usize,
    pub n_executions: usize,
    /// Runs that began: of schedules, and of workflows whose root was fired.
    pub n_runs: usize,
    /// Executions born Running on the claimer.
    pub claimed: Vec<Claimed>,
    /// Executions the overlap policy cancelled.
    pub cancelled: Vec<Cancelled>,
    /// Decisions made, with their due instants: for logs and metrics.
    pub decisions: Vec<DecisionRow>,
    /// Triggers whose stored rule has no working form, and why.
    pub broken: Vec<(JobId, String)>,
}

impl Store {
    /// Decides and carries out everything due at `request.now`, in one transaction: decision rows,
    /// execution rows, and the triggers moved past what was decided.
    pub async fn fire(&self, request: FireRequest, planner: Arc<dyn Planner>) -> Result<Fired> {
        self.write(move |tx| in_tx(fire(tx, request, planner))).await
    }

    /// The earliest instant at which some trigger wants a look.
    pub async fn next_wake(&self) -> Result<Option<Timestamp>> {
        self.read(|tx| {
            in_tx(async move {
                let row = tx.row(shared!("trigger_next_wake"), args![]).await?;
                Ok(row.map(|row| row.get("triggers", 0)).transpose()?.flatten())
            })
        })
        .await
    }

    /// Replaces a trigger that nobody moved since `old` was read, with the rows that settle the
    /// time between. `false`: it was moved; read again.
    pub async fn replace_trigger(
        &self,
        old: Trigger,
        new: Trigger,
        settled: Vec<DecisionRow>,
    ) -> Result<bool> {
        self.write(move |tx| {
            in_tx(async move {
                let replaced = replace(tx, &old, &new, &settled).await?;
                if replaced {
                    events::tell_job(tx, new.cursor, change(&old, &new), JobId(old.owner)).await?;
                }
                Ok(replaced)
            })
        })
        .await
    }
}

struct Planned {
    trigger: Trigger,
    owner: Owner,
    plan: Plan,
}

/// Whose trigger it is, and so what a firing makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// An execution. A tied job waits for others, or starts workflows.
    Job { version: i64, tied: bool },
    /// A run of its steps.
    Schedule,
}

async fn fire(tx: &mut Tx, request: FireRequest, planner: Arc<dyn Planner>) -> Result<Fired> {
    let (found, broken) = due(tx, &request).await?;
    let n_live = live_counts(tx, &found).await?;
    let n_triggers = found.len() + broken.len();
    let mut fired = Fired { n_triggers, broken, ..Fired::default() };
    let mut plans = Vec::with_capacity(found.len());
    for (trigger, owner) in found {
        let n_live = n_live.get(&trigger.owner).copied().unwrap_or(0);
        match planner.plan(&trigger, Situation { now: request.now, n_live }) {
            Ok(plan) => plans.push(Planned { trigger, owner, plan }),
            Err(problem) => fired.broken.push((JobId(trigger.owner), problem)),
        }
    }
    // One rule that cannot be read must not hold up the others, nor be looked at in a loop.
    for (owner, _) in &fired.broken {
        postpone(tx, *owner, request.now).await?;
    }
    for due in plans.iter().filter(|due| due.plan.cancel_live) {
        let owner = JobId(due.trigger.owner);
        let text = "cancelled by the overlap policy: the next run is due";
        fired.cancelled.extend(cancel_live(tx, owner, request.now, text).await?);
    }
    let births = write_decisions(tx, &plans, planner.as_ref()).await?;
    let (runs, births): (Vec<_>, Vec<_>) =
        births.into_iter().partition(|birth| birth.owner == Owner::Schedule);
    fired.n_runs = runs.len();
    write_runs(tx, request.now, runs).await?;
    fired.n_executions = births.len();
    let tied = births.iter().filter(|birth| birth.owner.is_tied()).map(Birth::as_tied).collect();
    fired.claimed = write_executions(tx, &request, births).await?;
    let new_id = || planner.execution_id().0;
    fired.n_runs += dependencies::bind(tx, tied, request.now, &new_id).await?;
    advance(tx, &plans).await?;
    fired.decisions = plans.into_iter().flat_map(|due| due.plan.decisions).collect();
    Ok(fired)
}

/// What is due, with its owner; and the owners whose stored rule does not read back.
type Found = (Vec<(Trigger, Owner)>, Vec<(JobId, String)>);

async fn due(tx: &mut Tx, request: &FireRequest) -> Result<Found> {
    let rows = if let Some(owner) = request.only {
        let sql = dialect!(tx, "trigger_due_one");
        tx.rows(sql, args![request.now, owner]).await?
    } else {
        let sql = dialect!(tx, "triggers_due");
        tx.rows(sql, args![request.now, request.limit]).await?
    };
    let mut found = Found::default();
    for row in &rows {
        match read_trigger(row, 0) {
            Ok(trigger) => {
                let version: Option<i64> = row.get("jobs", 9)?;
                let tied = row.get("triggers", 10)?;
                let owner = version.map_or(Owner::Schedule, |version| Owner::Job { version, tied });
                found.0.push((trigger, owner));
            }
            Err(err) => found.1.push((row.get("triggers", 0)?, err.to_string())),
        }
    }
    Ok(found)
}

/// How many executions are live for each owner whose policy asks; of a schedule, how many runs.
async fn live_counts(tx: &mut Tx, due: &[(Trigger, Owner)]) -> Result<HashMap<Uuid, u32>> {
    let (mut jobs, mut schedules) = (Vec::new(), Vec::new());
    for (trigger, owner) in due.iter().filter(|(trigger, _)| is_watched(&trigger.spec.policy)) {
        match owner {
            Owner::Job { .. } => jobs.push(args![trigger.owner]),
            Owner::Schedule => schedules.push(args![trigger.owner]),
        }
    }
    let mut rows = tx.each(each!("execution_count_live"), jobs).await?;
    rows.extend(tx.each(each!("run_count_live"), schedules).await?);
    rows.iter().map(|row| Ok((row.get("executions", 0)?, row.get("executions", 1)?))).collect()
}

async fn postpone(tx: &mut Tx, owner: JobId, now: Timestamp) -> Result<()> {
    let wake_at = now.checked_add(BROKEN_RULE_PAUSE).unwrap_or(now);
    tx.execute(shared!("trigger_postpone"), args![owner, wake_at]).await.map(drop)
}

/// An execution, or a schedule's run, about to be written.
struct Birth {
    id: ExecutionId,
    owner_id: Uuid,
    owner: Owner,
    due_at: Timestamp,
    eligible_at: Timestamp,
    watched: bool,
}

impl Birth {
    fn as_tied(&self) -> Tied {
        Tied { id: self.id, job: JobId(self.owner_id), due_at: Some(self.due_at) }
    }
}

/// Writes the decisions. An execution is born only for a firing whose row is new: that key, not
/// anybody's belief, is what keeps an instant from firing twice.
async fn write_decisions(
    tx: &mut Tx,
    plans: &[Planned],
    planner: &dyn Planner,
) -> Result<Vec<Birth>> {
    let mut rows = Vec::new();
    let mut grown = Vec::new();
    let mut births = HashMap::new();
    for due in plans {
        let owner = due.trigger.owner;
        if let Some(row) = &due.plan.grown_tail {
            let count = i64::try_from(row.count).unwrap_or(i64::MAX);
            grown.push(args![owner, row.first, row.last, count]);
        }
        let mut firings = due.plan.firings.iter();
        for row in &due.plan.decisions {
            let birth = if row.decision.fires() { firings.next() } else { None };
            let birth = birth.map(|firing| Birth {
                id: planner.execution_id(),
                owner_id: owner,
                owner: due.owner,
                due_at: firing.due_at,
                eligible_at: firing.eligible_at,
                watched: is_watched(&due.trigger.spec.policy),
            });
            rows.push(decision_args(owner, row, birth.as_ref().map(|birth| birth.id)));
            births.extend(birth.map(|birth| ((owner, row.first), birth)));
        }
    }
    tx.each(each!("decision_grow"), grown).await?;
    let mut accepted = Vec::with_capacity(births.len());
    for row in tx.each(each!("decision_insert"), rows).await? {
        let key = (row.get("decisions", 0)?, row.get("decisions", 1)?);
        accepted.extend(births.remove(&key));
    }
    Ok(accepted)
}

fn decision_args(
    owner: uuid::Uuid,
    row: &DecisionRow,
    execution: Option<ExecutionId>,
) -> Vec<Value> {
    let count = i64::try_from(row.count).unwrap_or(i64::MAX);
    args![owner, row.first, row.last, count, to_json(&row.decision), execution]
}

/// Writes the executions; as many as the claimer has room for are born Running.
async fn write_executions(
    tx: &mut Tx,
    request: &FireRequest,
    births: Vec<Birth>,
) -> Result<Vec<Claimed>> {
    let (node, mut room) = match request.claimer {
        Some((node, room)) => (Some(node), room),
        None => (None, 0),
    };
    let mut claimed = Vec::new();
    let mut rows = Vec::with_capacity(births.len());
    let mut moved = Vec::with_capacity(births.len());
    for birth in births {
        let takes = room > 0
            && !birth.watched
            && !birth.owner.is_tied()
            && birth.eligible_at <= request.now;
        let state = if takes { ExecutionState::Running } else { ExecutionState::Pending };
        rows.push(args![
            birth.id,
            birth.owner_id,
            state.code(),
            birth.due_at,
            birth.eligible_at,
            request.now,
            takes.then_some(request.now),
            i64::from(takes),
            node.filter(|_| takes),
            birth.watched,
        ]);
        moved.push(Moved { id: birth.id, job: JobId(birth.owner_id), state: Some(state) });
        if takes {
            room -= 1;
            claimed.push(Claimed {
                id: birth.id,
                job: JobId(birth.owner_id),
                job_version: birth.owner.job_version(),
                attempt: 1,
                tries: 0,
                due_at: Some(birth.due_at),
                eligible_at: birth.eligible_at,
                awaited: false,
            });
        }
    }
    tx.each(each!("execution_fire"), rows).await?;
    events::tell(tx, request.now, Event::executions(moved)).await?;
    Ok(claimed)
}

/// Writes runs of schedules, with what they run copied from there as it is now.
async fn write_runs(tx: &mut Tx, now: Timestamp, births: Vec<Birth>) -> Result<()> {
    let rows = births.iter().map(|birth| args![birth.id, birth.owner_id, birth.due_at, now]);
    tx.each(each!("run_fire"), rows.collect()).await.map(drop)
}

impl Owner {
    /// 0 for what is no job: only jobs' executions are claimed as they are born.
    fn job_version(self) -> i64 {
        match self {
            Self::Job { version, tied: _ } => version,
            Self::Schedule => 0,
        }
    }

    fn is_tied(self) -> bool {
        match self {
            Self::Job { tied, version: _ } => tied,
            Self::Schedule => false,
        }
    }
}

async fn advance(tx: &mut Tx, plans: &[Planned]) -> Result<()> {
    let rows = plans.iter().map(|due| {
        let (standing, until, reason) = standing_columns(&due.plan.standing);
        args![
            due.trigger.owner,
            due.plan.cursor,
            standing,
            until,
            reason,
            due.plan.wake_at,
            due.plan.next_run_at,
            due.plan.tail.as_ref().map(to_json),
            due.trigger.cursor,
        ]
    });
    let moved = tx.each(each!("trigger_advance"), rows.collect()).await?;
    // The row locks make this impossible; a plan made from a cursor that is gone must not stand.
    if moved.len() == plans.len() { Ok(()) } else { Err(StoreError::Moved) }
}

/// Inserts triggers beside their jobs.
pub(crate) async fn insert(tx: &mut Tx, triggers: &[&Trigger]) -> Result<()> {
    let rows = triggers.iter().map(|trigger| {
        let (standing, until, reason) = standing_columns(&trigger.standing);
        args![
            trigger.owner,
            to_json(&trigger.spec),
            standing,
            until,
            reason,
            trigger.cursor,
            trigger.wake_at,
            trigger.next_run_at,
            trigger.tail.as_ref().map(to_json),
            is_watched(&trigger.spec.policy),
        ]
    });
    tx.each(each!("trigger_insert"), rows.collect()).await.map(drop)
}

pub(crate) async fn replace(
    tx: &mut Tx,
    old: &Trigger,
    new: &Trigger,
    settled: &[DecisionRow],
) -> Result<bool> {
    let (old_standing, ..) = standing_columns(&old.standing);
    let (standing, until, reason) = standing_columns(&new.standing);
    let watched = is_watched(&new.spec.policy);
    let replaced = tx
        .execute(
            shared!("trigger_replace"),
            args![
                old.owner,
                old.cursor,
                old_standing,
                to_json(&new.spec),
                standing,
                until,
                reason,
                new.cursor,
                new.wake_at,
                new.next_run_at,
                new.tail.as_ref().map(to_json),
                watched,
            ],
        )
        .await?;
    if replaced == 0 {
        return Ok(false);
    }
    let rows = settled.iter().map(|row| decision_args(old.owner, row, None)).collect();
    tx.each(each!("decision_insert"), rows).await?;
    if watched != is_watched(&old.spec.policy) {
        tx.execute(shared!("trigger_watch_live"), args![old.owner, watched]).await?;
    }
    Ok(true)
}

/// Removes a trigger that nobody moved since it was read; what was decided about it stays, and the
/// rows that settle its last time come to it. `false`: it was moved.
pub(crate) async fn remove(tx: &mut Tx, old: &Trigger, settled: &[DecisionRow]) -> Result<bool> {
    let (standing, ..) = standing_columns(&old.standing);
    let sql = shared!("trigger_remove");
    if tx.execute(sql, args![old.owner, old.cursor, standing]).await? == 0 {
        return Ok(false);
    }
    let rows = settled.iter().map(|row| decision_args(old.owner, row, None)).collect();
    tx.each(each!("decision_insert"), rows).await?;
    Ok(true)
}

/// What replacing one trigger by another means to people.
pub(crate) fn change(old: &Trigger, new: &Trigger) -> JobChange {
    let is_paused = |trigger: &Trigger| matches!(trigger.standing, Standing::Paused { .. });
    match (is_paused(old), is_paused(new)) {
        (false, true) => JobChange::Paused,
        (true, false) => JobChange::Resumed,
        (true, true) | (false, false) => JobChange::Updated,
    }
}

/// Whether anything in the policy asks how many executions of the job are live.
pub(crate) fn is_watched(policy: &FiringPolicy) -> bool {
    policy.overlap != OverlapPolicy::Allow || policy.concurrency_limit().is_some()
}

fn standing_columns(standing: &Standing) -> (i64, Option<Timestamp>, Option<String>) {
    match standing {
        Standing::Enabled => (1, None, None),
        Standing::Paused { until, reason } => (2, *until, reason.clone()),
        Standing::Disabled => (3, None, None),
        Standing::Completed => (4, None, None),
    }
}

/// Reads a trigger whose columns start at `at`: owner, spec, standing, paused until, pause reason,
/// cursor, wake, next run, tail.
pub(crate) fn read_trigger(row: &Row, at: usize) -> Result<Trigger> {
    read_trigger_of(row.get("triggers", at)?, row, at + 1)
}

/// The same for a row that names the owner elsewhere; `at` is the spec's column.
pub(crate) fn read_trigger_of(owner: uuid::Uuid, row: &Row, at: usize) -> Result<Trigger> {
    const TABLE: &str = "triggers";
    let spec: String = row.get(TABLE, at)?;
    let standing = match row.get::<i64>(TABLE, at + 1)? {
        1 => Standing::Enabled,
        2 => Standing::Paused { until: row.get(TABLE, at + 2)?, reason: row.get(TABLE, at + 3)? },
        3 => Standing::Disabled,
        4 => Standing::Completed,
        other => return Err(StoreError::bad_row(TABLE, format!("{owner} has standing {other}"))),
    };
    let tail: Option<String> = row.get(TABLE, at + 7)?;
    Ok(Trigger {
        owner,
        spec: from_json(TABLE, &spec)?,
        standing,
        cursor: row.get(TABLE, at + 4)?,
        wake_at: row.get(TABLE, at + 5)?,
        next_run_at: row.get(TABLE, at + 6)?,
        tail: tail.map(|tail| from_json(TABLE, &tail)).transpose()?,
    })
}

/// Reads a decision row: first instant, last instant, count, decision, execution.
pub(crate) fn read_decision(row: &Row) -> Result<(DecisionRow, Option<ExecutionId>)> {
    const TABLE: &str = "decisions";
    let decision: String = row.get(TABLE, 3)?;
    let decision: Decision = from_json(TABLE, &decision)?;
    let row_read = DecisionRow {
        first: row.get(TABLE, 0)?,
        last: row.get(TABLE, 1)?,
        count: row.get(TABLE, 2)?,
        decision,
    };
    Ok((row_read, row.get(TABLE, 4)?))
}
