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

/// Further off than any second of a [`Timestamp`](jiff::Timestamp), and safe to add to.
const FAR: i64 = i64::MAX / 4;

/// The beginning of a stretch of time with one offset.
struct Stretch {
    start: i64,
    offset: i64,
    offset_before: i64,
}

impl Stretch {
    /// The stretch that `second` lies in.
    fn at(zone: &Zone, second: i64, clock: Clock) -> Stretch {
        let start = zone.transition_until(second);
        let offset = zone.offset_at(second);
        // Only a rule on the wall clock asks what the clock showed before.
        let offset_before = match (start, clock) {
            (Some(start), Clock::Wall) => zone.offset_at(start - 1),
            _ => offset,
        };
        Stretch { start: start.unwrap_or(-FAR), offset, offset_before }
    }

    /// As [`Stretch::at`], for a walk forward: to elapsed time it is all the same what was before.
    fn from(zone: &Zone, second: i64, clock: Clock) -> Stretch {
        match clock {
            Clock::Wall => Stretch::at(zone, second, clock),
            Clock::Elapsed => {
                let offset = zone.offset_at(second);
                Stretch { start: second, offset, offset_before: offset }
            }
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
            let stretch = Stretch::from(zone, from, self.clock);
            if from == stretch.start && self.lost_in_gap(&stretch) > 0 {
                return Some(from);
            }
            let first_local = stretch.first_local().max(from + stretch.offset);
            let found = self.local_at_or_after(first_local)? - stretch.offset;
            let end = zone.transition_after(from).unwrap_or(FAR);
            if found < end {
                return Some(found);
            }
            // No local time in between matches, so the stretches in between need no look. The one
            // that follows at once may: it can show again what the clock has shown already.
            let is_far = end - from > SAFE_SECONDS;
            from = if is_far { end.max(found - SAFE_SECONDS) } else { end };
        }
        None
    }

    /// The last due second at or before `at`.
    pub(crate) fn previous_at(&self, at: i64, zone: &Zone) -> Option<i64> {
        let mut until = at;
        while at - until <= SEARCH_SECONDS_MAX {
            count_step();
            let stretch = Stretch::at(zone, until, self.clock);
            let found_local = self.local_at_or_before(until + stretch.offset)?;
            if found_local >= stretch.first_local() {
                return Some(found_local - stretch.offset);
            }
            if self.lost_in_gap(&stretch) > 0 {
                return Some(stretch.start);
            }
            let (before, found) = (stretch.start - 1, found_local - stretch.offset);
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
            let stretch = Stretch::from(zone, from, self.clock);
            let end = zone.transition_after(from).unwrap_or(FAR);
            let first_local = stretch.first_local().max(from + stretch.offset);
            let last_local = through.min(end - 1) + stretch.offset;
            n = n.saturating_add(self.local_count(first_local, last_local).unsigned_abs());
            // A moved instant counts, unless the rule is due then anyway.
            let is_due = || self.local_count(from + stretch.offset, from + stretch.offset) > 0;
            if from == stretch.start && self.lost_in_gap(&stretch) > 0 && !is_due() {
                n = n.saturating_add(1);
            }
            from = end;
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

    use crate::{Dialect, Rule, RuleError, Timestamp, Zone};

    thread_local! {
        /// Rounds of every search loop, which is what the cost of a search is made of.
        pub(super) static STEPS: Cell<u32> = const { Cell::new(0) };
    }

    fn steps_of<T>(work: impl FnOnce() -> T) -> (u32, T) {
        STEPS.set(0);
        let done = work();
        (STEPS.get(), done)
    }

    fn parse(text: &str, zone: &str) -> Result<Rule, RuleError> {
        Rule::cron(text, Dialect::Hangfire, Zone::parse(zone).unwrap(), 1)
    }

    /// Parse, next and previous take at most `steps_max` rounds each.
    fn check(text: &str, zone: &str, steps_max: u32) {
        let (n_parse, rule) = steps_of(|| parse(text, zone).unwrap());
        let at: Timestamp = "2026-01-01T00:13:57Z".parse().unwrap();
        let (n_next, _) = steps_of(|| rule.next_after(at));
        let (n_previous, _) = steps_of(|| rule.previous_at(at));
        let most = n_parse.max(n_next).max(n_previous);
        assert!(most <= steps_max, "{text} in {zone}: {n_parse} {n_next} {n_previous}");
    }

    #[test]
    fn a_search_takes_few_rounds_however_far_the_answer_lies() {
        check("*/5 * * * *", "America/New_York", 1);
        check("0 9 * * 1-5", "America/New_York", 2);
        check("0 0 1 * *", "Europe/London", 1);
        check("0 0 1 7 *", "Africa/Casablanca", 4);
        check("0 0 29 2 *", "Europe/London", 12);
        check("0 0 29 2 1", "Europe/London", 50);
        check("0 0 29 2 0", "UTC", 50);
    }

    fn check_never(text: &str, zone: &str, steps_max: u32) {
        let (n, result) = steps_of(|| parse(text, zone));
        assert!(matches!(result, Err(RuleError::NeverFires { .. })), "{text} in {zone}");
        assert!(n <= steps_max, "{text} in {zone}: {n} rounds");
    }

    #[test]
    fn what_never_fires_is_found_out_in_few_rounds() {
        check_never("0 0 31 2 *", "Europe/London", 0);
        check_never("0 0 30 2 *", "Europe/London", 0);
        check_never("0 0 31 2,4,6,9,11 *", "Europe/London", 0);
        check_never("0 0 LW 2 +SAT", "Europe/London", 0);
        check_never("0 0 1 1 +SUN#2", "Europe/London", 0);
        // A wildcard follows real time, and this hour is the one that New York leaves out.
        check_never("*/15 2 * 3 7#2", "America/New_York", 700);
        check_never("* 2 * 3 7L", "Europe/Berlin", 700);
    }

    #[test]
    fn a_search_ends_at_the_ends_of_time() {
        for text in ["* * * * * *", "0 0 29 2 1", "30 2 * * *"] {
            for zone in ["UTC", "America/New_York", "Africa/Casablanca"] {
                let rule = parse(text, zone).unwrap();
                assert_eq!(rule.next_after(Timestamp::MAX), None, "{text} {zone}");
                assert!(rule.next_after(Timestamp::MIN).is_some(), "{text} {zone}");
                assert!(rule.previous_at(Timestamp::MAX).is_some(), "{text} {zone}");
            }
        }
    }

    #[test]
    fn counting_costs_rounds_by_the_changes_of_the_clock_not_by_the_count() {
        let rule = parse("* * * * * *", "America/New_York").unwrap();
        let (after, through) =
            ("2026-01-01T00:00:00Z".parse().unwrap(), "2027-01-01T00:00:00Z".parse().unwrap());
        let (n_steps, n) = steps_of(|| rule.count_between(after, through, u64::MAX));
        assert_eq!((n_steps, n), (3, 365 * 86_400));
        assert_eq!(rule.count_between(after, through, 1000), 1000);
        assert_eq!(rule.count_between(through, after, 1000), 0);
    }
}
