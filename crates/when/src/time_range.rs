//! A daily time range that may wrap midnight.

use std::fmt;

use jiff::civil::Time;

use crate::local::{DAY_SECONDS, clock_text};

/// From `start` (inclusive) to `end` (exclusive), every day; wraps midnight when `start > end`.
///
/// | range         | 05:59:59 | 06:00 | 21:59:59 | 22:00 | 00:00 |
/// |---------------|----------|-------|----------|-------|-------|
/// | 22:00 – 06:00 | in       |       |          | in    | in    |
/// | 06:00 – 22:00 |          | in    | in       |       |       |
/// | 22:00 – 00:00 |          |       |          | in    |       |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    start: Time,
    end: Time,
}

/// A text or a pair of times that is no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeRangeError {
    #[error("time `{}`: write HH:mm or HH:mm:ss, 00:00 to 23:59:59", text.escape_debug())]
    Time { text: String },
    #[error("the time range starts and ends at {at}; it must have a length below a day")]
    Empty { at: String },
}

impl TimeRange {
    pub fn parse(start: &str, end: &str) -> Result<TimeRange, TimeRangeError> {
        TimeRange::new(parse_time(start)?, parse_time(end)?)
    }

    /// Fractions of a second are cut.
    pub fn new(start: Time, end: Time) -> Result<TimeRange, TimeRangeError> {
        let whole = |time: Time| Time::constant(time.hour(), time.minute(), time.second(), 0);
        let (start, end) = (whole(start), whole(end));
        if start == end {
            return Err(TimeRangeError::Empty { at: clock_text(seconds(start)) });
        }
        Ok(TimeRange { start, end })
    }

    pub fn start(&self) -> Time {
        self.start
    }

    pub fn end(&self) -> Time {
        self.end
    }

    pub fn contains(&self, time: Time) -> bool {
        self.seconds_left(seconds(time)).is_some()
    }

    /// Seconds from `second_of_day` to the end of the range, or `None` outside it.
    pub(crate) fn seconds_left(&self, second_of_day: i64) -> Option<i64> {
        let (start, end) = (seconds(self.start), seconds(self.end));
        let since_start = (second_of_day - start).rem_euclid(DAY_SECONDS);
        let length = (end - start).rem_euclid(DAY_SECONDS);
        (since_start < length).then_some(length - since_start)
    }
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", clock_text(seconds(self.start)), clock_text(seconds(self.end)))
    }
}

fn parse_time(text: &str) -> Result<Time, TimeRangeError> {
    let wrong = || TimeRangeError::Time { text: text.chars().take(32).collect() };
    let parts: Vec<&str> = text.split(':').collect();
    let is_shape = (2..=3).contains(&parts.len())
        && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()));
    if !is_shape {
        return Err(wrong());
    }
    let number = |at: usize| parts.get(at).map_or(Ok(0), |part| part.parse::<i8>());
    match (number(0), number(1), number(2)) {
        (Ok(hour), Ok(minute), Ok(second)) => {
            Time::new(hour, minute, second, 0).map_err(|_| wrong())
        }
        _ => Err(wrong()),
    }
}

fn seconds(time: Time) -> i64 {
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: (&str, &str), time: &str, expect: bool) {
        let range = TimeRange::parse(range.0, range.1).unwrap();
        assert_eq!(range.contains(time.parse().unwrap()), expect, "{time} in {range}");
    }

    #[test]
    fn the_start_is_in_the_end_is_out_and_midnight_wraps() {
        check(("22:00", "06:00"), "21:59:59", false);
        check(("22:00", "06:00"), "22:00", true);
        check(("22:00", "06:00"), "23:59:59.999", true);
        check(("22:00", "06:00"), "00:00", true);
        check(("22:00", "06:00"), "05:59:59.999", true);
        check(("22:00", "06:00"), "06:00", false);
        check(("09:00", "17:30:15"), "17:30:14", true);
        check(("09:00", "17:30:15"), "17:30:15", false);
        check(("22:00", "00:00"), "00:00", false);
        check(("22:00", "00:00"), "23:59:59", true);
        check(("00:00", "23:59:59"), "23:59:58", true);
    }

    fn check_error(start: &str, end: &str, expect: &str) {
        assert_eq!(TimeRange::parse(start, end).unwrap_err().to_string(), expect);
    }

    #[test]
    fn a_wrong_time_is_named() {
        let shape = "write HH:mm or HH:mm:ss, 00:00 to 23:59:59";
        check_error("24:00", "06:00", &format!("time `24:00`: {shape}"));
        check_error("22:00", "6:00", &format!("time `6:00`: {shape}"));
        check_error("22:00", "06:60", &format!("time `06:60`: {shape}"));
        check_error("22:00", "06:00:00.5", &format!("time `06:00:00.5`: {shape}"));
        check_error("22:00", "+6:00", &format!("time `+6:00`: {shape}"));
        check_error("", "06:00", &format!("time ``: {shape}"));
        check_error(
            "06:00",
            "06:00:00",
            "the time range starts and ends at 06:00; it must have a length below a day",
        );
    }

    #[test]
    fn a_range_reads_as_it_was_written() {
        assert_eq!(TimeRange::parse("22:00", "06:00:30").unwrap().to_string(), "22:00-06:00:30");
    }
}
