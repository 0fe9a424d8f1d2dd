//! Accounting for the instants of a time in which a trigger was silent on purpose.

use horarium_when::Schedule;
use jiff::Timestamp;

use crate::{
    plan::{Decision, DecisionRow, SkipReason},
    trigger::Standing,
};

/// Most instants a settled range counts; a longer pause says "at least so many".
pub const SETTLED_COUNT_MAX: u64 = 1_000_000;
/// Most excluded instants settled at once. Their trigger is looked at within a day of the first of
/// them, and a day has 86,400 seconds.
pub const SETTLED_EXCLUDED_MAX: usize = 100_000;

/// The row for the instants in `(cursor, through]` that a pause swallowed, if there were any.
pub fn settle_paused(
    schedule: &Schedule,
    cursor: Timestamp,
    through: Timestamp,
) -> Option<DecisionRow> {
    settle_silence(schedule, cursor, through, SkipReason::Paused)
}

/// The row for the instants in `(cursor, through]` that passed while the trigger was disabled.
pub fn settle_disabled(
    schedule: &Schedule,
    cursor: Timestamp,
    through: Timestamp,
) -> Option<DecisionRow> {
    settle_silence(schedule, cursor, through, SkipReason::Disabled)
}

/// The rows for all instants in `(cursor, through]`, or `None` when a plan must come first.
pub(crate) fn settle(
    schedule: &Schedule,
    standing: &Standing,
    cursor: Timestamp,
    through: Timestamp,
) -> Option<Vec<DecisionRow>> {
    match standing {
        Standing::Enabled => settle_excluded(schedule, cursor, through),
        // What comes after the end of a pause is for the plan to decide.
        Standing::Paused { until: Some(until), .. } if *until <= through => None,
        Standing::Paused { .. } => Some(Vec::from_iter(settle_paused(schedule, cursor, through))),
        Standing::Disabled => Some(Vec::from_iter(settle_disabled(schedule, cursor, through))),
        Standing::Completed => Some(Vec::new()),
    }
}

fn settle_silence(
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

fn settle_excluded(
    schedule: &Schedule,
    cursor: Timestamp,
    through: Timestamp,
) -> Option<Vec<DecisionRow>> {
    let mut rows: Vec<DecisionRow> = Vec::new();
    let mut at = cursor;
    for _ in 0..SETTLED_EXCLUDED_MAX {
        match schedule.next_due_after(at) {
            Some(next) if next <= through => at = next,
            Some(_) | None => return Some(rows),
        }
        let exclusion = schedule.exclusions.rejects(at, schedule.rule.zone())?;
        let decision = Decision::Skipped(SkipReason::Excluded(exclusion.to_string()));
        match rows.last_mut().filter(|row| row.decision == decision) {
            Some(row) => {
                row.last = at;
                row.count += 1;
            }
            None => rows.push(DecisionRow::one(at, decision)),
        }
    }
    None
}
