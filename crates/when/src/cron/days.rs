//! The days of a cron rule: one bit set for each of the 14 shapes a year can have.
//!
//! A Gregorian year is known by whether it is a leap year and by the weekday of its 1 January. So
//! month, day-of-month and day-of-week, with `L`, `W` and `#`, are worked out once, when the rule is
//! read; afterwards the next day, the previous day and "never" are questions to bit sets.

use crate::local::{first_day_of, is_leap, split_day, weekday_of};

/// Years that a search for a day may cross. A 29 February on a given weekday needs the most: 40
/// years, as from Tuesday 1876 to Tuesday 1916 (1900 is no leap year).
const YEARS_SEARCHED_MAX: i64 = 41;

const MONTH_DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Sunday to Saturday, bit 0 to bit 6.
pub(crate) const EVERY_WEEKDAY: u64 = (1 << 7) - 1;

/// What day-of-month says. Bit n of a set is the day n, or n days before the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MonthDays {
    pub(crate) days: u64,
    /// `L` is bit 0, `L-3` is bit 3.
    pub(crate) before_last: u64,
    /// `15W`: the weekday (Monday to Friday) nearest to day 15, in the same month.
    pub(crate) nearest: u64,
    /// `LW` is bit 0, `L-3W` is bit 3.
    pub(crate) nearest_before_last: u64,
    /// The field begins with `*` (or is `?`).
    pub(crate) has_star: bool,
}

/// What day-of-week says. Bit 0 of a set is Sunday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WeekDays {
    pub(crate) days: u64,
    /// `5L`: the last Friday of the month.
    pub(crate) last: u64,
    /// `1#2`, the second Monday, is bit 1 of set 1.
    pub(crate) nth: [u64; 5],
    pub(crate) has_star: bool,
}

/// How the two day fields come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayFields {
    Both,
    Either,
}

/// The months and days of a rule, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DayRule {
    pub(crate) month_days: MonthDays,
    pub(crate) months: u64,
    pub(crate) week_days: WeekDays,
    pub(crate) day_fields: DayFields,
}

/// The days of a year: bit 0 of word 0 is 1 January.
type YearDays = [u64; 6];

/// Every day a rule matches, in every year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    shapes: [YearDays; 14],
}

impl Days {
    pub(crate) fn of(rule: &DayRule) -> Days {
        let months = month_shapes(rule);
        let mut shapes = [[0; 6]; 14];
        for (at, shape) in (0..).zip(&mut shapes) {
            *shape = year_days(rule, &months, at >= 7, at % 7);
        }
        Days { shapes }
    }

    pub(crate) fn is_never(&self) -> bool {
        self.shapes.iter().flatten().all(|&word| word == 0)
    }

    pub(crate) fn contains(&self, day: i64) -> bool {
        let (year, ordinal) = split_day(day);
        self.year(year)[ordinal as usize / 64] >> (ordinal % 64) & 1 == 1
    }

    /// The first matching day that is `from` or later, within [`YEARS_SEARCHED_MAX`].
    pub(crate) fn at_or_after(&self, from: i64) -> Option<i64> {
        let (year, ordinal) = split_day(from);
        let first = first_at_or_after(self.year(year), ordinal).map(|found| (year, found));
        let (year, found) = first.or_else(|| {
            (year + 1..=year + YEARS_SEARCHED_MAX).find_map(|year| {
                super::walk::count_step();
                first_at_or_after(self.year(year), 0).map(|found| (year, found))
            })
        })?;
        Some(first_day_of(year) + i64::from(found))
    }

    /// The last matching day that is `until` or earlier, within [`YEARS_SEARCHED_MAX`].
    pub(crate) fn at_or_before(&self, until: i64) -> Option<i64> {
        let (year, ordinal) = split_day(until);
        let last = last_at_or_before(self.year(year), ordinal).map(|found| (year, found));
        let (year, found) = last.or_else(|| {
            (year - YEARS_SEARCHED_MAX..year).rev().find_map(|year| {
                super::walk::count_step();
                last_at_or_before(self.year(year), 365).map(|found| (year, found))
            })
        })?;
        Some(first_day_of(year) + i64::from(found))
    }

    /// How many matching days lie from `first` through `last`.
    pub(crate) fn count(&self, first: i64, last: i64) -> i64 {
        let (first_year, first_ordinal) = split_day(first);
        let (last_year, last_ordinal) = split_day(last);
        let whole_years: i64 =
            (first_year..last_year).map(|year| count_before(self.year(year), 366)).sum();
        whole_years + count_before(self.year(last_year), last_ordinal + 1)
            - count_before(self.year(first_year), first_ordinal)
    }

