//! Executions: born, claimed, concluded, cancelled, retried; each by a statement that names the old
//! state and, where an attempt is involved, the attempt's token.

use std::collections::{BTreeMap, BTreeSet};

use horarium_core::{
    Event, ExecutionEvent, ExecutionId, ExecutionState, JobId, Moved, NodeId, Origin, TriggerSpec,
};
use jiff::Timestamp;

use crate::{
    Database, Store,
    error::{Result, StoreError, unless_moved},
    events,
    idempotency::{self, Once},
    in_tx,
    sql::{dialect, each, shared},
    tx::{Dialect, Tx},
    value::{Row, args, from_json, to_json},
};

const TABLE: &str = "executions";
/// Most jobs with watched executions looked at by one claim.
const WATCHED_JOBS_PER_CLAIM_MAX: i64 = 200;

/// An execution somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExecution {
    pub id: ExecutionId,
    pub job: JobId,
    pub origin: Origin,
    pub now: Timestamp,
    pub triggered_by: Option<String>,
    pub retry_parent: Option<ExecutionId>,
    /// The node that takes it at once, if it has room.
    pub claimer: Option<NodeId>,
    /// The answer to keep with it.
    pub once: Option<Once>,
}

/// What became of a [`NewExecution`]. Unknown and deleted jobs are missing from the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enqueued {
    pub id: ExecutionId,
    pub job: JobId,
    /// Filled when the claimer has it already.
    pub claimed: Option<Claimed>,
}

/// An attempt this node holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub id: ExecutionId,
    pub job: JobId,
    /// The definition to run it with; see [`Store::definitions`].
    pub job_version: i64,
    /// The fencing token: what concludes this attempt must name it.
    pub attempt: u32,
    /// Failed tries before this one.
    pub tries: u32,
    pub due_at: Option<Timestamp>,
    pub eligible_at: Timestamp,
    /// A node of a run waits for its end; see [`Store::nodes_of`].
    pub awaited: bool,
}

/// How an attempt ended, to be written if it still holds its execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    pub id: ExecutionId,
    pub attempt: u32,
    pub node: NodeId,
    pub event: ConclusionEvent,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub error: Option<String>,
    pub output: Option<String>,
    pub output_bytes: u64,
    pub output_cut: bool,
}

/// The moves an attempt's own node makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConclusionEvent {
    Succeeded,
    Failed,
    /// Failed, to be tried again at the given instant.
    Retried {
        eligible_at: Timestamp,
    },
    /// Interrupted by the node's stop. Not a try.
    Released,
    /// Claimed but never started. Not even an attempt worth a row.
    GivenBack,
}

impl ConclusionEvent {
    pub fn event(self) -> ExecutionEvent {
        match self {
            Self::Succeeded => ExecutionEvent::Succeeded,
            Self::Failed => ExecutionEvent::Failed,
            Self::Retried { .. } => ExecutionEvent::Retried,
            Self::Released | Self::GivenBack => ExecutionEvent::Released,
        }
    }
}

impl Conclusion {
    /// The state every conclusion starts from.
    pub const RUNNING: ExecutionState = ExecutionState::Running;

    /// The state it leads to.
    fn state(&self) -> Result<ExecutionState> {
        Self::RUNNING
            .after(self.event.event())
            .map_err(|err| StoreError::bad_row(TABLE, err.to_string()))
    }
}

/// An execution whose attempt a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    pub id: ExecutionId,
    pub job: JobId,
    pub started_at: Option<Timestamp>,
    /// A node of a run waits for its end.
    pub awaited: bool,
}

/// An execution that was cancelled while Pending (no node) or Running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    pub id: ExecutionId,
    pub job: JobId,
    pub node: Option<NodeId>,
    pub attempt: u32,
}

