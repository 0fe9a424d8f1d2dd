//! From local times to instants: where daylight saving is decided.
//!
//! A zone's history is a row of stretches, each with one offset. Inside a stretch, local time and
//! instants differ by a constant, so a search is a search for the local time. What the clock shows
//! twice (an overlap) and what it never shows (a gap) can only be at the start of a stretch.

use crate::Zone;
use crate::cron::{Clock, Cron};
use crate::local::DAY_SECONDS;

/// How far a search goes: 100 years. Days are found within 40 (see `days.rs`); the rest is for rules
/// whose time a zone leaves out (`*/15 2 29 2 *`, should a gap ever fall there).
const SEARCH_SECONDS_MAX: i64 = 100 * 366 * DAY_SECONDS;

/// More than two offsets can differ: local order and order of instants agree across it.
const SAFE_SECONDS: i64 = 2 * DAY_SECONDS;

/// A stretch of time with one offset, from `start` up to `end` (exclusive).
struct Stretch {
    start: i64,
    end: i64,
    offset: i64,
    offset_before: i64,
}

impl Stretch {
    fn at(zone: &Zone, second: i64, clock: Clock) -> Stretch {
        let start = zone.transition_until(second);
        let offset = zone.offset_at(second);
        // Only a rule on the wall clock asks what the clock showed before.
        let offset_before = match (start, clock) {
            (Some(start), Clock::Wall) => zone.offset_at(start - 1),
            _ => offset,
        };
        Stretch {
            start: start.unwrap_or(i64::MIN / 4),
            end: zone.transition_after(second).unwrap_or(i64::MAX / 4),
            offset,
            offset_before,
        }
    }

    /// The first local second that counts. In an overlap the wall clock's second pass does not.
    fn first_local(&self) -> i64 {
        self.start + self.offset.max(self.offset_before)
    }

    /// The local seconds that the clock skipped when the stretch began, as first and last.
    fn gap(&self) -> Option<(i64, i64)> {
        (self.offset > self.offset_before)
            .then(|| (self.start + self.offset_before, self.start + self.offset - 1))
    }
}

impl Cron {
    /// The first due second after `after`.
    pub(crate) fn next_after(&self, after: i64, zone: &Zone) -> Option<i64> {
        let mut from = after + 1;
        while from - after <= SEARCH_SECONDS_MAX {
            count_step();
            let stretch = Stretch::at(zone, from, self.clock);
            if from == stretch.start && self.lost_in_gap(&stretch) > 0 {
                return Some(from);
            }
            let first_local = stretch.first_local().max(from + stretch.offset);
            let found = self.local_at_or_after(first_local)? - stretch.offset;
            if found < stretch.end {
                return Some(found);
            }
            // No local time in between matches, so the stretches in between need no look. The one
            // that follows at once may: it can show again what the clock has shown already.
            let is_far = stretch.end - from > SAFE_SECONDS;
            from = if is_far { stretch.end.max(found - SAFE_SECONDS) } else { stretch.end };
        }
        None
    }

    /// The last due second at or before `at`.
    pub(crate) fn previous_at(&self, at: i64, zone: &Zone) -> Option<i64> {
        let mut until = at;
        while at - until <= SEARCH_SECONDS_MAX {
            count_step();
            let stretch = Stretch::at(zone, until, self.clock);
            let found = self.local_at_or_before(until + stretch.offset)? - stretch.offset;
            if found + stretch.offset >= stretch.first_local() {
                return Some(found);
            }
            if self.lost_in_gap(&stretch) > 0 {
                return Some(stretch.start);
            }
            let before = stretch.start - 1;
            let is_far = until - stretch.start > SAFE_SECONDS;
            until = if is_far { before.min(found + SAFE_SECONDS) } else { before };
        }
        None
    }

    /// How many due seconds lie in (`after`, `through`]; stops near `max`.
    pub(crate) fn count_between(&self, after: i64, through: i64, max: u64, zone: &Zone) -> u64 {
        let mut n = 0_u64;
        let mut from = after + 1;
        while from <= through && n < max {
            count_step();
            let stretch = Stretch::at(zone, from, self.clock);
            let first_local = stretch.first_local().max(from + stretch.offset);
            let last_local = through.min(stretch.end - 1) + stretch.offset;
            n = n.saturating_add(self.local_count(first_local, last_local).unsigned_abs());
            // A moved instant counts, unless the rule is due then anyway.
            let is_due = || self.local_count(from + stretch.offset, from + stretch.offset) > 0;
            if from == stretch.start && self.lost_in_gap(&stretch) > 0 && !is_due() {
                n = n.saturating_add(1);
            }
            from = stretch.end;
        }
        n.min(max)
    }

    /// How many matching local seconds the clock skipped when the stretch began.
    fn lost_in_gap(&self, stretch: &Stretch) -> i64 {
        stretch.gap().map_or(0, |(first, last)| self.local_count(first, last))
    }

    /// The first matching local second that was moved to `at`, and how many were.
    pub(crate) fn moved_to(&self, at: i64, zone: &Zone) -> Option<(i64, i64)> {
        let stretch = Stretch::at(zone, at, self.clock);
        let (first, last) = stretch.gap().filter(|_| stretch.start == at)?;
        match self.local_count(first, last) {
            0 => None,
            n => Some((self.local_at_or_after(first)?, n)),
        }
    }
}

#[cfg(not(test))]
pub(crate) fn count_step() {}

#[cfg(test)]
pub(crate) fn count_step() {
    tests::STEPS.with(|steps| steps.set(steps.get() + 1));
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    thread_local! {
        /// Rounds of every search loop, which is what the cost of a search is made of.
        pub(super) static STEPS: Cell<u32> = const { Cell::new(0) };
    }
}
