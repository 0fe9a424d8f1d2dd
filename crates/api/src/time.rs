//! How instants, durations and clock times look on the wire.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use serde::Serializer;

/// RFC 3339 in UTC with `Z`, at most six fraction digits: `2026-01-31T09:00:00.25Z`.
pub fn instant_text(instant: Timestamp) -> String {
    micros(instant).to_string()
}

/// Without what is finer than a microsecond: no store keeps it, and an echo must equal what is kept.
pub fn micros(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

/// .NET's `TimeSpan` text, `[d.]hh:mm:ss.fffffff`: `00:00:01.5000000`, `1.02:00:00.0000000`.
pub fn duration_text(duration: SignedDuration) -> String {
    let sign = if duration.is_negative() { "-" } else { "" };
    let duration = duration.abs();
    let seconds = duration.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    let ticks = duration.subsec_nanos() / 100;
    let days = if days == 0 { String::new() } else { format!("{days}.") };
    format!("{sign}{days}{hours:02}:{minutes:02}:{seconds:02}.{ticks:07}")
}

/// `HH:mm`, with seconds only where there are any.
pub fn clock_text(time: Time) -> String {
    let minutes = format!("{:02}:{:02}", time.hour(), time.minute());
    if time.second() == 0 { minutes } else { format!("{minutes}:{:02}", time.second()) }
}

pub(crate) fn instant<S: Serializer>(value: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&micros(*value))
}

#[expect(clippy::ref_option, reason = "serde's serialize_with hands over a reference to the field")]
pub(crate) fn optional_instant<S: Serializer>(
    value: &Option<Timestamp>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => instant(value, to),
        None => to.serialize_none(),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's serialize_with hands over a reference"
)]
pub(crate) fn clock<S: Serializer>(value: &Time, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&clock_text(*value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_end_in_z_and_stop_at_microseconds() {
        let check = |nanos: i128, expect: &str| {
            assert_eq!(instant_text(Timestamp::from_nanosecond(nanos).unwrap()), expect);
        };
        check(0, "1970-01-01T00:00:00Z");
        check(500_000_000, "1970-01-01T00:00:00.5Z");
        check(123_456_789, "1970-01-01T00:00:00.123456Z");
    }

    #[test]
    fn durations_are_dotnet_time_spans() {
        let check = |millis: i64, expect: &str| {
            assert_eq!(duration_text(SignedDuration::from_millis(millis)), expect);
        };
        check(0, "00:00:00.0000000");
        check(1_500, "00:00:01.5000000");
        check(3_599_999, "00:59:59.9990000");
        check(93_784_000, "1.02:03:04.0000000");
        check(-1_500, "-00:00:01.5000000");
    }

    #[test]
    fn clock_times_show_seconds_only_where_there_are_any() {
        assert_eq!(clock_text(Time::constant(22, 0, 0, 0)), "22:00");
        assert_eq!(clock_text(Time::constant(6, 5, 9, 0)), "06:05:09");
    }
}
