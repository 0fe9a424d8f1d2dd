//! Properties: the walker agrees with the oracle on random rules, zones and instants, DST included.

use horarium_when::{Dialect, Rule, Timestamp, Zone};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::oracle::{Oracle, zone_named};

/// Every kind of change: an hour, half an hour, two hours, a day, at midnight, Ramadan, none.
const ZONES: [&str; 14] = [
    "UTC",
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "America/Havana",
    "America/Santiago",
    "America/Sao_Paulo",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Beirut",
];

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        max_global_rejects: 100_000,
        ..ProptestConfig::default()
    }
}

/// A number, range, step or list from `min` to `max`; ranges run forward.
fn list(min: u8, max: u8) -> impl Strategy<Value = String> {
    let item = (min..=max, min..=max, 1..=max / 2).prop_map(|(a, b, step)| {
        let (first, last) = (a.min(b), a.max(b));
        match step % 4 {
            0 => format!("{first}-{last}"),
            1 if last - first >= step => format!("{first}-{last}/{step}"),
            _ => format!("{a}"),
        }
    });
    prop::collection::vec(item, 1..4).prop_map(|items| items.join(","))
}

fn field(min: u8, max: u8) -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just("*".to_owned()),
        2 => (2..=max / 2).prop_map(|step| format!("*/{step}")),
        5 => list(min, max),
    ]
}

/// Hours near the usual changes of the clock, so that many cases meet one.
fn hours() -> impl Strategy<Value = String> {
    prop_oneof![3 => field(0, 23), 3 => list(0, 4)]
}

fn month_days() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => Just("*".to_owned()),
        3 => field(1, 31),
        1 => (1_u8..=31).prop_map(|day| format!("{day}W")),
        1 => (1_u8..=27).prop_map(|n| format!("L-{n}")),
        1 => prop::sample::select(vec!["L", "LW", "1,L", "L-2W", "15W,LW"]).prop_map(str::to_owned),
    ]
}

fn week_days() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => Just("*".to_owned()),
        3 => field(0, 7),
        1 => (0_u8..=7).prop_map(|day| format!("{day}L")),
        1 => (0_u8..=7, 1_u8..=5).prop_map(|(day, n)| format!("{day}#{n}")),
        1 => prop::sample::select(vec!["mon-fri", "sun", "fri,sun", "mon#1,fri#3", "1-5,0L"])
            .prop_map(str::to_owned),
    ]
}

fn months() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just("*".to_owned()), 2 => field(1, 12), 1 => Just("jan,dec".to_owned())]
}

fn expression() -> impl Strategy<Value = String> {
    (field(0, 59), hours(), month_days(), months(), week_days()).prop_map(
        |(minute, hour, day, month, weekday)| format!("{minute} {hour} {day} {month} {weekday}"),
    )
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop::sample::select(vec![Dialect::Vixie, Dialect::Hangfire])
}

/// A zone and an instant: three times of four within two days of a change of its clock.
fn place() -> impl Strategy<Value = (&'static str, Timestamp)> {
    let start = 100_000_000_i64..2_500_000_000;
    (prop::sample::select(ZONES.to_vec()), start, -2880_i64..600, 0_u8..4).prop_map(
        |(zone, second, minutes, kind)| {
            let at = Timestamp::from_second(second).unwrap();
            let change = zone_named(zone).following(at).next().map(|t| t.timestamp());
            let at = if kind == 0 { at } else { change.unwrap_or(at) };
            (zone, at + minutes.minutes())
        },
    )
}

/// Stepping forward, stepping back and counting all give what the oracle gives.
fn check(
    text: &str,
    dialect: Dialect,
    zone: &str,
    after: Timestamp,
    window: SignedDuration,
) -> Result<(), TestCaseError> {
    let Ok(rule) = Rule::cron(text, dialect, Zone::parse(zone).unwrap(), 0) else {
        return Err(TestCaseError::reject("the rule never fires"));
    };
    let through = after + window;
    let expect = Oracle::new(text, dialect, zone).due_between(after, through);
    prop_assert_eq!(&forward(&rule, after, through), &expect, "forward");
    prop_assert_eq!(&backward(&rule, after, through), &expect, "backward");
    let n = u64::try_from(expect.len()).unwrap();
    prop_assert_eq!(rule.count_between(after, through, u64::MAX), n, "count");
    prop_assert_eq!(rule.count_between(after, through, n / 2), n / 2, "bounded count");
    Ok(())
}

fn forward(rule: &Rule, after: Timestamp, through: Timestamp) -> Vec<Timestamp> {
    std::iter::successors(rule.next_after(after), |&due| rule.next_after(due))
        .take_while(|&due| due <= through)
        .collect()
}

fn backward(rule: &Rule, after: Timestamp, through: Timestamp) -> Vec<Timestamp> {
    let just_before = |due: Timestamp| due - 1.nanosecond();
    let mut due: Vec<Timestamp> =
        std::iter::successors(rule.previous_at(through), |&due| rule.previous_at(just_before(due)))
            .take_while(|&due| due > after)
            .collect();
    due.reverse();
    due
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn five_fields_agree_with_the_oracle_minute_by_minute(
        text in expression(), dialect in dialect(), (zone, after) in place(),
    ) {
        check(&text, dialect, zone, after, SignedDuration::from_hours(72))?;
    }

    #[test]
    fn daily_rules_agree_with_the_oracle_through_a_change_of_the_clock(
        minute in field(0, 59), hour in hours(), (zone, after) in place(),
    ) {
        let text = format!("{minute} {hour} * * *");
        check(&text, Dialect::Vixie, zone, after, SignedDuration::from_hours(60))?;
    }

    #[test]
    fn days_agree_with_the_oracle_over_six_years(
        day in month_days(), month in months(), weekday in week_days(), dialect in dialect(),
        year in 1890_i16..2110,
    ) {
        let text = format!("0 0 {day} {month} {weekday}");
        let Ok(rule) = Rule::cron(&text, dialect, Zone::utc(), 0) else {
            return Err(TestCaseError::reject("the rule never fires"));
        };
        let oracle = Oracle::new(&text, dialect, "UTC");
        let first = jiff::civil::date(year, 1, 1);
        let midnight = |date: jiff::civil::Date| date.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let expect: Vec<Timestamp> = first
            .series(1.day())
            .take(6 * 366)
            .filter(|&date| oracle.matches_day(date))
            .map(midnight)
            .collect();
        let after = midnight(first) - 1.second();
        let through = midnight(first + (6 * 366 - 1).days());
        prop_assert_eq!(forward(&rule, after, through), expect.clone());
        prop_assert_eq!(backward(&rule, after, through), expect);
    }
}

proptest! {
    #![proptest_config(config(120))]

    #[test]
    fn six_fields_agree_with_the_oracle_second_by_second(
        second in field(0, 59), minute in field(0, 59), hour in hours(), (zone, after) in place(),
    ) {
        let text = format!("{second} {minute} {hour} * * *");
        check(&text, Dialect::Vixie, zone, after, SignedDuration::from_hours(6))?;
    }

    #[test]
    fn wrapped_ranges_agree_with_the_oracle(
        minute in 0_u8..60, first in 1_u8..24, length in 1_u8..23, step in 1_u8..4,
        weekday in 1_u8..7, (zone, after) in place(),
    ) {
        let last = (first + length) % 24;
        let (step, weekday_last) = (step.min(length), weekday - 1);
        let text = format!("{minute} {first}-{last}/{step} * * {weekday}-{weekday_last}/2");
        check(&text, Dialect::Hangfire, zone, after, SignedDuration::from_hours(72))?;
    }
}
