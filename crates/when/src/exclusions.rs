//! Days and hours on which a schedule does not fire.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use crate::local::{DAY_SECONDS, seconds_floor, split, weekday_name};
use crate::{TimeRange, WeekdaySet, Zone};

/// Most dates an exclusion set may hold; whoever parses the set checks it.
pub const EXCLUDED_DATES_MAX: usize = 1000;

/// Dates, weekdays and a time range, all in the job's zone; an instant in any of them is excluded.
///
/// The default excludes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exclusions {
    /// Whole local days. At most [`EXCLUDED_DATES_MAX`].
    pub dates: BTreeSet<Date>,
    pub weekdays: WeekdaySet,
    pub time_range: Option<TimeRange>,
}

/// What excluded an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusion {
    Date(Date),
    Weekday(Weekday),
    TimeRange(TimeRange),
}

impl Exclusions {
    pub fn is_empty(&self) -> bool {
        self.dates.is_empty() && self.weekdays.is_empty() && self.time_range.is_none()
    }

    /// What excludes `at`, if anything: dates first, then weekdays, then the time range.
    pub fn rejects(&self, at: Timestamp, zone: &Zone) -> Option<Exclusion> {
        self.rejection(at, zone).map(|rejection| rejection.exclusion)
    }

    /// As [`Exclusions::rejects`], with the second up to which everything is excluded.
    pub(crate) fn rejection(&self, at: Timestamp, zone: &Zone) -> Option<Rejection> {
        if self.is_empty() {
            return None;
        }
        let civil = zone.civil(at);
        let second = seconds_floor(at);
        let (_, second_of_day) = split(second + zone.offset_at(second));
        let day_left = DAY_SECONDS - second_of_day;
        let (exclusion, seconds_left) = if self.dates.contains(&civil.date()) {
            (Exclusion::Date(civil.date()), day_left)
        } else if self.weekdays.contains(civil.weekday()) {
            (Exclusion::Weekday(civil.weekday()), day_left)
        } else {
            let range = self.time_range?;
            (Exclusion::TimeRange(range), range.seconds_left(second_of_day)?)
        };
        // The clock says when the day or the range ends, but only until it is changed.
        let ends_at = second + seconds_left;
        let until = zone.transition_after(second).map_or(ends_at, |at| at.min(ends_at));
        Some(Rejection { exclusion, until })
    }
}

/// An exclusion that holds from the instant asked for up to the second `until`, exclusive.
pub(crate) struct Rejection {
    pub(crate) exclusion: Exclusion,
    pub(crate) until: i64,
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exclusion::Date(date) => write!(f, "excluded date {date}"),
            Exclusion::Weekday(weekday) => write!(f, "excluded weekday {}", weekday_name(*weekday)),
            Exclusion::TimeRange(range) => write!(f, "excluded time {range}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(at: &str, expect: Option<&str>) {
        let exclusions = Exclusions {
            dates: [Date::constant(2025, 12, 25)].into(),
            weekdays: [Weekday::Saturday].into_iter().collect(),
            time_range: Some(TimeRange::parse("22:00", "06:00").unwrap()),
        };
        let zone = Zone::parse("America/New_York").unwrap();
        let got = exclusions.rejects(at.parse().unwrap(), &zone).map(|e| e.to_string());
        assert_eq!(got.as_deref(), expect, "{at}");
    }

    #[test]
    fn an_instant_is_judged_by_the_local_day_and_clock() {
        check("2025-12-25T23:00:00Z", Some("excluded date 2025-12-25"));
        check("2025-12-26T04:59:59Z", Some("excluded date 2025-12-25"));
        check("2025-12-26T05:00:00Z", Some("excluded time 22:00-06:00"));
        check("2025-12-26T11:00:00Z", None);
        check("2025-12-27T17:00:00Z", Some("excluded weekday Saturday"));
        check("2025-12-29T02:59:59.999Z", None);
        check("2025-12-29T03:00:00Z", Some("excluded time 22:00-06:00"));
    }

    #[test]
    fn nothing_is_excluded_by_default() {
        let none = Exclusions::default();
        assert!(none.is_empty());
        assert_eq!(none.rejects(Timestamp::UNIX_EPOCH, &Zone::utc()), None);
    }
}