/// Which executions a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecutionFilter {
    pub job: Option<JobId>,
    pub state: Option<ExecutionState>,
    /// Inclusive, on the start (the creation while it waits).
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// An execution as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionView {
    pub id: ExecutionId,
    pub job: JobId,
    /// `None` once the job is deleted for good.
    pub job_name: Option<String>,
    pub state: ExecutionState,
    pub origin: Origin,
    pub due_at: Option<Timestamp>,
    pub eligible_at: Timestamp,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub attempt: u32,
    pub tries: u32,
    pub losses: u32,
    pub node: Option<NodeId>,
    pub hold: Option<String>,
    pub retry_parent: Option<ExecutionId>,
    pub triggered_by: Option<String>,
    pub error: Option<String>,
    pub output_bytes: u64,
    pub output_cut: bool,
}

/// An attempt that did not end its execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptView {
    pub number: u32,
    pub started_at: Option<Timestamp>,
    pub ended_at: Timestamp,
    pub outcome: String,
    pub error: Option<String>,
    pub node: Option<NodeId>,
}

impl Store {
    /// Creates executions in one transaction.
    pub async fn enqueue(&self, new: Vec<NewExecution>) -> Result<Vec<Enqueued>> {
        self.write(move |tx| in_tx(enqueue(tx, new))).await
    }

    /// Creates one, in a transaction shared with others that arrive at the same time. `None`: its job
    /// is unknown or deleted.
    pub async fn enqueue_one(&self, new: NewExecution) -> Result<Option<Enqueued>> {
        match self.joined.enqueue.call(new).await {
            Err(StoreError::Moved) => Ok(None),
            answer => answer,
        }
    }

    /// Takes waiting executions for `node`: first those nothing limits, then those of jobs with a
    /// concurrency limit or an overlap policy.
    pub async fn claim(&self, node: NodeId, limit: u32, now: Timestamp) -> Result<Vec<Claimed>> {
        self.write(move |tx| in_tx(claim(tx, node, limit, now))).await
    }

    /// When the next execution that nothing limits becomes eligible.
    pub async fn next_eligible(&self) -> Result<Option<Timestamp>> {
        self.read(|tx| {
            in_tx(async move {
                let row = tx.row(shared!("execution_next_eligible"), args![]).await?;
                Ok(row.map(|row| row.get(TABLE, 0)).transpose()?.flatten())
            })
        })
        .await
    }

    /// Ends attempts. Those missing from the answer hold their execution no longer; nothing of them
    /// was written.
    pub async fn conclude(&self, conclusions: Vec<Conclusion>) -> Result<Vec<Ended>> {
        self.write(move |tx| in_tx(conclude(tx, conclusions))).await
    }

    /// Cancels a Pending or Running execution. `None`: unknown, or final already.
    pub async fn cancel(
        &self,
        id: ExecutionId,
        by: NodeId,
        now: Timestamp,
    ) -> Result<Option<Cancelled>> {
        self.write(move |tx| {
            in_tx(async move {
                let text = "Cancelled by operator.";
                let rows = tx.rows(shared!("execution_cancel"), args![id, now, text]).await?;
                let cancelled = read_all_cancelled(&rows)?;
                tell_other_nodes(tx, &cancelled, Some(by)).await?;
                tell_cancelled(tx, now, &cancelled).await?;
                Ok(cancelled.into_iter().next())
            })
        })
        .await
    }

    /// Which of these were cancelled while another node runs them, which has not heard of it yet.
    pub async fn cancellations_of(&self, ids: Vec<ExecutionId>) -> Result<Vec<ExecutionId>> {
        self.read(move |tx| {
            in_tx(async move {
                let ids = ids.into_iter().map(|id| args![id]).collect();
                let rows = tx.each(each!("cancellations_of"), ids).await?;
                rows.iter().map(|row| row.get("cancellations", 0)).collect()
            })
        })
        .await
    }

    /// What other nodes cancelled while this one runs it.
    pub async fn take_cancellations(&self, node: NodeId) -> Result<Vec<ExecutionId>> {
        let waiting = self
            .read(move |tx| {
                in_tx(async move {
                    let row = tx.row(shared!("cancellation_peek"), args![node]).await?;
                    row.map_or(Ok(0), |row| row.get::<i64>("cancellations", 0))
                })
            })
            .await?;
        if waiting == 0 {
            return Ok(Vec::new());
        }
        self.write(move |tx| {
            in_tx(async move {
                let rows = tx.rows(shared!("cancellation_take"), args![node]).await?;
                rows.iter().map(|row| row.get("cancellations", 0)).collect()
            })
        })
        .await
    }

