//! Claims what waits and starts attempts.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use horarium_core::retry::RetryPolicy;
use horarium_store::{Claimed, Conclusion, ConclusionEvent, JobDefinition};
use horarium_worker::{Assignment, Attempted, Ending};
use jiff::{SignedDuration, Timestamp};
use tracing::{debug, warn};

use super::{
    Shared,
    definitions::Found,
    service::{Report, Service},
    slots::Room,
};

/// Most executions claimed ahead of free workers. Only short attempts are claimed ahead: one commit
/// then feeds many of them.
const CLAIMED_AHEAD_MAX: u32 = 4_096;
/// Claimed ahead is what the node's workers start within this time.
const AHEAD: Duration = Duration::from_millis(100);
/// Attempts are short when they take less than this on average.
const SHORT_ATTEMPT: Duration = Duration::from_millis(20);
/// An execution claimed ahead that has not started after this long is given back.
const UNSTARTED_MAX: Duration = Duration::from_millis(500);
/// How soon to look again at jobs whose concurrency limit held something back.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_millis(250);

/// Claims and starts.
pub struct Dispatcher {
    shared: Arc<Shared>,
}

/// What is claimed but has no worker yet, and how long attempts take.
#[derive(Default)]
pub struct Ahead {
    waiting: Mutex<VecDeque<(Prepared, Instant)>>,
    /// Moving average of an attempt's time, in microseconds; 0 while nothing has run.
    average_micros: AtomicU64,
}

/// A claim with the definition to run it with.
pub struct Prepared {
    claimed: Claimed,
    definition: Arc<JobDefinition>,
    node: horarium_core::NodeId,
}

impl Dispatcher {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

impl Service for Dispatcher {
    const NAME: &'static str = "dispatcher";
    const PERIOD: SignedDuration = SignedDuration::from_millis(500);

    async fn run_once(&self, now: Timestamp) -> horarium_store::Result<Report> {
        let shared = &self.shared;
        if !shared.lease.is_valid() {
            return Ok(Report::default());
        }
        give_back_stale(shared).await;
        start_waiting(shared);
        let wanted = shared.slots.n_free() + room_ahead(shared);
        if wanted == 0 {
            // A worker that becomes free gives a hint.
            return Ok(Report::default());
        }
        let node = shared.lease.node();
        let claimed = shared.store.claim(node, wanted, now).await?;
        let n_acted = claimed.len();
        let prepared = prepare(shared, claimed, node).await;
        shared.ahead.push(prepared);
        start_waiting(shared);
        let next_at = if n_acted > 0 {
            now.checked_add(LOOK_AGAIN).ok()
        } else {
            shared.store.next_eligible().await?.map(|next| next.max(now))
        };
        if n_acted == wanted as usize {
            shared.hints.dispatcher.give();
        }
        Ok(Report { n_acted, next_at })
    }
}

impl Ahead {
    /// How many more to claim ahead of free workers, of which the node has `workers`. None while
    /// half of them are still waiting: a claim costs a commit, however few it takes.
    fn room(&self, workers: u32) -> u32 {
        let average = Duration::from_micros(self.average_micros.load(Ordering::Relaxed));
        if average.is_zero() || average > SHORT_ATTEMPT {
            return 0;
        }
        let startable = u128::from(workers) * (AHEAD.as_micros() / average.as_micros());
        let wanted = u32::try_from(startable).unwrap_or(u32::MAX).min(CLAIMED_AHEAD_MAX);
        let n_waiting = u32::try_from(self.lock().len()).unwrap_or(u32::MAX);
        if n_waiting > wanted / 2 { 0 } else { wanted - n_waiting }
    }

    fn push(&self, prepared: Vec<Prepared>) {
        let now = Instant::now();
        self.lock().extend(prepared.into_iter().map(|one| (one, now)));
    }

