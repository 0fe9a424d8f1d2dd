//! What to do about the instants a trigger was due: the one decision for each.
//!
//! Called by the ticker with everything it found; carried out by the store in one transaction. The
//! same plan serves a normal tick, a restart after days, a clock that jumped and an edit.

use horarium_when::Schedule;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    settle::settle_paused,
    trigger::{FiringPolicy, MisfirePolicy, OverlapPolicy, Standing},
};

/// A start later than this after its due instant is called late. Below it is only the work itself.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_secs(1);
/// Most instants one plan looks at; the rest is left for the next plan, which follows at once.
pub const INSTANTS_MAX: usize = 10_000;
/// Most missed instants the policy `all` fires; older ones are Missed.
pub const CATCH_UP_MAX: usize = 100;
/// Most executions of one job that the overlap policy `queue` lets wait.
pub const QUEUED_MAX: u32 = 100;
/// Longest time between two looks at a trigger whose every instant is excluded.
const ACCOUNT_PERIOD: SignedDuration = SignedDuration::from_hours(24);

/// What was done about one due instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    Fired,
    /// Fired more than [`LATE_AFTER`] after it was due.
    FiredLate,
    Skipped(SkipReason),
    /// Not fired because a later instant stands for it.
    Coalesced { into: Timestamp },
    Missed(MissReason),
}

/// Why an instant was skipped on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SkipReason {
    /// An exclusion rule forbids it; the text names the rule.
    Excluded(String),
    /// An earlier execution had not ended (overlap policy `skip`).
    Overlap,
    /// [`QUEUED_MAX`] executions were waiting already (overlap policy `queue`).
    QueueFull,
    Paused,
    Disabled,
}

/// Why an instant passed without firing although nobody wanted that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MissReason {
    /// Nobody looked in time, and the misfire policy is `skip`.
    Late,
    /// Nobody looked within `maxLatenessSeconds`.
    TooLate,
    /// Older than the [`CATCH_UP_MAX`] newest under the misfire policy `all`.
    CatchUpLimit,
}

impl Decision {
    /// The wire's word for the decision.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fired => "Fired",
            Self::FiredLate => "FiredLate",
            Self::Skipped(_) => "Skipped",
            Self::Coalesced { .. } => "Coalesced",
            Self::Missed(_) => "Missed",
        }
    }

    /// The wire's text for why, or `None` when the word says it all.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Fired | Self::FiredLate | Self::Coalesced { .. } => None,
            Self::Skipped(SkipReason::Excluded(rule)) => Some(rule.clone()),
            Self::Skipped(SkipReason::Overlap) => Some("overlap".to_owned()),
            Self::Skipped(SkipReason::QueueFull) => Some("queue full".to_owned()),
            Self::Skipped(SkipReason::Paused) => Some("paused".to_owned()),
            Self::Skipped(SkipReason::Disabled) => Some("disabled".to_owned()),
            Self::Missed(MissReason::Late) => Some("late".to_owned()),
            Self::Missed(MissReason::TooLate) => Some("too late".to_owned()),
            Self::Missed(MissReason::CatchUpLimit) => Some("catch-up limit".to_owned()),
        }
    }

    /// Whether an execution exists because of it.
    pub fn fires(&self) -> bool {
        matches!(self, Self::Fired | Self::FiredLate)
    }
}

/// Equal decisions about consecutive due instants `first..=last`; a single one has `first == last`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRow {
    pub first: Timestamp,
    pub last: Timestamp,
    pub count: u64,
    pub decision: Decision,
}

impl DecisionRow {
    pub fn one(due_at: Timestamp, decision: Decision) -> Self {
        Self { first: due_at, last: due_at, count: 1, decision }
    }
}

/// One execution to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firing {
    pub due_at: Timestamp,
    /// Due plus jitter: no attempt starts before it.
    pub eligible_at: Timestamp,
}

/// What the store is to write for one trigger, all of it or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The stored tail row grown by more equal instants, if it did.
    pub grown_tail: Option<DecisionRow>,
    /// New rows, ascending.
    pub decisions: Vec<DecisionRow>,
    pub firings: Vec<Firing>,
    /// Live executions of the job are to be cancelled first (overlap policy `cancelRunning`).
    pub cancel_live: bool,
    pub standing: Standing,
    pub cursor: Timestamp,
    pub wake_at: Option<Timestamp>,
    pub next_run_at: Option<Timestamp>,
    /// The row later equal skips may extend.
    pub tail: Option<DecisionRow>,
}

/// A trigger as the plan sees it.
#[derive(Clone, Debug)]
pub struct Due<'a> {
    pub owner: Uuid,
    pub schedule: &'a Schedule,
    pub policy: &'a FiringPolicy,
    pub standing: &'a Standing,
    pub cursor: Timestamp,
    pub tail: Option<&'a DecisionRow>,
}

