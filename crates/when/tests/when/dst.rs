//! Daylight saving: what is moved, what runs once, what runs twice, and what the preview says of it.

use std::fmt::Write;

use horarium_when::{Dialect, Rule, Timestamp, Zone, local};

/// The due instants of one local day or so, each with its note.
fn check(text: &str, zone: &str, from: &str, hours: i64) -> String {
    let zone = Zone::parse(zone).unwrap();
    let rule = Rule::cron(text, Dialect::Vixie, zone.clone(), 0).unwrap();
    let from: Timestamp = from.parse().unwrap();
    let through = from + jiff::SignedDuration::from_hours(hours);
    let mut lines = format!("{text} ({zone})\n");
    let mut next = rule.next_after(from);
    while let Some(at) = next.filter(|&at| at <= through) {
        let (civil, offset) = local(at, &zone);
        let note = rule.note(at).map(|note| format!("  {note}")).unwrap_or_default();
        writeln!(lines, "    {civil}{offset}{note}").unwrap();
        next = rule.next_after(at);
    }
    lines
}

#[test]
fn a_gap_moves_fixed_times_to_its_end_and_wildcards_skip_it() {
    let new_york = |text| check(text, "America/New_York", "2026-03-08T04:59:00Z", 7);
    let lines = [
        new_york("30 2 * * *"),
        new_york("30 2,14 * * *"),
        new_york("30 1-3 * * *"),
        new_york("0 2-4 * * *"),
        new_york("15,45 2 * * *"),
        new_york("*/20 2-3 * * *"),
        new_york("0 * * * *"),
        new_york("0 */2 * * *"),
        new_york("30 15 2 * * *"),
        new_york("*/20 30 2 * * *"),
        check("30 1 * * *", "Europe/London", "2026-03-28T23:00:00Z", 4),
        check("@daily", "America/Santiago", "2026-09-05T20:00:00Z", 12),
        check("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", 12),
        check("0 12 * * *", "Pacific/Apia", "2011-12-28T20:00:00Z", 72),
        check("30 1 * * *", "Antarctica/Troll", "2026-03-28T12:00:00Z", 24),
    ]
    .concat();
    insta::assert_snapshot!(lines);
}

#[test]
fn an_overlap_runs_fixed_times_once_and_wildcards_in_both_passes() {
    let new_york = |text| check(text, "America/New_York", "2026-11-01T03:59:00Z", 5);
    let lines = [
        new_york("30 1 * * *"),
        new_york("15,45 1 * * *"),
        new_york("0-59/30 0-2 * * *"),
        new_york("0 * * * *"),
        new_york("*/30 1 * * *"),
        new_york("*/30 30 1 * * *"),
        check("@daily", "America/Havana", "2026-10-31T20:00:00Z", 12),
        check("30 0 * * *", "America/Havana", "2026-10-31T20:00:00Z", 12),
        check("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", 12),
        check("30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z", 30),
    ]
    .concat();
    insta::assert_snapshot!(lines);
}

#[test]
fn other_rules_are_noted_in_an_overlap_too() {
    let zone = Zone::parse("America/New_York").unwrap();
    let (first, second): (Timestamp, Timestamp) =
        ("2026-11-01T05:30:00Z".parse().unwrap(), "2026-11-01T06:30:00Z".parse().unwrap());
    let note = |at| Rule::one_time(at, zone.clone()).note(at);
    assert_eq!(note(first).as_deref(), Some("first of two: 01:30 comes twice on this day"));
    assert_eq!(note(second).as_deref(), Some("second of two: 01:30 comes twice on this day"));
    assert_eq!(note("2026-11-01T07:00:00Z".parse().unwrap()), None);
    assert_eq!(note("2026-11-01T04:59:59Z".parse().unwrap()), None);
}