    /// A new execution of the job of one that Failed or was Cancelled. `false`: the source is
    /// unknown or did not end so, or its job is deleted.
    pub async fn retry(
        &self,
        new: ExecutionId,
        source: ExecutionId,
        by: Option<String>,
        now: Timestamp,
        once: Option<Once>,
    ) -> Result<bool> {
        let made = self.write(move |tx| {
            in_tx(async move {
                idempotency::keep(tx, once.iter()).await?;
                let sql = shared!("execution_retry");
                let made = tx.row(sql, args![new, source, now, by]).await?;
                // Nothing to retry: the answer kept above must not stand either.
                let job = made.ok_or(StoreError::Moved)?.get(TABLE, 1)?;
                let moved = std::iter::once((new, job));
                events::tell_moved(tx, now, moved, ExecutionState::Pending).await
            })
        });
        unless_moved(made.await)
    }

    pub async fn execution(&self, id: ExecutionId) -> Result<Option<ExecutionView>> {
        self.read(move |tx| {
            in_tx(async move {
                let sql = format!("{} WHERE e.id = $1", shared!("execution_view"));
                tx.row(&sql, args![id]).await?.as_ref().map(read_view).transpose()
            })
        })
        .await
    }

    pub async fn output(&self, id: ExecutionId) -> Result<Option<String>> {
        self.read(move |tx| {
            in_tx(async move {
                let row = tx.row(shared!("output_by_execution"), args![id]).await?;
                row.map(|row| row.get("outputs", 0)).transpose()
            })
        })
        .await
    }

    pub async fn attempts(&self, id: ExecutionId) -> Result<Vec<AttemptView>> {
        self.read(move |tx| {
            in_tx(async move {
                let rows = tx.rows(shared!("attempts_by_execution"), args![id]).await?;
                rows.iter().map(read_attempt).collect()
            })
        })
        .await
    }

    /// Which of these jobs have as many executions running as their policies allow.
    pub async fn full_jobs(&self, jobs: BTreeSet<JobId>) -> Result<BTreeSet<JobId>> {
        self.read(move |tx| {
            in_tx(async move {
                let jobs = jobs.into_iter().map(|job| args![job]).collect();
                let mut full = BTreeSet::new();
                for row in tx.each(each!("execution_limits"), jobs).await? {
                    let spec: TriggerSpec = from_json("triggers", &row.get::<String>(TABLE, 1)?)?;
                    let n_running: u64 = row.get(TABLE, 2)?;
                    let limit = spec.policy.concurrency_limit().map(u64::from);
                    if limit.is_some_and(|limit| n_running >= limit) {
                        full.insert(row.get(TABLE, 0)?);
                    }
                }
                Ok(full)
            })
        })
        .await
    }

    /// One page, newest first, and how many there are in all.
    pub async fn executions(
        &self,
        filter: ExecutionFilter,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<ExecutionView>, u64)> {
        self.read(move |tx| in_tx(list(tx, filter, offset, limit))).await
    }
}

/// [`Store::enqueue`] with an answer for each, in order.
pub(crate) async fn enqueue_each(
    database: &Database,
    new: Vec<NewExecution>,
) -> Result<Vec<Option<Enqueued>>> {
    let ids: Vec<ExecutionId> = new.iter().map(|one| one.id).collect();
    let enqueued = if new.iter().any(|one| one.once.is_some()) {
        database.write(move |tx| in_tx(enqueue(tx, new))).await?
    } else {
        database.write_one_statement(move |tx| in_tx(enqueue(tx, new))).await?
    };
    let mut by_id: BTreeMap<ExecutionId, Enqueued> =
        enqueued.into_iter().map(|one| (one.id, one)).collect();
    Ok(ids.iter().map(|id| by_id.remove(id)).collect())
}

