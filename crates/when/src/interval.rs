//! A fixed grid of instants.

use jiff::Timestamp;

use crate::rule::instant_text;
use crate::{RuleError, Zone};

/// Shortest period of an interval.
pub const PERIOD_SECONDS_MIN: u64 = 1;
/// Longest period of an interval: 10 years of 365.25 days.
pub const PERIOD_SECONDS_MAX: u64 = 315_576_000;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// Due at `anchor + n * period_seconds`, for n from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    period_seconds: u64,
    anchor: Timestamp,
}

impl Interval {
    pub(crate) fn new(period_seconds: u64, anchor: Timestamp) -> Result<Interval, RuleError> {
        if !(PERIOD_SECONDS_MIN..=PERIOD_SECONDS_MAX).contains(&period_seconds) {
            return Err(RuleError::Period { period_seconds });
        }
        Ok(Interval { period_seconds, anchor })
    }

    pub(crate) fn next_after(&self, t: Timestamp) -> Option<Timestamp> {
        self.due(self.n_until(t) + 1)
    }

    pub(crate) fn previous_at(&self, t: Timestamp) -> Option<Timestamp> {
        match self.n_until(t) {
            0 => None,
            n => self.due(n),
        }
    }

    pub(crate) fn count_between(&self, after: Timestamp, through: Timestamp) -> u64 {
        let n = self.n_until(through) - self.n_until(after);
        u64::try_from(n).unwrap_or(0)
    }

    pub(crate) fn describe(&self, zone: &Zone) -> String {
        let period = self.period_seconds;
        let (n, unit) = match period {
            _ if period.is_multiple_of(3600) => (period / 3600, "hour"),
            _ if period.is_multiple_of(60) => (period / 60, "minute"),
            _ => (period, "second"),
        };
        let every = match n {
            1 => format!("every {unit}"),
            n => format!("every {n} {unit}s"),
        };
        format!("{every} from {}", instant_text(self.anchor, zone))
    }

    /// How many due instants there were up to `t`, inclusive.
    fn n_until(&self, t: Timestamp) -> i128 {
        let since = t.as_nanosecond() - self.anchor.as_nanosecond();
        since.div_euclid(self.period_nanos()).max(0)
    }

    /// Due instant number n, unless it lies beyond the year 9999.
    fn due(&self, n: i128) -> Option<Timestamp> {
        let nanos = self.anchor.as_nanosecond() + n * self.period_nanos();
        Timestamp::from_nanosecond(nanos).ok()
    }

    fn period_nanos(&self) -> i128 {
        i128::from(self.period_seconds) * NANOS_PER_SECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-01-01T{text}Z").parse().unwrap()
    }

    fn check(t: &str, previous: Option<&str>, next: &str) {
        let interval = Interval::new(90, at("10:00:00")).unwrap();
        assert_eq!(interval.previous_at(at(t)), previous.map(at), "before {t}");
        assert_eq!(interval.next_after(at(t)), Some(at(next)), "after {t}");
    }

    #[test]
    fn the_grid_starts_one_period_after_the_anchor() {
        check("00:00:00", None, "10:01:30");
        check("10:00:00", None, "10:01:30");
        check("10:01:29.999", None, "10:01:30");
        check("10:01:30", Some("10:01:30"), "10:03:00");
        check("10:02:59.999999999", Some("10:01:30"), "10:03:00");
        check("10:03:00", Some("10:03:00"), "10:04:30");
    }

    #[test]
    fn counting_is_arithmetic() {
        let every_second = Interval::new(1, Timestamp::MIN).unwrap();
        let all = every_second.count_between(Timestamp::MIN, Timestamp::MAX);
        assert_eq!(all, (Timestamp::MAX.as_second() - Timestamp::MIN.as_second()).unsigned_abs());
        assert_eq!(every_second.count_between(Timestamp::MAX, Timestamp::MIN), 0);
    }

    #[test]
    fn the_end_of_time_has_no_next() {
        let interval = Interval::new(PERIOD_SECONDS_MAX, Timestamp::MAX).unwrap();
        assert_eq!(interval.next_after(Timestamp::MAX), None);
    }

    #[test]
    fn periods_are_bounded() {
        let new = |period| Interval::new(period, Timestamp::UNIX_EPOCH);
        assert!(new(PERIOD_SECONDS_MIN).is_ok() && new(PERIOD_SECONDS_MAX).is_ok());
        assert!(new(PERIOD_SECONDS_MAX + 1).is_err());
        insta::assert_snapshot!(
            new(0).unwrap_err(),
            @"the period is 0 s; it must be 1 s to 315576000 s (10 years)"
        );
    }

    fn check_text(period: u64, expect: &str) {
        let interval = Interval::new(period, at("10:00:00")).unwrap();
        let zone = Zone::parse("America/New_York").unwrap();
        let anchor = "2026-01-01T05:00:00-05:00 (America/New_York)";
        assert_eq!(interval.describe(&zone), format!("{expect} from {anchor}"));
    }

    #[test]
    fn a_period_is_told_in_its_largest_whole_unit() {
        check_text(1, "every second");
        check_text(90, "every 90 seconds");
        check_text(60, "every minute");
        check_text(900, "every 15 minutes");
        check_text(3600, "every hour");
        check_text(172_800, "every 48 hours");
    }
}