/// The world around the trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    pub now: Timestamp,
    /// Executions of the job that are Pending or Running.
    pub n_live: u32,
}

/// Decides every due instant in `(cursor, now]`, at most [`INSTANTS_MAX`] of them.
///
/// | policy | instants 10:00, 10:01, 10:02 seen at 10:02:00.01 |
/// |--------|---------------------------------------------------|
/// | latest | Coalesced, Coalesced, Fired                       |
/// | all    | FiredLate, FiredLate, Fired                       |
/// | skip   | Missed(late), Missed(late), Fired                 |
pub fn plan(due: &Due<'_>, situation: Situation) -> Plan {
    let mut draft = Draft::new(due, situation);
    if !draft.resume_if_time_has_come() {
        return draft.sleep();
    }
    draft.decide_instants();
    draft.finish()
}

struct Draft<'a> {
    due: &'a Due<'a>,
    now: Timestamp,
    n_live: u32,
    standing: Standing,
    cursor: Timestamp,
    rows: Vec<DecisionRow>,
    firings: Vec<Firing>,
    cancel_live: bool,
}

impl<'a> Draft<'a> {
    fn new(due: &'a Due<'a>, situation: Situation) -> Self {
        Self {
            due,
            now: situation.now,
            n_live: situation.n_live,
            standing: due.standing.clone(),
            cursor: due.cursor,
            rows: Vec::new(),
            firings: Vec::new(),
            cancel_live: false,
        }
    }

    /// False when the trigger stays silent: disabled, done, or paused beyond `now`.
    fn resume_if_time_has_come(&mut self) -> bool {
        match self.standing {
            Standing::Enabled => true,
            Standing::Paused { until: Some(until), .. } if until <= self.now => {
                self.rows.extend(settle_paused(self.due.schedule, self.cursor, until));
                self.cursor = self.cursor.max(until);
                self.standing = Standing::Enabled;
                true
            }
            Standing::Paused { .. } | Standing::Disabled | Standing::Completed => false,
        }
    }

    fn decide_instants(&mut self) {
        let backlog = Backlog::of(self.due, self.cursor, self.now);
        let mut at = self.cursor;
        for _ in 0..INSTANTS_MAX {
            match self.due.schedule.next_due_after(at) {
                Some(next) if next <= self.now => at = next,
                Some(_) | None => break,
            }
            let decision = self.decide(at, &backlog);
            self.record(at, decision);
        }
        self.cursor = at;
    }

    fn decide(&mut self, at: Timestamp, backlog: &Backlog) -> Decision {
        let schedule = self.due.schedule;
        if let Some(exclusion) = schedule.exclusions.rejects(at, schedule.rule.zone()) {
            return Decision::Skipped(SkipReason::Excluded(exclusion.to_string()));
        }
        let lateness = self.now.duration_since(at);
        let too_late = self.due.policy.max_lateness_seconds;
        if too_late.is_some_and(|max| lateness > SignedDuration::from_secs(i64::from(max))) {
            return Decision::Missed(MissReason::TooLate);
        }
        match self.due.policy.misfire {
            MisfirePolicy::Latest => match backlog.latest {
                Some(latest) if at < latest => return Decision::Coalesced { into: latest },
                Some(_) | None => {}
            },
            MisfirePolicy::All if at < backlog.catch_up_from => {
                return Decision::Missed(MissReason::CatchUpLimit);
            }
            MisfirePolicy::Skip if lateness > LATE_AFTER => {
                return Decision::Missed(MissReason::Late);
            }
            MisfirePolicy::All | MisfirePolicy::Skip => {}
        }
        match self.overlap() {
            Some(reason) => Decision::Skipped(reason),
            None if lateness > LATE_AFTER => Decision::FiredLate,
            None => Decision::Fired,
        }
    }

    /// Why the overlap policy forbids one more execution now; counts it when it does not.
    fn overlap(&mut self) -> Option<SkipReason> {
        match self.due.policy.overlap {
            OverlapPolicy::Skip if self.n_live > 0 => return Some(SkipReason::Overlap),
            OverlapPolicy::Queue if self.n_live > QUEUED_MAX => return Some(SkipReason::QueueFull),
            OverlapPolicy::CancelRunning => {
                self.cancel_live |= self.n_live > 0 && self.firings.is_empty();
            }
            OverlapPolicy::Allow | OverlapPolicy::Skip | OverlapPolicy::Queue => {}
        }
        self.n_live += 1;
        None
    }

    fn record(&mut self, at: Timestamp, decision: Decision) {
        if decision.fires() {
            self.firings.push(Firing { due_at: at, eligible_at: self.eligible_at(at) });
        } else if let Some(row) = self.rows.last_mut().filter(|row| row.decision == decision) {
            row.last = at;
            row.count += 1;
            return;
        }
        self.rows.push(DecisionRow::one(at, decision));
    }

