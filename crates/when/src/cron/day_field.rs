//! The day-of-month and day-of-week fields, which know `?`, `L`, `W` and `#` besides lists and ranges.

use crate::RuleError;
use crate::cron::days::{EVERY_WEEKDAY, MonthDays, WeekDays};
use crate::cron::field::Reader;

/// Largest n of `L-n`: the first of the longest month.
const BEFORE_LAST_MAX: u8 = 30;

/// Reads day-of-month: `15`, `L`, `L-3`, `15W`, `LW`, and lists of them.
pub(crate) fn month_days(reader: Reader, text: &str) -> Result<MonthDays, RuleError> {
    let text = question_mark_is_star(reader, text)?;
    let mut days = MonthDays { has_star: text.starts_with('*'), ..MonthDays::default() };
    for item in reader.items(text)? {
        let upper = item.to_ascii_uppercase();
        let (base, is_nearest) = match upper.strip_suffix('W') {
            Some(base) => (base, true),
            None => (upper.as_str(), false),
        };
        if let Some(rest) = base.strip_prefix('L') {
            let bit = 1 << before_last(reader, item, rest)?;
            if is_nearest {
                days.nearest_before_last |= bit;
            } else {
                days.before_last |= bit;
            }
        } else if is_nearest {
            if base.contains(['-', '/', '*']) {
                return Err(reader.wrong(item, "W follows a single day, such as 15W, or L"));
            }
            days.nearest |= 1 << reader.number(item, base)?;
        } else {
            days.days |= reader.item_bits(item)?;
        }
    }
    Ok(days)
}

/// Reads day-of-week: `1`, `mon-fri`, `5L`, `1#2`, and lists of them. A 7 becomes 0.
pub(crate) fn week_days(reader: Reader, text: &str) -> Result<WeekDays, RuleError> {
    let text = question_mark_is_star(reader, text)?;
    let mut days = WeekDays { has_star: text.starts_with('*'), ..WeekDays::default() };
    for item in reader.items(text)? {
        if let Some((weekday, nth)) = item.split_once('#') {
            let weekday = reader.number(item, weekday)? % 7;
            days.nth[nth_index(reader, item, nth)?] |= 1 << weekday;
        } else if item.eq_ignore_ascii_case("L") {
            return Err(reader.wrong(item, "L follows a weekday here: 5L is the last Friday"));
        } else if let Some(weekday) = item.strip_suffix(['L', 'l']) {
            days.last |= 1 << (reader.number(item, weekday)? % 7);
        } else {
            let bits = reader.item_bits(item)?;
            days.days |= (bits | bits >> 7) & EVERY_WEEKDAY;
        }
    }
    Ok(days)
}

/// `?` is `*`: Quartz has it to say "the other day field decides".
fn question_mark_is_star(reader: Reader, text: &str) -> Result<&str, RuleError> {
    match text {
        "?" => Ok("*"),
        text if text.contains('?') => Err(reader.wrong(text, "`?` stands alone")),
        text => Ok(text),
    }
}

/// The n of `L-n`; 0 for `L`.
fn before_last(reader: Reader, item: &str, rest: &str) -> Result<u8, RuleError> {
    if rest.is_empty() {
        return Ok(0);
    }
    let days = rest.strip_prefix('-').and_then(|days| days.parse::<u8>().ok());
    days.filter(|days| (1..=BEFORE_LAST_MAX).contains(days) && !rest.contains('+')).ok_or_else(
        || {
            reader
                .wrong(item, format!("L stands alone, or as L-1 to L-{BEFORE_LAST_MAX}, or as LW"))
        },
    )
}

fn nth_index(reader: Reader, item: &str, nth: &str) -> Result<usize, RuleError> {
    ["1", "2", "3", "4", "5"]
        .iter()
        .position(|&digit| digit == nth)
        .ok_or_else(|| reader.wrong(item, "after `#` comes 1 to 5: 1#2 is the second Monday"))
}
