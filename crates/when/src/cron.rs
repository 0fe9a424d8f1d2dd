//! A cron rule: read from text once, then only bit sets.

mod day_field;
mod days;
mod describe;
pub(crate) mod field;
mod spread;
pub(crate) mod text;
mod times;
mod walk;

use std::str::FromStr;

use crate::cron::days::{DayFields, DayRule, Days};
use crate::cron::field::Reader;
use crate::cron::times::Times;
use crate::local::{DAY_SECONDS, split};
use crate::{Field, RuleError, Zone};

/// Where the search at definition time starts: 2026-01-01T00:00:00Z. Any fixed instant would do; it
/// finds the rules whose local time a zone leaves out every year.
const PROBE_AFTER: i64 = 1_767_225_600;

/// Whose reading of a cron text.
///
/// | text            | vixie                         | hangfire                   |
/// |-----------------|-------------------------------|----------------------------|
/// | `0 3 1-7 * 1`   | days 1–7, and every Monday    | the first Monday           |
/// | `0 0 */2 * 5`   | Fridays with an odd date      | Fridays with an odd date   |
/// | `0 22-2 * * *`  | refused                       | 22, 23, 0, 1, 2            |
/// | `5/15 * * * *`  | refused                       | 5, 20, 35, 50              |
///
/// Sources: crontab(5) of Debian for vixie; the documentation of Cronos, which Hangfire uses, for
/// hangfire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    #[default]
    Vixie,
    Hangfire,
}

/// A text that is no [`Dialect`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cron dialect is `vixie` or `hangfire`, not `{}`", .0.escape_debug())]
pub struct DialectError(pub String);

impl Dialect {
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Vixie => "vixie",
            Dialect::Hangfire => "hangfire",
        }
    }
}

impl FromStr for Dialect {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Dialect, DialectError> {
        match text {
            "vixie" => Ok(Dialect::Vixie),
            "hangfire" => Ok(Dialect::Hangfire),
            other => Err(DialectError(other.chars().take(32).collect())),
        }
    }
}

/// Whether daylight saving moves the rule; see the table in the crate's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Minute and hour are fixed: follows the wall clock, once for each time it shows.
    Wall,
    /// Minute or hour begins with `*`: follows elapsed time.
    Elapsed,
}

/// A parsed cron text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cron {
    times: Times,
    day_rule: DayRule,
    days: Days,
    clock: Clock,
}

impl Cron {
    pub(crate) fn parse(
        text: &str,
        dialect: Dialect,
        zone: &Zone,
        seed: u128,
    ) -> Result<Cron, RuleError> {
        let fields = text::fields(text)?;
        let reader = |field| Reader { field, dialect, seed };
        let times = Times {
            seconds: reader(Field::Second).bits(fields[0])?,
            minutes: reader(Field::Minute).bits(fields[1])?,
            hours: reader(Field::Hour).bits(fields[2])?,
        };
        let day_rule = day_rule(&fields, dialect, reader)?;
        let is_elapsed = fields[1].starts_with('*') || fields[2].starts_with('*');
        let clock = if is_elapsed { Clock::Elapsed } else { Clock::Wall };
        let cron = Cron { times, days: Days::of(&day_rule), day_rule, clock };
        cron.must_fire(text, zone)?;
        Ok(cron)
    }

    fn must_fire(&self, text: &str, zone: &Zone) -> Result<(), RuleError> {
        let never = |reason| RuleError::NeverFires { text: text.trim().to_owned(), reason };
        if self.days.is_never() {
            return Err(never("no day of any year matches".to_owned()));
        }
        match self.next_after(PROBE_AFTER, zone) {
            Some(_) => Ok(()),
            None => Err(never(format!("the clock in {zone} never shows a matching time"))),
        }
    }

    /// The first matching local second that is `from` or later.
    fn local_at_or_after(&self, from: i64) -> Option<i64> {
        let (day, second_of_day) = split(from);
        let day = self.days.at_or_after(day).map(|found| (found, found == day))?;
        let later_today = if day.1 { self.times.at_or_after(second_of_day) } else { None };
        let (day, second) = match (day, later_today) {
            ((day, true), None) => (self.days.at_or_after(day + 1)?, self.times.at_or_after(0)?),
            ((day, true), Some(second)) => (day, second),
            ((day, false), _) => (day, self.times.at_or_after(0)?),
        };
        Some(day * DAY_SECONDS + second)
    }

    /// The last matching local second that is `until` or earlier.
    fn local_at_or_before(&self, until: i64) -> Option<i64> {
        let (today, second_of_day) = split(until);
        if self.days.contains(today)
            && let Some(second) = self.times.at_or_before(second_of_day)
        {
            return Some(today * DAY_SECONDS + second);
        }
        let day = self.days.at_or_before(today - 1)?;
        Some(day * DAY_SECONDS + self.times.at_or_before(DAY_SECONDS - 1)?)
    }

    /// How many matching local seconds lie from `first` through `last`.
    fn local_count(&self, first: i64, last: i64) -> i64 {
        if last < first {
            return 0;
        }
        let ((first_day, first_second), (last_day, last_second)) = (split(first), split(last));
        let per_day = self.times.per_day();
        let mut n = self.days.count(first_day, last_day) * per_day;
        if self.days.contains(first_day) {
            n -= self.times.count_before(first_second);
        }
        if self.days.contains(last_day) {
            n -= per_day - self.times.count_before(last_second + 1);
        }
        n
    }
}

fn day_rule(
    fields: &[&str],
    dialect: Dialect,
    reader: impl Fn(Field) -> Reader,
) -> Result<DayRule, RuleError> {
    // A plus asks for AND in any dialect (Open Cron Pattern Specification).
    let (week_days_text, has_plus) = match fields[5].strip_prefix('+') {
        Some(rest) => (rest, true),
        None => (fields[5], false),
    };
    let month_days = day_field::month_days(reader(Field::DayOfMonth), fields[3])?;
    let months = reader(Field::Month).bits(fields[4])?;
    let week_days = day_field::week_days(reader(Field::DayOfWeek), week_days_text)?;
    // crontab(5): either field is enough only when neither begins with `*`, so that `*/2` ANDs.
    let has_star = month_days.has_star || week_days.has_star;
    let day_fields = match dialect {
        Dialect::Vixie if !has_star && !has_plus => DayFields::Either,
        Dialect::Vixie | Dialect::Hangfire => DayFields::Both,
    };
    Ok(DayRule { month_days, months, week_days, day_fields })
}