    /// Due plus this occurrence's share of the jitter, the same whoever computes it.
    fn eligible_at(&self, at: Timestamp) -> Timestamp {
        let jitter_ms = i64::from(self.due.policy.jitter_seconds) * 1_000;
        if jitter_ms == 0 {
            return at;
        }
        let mixed = mix(self.due.owner.as_u128(), at.as_second());
        let share = i64::try_from(mixed >> 32).unwrap_or(0) * (jitter_ms + 1) >> 32;
        at.checked_add(SignedDuration::from_millis(share)).unwrap_or(at)
    }

    /// The plan of a trigger that stays silent.
    fn sleep(self) -> Plan {
        let wake_at = match self.standing {
            Standing::Paused { until, .. } => until,
            Standing::Enabled | Standing::Disabled | Standing::Completed => None,
        };
        Plan {
            grown_tail: None,
            decisions: self.rows,
            firings: self.firings,
            cancel_live: false,
            standing: self.standing,
            cursor: self.cursor,
            wake_at,
            next_run_at: None,
            tail: self.due.tail.cloned(),
        }
    }

    fn finish(mut self) -> Plan {
        let (next_run_at, wake_at) = next_looks(self.due.schedule, self.cursor);
        if wake_at.is_none() {
            self.standing = Standing::Completed;
        }
        let grown_tail = self.grow_tail();
        let tail = match (self.rows.last(), &grown_tail) {
            (Some(row), _) => extendable(row),
            (None, Some(grown)) => Some(grown.clone()),
            (None, None) => self.due.tail.cloned(),
        };
        Plan {
            grown_tail,
            decisions: self.rows,
            firings: self.firings,
            cancel_live: self.cancel_live,
            standing: self.standing,
            cursor: self.cursor,
            wake_at,
            next_run_at,
            tail,
        }
    }

    /// Merges the first new row into the stored tail when both say the same.
    fn grow_tail(&mut self) -> Option<DecisionRow> {
        let tail = self.due.tail?;
        let first = self.rows.first()?;
        if first.decision != tail.decision || extendable(tail).is_none() {
            return None;
        }
        let grown = DecisionRow {
            first: tail.first,
            last: first.last,
            count: tail.count + first.count,
            decision: tail.decision.clone(),
        };
        self.rows.remove(0);
        Some(grown)
    }
}

/// Only skips stand in ranges that grow: each firing has a row of its own.
fn extendable(row: &DecisionRow) -> Option<DecisionRow> {
    matches!(row.decision, Decision::Skipped(_)).then(|| row.clone())
}

/// When the next instant really fires, and when the ticker must look again.
///
/// Excluded instants need no look of their own: they are accounted at the next one that fires, at
/// the latest a day after the first of them.
pub fn next_looks(
    schedule: &Schedule,
    cursor: Timestamp,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let Some(next_due) = schedule.next_due_after(cursor) else { return (None, None) };
    let next_run_at = schedule.next_firing_after(cursor);
    let account_at = next_due.checked_add(ACCOUNT_PERIOD).unwrap_or(next_due);
    let wake_at = next_run_at.map_or(account_at, |next| next.min(account_at));
    (next_run_at, Some(wake_at))
}

/// What the misfire policies need to know of all instants up to now, found from the newest back.
struct Backlog {
    /// The newest instant that nothing excludes.
    latest: Option<Timestamp>,
    /// The oldest instant that `all` still fires.
    catch_up_from: Timestamp,
}

impl Backlog {
    fn of(due: &Due<'_>, cursor: Timestamp, now: Timestamp) -> Self {
        let wanted = match due.policy.misfire {
            MisfirePolicy::Latest => 1,
            MisfirePolicy::All => CATCH_UP_MAX,
            MisfirePolicy::Skip => 0,
        };
        let schedule = due.schedule;
        let mut found = Vec::new();
        let mut at = now;
        for _ in 0..INSTANTS_MAX {
            if found.len() == wanted {
                break;
            }
            let Some(previous) = schedule.previous_due_at(at).filter(|p| *p > cursor) else { break };
            if schedule.exclusions.rejects(previous, schedule.rule.zone()).is_none() {
                found.push(previous);
            }
            at = crate::trigger::just_before(previous);
        }
        Self {
            latest: found.first().copied(),
            catch_up_from: found.last().copied().unwrap_or(cursor),
        }
    }
}

/// A well-mixed 64-bit number from an id and an instant (splitmix64's finaliser).
fn mix(id: u128, second: i64) -> u64 {
    let folded = u64::try_from(id & u128::from(u64::MAX)).unwrap_or(0)
        ^ u64::try_from(id >> 64).unwrap_or(0).rotate_left(32)
        ^ second.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut mixed = (folded ^ (folded >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
