//! When a job is due: by cron text, by a fixed grid, or once.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::cron::Cron;
use crate::interval::Interval;
use crate::local::{clock_text, seconds_floor, split};
use crate::union::Union;
use crate::{Dialect, RuleError, Zone, local};

/// When a job is due. Cheap to clone.
///
/// Due instants of a cron rule are whole seconds. Every answer is a pure function of the rule, the
/// bundled zone database and the instants given.
#[derive(Clone, PartialEq, Eq)]
pub struct Rule {
    kind: Kind,
    zone: Zone,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Cron(Arc<Cron>),
    AnyCron(Arc<Union>),
    Interval(Interval),
    OneTime(Timestamp),
}

impl Rule {
    /// Reads a cron text; the crate's documentation has its syntax.
    ///
    /// `spread_seed` decides `H`; give the job's id. A text that can never fire is refused.
    pub fn cron(
        expression: &str,
        dialect: Dialect,
        zone: Zone,
        spread_seed: u128,
    ) -> Result<Rule, RuleError> {
        let cron = Cron::parse(expression, dialect, &zone, spread_seed)?;
        Ok(Rule { kind: Kind::Cron(Arc::new(cron)), zone })
    }

    /// Reads several cron texts; the rule is due when any of them is, once however many agree.
    ///
    /// At least one text and at most [`CRON_TEXTS_MAX`](crate::CRON_TEXTS_MAX). Each must be able to
    /// fire.
    pub fn any_cron<T: AsRef<str>>(
        expressions: &[T],
        dialect: Dialect,
        zone: Zone,
        spread_seed: u128,
    ) -> Result<Rule, RuleError> {
        let union = Union::parse(expressions, dialect, &zone, spread_seed)?;
        Ok(Rule { kind: Kind::AnyCron(Arc::new(union)), zone })
    }

    /// Due at `anchor` + n periods, for n from 1 on: a late run moves nothing.
    pub fn interval(period_seconds: u64, anchor: Timestamp, zone: Zone) -> Result<Rule, RuleError> {
        let interval = Interval::new(period_seconds, anchor)?;
        Ok(Rule { kind: Kind::Interval(interval), zone })
    }

    pub fn one_time(at: Timestamp, zone: Zone) -> Rule {
        Rule { kind: Kind::OneTime(at), zone }
    }

    /// The first due instant strictly after `t`.
    pub fn next_after(&self, t: Timestamp) -> Option<Timestamp> {
        match &self.kind {
            Kind::Cron(cron) => instant(cron.next_after(seconds_floor(t), &self.zone)),
            Kind::AnyCron(union) => instant(union.next_after(seconds_floor(t), &self.zone)),
            Kind::Interval(interval) => interval.next_after(t),
            Kind::OneTime(at) => Some(*at).filter(|&at| at > t),
        }
    }

    /// The last due instant at or before `t`.
    pub fn previous_at(&self, t: Timestamp) -> Option<Timestamp> {
        match &self.kind {
            Kind::Cron(cron) => instant(cron.previous_at(seconds_floor(t), &self.zone)),
            Kind::AnyCron(union) => instant(union.previous_at(seconds_floor(t), &self.zone)),
            Kind::Interval(interval) => interval.previous_at(t),
            Kind::OneTime(at) => Some(*at).filter(|&at| at <= t),
        }
    }

    /// How many due instants lie in (`after`, `through`], at most `max`. Cheap however long the time,
    /// but for a rule of several cron texts: that one costs half a microsecond for each instant.
    pub fn count_between(&self, after: Timestamp, through: Timestamp, max: u64) -> u64 {
        match &self.kind {
            Kind::Cron(cron) => {
                cron.count_between(seconds_floor(after), seconds_floor(through), max, &self.zone)
            }
            Kind::AnyCron(union) => {
                union.count_between(seconds_floor(after), seconds_floor(through), max, &self.zone)
            }
            Kind::Interval(interval) => interval.count_between(after, through).min(max),
            Kind::OneTime(at) => u64::from(after < *at && *at <= through).min(max),
        }
    }

    /// The rule as a sentence: `at 07:00 on Monday through Friday (America/New_York)`.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Cron(cron) => cron.describe(&self.zone),
            Kind::AnyCron(union) => union.describe(&self.zone),
            Kind::Interval(interval) => interval.describe(&self.zone),
            Kind::OneTime(at) => format!("once at {}", instant_text(*at, &self.zone)),
        }
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// What daylight saving did to the due instant `at`, if anything.
    ///
    /// | rule, New York | `at`                   | note                                         |
    /// |----------------|------------------------|----------------------------------------------|
    /// | `30 2 * * *`   | 8 March, 03:00 -04:00  | moved: 02:30 does not exist on this day       |
    /// | `30 1 * * *`   | 1 Nov., 01:30 -04:00   | first of two: 01:30 comes twice on this day   |
    /// | `30 * * * *`   | 1 Nov., 01:30 -05:00   | second of two: 01:30 comes twice on this day  |
    pub fn note(&self, at: Timestamp) -> Option<String> {
        let second = seconds_floor(at);
        let moved = match &self.kind {
            Kind::Cron(cron) => cron.moved_to(second, &self.zone),
            Kind::AnyCron(union) => union.moved_to(second, &self.zone),
            Kind::Interval(_) | Kind::OneTime(_) => None,
        };
        if let Some((local, n)) = moved {
            let time = clock_text(split(local).1);
            return Some(match n {
                1 => format!("moved: {time} does not exist on this day"),
                n => format!("moved: {time} and {} more do not exist on this day", n - 1),
            });
        }
        let place = self.zone.place_in_overlap(second)?;
        let time = clock_text(split(second + self.zone.offset_at(second)).1);
        Some(format!("{place}: {time} comes twice on this day"))
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({})", self.describe())
    }
}

/// `2026-03-08T03:00:00-04:00 (America/New_York)`
pub(crate) fn instant_text(at: Timestamp, zone: &Zone) -> String {
    let (civil, offset) = local(at, zone);
    format!("{civil}{offset} ({zone})")
}

fn instant(second: Option<i64>) -> Option<Timestamp> {
    second.and_then(|second| Timestamp::from_second(second).ok())
}
