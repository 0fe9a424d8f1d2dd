//! Accounting for the instants of a time in which a trigger was silent on purpose.

use horarium_when::Schedule;
use jiff::Timestamp;

use crate::plan::{Decision, DecisionRow, SkipReason};

/// Most instants a settled range counts; a longer pause says "at least so many".
pub const SETTLED_COUNT_MAX: u64 = 1_000_000;

/// The row for the instants in `(cursor, through]` that a pause swallowed, if there were any.
pub fn settle_paused(
    schedule: &Schedule,
    cursor: Timestamp,
    through: Timestamp,
) -> Option<DecisionRow> {
    settle(schedule, cursor, through, SkipReason::Paused)
}

/// The row for the instants in `(cursor, through]` that passed while the trigger was disabled.
pub fn settle_disabled(
    schedule: &Schedule,
    cursor: Timestamp,
    through: Timestamp,
) -> Option<DecisionRow> {
    settle(schedule, cursor, through, SkipReason::Disabled)
}

fn settle(
    schedule: &Schedule,
    cursor: Timestamp,
    through: Timestamp,
    reason: SkipReason,
) -> Option<DecisionRow> {
    let first = schedule.next_due_after(cursor).filter(|first| *first <= through)?;
    let last = schedule.previous_due_at(through).unwrap_or(first);
    let count = schedule.count_due_between(cursor, through, SETTLED_COUNT_MAX);
    Some(DecisionRow { first, last, count, decision: Decision::Skipped(reason) })
}
