//! Several cron texts as one rule.

use std::collections::BTreeSet;

use horarium_when::{CRON_TEXTS_MAX, Dialect, Rule, RuleError, Timestamp, Zone};
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn union(texts: &[&str], zone: &str) -> Result<Rule, RuleError> {
    Rule::any_cron(texts, Dialect::Hangfire, Zone::parse(zone).unwrap(), 0)
}

fn single(text: &str, zone: &str) -> Rule {
    Rule::cron(text, Dialect::Hangfire, Zone::parse(zone).unwrap(), 0).unwrap()
}

fn due_between(rule: &Rule, after: Timestamp, through: Timestamp) -> Vec<Timestamp> {
    std::iter::successors(rule.next_after(after), |&due| rule.next_after(due))
        .take_while(|&due| due <= through)
        .collect()
}

#[test]
fn the_union_is_due_when_any_text_is() {
    let rule = union(&["45 17 * * *", "15 9 * * *"], "UTC").unwrap();
    let due = due_between(&rule, at("2026-05-01T00:00:00Z"), at("2026-05-02T12:00:00Z"));
    assert_eq!(
        due,
        ["2026-05-01T09:15:00Z", "2026-05-01T17:45:00Z", "2026-05-02T09:15:00Z"].map(at)
    );
    assert_eq!(rule.previous_at(at("2026-05-01T17:44:59Z")), Some(at("2026-05-01T09:15:00Z")));
    assert_eq!(rule.describe(), "at 17:45 every day (UTC), and at 09:15 every day (UTC)");
}

#[test]
fn what_two_texts_are_due_at_is_one_instant() {
    let rule = union(&["0 12 * * *", "0 */6 * * *"], "UTC").unwrap();
    let (after, through) = (at("2026-05-01T00:00:00Z"), at("2026-05-02T00:00:00Z"));
    assert_eq!(due_between(&rule, after, through).len(), 4);
    assert_eq!(rule.count_between(after, through, u64::MAX), 4);
    assert_eq!(rule.count_between(after, through, 3), 3);
}

#[test]
fn what_a_change_of_the_clock_moves_together_is_one_instant() {
    let rule = union(&["15 2 * * *", "45 2 * * *"], "America/New_York").unwrap();
    let (after, through) = (at("2026-03-08T00:00:00Z"), at("2026-03-09T00:00:00Z"));
    let moved = at("2026-03-08T07:00:00Z");
    assert_eq!(due_between(&rule, after, through), [moved]);
    assert_eq!(rule.count_between(after, through, u64::MAX), 1);
    assert_eq!(rule.note(moved).as_deref(), Some("moved: 02:15 does not exist on this day"));
}

#[test]
fn every_text_must_be_good_and_their_number_is_bounded() {
    assert_eq!(union(&[], "UTC"), Err(RuleError::Empty));
    assert!(matches!(
        union(&["0 0 * * *", "0 0 31 2 *"], "UTC"),
        Err(RuleError::NeverFires { .. })
    ));
    assert!(union(&["0 0 * * *"; CRON_TEXTS_MAX], "UTC").is_ok());
    let n_texts = CRON_TEXTS_MAX + 1;
    assert_eq!(
        union(&["0 0 * * *"; CRON_TEXTS_MAX + 1], "UTC"),
        Err(RuleError::TooMany { n_texts })
    );
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let text =
        (0_u8..60, 0_u8..24, 0_u8..7, any::<bool>()).prop_map(|(minute, hour, day, star)| {
            if star {
                format!("*/{} {hour} * * *", minute.max(1))
            } else {
                format!("{minute} {hour} * * {day}")
            }
        });
    prop::collection::vec(text, 1..5)
}

proptest! {
    #[test]
    fn a_union_is_the_union_of_its_texts(
        texts in texts(), zone in prop::sample::select(vec!["UTC", "America/New_York", "Europe/Berlin"]),
        second in 1_700_000_000_i64..1_800_000_000,
    ) {
        let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
        let Ok(rule) = union(&refs, zone) else {
            return Err(TestCaseError::reject("a text never fires"));
        };
        let after = Timestamp::from_second(second).unwrap();
        let through = after + SignedDuration::from_hours(24 * 10);
        let expect: BTreeSet<Timestamp> =
            refs.iter().flat_map(|text| due_between(&single(text, zone), after, through)).collect();
        let expect: Vec<Timestamp> = expect.into_iter().collect();
        prop_assert_eq!(&due_between(&rule, after, through), &expect);
        let n = u64::try_from(expect.len()).unwrap();
        prop_assert_eq!(rule.count_between(after, through, u64::MAX), n);
        let mut back = Vec::new();
        let mut until = through;
        while let Some(due) = rule.previous_at(until).filter(|due| *due > after) {
            back.push(due);
            until = due - 1.nanosecond();
        }
        back.reverse();
        prop_assert_eq!(back, expect);
    }
}