async fn enqueue(tx: &mut Tx, new: Vec<NewExecution>) -> Result<Vec<Enqueued>> {
    idempotency::keep(tx, new.iter().filter_map(|one| one.once.as_ref())).await?;
    let created_at: BTreeMap<ExecutionId, Timestamp> =
        new.iter().map(|one| (one.id, one.now)).collect();
    let kept: Vec<ExecutionId> =
        new.iter().filter(|one| one.once.is_some()).map(|one| one.id).collect();
    let now = new.first().map(|one| one.now).unwrap_or_default();
    // Whether it is born Running only the statement knows.
    let moved = new.iter().map(|one| Moved { id: one.id, job: one.job, state: None });
    let event = Event::executions(moved);
    let mut told = event.as_ref().map(to_json);
    let rows = new.into_iter().map(|execution| {
        args![
            execution.id,
            execution.job,
            execution.origin.code(),
            execution.now,
            execution.triggered_by,
            execution.retry_parent,
            execution.claimer,
            told.take(),
        ]
    });
    let rows = tx.each(each!("execution_enqueue"), rows.collect()).await?;
    if tx.dialect() == Dialect::Sqlite && !rows.is_empty() {
        events::tell(tx, now, event).await?;
    }
    let read = |row: &Row| -> Result<Enqueued> {
        let id: ExecutionId = row.get(TABLE, 0)?;
        let job: JobId = row.get(TABLE, 1)?;
        let is_claimed = row.get::<i64>(TABLE, 2)? == ExecutionState::Running.code();
        let job_version = row.get(TABLE, 3)?;
        let claimed = created_at.get(&id).filter(|_| is_claimed).map(|now| Claimed {
            id,
            job,
            job_version,
            attempt: 1,
            tries: 0,
            due_at: None,
            eligible_at: *now,
            awaited: false,
        });
        Ok(Enqueued { id, job, claimed })
    };
    let enqueued = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    // An answer kept for what was not done must not stand: the whole transaction goes.
    let is_done = |id: &ExecutionId| enqueued.iter().any(|one| one.id == *id);
    if kept.iter().all(is_done) { Ok(enqueued) } else { Err(StoreError::Moved) }
}

async fn claim(tx: &mut Tx, node: NodeId, limit: u32, now: Timestamp) -> Result<Vec<Claimed>> {
    let sql = dialect!(tx, "execution_claim");
    let rows = tx.rows(sql, args![now, limit, node]).await?;
    let mut claimed = rows.iter().map(read_claimed).collect::<Result<Vec<_>>>()?;
    let mut room = i64::from(limit) - i64::try_from(claimed.len()).unwrap_or(i64::MAX);
    if room > 0 {
        let sql = shared!("execution_watched_jobs");
        for row in tx.rows(sql, args![now, WATCHED_JOBS_PER_CLAIM_MAX]).await? {
            let job: JobId = row.get(TABLE, 0)?;
            let taken = claim_watched(tx, node, job, room, now).await?;
            room -= i64::try_from(taken.len()).unwrap_or(i64::MAX);
            claimed.extend(taken);
            if room <= 0 {
                break;
            }
        }
    }
    let moved = claimed.iter().map(|one| (one.id, one.job));
    events::tell_moved(tx, now, moved, ExecutionState::Running).await?;
    with_versions(tx, claimed).await
}

/// Fills in the versions of the claimed jobs. Asked once per job: many executions have few of them.
async fn with_versions(tx: &mut Tx, mut claimed: Vec<Claimed>) -> Result<Vec<Claimed>> {
    let jobs: BTreeSet<JobId> = claimed.iter().map(|claim| claim.job).collect();
    let jobs = jobs.into_iter().map(|job| args![job]).collect();
    let rows = tx.each(each!("job_versions"), jobs).await?;
    let versions: Result<BTreeMap<JobId, i64>> =
        rows.iter().map(|row| Ok((row.get("jobs", 0)?, row.get("jobs", 1)?))).collect();
    let versions = versions?;
    for claim in &mut claimed {
        claim.job_version = versions.get(&claim.job).copied().unwrap_or(0);
    }
    Ok(claimed)
}

