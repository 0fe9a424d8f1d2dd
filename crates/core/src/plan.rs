//! What to do about the instants a trigger was due: the one decision for each.
//!
//! Called by the ticker with everything it found; carried out by the store in one transaction. The
//! same plan serves a normal tick, a restart after days, a clock that jumped and an edit.

mod backlog;
mod decision;
mod draft;
mod jitter;

use horarium_when::Schedule;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub use self::decision::{Decision, DecisionRow, MissReason, SkipReason};
use self::draft::Draft;
use crate::trigger::{FiringPolicy, Standing};

/// A start later than this after its due instant is called late. Below it is only the work itself.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_secs(1);
/// How late the misfire policy `skip` still fires. It covers a slow disk and a ticker that takes over
/// from a lost one; `maxLatenessSeconds` makes it stricter.
pub const SKIP_GRACE: SignedDuration = SignedDuration::from_secs(10);
/// Most instants one plan looks at; the rest is left for the next plan, which follows at once.
pub const INSTANTS_MAX: usize = 10_000;
/// Most missed instants the policy `all` fires; older ones are Missed.
pub const CATCH_UP_MAX: usize = 100;
/// Most executions of one job that the overlap policy `queue` lets wait.
pub const QUEUED_MAX: u32 = 100;
/// Longest time between two looks at a trigger whose every instant is excluded.
const ACCOUNT_PERIOD: SignedDuration = SignedDuration::from_hours(24);

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
    /// One for each new row that fires, in the same order.
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
/// What an operator sees of a job due every minute:
///
/// | misfire | seen at 10:02:00.01 after 09:59 | back at 10:02:30     | `* * * * *` back after a day |
/// |---------|----------------------------------|---------------------|------------------------------|
/// | latest  | 10:00, 10:01 Coalesced into 10:02, which is Fired | the same, 10:02 `FiredLate` | 1,439 Coalesced in one row, 1 `FiredLate` |
/// | all     | 10:00, 10:01 `FiredLate`, 10:02 Fired | three times `FiredLate` | 1,340 Missed (catch-up limit), 100 `FiredLate` |
/// | skip    | 10:00, 10:01 Missed (late), 10:02 Fired | three times Missed (late) | 1,440 Missed (late) in one row |
///
/// For each instant the first rule that applies decides:
///
/// | rule                                               | decision                    |
/// |----------------------------------------------------|-----------------------------|
/// | the trigger was paused or disabled then            | Skipped (paused, disabled)  |
/// | an exclusion names it; it stands for no other       | Skipped (the rule's words)  |
/// | later than `maxLatenessSeconds`                    | Missed (too late)           |
/// | the misfire policy, above                          | Coalesced, Missed           |
/// | the overlap policy: `skip` and one is live         | Skipped (overlap)           |
/// | `queue` and [`QUEUED_MAX`] wait behind one         | Skipped (queue full)        |
/// | otherwise                                          | Fired, `FiredLate` after [`LATE_AFTER`] |
///
/// With `cancelRunning`, `all` acts as `latest`: each of its firings would only cancel the one before.
///
/// A clock that was set back decides nothing until it has caught up; one that jumps ahead is a
/// backlog like any other.
pub fn plan(due: &Due<'_>, situation: Situation) -> Plan {
    let mut draft = Draft::new(due, situation);
    if !draft.resume_if_time_has_come() {
        return draft.sleep();
    }
    draft.decide_instants();
    draft.finish()
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