    fn year(&self, year: i64) -> &YearDays {
        let shape = weekday_of(first_day_of(year)) + if is_leap(year) { 7 } else { 0 };
        &self.shapes[shape as usize]
    }
}

/// The matching days of a month by its length, from 28 on, and the weekday of its first day.
fn month_shapes(rule: &DayRule) -> [[u64; 7]; 4] {
    let mut shapes = [[0; 7]; 4];
    for (length, by_weekday) in (28..).zip(&mut shapes) {
        for (first_weekday, bits) in (0..).zip(by_weekday) {
            *bits = month_bits(rule, length, first_weekday);
        }
    }
    shapes
}

fn year_days(
    rule: &DayRule,
    months: &[[u64; 7]; 4],
    is_leap: bool,
    first_weekday: u32,
) -> YearDays {
    let mut days = [0; 6];
    let mut start = 0;
    for (month, length) in (1..).zip(MONTH_DAYS) {
        let length = length + u32::from(is_leap && month == 2);
        if rule.months >> month & 1 == 1 {
            let bits = months[length as usize - 28][(first_weekday + start) as usize % 7];
            let (word, shift) = (start as usize / 64, start % 64);
            days[word] |= bits << shift;
            if shift > 32 {
                days[word + 1] |= bits >> (64 - shift);
            }
        }
        start += length;
    }
    days
}

/// The matching days of a month; bit 0 is its first day.
fn month_bits(rule: &DayRule, length: u32, first_weekday: u32) -> u64 {
    let month_days = rule.month_days.bits(length, first_weekday);
    let week_days = rule.week_days.bits(length, first_weekday);
    match rule.day_fields {
        DayFields::Both => month_days & week_days,
        DayFields::Either => month_days | week_days,
    }
}

impl MonthDays {
    fn bits(&self, length: u32, first_weekday: u32) -> u64 {
        let is_day = |set: u64, day: u32| set >> day & 1 == 1;
        let mut bits = 0;
        for day in 1..=length {
            if is_day(self.days, day) || is_day(self.before_last, length - day) {
                bits |= 1 << (day - 1);
            }
            if is_day(self.nearest, day) || is_day(self.nearest_before_last, length - day) {
                bits |= 1 << (nearest_weekday(day, length, first_weekday) - 1);
            }
        }
        bits
    }
}

impl WeekDays {
    fn bits(&self, length: u32, first_weekday: u32) -> u64 {
        let mut bits = 0;
        for day in 1..=length {
            let weekday = (first_weekday + day - 1) % 7;
            let mut set = self.days | self.nth[(day as usize - 1) / 7];
            if day + 7 > length {
                set |= self.last;
            }
            bits |= (set >> weekday & 1) << (day - 1);
        }
        bits
    }
}

/// Saturday moves to Friday and Sunday to Monday, unless that leaves the month.
fn nearest_weekday(day: u32, length: u32, first_weekday: u32) -> u32 {
    match (first_weekday + day - 1) % 7 {
        6 if day == 1 => 3,
        6 => day - 1,
        0 if day == length => day - 2,
        0 => day + 1,
        _ => day,
    }
}

fn first_at_or_after(year: &YearDays, ordinal: u32) -> Option<u32> {
    let start = ordinal as usize / 64;
    let mut mask = u64::MAX << (ordinal % 64);
    for (at, word) in (0..).zip(year).skip(start) {
        if word & mask != 0 {
            return Some(at * 64 + (word & mask).trailing_zeros());
        }
        mask = u64::MAX;
    }
    None
}

fn last_at_or_before(year: &YearDays, ordinal: u32) -> Option<u32> {
    let mut mask = u64::MAX >> (63 - ordinal % 64);
    for at in (0..=ordinal / 64).rev() {
        let word = year[at as usize];
        if word & mask != 0 {
            return Some(at * 64 + 63 - (word & mask).leading_zeros());
        }
        mask = u64::MAX;
    }
    None
}

/// How many matching days have an ordinal below `ordinal`.
fn count_before(year: &YearDays, ordinal: u32) -> i64 {
    let (word, rest) = (ordinal as usize / 64, ordinal % 64);
    let whole: u32 = year[..word].iter().map(|word| word.count_ones()).sum();
    let part = year.get(word).map_or(0, |word| (word & !(u64::MAX << rest)).count_ones());
    i64::from(whole + part)
}
