//! A cron rule as an English sentence.
//!
//! The sentence is made from the numbers that match, not from the text, so that `0-59/15`, `*/15`
//! and `0,15,30,45` read alike and `H` shows what it became.

use crate::Zone;
use crate::cron::Cron;
use crate::cron::days::{DayFields, EVERY_WEEKDAY, MonthDays, WeekDays};
use crate::cron::times::{below, has, numbers};
use crate::local::{WEEKDAY_NAMES, clock_text};

/// Times of day that are listed one by one; more become `at minutes .. of the hours ..`.
const TIMES_LISTED_MAX: usize = 6;

const EVERY_MINUTE: u64 = (1 << 60) - 1;
const EVERY_HOUR: u64 = (1 << 24) - 1;
const EVERY_MONTH: u64 = (1 << 13) - 2;
const EVERY_DAY: u64 = (1 << 32) - 2;

const MONTH_NAMES: [&str; 13] = [
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Cron {
    /// `at 07:00 on Monday through Friday (America/New_York)`. The zone is left out when
    /// every hour of every day has the same minutes: `every 15 minutes`.
    pub(crate) fn describe(&self, zone: &Zone) -> String {
        let days = self.days_text();
        let is_every_hour = self.times.hours == EVERY_HOUR;
        match (days, is_every_hour) {
            (None, true) => self.times_text(),
            (None, false) => format!("{} every day ({zone})", self.times_text()),
            (Some(days), _) => format!("{} {days} ({zone})", self.times_text()),
        }
    }

    fn times_text(&self) -> String {
        let times = &self.times;
        match (numbers(times.seconds).as_slice(), self.listed_minutes()) {
            ([0], _) => self.minutes_text(),
            (&[second], Some(minutes)) => {
                let clocks: Vec<String> =
                    minutes.iter().map(|minute| clock_text(minute * 60 + second)).collect();
                format!("at {}", join(&clocks, "and"))
            }
            _ => {
                let seconds = units_text(times.seconds, 60, "second");
                match (times.minutes, times.hours) {
                    (EVERY_MINUTE, EVERY_HOUR) if seconds.starts_with("every") => seconds,
                    (EVERY_MINUTE, EVERY_HOUR) => format!("{seconds} of every minute"),
                    _ => format!("{seconds}, {}", self.minutes_text()),
                }
            }
        }
    }

    fn minutes_text(&self) -> String {
        if let Some(minutes) = self.listed_minutes() {
            let clocks: Vec<String> =
                minutes.iter().map(|minute| clock_text(minute * 60)).collect();
            return format!("at {}", join(&clocks, "and"));
        }
        let (minutes, hours) = (self.times.minutes, self.times.hours);
        let each = units_text(minutes, 60, "minute");
        let is_steady = each.starts_with("every");
        match (numbers(minutes).as_slice(), step_of(hours, 24)) {
            (_, Some(1)) if is_steady => each,
            (_, _) if is_steady => format!("{each} {}", hours_text(hours)),
            ([0], Some(1)) => "every hour".to_owned(),
            (_, Some(1)) => format!("{each} of every hour"),
            (&[minute], Some(step)) => format!("every {step} hours from 00:{minute:02}"),
            (&[minute], None) if is_one_run(hours) => {
                let hours = numbers(hours);
                let (first, last) = (hours[0], hours[hours.len() - 1]);
                format!("every hour from {first:02}:{minute:02} to {last:02}:{minute:02}")
            }
            _ => format!("{each} of the hours {}", join(&runs(hours, plain), "and")),
        }
    }

    /// The minutes of the day, when they are few enough to list.
    fn listed_minutes(&self) -> Option<Vec<i64>> {
        let (minutes, hours) = (numbers(self.times.minutes), numbers(self.times.hours));
        let is_short = minutes.len() * hours.len() <= TIMES_LISTED_MAX;
        is_short
            .then(|| hours.iter().flat_map(|h| minutes.iter().map(move |m| h * 60 + m)).collect())
    }

    fn days_text(&self) -> Option<String> {
        let rule = &self.day_rule;
        let months = (rule.months != EVERY_MONTH)
            .then(|| format!("in {}", join(&runs(rule.months, month_name), "and")));
        let month_days = rule.month_days.text();
        let week_days = rule.week_days.text();
        let days = match (month_days, week_days) {
            (None, None) => None,
            (Some(days), None) | (None, Some(days)) => Some(format!("on {days}")),
            (Some(month_days), Some(week_days)) => Some(match rule.day_fields {
                DayFields::Either => format!("on {month_days} or on {week_days}"),
                DayFields::Both => format!("on {month_days}, if it is {week_days}"),
            }),
        };
        match (days, months) {
            (None, None) => None,
            (Some(days), Some(months)) => Some(format!("{days} {months}")),
            (None, Some(months)) => Some(format!("every day {months}")),
            (days, None) => days,
        }
    }
}

impl MonthDays {
    /// `None` when every day matches.
    fn text(&self) -> Option<String> {
        if self.days & EVERY_DAY == EVERY_DAY {
            return None;
        }
        let mut parts = Vec::new();
        match (numbers(self.days).len(), day_step(self.days)) {
            (0, _) => {}
            (_, Some(n)) => parts.push(format!("every {} day of the month from day 1", ordinal(n))),
            (1, _) => parts.push(format!("day {} of the month", numbers(self.days)[0])),
            _ => {
                let days = join(&runs(self.days, plain), "and");
                parts.push(format!("days {days} of the month"));
            }
        }
        for n in numbers(self.before_last) {
            parts.push(last_day_text(n));
        }
        for day in numbers(self.nearest) {
            parts.push(format!("the weekday nearest to day {day} of the month"));
        }
        for n in numbers(self.nearest_before_last) {
            parts.push(match n {
                0 => "the last weekday of the month".to_owned(),
                n => format!("the weekday nearest to {}", last_day_text(n)),
            });
        }
        Some(join(&parts, "and"))
    }
}

impl WeekDays {
    /// `None` when every day matches.
    fn text(&self) -> Option<String> {
        if self.days == EVERY_WEEKDAY {
            return None;
        }
        let mut parts = weekday_runs(self.days);
        for (at, bits) in (1..).zip(self.nth) {
            for weekday in numbers(bits) {
                let weekday = weekday_name(weekday);
                parts.push(format!("the {} {weekday} of the month", ordinal(at)));
            }
        }
        for weekday in numbers(self.last) {
            parts.push(format!("the last {} of the month", weekday_name(weekday)));
        }
        Some(join(&parts, "and"))
    }
}

/// `every 15 minutes`, `at minute 5`, `at minutes 5 and 40`.
fn units_text(bits: u64, n: i64, unit: &str) -> String {
    match (step_of(bits, n), numbers(bits).as_slice()) {
        (Some(1), _) => format!("every {unit}"),
        (Some(step), _) => format!("every {step} {unit}s"),
        (None, [only]) => format!("at {unit} {only}"),
        (None, _) => format!("at {unit}s {}", join(&runs(bits, plain), "and")),
    }
}

/// `from 09:00 to 16:59`, `in the hours 9 and 12`.
fn hours_text(hours: u64) -> String {
    match (numbers(hours).as_slice(), is_one_run(hours)) {
        (&[first, .., last], true) => format!("from {first:02}:00 to {last:02}:59"),
        (&[only], _) => format!("from {only:02}:00 to {only:02}:59"),
        _ => format!("in the hours {}", join(&runs(hours, plain), "and")),
    }
}

/// The step of numbers that start at 0 and go round evenly: 15 for 0, 15, 30 and 45 of 60.
fn step_of(bits: u64, n: i64) -> Option<i64> {
    (1..=n / 2).find(|&step| {
        n % step == 0 && bits == (0..n).step_by(to_usize(step)).fold(0, |bits, at| bits | 1 << at)
    })
}

/// The step of `*/n` in day-of-month, for n from 2 to 10.
fn day_step(bits: u64) -> Option<i64> {
    (2..=10)
        .find(|&step| bits == (1..=31).step_by(to_usize(step)).fold(0, |bits, day| bits | 1 << day))
}

fn to_usize(n: i64) -> usize {
    usize::try_from(n).expect("a small positive number")
}

fn is_one_run(bits: u64) -> bool {
    let low = bits.trailing_zeros();
    bits != 0 && (bits >> low) & ((bits >> low) + 1) == 0
}

/// Numbers with runs of three and more joined: `1`, `3 through 7`.
fn runs(bits: u64, name: fn(i64) -> String) -> Vec<String> {
    let mut texts = Vec::new();
    let mut first = 0;
    while first < 64 {
        let mut last = first;
        while last < 63 && has(bits, last) && has(bits, last + 1) {
            last += 1;
        }
        match last - first {
            _ if !has(bits, first) => {}
            0 => texts.push(name(first)),
            1 => texts.extend([name(first), name(last)]),
            _ => texts.push(format!("{} through {}", name(first), name(last))),
        }
        first = last + 1;
    }
    texts
}

/// Weekdays, Monday first, so that a weekend is `Saturday and Sunday`.
fn weekday_runs(bits: u64) -> Vec<String> {
    let monday_first = (bits >> 1) | (bits & 1) << 6;
    runs(monday_first & below(7), |n| weekday_name((n + 1) % 7))
}

fn weekday_name(weekday: i64) -> String {
    WEEKDAY_NAMES[to_usize(weekday)].to_owned()
}

fn plain(number: i64) -> String {
    number.to_string()
}

fn month_name(month: i64) -> String {
    MONTH_NAMES[to_usize(month)].to_owned()
}

fn last_day_text(n: i64) -> String {
    match n {
        0 => "the last day of the month".to_owned(),
        1 => "the day before the last day of the month".to_owned(),
        n => format!("the day {n} days before the last day of the month"),
    }
}

fn ordinal(n: i64) -> String {
    match n {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        4 => "fourth".to_owned(),
        5 => "fifth".to_owned(),
        n => format!("{n}th"),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn join(texts: &[String], word: &str) -> String {
    match texts {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} {word} {last}", most.join(", ")),
    }
}
