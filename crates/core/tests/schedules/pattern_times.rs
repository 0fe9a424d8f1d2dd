//! The derived texts are due at the listed times and at no other, found minute by minute.

use std::collections::BTreeSet;

use horarium_core::schedule_pattern::{CRON_TEXTS_MAX, SchedulePattern};
use horarium_when::{Dialect, Rule, Timestamp, Zone};
use jiff::SignedDuration;
use proptest::{prelude::*, test_runner::RngSeed};
use uuid::Uuid;

use crate::pattern_texts::{interval, specific};

const DAY: u16 = 24 * 60;
/// A Sunday.
const FROM: &str = "2026-06-07T00:00:00Z";

/// The minutes of the week, from Sunday on, at which the pattern's texts are due.
fn due(pattern: &SchedulePattern) -> BTreeSet<u16> {
    let texts = pattern.cron_texts(&Zone::utc(), Uuid::nil()).unwrap().unwrap();
    assert!(texts.as_slice().len() <= CRON_TEXTS_MAX, "{texts}");
    let from: Timestamp = FROM.parse().unwrap();
    let mut minutes = BTreeSet::new();
    let mut n_due = 0;
    for text in texts.as_slice() {
        let rule = Rule::cron(text, Dialect::Hangfire, Zone::utc(), 0).unwrap();
        let mut at = from - SignedDuration::from_secs(1);
        while let Some(next) = rule.next_after(at)
            && next < from + SignedDuration::from_hours(7 * 24)
        {
            let minute = next.duration_since(from).as_mins();
            minutes.insert(u16::try_from(minute).unwrap());
            n_due += 1;
            at = next;
        }
    }
    assert_eq!(minutes.len(), n_due, "two texts name one time: {texts}");
    let all = texts.rule().parse(Zone::utc(), Uuid::nil()).unwrap();
    let second = SignedDuration::from_secs(1);
    let through = from + SignedDuration::from_hours(7 * 24) - second;
    let n = all.count_between(from - second, through, u64::MAX);
    assert_eq!(usize::try_from(n).unwrap(), n_due, "the trigger's rule: {texts}");
    minutes
}

/// `times`, in minutes after the midnight each day of `days` begins with.
fn expected(days: &BTreeSet<u16>, times: &[u16]) -> BTreeSet<u16> {
    let on_day = |day: u16| times.iter().map(move |time| (day * DAY + time) % (7 * DAY));
    days.iter().copied().flat_map(on_day).collect()
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn joined(days: &BTreeSet<u16>) -> String {
    days.iter().map(u16::to_string).collect::<Vec<_>>().join(",")
}

fn days() -> impl Strategy<Value = BTreeSet<u16>> {
    prop::collection::btree_set(0_u16..7, 1..=7)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_listed_time_and_no_other(
        days in days(), times in prop::collection::vec(0..DAY, 1..=33),
    ) {
        let listed: Vec<String> = times.iter().map(|time| clock(*time)).collect();
        let pattern = specific(&joined(&days), &listed.join(","));
        prop_assert_eq!(due(&pattern), expected(&days, &times));
    }

    #[test]
    fn a_window_from_its_start_to_its_end(
        days in days(), value in 1_u16..60, is_hours in any::<bool>(), first in 0..DAY, last in 0..DAY,
    ) {
        let (value, unit, step) = if is_hours {
            let hours = 1 + value % 24;
            (hours, 'h', hours * 60)
        } else {
            (value, 'm', value)
        };
        let window = format!("{}-{}", clock(first), clock(last));
        let pattern = interval(&joined(&days), &format!("{value}{unit}"), &window);
        let through = if last < first { last + DAY } else { last };
        let times: Vec<u16> = (first..=through).step_by(usize::from(step)).collect();
        prop_assert_eq!(due(&pattern), expected(&days, &times));
    }
}

#[test]
fn the_first_monday_is_a_monday_among_the_first_seven_days() {
    let pattern = crate::pattern_texts::custom("0 3 1-7 * 1");
    let texts = pattern.cron_texts(&Zone::utc(), Uuid::nil()).unwrap().unwrap();
    let rule = texts.rule().parse(Zone::utc(), Uuid::nil()).unwrap();
    let next = rule.next_after(FROM.parse().unwrap()).unwrap();
    assert_eq!(next.to_string(), "2026-07-06T03:00:00Z");
}