/// Claims of one job as many as its concurrency limit leaves room for.
async fn claim_watched(
    tx: &mut Tx,
    node: NodeId,
    job: JobId,
    room: i64,
    now: Timestamp,
) -> Result<Vec<Claimed>> {
    let sql = dialect!(tx, "execution_lock_job");
    let Some(row) = tx.row(sql, args![job]).await? else { return Ok(Vec::new()) };
    let spec: TriggerSpec = from_json("triggers", &row.get::<String>("triggers", 0)?)?;
    let room = match spec.policy.concurrency_limit() {
        Some(limit) => {
            let row = tx.row(shared!("execution_count_running"), args![job]).await?;
            let n_running = row.map_or(Ok(0), |row| row.get::<i64>(TABLE, 0))?;
            room.min(i64::from(limit) - n_running)
        }
        None => room,
    };
    if room <= 0 {
        return Ok(Vec::new());
    }
    let rows = tx.rows(shared!("execution_claim_watched"), args![now, room, node, job]).await?;
    rows.iter().map(read_claimed).collect()
}

fn read_claimed(row: &Row) -> Result<Claimed> {
    Ok(Claimed {
        id: row.get(TABLE, 0)?,
        job: row.get(TABLE, 1)?,
        attempt: row.get(TABLE, 2)?,
        tries: row.get(TABLE, 3)?,
        due_at: row.get(TABLE, 4)?,
        eligible_at: row.get(TABLE, 5)?,
        awaited: row.get(TABLE, 6)?,
        // See `with_versions`.
        job_version: 0,
    })
}

async fn conclude(tx: &mut Tx, conclusions: Vec<Conclusion>) -> Result<Vec<Ended>> {
    let mut rows = Vec::with_capacity(conclusions.len());
    let mut states = BTreeMap::new();
    for conclusion in &conclusions {
        let state = conclusion.state()?;
        states.insert(conclusion.id, state);
        rows.push(conclusion_args(conclusion, state));
    }
    let answer = tx.each(each!("execution_conclude"), rows).await?;
    let ended = answer.iter().map(read_ended).collect::<Result<Vec<_>>>()?;
    let accepted: BTreeMap<ExecutionId, Ended> =
        ended.iter().map(|ended| (ended.id, *ended)).collect();
    let mut outputs = Vec::new();
    let mut attempts = Vec::new();
    let mut history = History::default();
    let mut moved = Vec::with_capacity(ended.len());
    let now = conclusions.iter().map(|conclusion| conclusion.ended_at).max();
    for conclusion in conclusions {
        let Some(ended) = accepted.get(&conclusion.id) else { continue };
        let state = states.get(&conclusion.id).copied().unwrap_or(Conclusion::RUNNING);
        moved.push(Moved { id: ended.id, job: ended.job, state: Some(state) });
        if state.is_final() {
            history.add(ended.job, conclusion.started_at, state);
        } else if conclusion.event != ConclusionEvent::GivenBack {
            attempts.push(attempt_args(&conclusion));
        }
        if let Some(text) = conclusion.output {
            outputs.push(args![conclusion.id, text]);
        }
    }
    tx.each(each!("output_insert"), outputs).await?;
    tx.each(each!("attempt_insert"), attempts).await?;
    update_history(tx, history).await?;
    events::tell(tx, now.unwrap_or_default(), Event::executions(moved)).await?;
    Ok(ended)
}

fn conclusion_args(conclusion: &Conclusion, state: ExecutionState) -> Vec<crate::value::Value> {
    let (eligible_at, tries) = match conclusion.event {
        ConclusionEvent::Failed => (None, 1),
        ConclusionEvent::Retried { eligible_at } => (Some(eligible_at), 1),
        ConclusionEvent::Succeeded | ConclusionEvent::Released | ConclusionEvent::GivenBack => {
            (None, 0)
        }
    };
    args![
        conclusion.id,
        conclusion.attempt,
        conclusion.node,
        state.code(),
        conclusion.started_at,
        state.is_final().then_some(conclusion.ended_at),
        eligible_at,
        i64::from(tries),
        conclusion.error.clone(),
        i64::try_from(conclusion.output_bytes).unwrap_or(i64::MAX),
        conclusion.output_cut,
        None::<String>,
    ]
}

