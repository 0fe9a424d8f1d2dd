//! A slow, obvious cron: looks at every minute or second and asks "does it match?".
//!
//! It shares nothing with the crate but jiff, reads the text again for every instant, and knows only
//! what the generators in `properties.rs` write.

use horarium_when::{Dialect, Timestamp};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};

pub(crate) struct Oracle<'a> {
    fields: Vec<&'a str>,
    dialect: Dialect,
    tz: TimeZone,
    /// 60 without a seconds field, else 1.
    pub(crate) step_seconds: i64,
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(text: &'a str, dialect: Dialect, zone: &str) -> Oracle<'a> {
        let mut fields: Vec<&str> = text.split(' ').collect();
        let step_seconds = if fields.len() == 5 { 60 } else { 1 };
        if fields.len() == 5 {
            fields.insert(0, "0");
        }
        Oracle { fields, dialect, tz: zone_named(zone), step_seconds }
    }

    /// Every due instant in (`after`, `through`].
    pub(crate) fn due_between(&self, after: Timestamp, through: Timestamp) -> Vec<Timestamp> {
        let step = self.step_seconds;
        let first = (after.as_second() + step).div_euclid(step) * step;
        let mut seconds = first;
        let mut due = Vec::new();
        while seconds <= through.as_second() {
            let at = Timestamp::from_second(seconds).unwrap();
            if self.is_due(at) {
                due.push(at);
            }
            seconds += step;
        }
        due
    }

    fn is_due(&self, at: Timestamp) -> bool {
        let civil = self.tz.to_datetime(at);
        if self.fields[1].starts_with('*') || self.fields[2].starts_with('*') {
            return self.matches(civil);
        }
        let first_showing = self.tz.to_ambiguous_timestamp(civil).earlier().unwrap();
        self.matches(civil) && first_showing == at || self.was_skipped(at, civil)
    }

    /// Whether the clock jumped forward at this instant, over a time that matches.
    fn was_skipped(&self, at: Timestamp, civil: DateTime) -> bool {
        let before = self.tz.to_datetime(at - 1.second()) + 1.second();
        let mut skipped = before;
        while skipped < civil {
            if self.matches(skipped) {
                return true;
            }
            skipped += self.step_seconds.seconds();
        }
        false
    }

    fn matches(&self, civil: DateTime) -> bool {
        let is = |at: usize, value: i8, max: i64| {
            self.fields[at].split(',').any(|item| item_matches(item, value.into(), 0, max))
        };
        is(0, civil.second(), 59)
            && is(1, civil.minute(), 59)
            && is(2, civil.hour(), 23)
            && self.matches_day(civil.date())
    }

    pub(crate) fn matches_day(&self, date: Date) -> bool {
        let (month_day, month, week_day) = (self.fields[3], self.fields[4], self.fields[5]);
        let is_month = month.split(',').any(|item| item_matches(item, date.month().into(), 1, 12));
        let is_month_day = month_day.split(',').any(|item| month_day_matches(item, date));
        let is_week_day = week_day.split(',').any(|item| week_day_matches(item, date));
        let has_star = month_day.starts_with('*') || week_day.starts_with('*');
        is_month
            && if self.dialect == Dialect::Hangfire || has_star {
                is_month_day && is_week_day
            } else {
                is_month_day || is_week_day
            }
    }
}

/// From the bundled database, as the crate reads it.
pub(crate) fn zone_named(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

fn item_matches(item: &str, value: i64, min: i64, max: i64) -> bool {
    let (base, step) = item.split_once('/').unwrap_or((item, "1"));
    let step: i64 = step.parse().unwrap();
    let (first, last) = match base.split_once('-') {
        Some((first, last)) => (number(first), number(last)),
        None if base == "*" => (min, max),
        None => (number(base), number(base)),
    };
    if first <= last {
        (first..=last).contains(&value) && (value - first) % step == 0
    } else {
        let n = max - min + 1;
        let since_first = (value - first + n) % n;
        since_first <= (last - first + n) % n && since_first % step == 0
    }
}

fn number(text: &str) -> i64 {
    match text {
        "sun" => 0,
        "fri" => 5,
        "mon" | "jan" => 1,
        "dec" => 12,
        digits => digits.parse().unwrap(),
    }
}

fn month_day_matches(item: &str, date: Date) -> bool {
    let last = date.last_of_month();
    let wanted = match item.strip_suffix('W').unwrap_or(item) {
        "L" => last.day(),
        base if base.starts_with("L-") => last.day() - base[2..].parse::<i8>().unwrap(),
        base if item.ends_with('W') => base.parse().unwrap(),
        _ => return item_matches(item, date.day().into(), 1, 31),
    };
    if wanted < 1 || wanted > last.day() {
        return false;
    }
    let wanted = date.with().day(wanted).build().unwrap();
    if !item.ends_with('W') {
        return wanted == date;
    }
    // The nearest Monday to Friday of this month, the earlier of two equally near ones: there are
    // none, because a Saturday has its Friday at 1 day and a Monday at 2.
    let mut days: Vec<Date> = (1..=last.day())
        .map(|day| date.with().day(day).build().unwrap())
        .filter(|day| (1..=5).contains(&day.weekday().to_monday_one_offset()))
        .collect();
    days.sort_by_key(|day| (*day - wanted).get_days().abs());
    days[0] == date
}

fn week_day_matches(item: &str, date: Date) -> bool {
    let weekday = i64::from(date.weekday().to_sunday_zero_offset());
    if let Some((base, nth)) = item.split_once('#') {
        let nth_of_month = (date.day() - 1) / 7 + 1;
        return number(base) % 7 == weekday && nth.parse::<i8>().unwrap() == nth_of_month;
    }
    if let Some(base) = item.strip_suffix('L') {
        let next_week = date + 7.days();
        return number(base) % 7 == weekday && next_week.month() != date.month();
    }
    item_matches(item, weekday, 0, 6) || (item.contains('7') && sunday_is_7(item, weekday))
}

/// `5-7` and `7`: Sunday once more, as 7.
fn sunday_is_7(item: &str, weekday: i64) -> bool {
    weekday == 0 && item_matches(item, 7, 0, 7)
}
