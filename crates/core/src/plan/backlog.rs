//! What the misfire policies need to know of all instants up to now, found from the newest back.

use horarium_when::Schedule;
use jiff::Timestamp;

use super::{CATCH_UP_MAX, Due};
use crate::trigger::{MisfirePolicy, OverlapPolicy, just_before};

/// The newest instants in `(cursor, now]` that nothing excludes.
pub(super) struct Backlog {
    /// The newest.
    pub(super) latest: Option<Timestamp>,
    /// The oldest that `all` still fires.
    pub(super) catch_up_from: Timestamp,
}

impl Backlog {
    pub(super) fn of(due: &Due<'_>, cursor: Timestamp, now: Timestamp) -> Self {
        let wanted = match misfire(due) {
            MisfirePolicy::Latest | MisfirePolicy::Skip => 1,
            MisfirePolicy::All => CATCH_UP_MAX,
        };
        let mut latest = None;
        let mut catch_up_from = now;
        let mut until = now;
        for _ in 0..wanted {
            let Some(found) = last_firing(due.schedule, cursor, until) else { break };
            latest = latest.or(Some(found));
            catch_up_from = found;
            until = just_before(found);
        }
        Self { latest, catch_up_from }
    }
}

/// The misfire policy that holds: firings that the next of them would cancel are not worth starting.
pub(super) fn misfire(due: &Due<'_>) -> MisfirePolicy {
    match (due.policy.misfire, due.policy.overlap) {
        (MisfirePolicy::All, OverlapPolicy::CancelRunning) => MisfirePolicy::Latest,
        (misfire, _) => misfire,
    }
}

/// The last instant in `(after, through]` that is due and not excluded.
///
/// Walking back over excluded instants has no bound: a second's rule with a week excluded has
/// 604,800 of them. So they are halved: while something fires in the upper half, look there.
fn last_firing(schedule: &Schedule, after: Timestamp, through: Timestamp) -> Option<Timestamp> {
    let newest = schedule.previous_due_at(through).filter(|newest| *newest > after)?;
    if schedule.exclusions.rejects(newest, schedule.rule.zone()).is_none() {
        return Some(newest);
    }
    let fires_after = |at| schedule.next_firing_after(at).filter(|firing| *firing <= through);
    let mut found = fires_after(after)?;
    let mut end = newest;
    while let Some(middle) = middle(found, end) {
        match fires_after(middle) {
            Some(later) => found = later,
            None => end = middle,
        }
    }
    Some(found)
}

/// An instant strictly between two, in whole microseconds, if there is one.
fn middle(from: Timestamp, to: Timestamp) -> Option<Timestamp> {
    let (from, to) = (from.as_microsecond(), to.as_microsecond());
    let middle = from + (to - from) / 2;
    (middle > from).then(|| Timestamp::from_microsecond(middle).ok())?
}