fn attempt_args(conclusion: &Conclusion) -> Vec<crate::value::Value> {
    let outcome = match conclusion.event {
        ConclusionEvent::Released | ConclusionEvent::GivenBack => "Interrupted",
        ConclusionEvent::Retried { .. } | ConclusionEvent::Failed => "Failed",
        ConclusionEvent::Succeeded => "Succeeded",
    };
    args![
        conclusion.id,
        conclusion.attempt,
        conclusion.started_at,
        conclusion.ended_at,
        outcome,
        conclusion.error.clone(),
        conclusion.node,
    ]
}

/// How a batch of final executions changes their jobs' histories.
#[derive(Debug, Default)]
pub(crate) struct History(BTreeMap<JobId, JobTurn>);

#[derive(Debug)]
struct JobTurn {
    started_at: Timestamp,
    state: ExecutionState,
    has_succeeded: bool,
    /// Failures after the last success, or in all when none succeeded.
    failures: i64,
}

impl History {
    pub(crate) fn add(&mut self, job: JobId, started_at: Timestamp, state: ExecutionState) {
        let turn = self.0.entry(job).or_insert(JobTurn {
            started_at,
            state,
            has_succeeded: false,
            failures: 0,
        });
        turn.started_at = turn.started_at.max(started_at);
        turn.state = state;
        match state {
            ExecutionState::Succeeded => (turn.has_succeeded, turn.failures) = (true, 0),
            ExecutionState::Failed => turn.failures += 1,
            ExecutionState::Pending | ExecutionState::Running | ExecutionState::Cancelled => {}
        }
    }
}

pub(crate) async fn update_history(tx: &mut Tx, history: History) -> Result<()> {
    let rows = history.0.into_iter().map(|(job, turn)| {
        args![job, turn.started_at, turn.state.code(), turn.has_succeeded, turn.failures]
    });
    tx.each(each!("job_history_update"), rows.collect()).await.map(drop)
}

/// Cancels every live execution of a job.
pub(crate) async fn cancel_live(
    tx: &mut Tx,
    job: JobId,
    now: Timestamp,
    text: &str,
) -> Result<Vec<Cancelled>> {
    let rows = tx.rows(shared!("execution_cancel_live"), args![job, now, text]).await?;
    let cancelled = read_all_cancelled(&rows)?;
    tell_other_nodes(tx, &cancelled, None).await?;
    tell_cancelled(tx, now, &cancelled).await?;
    Ok(cancelled)
}

/// Cancels the executions of a job that have not started.
pub(crate) async fn cancel_pending(
    tx: &mut Tx,
    job: JobId,
    now: Timestamp,
    text: &str,
) -> Result<Vec<Cancelled>> {
    let rows = tx.rows(shared!("execution_cancel_pending"), args![job, now, text]).await?;
    let cancelled = read_all_cancelled(&rows)?;
    tell_cancelled(tx, now, &cancelled).await?;
    Ok(cancelled)
}

/// Leaves word for the nodes that run what was cancelled; `me` knows already.
pub(crate) async fn tell_other_nodes(
    tx: &mut Tx,
    cancelled: &[Cancelled],
    me: Option<NodeId>,
) -> Result<()> {
    let others = cancelled.iter().filter_map(|one| {
        let node = one.node.filter(|node| Some(*node) != me)?;
        Some(args![node, one.id])
    });
    tx.each(each!("cancellation_insert"), others.collect()).await.map(drop)
}

async fn tell_cancelled(tx: &mut Tx, now: Timestamp, cancelled: &[Cancelled]) -> Result<()> {
    let moved = cancelled.iter().map(|one| (one.id, one.job));
    events::tell_moved(tx, now, moved, ExecutionState::Cancelled).await
}

