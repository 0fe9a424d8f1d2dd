//! Reading the pattern fields: only those that the pattern type uses, and the lengths of all.

use std::collections::BTreeSet;

use horarium_when::CRON_TEXT_MAX;

use super::{
    CRON_TEXTS_MAX, CronTexts, DAYS_OF_WEEK_CHARS_MAX, INTERVAL_HOURS_MAX, INTERVAL_VALUE_MAX,
    IntervalUnit, PatternType, RUN_TIMES_CHARS_MAX, SchedulePattern, WINDOW_EDGE_CHARS_MAX,
};
use crate::violations::Violations;

pub(super) const DAY_MINUTES: u16 = 24 * 60;

/// Days of the week, 0 is Sunday. Never empty.
pub(super) type Days = BTreeSet<u8>;

/// Times of a day, as minutes after midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Listed(BTreeSet<u16>),
    /// `*/n` minutes of every hour.
    EveryMinutes(u16),
    /// `*/n` hours of every day.
    EveryHours(u16),
    /// `first`, `first + step`, … up to `last`, which may lie in the next day.
    Window {
        step: u16,
        first: u16,
        last: u16,
    },
}

pub(super) struct Parsed {
    pub(super) days: Days,
    /// What the pattern says; `None` when its fields are missing or wrong.
    pub(super) times: Option<Times>,
    /// What the text says; asked only when the pattern says nothing.
    pub(super) text: Option<CronTexts>,
}

pub(super) fn parse(pattern: &SchedulePattern, violations: &mut Violations) -> Parsed {
    check_lengths(pattern, violations);
    let times = match pattern.pattern_type {
        PatternType::SpecificTimes => run_times(pattern, violations),
        PatternType::Interval => interval(pattern, violations),
        PatternType::Custom => None,
    };
    let days = match &times {
        Some(_) => days_of_week(pattern, violations),
        None => every_day(),
    };
    let text = match (&times, &pattern.cron_expression) {
        (None, Some(text)) => CronTexts::parse(text, violations),
        (Some(_), _) | (None, None) => None,
    };
    Parsed { days, times, text }
}

fn check_lengths(pattern: &SchedulePattern, violations: &mut Violations) {
    let fields = [
        ("daysOfWeek", &pattern.days_of_week, DAYS_OF_WEEK_CHARS_MAX),
        ("runTimes", &pattern.run_times, RUN_TIMES_CHARS_MAX),
        ("intervalWindowStart", &pattern.interval_window_start, WINDOW_EDGE_CHARS_MAX),
        ("intervalWindowEnd", &pattern.interval_window_end, WINDOW_EDGE_CHARS_MAX),
        ("cronExpression", &pattern.cron_expression, CRON_TEXTS_MAX * CRON_TEXT_MAX),
    ];
    for (field, text, most) in fields {
        let text = text.as_deref().unwrap_or_default();
        if text.chars().count() > most {
            violations.add(field, format!("must have at most {most} characters"));
        } else if text.contains('\0') {
            // PostgreSQL stores every text but one with a NUL in it.
            violations.add(field, "must not contain the character U+0000");
        }
    }
}

fn run_times(pattern: &SchedulePattern, violations: &mut Violations) -> Option<Times> {
    let texts = written(pattern.run_times.as_ref())?;
    let times: Option<BTreeSet<u16>> = texts.split(',').map(time_of_day).collect();
    if times.is_none() {
        violations.add("runTimes", "must be times of day like 06:00,17:45");
    }
    times.map(Times::Listed)
}

fn interval(pattern: &SchedulePattern, violations: &mut Violations) -> Option<Times> {
    let value = pattern.interval_value?;
    let Some(unit) = pattern.interval_unit else {
        violations.add("intervalUnit", "is required with intervalValue");
        return None;
    };
    let value = interval_value(value, unit, violations);
    let (start, end) = (&pattern.interval_window_start, &pattern.interval_window_end);
    let has_window = written(start.as_ref()).or(written(end.as_ref())).is_some();
    let first = window_edge("intervalWindowStart", start.as_ref(), 0, violations);
    let last = window_edge("intervalWindowEnd", end.as_ref(), DAY_MINUTES - 1, violations);
    let (value, first, last) = (value?, first?, last?);
    Some(match unit {
        IntervalUnit::Minutes if has_window => window(value, first, last),
        IntervalUnit::Hours if has_window => window(value * 60, first, last),
        IntervalUnit::Minutes => Times::EveryMinutes(value),
        IntervalUnit::Hours => Times::EveryHours(value),
    })
}

/// A window that ends before it starts ends on the next day.
fn window(step: u16, first: u16, last: u16) -> Times {
    Times::Window { step, first, last: if last < first { last + DAY_MINUTES } else { last } }
}

fn interval_value(value: u32, unit: IntervalUnit, violations: &mut Violations) -> Option<u16> {
    let (most, because) = match unit {
        IntervalUnit::Minutes => (INTERVAL_VALUE_MAX, ""),
        IntervalUnit::Hours if value > INTERVAL_VALUE_MAX => (INTERVAL_VALUE_MAX, ""),
        IntervalUnit::Hours => {
            (INTERVAL_HOURS_MAX, " hours, because a pattern begins anew each day")
        }
    };
    let found = u16::try_from(value).ok().filter(|_| (1..=most).contains(&value));
    if found.is_none() {
        violations.add("intervalValue", format!("must be between 1 and {most}{because}"));
    }
    found
}

/// `missing` when the edge is not given, `None` when it is wrong.
fn window_edge(
    field: &str,
    text: Option<&String>,
    missing: u16,
    violations: &mut Violations,
) -> Option<u16> {
    let Some(text) = written(text) else { return Some(missing) };
    let time = time_of_day(text);
    if time.is_none() {
        violations.add(field, "must be a time of day like 08:00");
    }
    time
}

fn days_of_week(pattern: &SchedulePattern, violations: &mut Violations) -> Days {
    let Some(texts) = written(pattern.days_of_week.as_ref()) else { return every_day() };
    let day = |text: &str| text.trim().parse::<u8>().ok().filter(|day| *day <= 6);
    texts.split(',').map(day).collect::<Option<Days>>().unwrap_or_else(|| {
        violations.add("daysOfWeek", "must be days like 1,2,3: 0 is Sunday, 6 is Saturday");
        every_day()
    })
}

fn every_day() -> Days {
    (0..=6).collect()
}

/// What stands in the field; blanks are nothing.
fn written(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// `9:05` or `09:05`, as minutes after midnight.
fn time_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |digits: &str, n_digits: &[usize], most: u16| {
        let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse::<u16>().ok()?;
        (is_digits && n_digits.contains(&digits.len()) && number <= most).then_some(number)
    };
    Some(number(hour, &[1, 2], 23)? * 60 + number(minute, &[2], 59)?)
}
