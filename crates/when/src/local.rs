//! Local time as plain seconds and days, which is what the walker computes with.
//!
//! A *second* counts from 1970-01-01T00:00:00Z. A *local second* is a second plus the zone's offset.
//! A *day* is a local second divided by [`DAY_SECONDS`]. All calendars here are Gregorian.

use jiff::Timestamp;
use jiff::civil::Weekday;

pub(crate) const DAY_SECONDS: i64 = 86_400;

/// Days from 0001-01-01 to 1970-01-01.
const DAYS_BEFORE_1970: i64 = 719_162;

/// The second `at` lies in: 23:59:59.5 is 23:59:59, before 1970 too.
pub(crate) fn seconds_floor(at: Timestamp) -> i64 {
    at.as_second() - i64::from(at.subsec_nanosecond() < 0)
}

/// Day number and seconds since midnight.
pub(crate) fn split(local: i64) -> (i64, i64) {
    (local.div_euclid(DAY_SECONDS), local.rem_euclid(DAY_SECONDS))
}

/// The year of a day and how many days of that year lie before it.
pub(crate) fn split_day(day: i64) -> (i64, u32) {
    // The mean year gives the year or a neighbour of it.
    let mut year = ((day + DAYS_BEFORE_1970) * 400).div_euclid(146_097) + 1;
    while first_day_of(year) > day {
        year -= 1;
    }
    while first_day_of(year + 1) <= day {
        year += 1;
    }
    let ordinal = u32::try_from(day - first_day_of(year)).expect("a day lies in its year");
    (year, ordinal)
}

/// Day number of 1 January.
pub(crate) fn first_day_of(year: i64) -> i64 {
    let years = year - 1;
    let leap_days = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    years * 365 + leap_days - DAYS_BEFORE_1970
}

pub(crate) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Sunday is 0. 1970-01-01 was a Thursday.
pub(crate) fn weekday_of(day: i64) -> u32 {
    u32::try_from((day + 4).rem_euclid(7)).expect("0 to 6")
}

/// Names as users read them.
pub fn weekday_name(weekday: Weekday) -> &'static str {
    WEEKDAY_NAMES[usize::from(weekday.to_sunday_zero_offset().unsigned_abs())]
}

pub(crate) const WEEKDAY_NAMES: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// `07:30`, or `07:30:15` when there are seconds to show.
pub(crate) fn clock_text(second_of_day: i64) -> String {
    let (hour, minute, second) =
        (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    match second {
        0 => format!("{hour:02}:{minute:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Unit;
    use jiff::civil::Date;

    #[test]
    fn days_agree_with_jiff() {
        let epoch = Date::constant(1970, 1, 1);
        for day in (-4_371_000..2_932_000).step_by(97) {
            let date = epoch.checked_add(jiff::Span::new().days(day)).unwrap();
            let (year, ordinal) = split_day(day);
            assert_eq!(i64::from(date.year()), year, "{date}");
            assert_eq!(i64::from(date.day_of_year()), i64::from(ordinal) + 1, "{date}");
            assert_eq!(date.in_leap_year(), is_leap(year), "{date}");
            assert_eq!(
                date.weekday().to_sunday_zero_offset().unsigned_abs(),
                u8::try_from(weekday_of(day)).unwrap(),
                "{date}"
            );
        }
        assert_eq!(epoch.since((Unit::Day, Date::constant(1, 1, 1))).unwrap().get_days(), 719_162);
    }

    #[test]
    fn a_fraction_belongs_to_the_second_it_lies_in() {
        assert_eq!(seconds_floor("1970-01-01T00:00:01.5Z".parse().unwrap()), 1);
        assert_eq!(seconds_floor("1969-12-31T23:59:59.5Z".parse().unwrap()), -1);
        assert_eq!(seconds_floor("1969-12-31T23:59:59Z".parse().unwrap()), -1);
    }
}