    fn pop(&self) -> Option<Prepared> {
        self.lock().pop_front().map(|(prepared, _)| prepared)
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn take_older_than(&self, age: Duration) -> Vec<Prepared> {
        let mut waiting = self.lock();
        let is_old = waiting.front().is_some_and(|(_, since)| since.elapsed() >= age);
        if is_old { waiting.drain(..).map(|(prepared, _)| prepared).collect() } else { Vec::new() }
    }

    fn measure(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        let old = self.average_micros.load(Ordering::Relaxed);
        let new = if old == 0 { took } else { old - old / 16 + took / 16 };
        self.average_micros.store(new.max(1), Ordering::Relaxed);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(Prepared, Instant)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many executions more than it has free workers this node may claim.
pub fn room_ahead(shared: &Shared) -> u32 {
    shared.ahead.room(shared.slots.total())
}

/// Starts claimed executions in the room reserved for them; the rest is claimed ahead.
pub async fn launch(shared: &Arc<Shared>, claimed: Vec<Claimed>, mut room: Room) {
    let node = shared.lease.node();
    let mut ahead = Vec::new();
    for prepared in prepare(shared, claimed, node).await {
        match room.split() {
            Some(slot) => start(shared, prepared, slot),
            None => ahead.push(prepared),
        }
    }
    shared.ahead.push(ahead);
    drop(room);
    start_waiting(shared);
}

/// Finds the definitions of claimed executions. What has none is given back: the job is gone, or
/// the database is.
async fn prepare(
    shared: &Arc<Shared>,
    claimed: Vec<Claimed>,
    node: horarium_core::NodeId,
) -> Vec<Prepared> {
    let definitions = shared.definitions.of(&claimed).await.unwrap_or_else(|err| {
        warn!(error = %err, "reading the definitions of claimed executions failed");
        Found::default()
    });
    let mut prepared = Vec::with_capacity(claimed.len());
    for claim in claimed {
        match definitions.of(&claim) {
            Some(definition) => {
                prepared.push(Prepared { claimed: claim, definition, node });
            }
            None => give_back(shared, &claim, node).await,
        }
    }
    prepared
}

/// Gives free workers what is claimed already.
fn start_waiting(shared: &Arc<Shared>) {
    while !shared.ahead.is_empty() {
        let Some(slot) = shared.slots.reserve(1) else { return };
        let Some(prepared) = shared.ahead.pop() else { return };
        start(shared, prepared, slot);
    }
}

fn start(shared: &Arc<Shared>, prepared: Prepared, slot: Room) {
    let Prepared { claimed, definition, node } = prepared;
    let shared = Arc::clone(shared);
    let Some(stop) = shared.attempts.begin(claimed.id, claimed.attempt) else {
        debug!(execution.id = %claimed.id, "execution {} was cancelled before it started", claimed.id);
        return;
    };
    tokio::spawn(async move {
        let started_at = shared.clock.now();
        let since = Instant::now();
        if shared.lease.is_valid() && shared.lease.node() == node {
            shared.metrics.started(&claimed, started_at);
            let assignment = assignment(&claimed, &definition, started_at);
            let attempted = shared.runner.run(assignment, stop).await;
            let entropy = entropy();
            let ended_at = shared.clock.now().max(started_at);
            let times = Times { started_at, ended_at };
            if let Some(end) =
                conclusion(&claimed, node, &definition.retry, attempted, times, entropy)
            {
                shared.metrics.ended(definition.job_type, &end);
                shared.concluder.conclude(end).await;
            }
            shared.ahead.measure(since.elapsed());
        } else {
            give_back(&shared, &claimed, node).await;
        }
        shared.attempts.end(claimed.id, claimed.attempt);
        drop(slot);
        next(&shared);
    });
}

/// A worker has become free: it takes what is claimed already, or asks for more.
fn next(shared: &Arc<Shared>) {
    start_waiting(shared);
    if shared.ahead.is_empty() || room_ahead(shared) > 0 {
        shared.hints.dispatcher.give();
    }
}

fn assignment(claimed: &Claimed, definition: &JobDefinition, now: Timestamp) -> Assignment {
    Assignment {
        execution_id: claimed.id,
        job_id: claimed.job,
        job_name: definition.name.clone(),
        created_by: definition.created_by.clone(),
        job_type: definition.job_type,
        configuration: definition.configuration.clone(),
        attempt: claimed.attempt,
        due_at: claimed.due_at,
        now,
        timeout: Duration::from_secs(u64::from(definition.timeout_seconds)),
    }
}

/// When an attempt ran.
#[derive(Clone, Copy, Debug)]
struct Times {
    started_at: Timestamp,
    ended_at: Timestamp,
}

/// What to write for an attempt's end. `None`: it was cancelled, and its row says so already.
fn conclusion(
    claimed: &Claimed,
    node: horarium_core::NodeId,
    retry: &RetryPolicy,
    attempted: Attempted,
    times: Times,
    entropy: u32,
) -> Option<Conclusion> {
    let retried = |retryable: bool| {
        let at = retry.retry_at(claimed.tries + 1, times.ended_at, entropy).filter(|_| retryable);
        at.map_or(ConclusionEvent::Failed, |eligible_at| ConclusionEvent::Retried { eligible_at })
    };
    let (event, error) = match attempted.ending {
        Ending::Succeeded => (ConclusionEvent::Succeeded, None),
        // Success with a text is success with a warning.
        Ending::Warned { warning } => (ConclusionEvent::Succeeded, Some(warning)),
        Ending::Failed { error, retryable, http_status } => {
            (retried(retryable && retry.retries_status(http_status)), Some(error))
        }
        Ending::TimedOut { error } => (retried(true), Some(error)),
        Ending::Interrupted => (
            ConclusionEvent::Released,
            Some("interrupted: the node is stopping; this does not count as a try".to_owned()),
        ),
        Ending::Cancelled => return None,
    };
    Some(Conclusion {
        id: claimed.id,
        attempt: claimed.attempt,
        node,
        event,
        started_at: times.started_at,
        ended_at: times.ended_at,
        error,
        output: (!attempted.output.text.is_empty()).then_some(attempted.output.text),
        output_bytes: attempted.output.bytes,
        output_cut: attempted.output.cut,
    })
}

/// Returns what was claimed ahead and could not start soon: other nodes may have room.
async fn give_back_stale(shared: &Arc<Shared>) {
    for prepared in shared.ahead.take_older_than(UNSTARTED_MAX) {
        give_back(shared, &prepared.claimed, prepared.node).await;
    }
}

/// Returns everything that was claimed ahead.
pub async fn give_back_unstarted(shared: &Arc<Shared>) {
    for prepared in shared.ahead.take_older_than(Duration::ZERO) {
        give_back(shared, &prepared.claimed, prepared.node).await;
    }
}

async fn give_back(shared: &Arc<Shared>, claimed: &Claimed, node: horarium_core::NodeId) {
    let now = shared.clock.now();
    let conclusion = Conclusion {
        id: claimed.id,
        attempt: claimed.attempt,
        node,
        event: ConclusionEvent::GivenBack,
        started_at: now,
        ended_at: now,
        error: None,
        output: None,
        output_bytes: 0,
        output_cut: false,
    };
    shared.concluder.conclude(conclusion).await;
}

/// Chance for the spread of retries. A failing generator costs the spread, nothing else.
fn entropy() -> u32 {
    getrandom::u32().unwrap_or(0)
}