pub(crate) fn read_all_cancelled(rows: &[Row]) -> Result<Vec<Cancelled>> {
    let read = |row: &Row| {
        Ok(Cancelled {
            id: row.get(TABLE, 0)?,
            job: row.get(TABLE, 1)?,
            node: row.get(TABLE, 2)?,
            attempt: row.get(TABLE, 3)?,
        })
    };
    rows.iter().map(read).collect()
}

pub(crate) fn read_ended(row: &Row) -> Result<Ended> {
    Ok(Ended {
        id: row.get(TABLE, 0)?,
        job: row.get(TABLE, 1)?,
        started_at: row.get(TABLE, 2)?,
        awaited: row.get(TABLE, 3)?,
    })
}

async fn list(
    tx: &mut Tx,
    filter: ExecutionFilter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<ExecutionView>, u64)> {
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut args = args![];
    let mut push = |condition: &str, value: crate::value::Value| {
        args.push(value);
        conditions.push(condition.replace('?', &format!("${}", args.len())));
    };
    if let Some(job) = filter.job {
        push("e.job_id = ?", job.into());
    }
    if let Some(state) = filter.state {
        push("e.state = ?", state.code().into());
    }
    if let Some(from) = filter.from {
        push("COALESCE(e.started_at, e.created_at) >= ?", from.into());
    }
    if let Some(to) = filter.to {
        push("COALESCE(e.started_at, e.created_at) <= ?", to.into());
    }
    let conditions = conditions.join(" AND ");
    let count = format!("SELECT count(*) FROM executions e WHERE {conditions}");
    let total = tx.row(&count, args.clone()).await?;
    let total = total.map_or(Ok(0), |row| row.get::<u64>(TABLE, 0))?;
    let page = format!(
        "{} WHERE {conditions} ORDER BY e.id DESC LIMIT {limit} OFFSET {offset}",
        shared!("execution_view")
    );
    let rows = tx.rows(&page, args).await?;
    Ok((rows.iter().map(read_view).collect::<Result<_>>()?, total))
}

pub(crate) fn read_view(row: &Row) -> Result<ExecutionView> {
    let bad = |what: &str, code: i64| StoreError::bad_row(TABLE, format!("{what} {code}"));
    let state: i64 = row.get(TABLE, 3)?;
    let origin: i64 = row.get(TABLE, 4)?;
    Ok(ExecutionView {
        id: row.get(TABLE, 0)?,
        job: row.get(TABLE, 1)?,
        job_name: row.get(TABLE, 2)?,
        state: ExecutionState::from_code(state).ok_or_else(|| bad("state", state))?,
        origin: Origin::from_code(origin).ok_or_else(|| bad("origin", origin))?,
        due_at: row.get(TABLE, 5)?,
        eligible_at: row.get(TABLE, 6)?,
        created_at: row.get(TABLE, 7)?,
        started_at: row.get(TABLE, 8)?,
        ended_at: row.get(TABLE, 9)?,
        attempt: row.get(TABLE, 10)?,
        tries: row.get(TABLE, 11)?,
        losses: row.get(TABLE, 12)?,
        node: row.get(TABLE, 13)?,
        hold: row.get(TABLE, 14)?,
        retry_parent: row.get(TABLE, 15)?,
        triggered_by: row.get(TABLE, 16)?,
        error: row.get(TABLE, 17)?,
        output_bytes: row.get(TABLE, 18)?,
        output_cut: row.get(TABLE, 19)?,
    })
}

fn read_attempt(row: &Row) -> Result<AttemptView> {
    const TABLE: &str = "attempts";
    Ok(AttemptView {
        number: row.get(TABLE, 0)?,
        started_at: row.get(TABLE, 1)?,
        ended_at: row.get(TABLE, 2)?,
        outcome: row.get(TABLE, 3)?,
        error: row.get(TABLE, 4)?,
        node: row.get(TABLE, 5)?,
    })
}
