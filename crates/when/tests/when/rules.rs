//! Rules of every kind: next, previous and count.

use horarium_when::{Dialect, Rule, Timestamp, Zone};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn cron(text: &str, zone: &str) -> Rule {
    Rule::cron(text, Dialect::Vixie, Zone::parse(zone).unwrap(), 0).unwrap()
}

fn check(rule: &Rule, t: &str, previous: Option<&str>, next: Option<&str>) {
    assert_eq!(rule.previous_at(at(t)), previous.map(at), "{rule:?} before {t}");
    assert_eq!(rule.next_after(at(t)), next.map(at), "{rule:?} after {t}");
}

#[test]
fn next_is_strictly_after_and_previous_may_be_now() {
    let rule = cron("0 12 * * *", "UTC");
    let (first, second) = ("2026-05-01T12:00:00Z", "2026-05-02T12:00:00Z");
    check(&rule, "2026-05-01T12:00:00Z", Some(first), Some(second));
    check(&rule, "2026-05-01T12:00:00.000000001Z", Some(first), Some(second));
    check(&rule, "2026-05-02T11:59:59.999999999Z", Some(first), Some(second));
    check(&rule, "2026-05-02T12:00:00Z", Some(second), Some("2026-05-03T12:00:00Z"));
}

#[test]
fn a_fraction_before_1970_is_cut_downward() {
    let rule = cron("* * * * * *", "UTC");
    let (previous, next) = ("1969-12-31T23:59:58Z", "1969-12-31T23:59:59Z");
    check(&rule, "1969-12-31T23:59:58.5Z", Some(previous), Some(next));
}

#[test]
fn rare_days_are_found() {
    let from = "2026-01-01T00:00:00Z";
    let leap = cron("0 0 29 2 *", "UTC");
    check(&leap, from, Some("2024-02-29T00:00:00Z"), Some("2028-02-29T00:00:00Z"));
    let leap_monday = cron("0 0 29 2 +1", "UTC");
    check(&leap_monday, from, Some("2016-02-29T00:00:00Z"), Some("2044-02-29T00:00:00Z"));
    // 1900 and 2100 are no leap years, so some weekdays wait 40 years.
    let across = "2096-03-01T00:00:00Z";
    check(&leap, across, Some("2096-02-29T00:00:00Z"), Some("2104-02-29T00:00:00Z"));
    let leap_tuesday = cron("0 0 29 2 +2", "UTC");
    check(&leap_tuesday, across, Some("2084-02-29T00:00:00Z"), Some("2124-02-29T00:00:00Z"));
}

#[test]
fn a_one_time_rule_is_due_once() {
    let rule = Rule::one_time(at("2026-05-01T12:00:00.25Z"), Zone::utc());
    let due = Some("2026-05-01T12:00:00.25Z");
    check(&rule, "2026-05-01T12:00:00Z", None, due);
    check(&rule, "2026-05-01T12:00:00.25Z", due, None);
    assert_eq!(rule.count_between(Timestamp::MIN, Timestamp::MAX, 9), 1);
    assert_eq!(rule.count_between(at("2026-05-01T12:00:00.25Z"), Timestamp::MAX, 9), 0);
    assert_eq!(rule.count_between(Timestamp::MIN, Timestamp::MAX, 0), 0);
}

#[test]
fn an_interval_ignores_the_clock_on_the_wall() {
    let anchor = at("2026-03-08T05:00:00Z");
    let rule = Rule::interval(3600, anchor, Zone::parse("America/New_York").unwrap()).unwrap();
    check(&rule, "2026-03-08T05:59:59Z", None, Some("2026-03-08T06:00:00Z"));
    check(
        &rule,
        "2026-03-08T07:00:00Z",
        Some("2026-03-08T07:00:00Z"),
        Some("2026-03-08T08:00:00Z"),
    );
    assert_eq!(rule.count_between(anchor, at("2026-03-09T05:00:00Z"), 100), 24);
    assert_eq!(rule.count_between(anchor, at("2026-03-09T05:00:00Z"), 10), 10);
}

#[test]
fn rules_are_equal_when_they_do_the_same() {
    assert_eq!(cron("*/15 * * * *", "UTC"), cron("*/15  * * * *", "utc"));
    assert_ne!(cron("*/15 * * * *", "UTC"), cron("*/15 * * * *", "Europe/Berlin"));
}
