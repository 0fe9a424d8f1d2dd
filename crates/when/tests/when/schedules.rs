//! Schedules: a rule with exclusions and limits.

use horarium_when::{
    Date, Dialect, Exclusions, Rule, Schedule, TimeRange, Timestamp, Weekday, Zone,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn schedule(text: &str, zone: &str, exclusions: Exclusions) -> Schedule {
    let rule = Rule::cron(text, Dialect::Vixie, Zone::parse(zone).unwrap(), 0).unwrap();
    Schedule { rule, exclusions, not_before: None, not_after: None }
}

fn weekdays(weekdays: &[Weekday]) -> Exclusions {
    Exclusions { weekdays: weekdays.iter().copied().collect(), ..Exclusions::default() }
}

fn dates(dates: &[&str]) -> Exclusions {
    let dates = dates.iter().map(|date| date.parse().unwrap()).collect();
    Exclusions { dates, ..Exclusions::default() }
}

fn time_range(start: &str, end: &str) -> Exclusions {
    let time_range = Some(TimeRange::parse(start, end).unwrap());
    Exclusions { time_range, ..Exclusions::default() }
}

fn check_firing(text: &str, exclusions: &Exclusions, t: &str, expect: Option<&str>) {
    let schedule = schedule(text, "America/New_York", exclusions.clone());
    let got = schedule.next_firing_after(at(t));
    assert_eq!(got, expect.map(at), "{text} without {exclusions:?} after {t}");
}

#[test]
fn a_firing_is_the_next_due_instant_that_is_not_excluded() {
    let weekend = || weekdays(&[Weekday::Saturday, Weekday::Sunday]);
    // 2026-03-06 is a Friday; New York is at -05:00 until the 8th.
    let friday = "2026-03-06T18:00:00Z";
    check_firing("0 12 * * *", &Exclusions::default(), friday, Some("2026-03-07T17:00:00Z"));
    check_firing("0 12 * * *", &weekend(), friday, Some("2026-03-09T16:00:00Z"));
    check_firing("0 12 * * 6", &weekend(), friday, None);
    let holidays = dates(&["2026-03-07", "2026-03-08", "2026-03-09"]);
    check_firing("0 12 * * *", &holidays, friday, Some("2026-03-10T16:00:00Z"));
    let night = || time_range("22:00", "06:00");
    check_firing("0 */2 * * *", &night(), "2026-03-07T02:00:00Z", Some("2026-03-07T11:00:00Z"));
    check_firing("0 23 * * *", &night(), friday, None);
    check_firing("* * * * * *", &night(), "2026-03-07T04:00:00Z", Some("2026-03-07T11:00:00Z"));
    // 02:30 moves to 03:00, which is not excluded.
    check_firing("30 2 * * *", &time_range("02:00", "03:00"), friday, Some("2026-03-08T07:00:00Z"));
    let all = Weekday::Monday.cycle_forward().take(7).collect::<Vec<_>>();
    check_firing("* * * * * *", &weekdays(&all), friday, None);
}

#[test]
fn a_jump_over_excluded_time_stops_at_a_change_of_the_clock() {
    // 01:45 EDT is excluded; the clock goes back to 01:00, which is not.
    check_firing(
        "* * * * *",
        &time_range("01:30", "02:30"),
        "2026-11-01T05:30:00Z",
        Some("2026-11-01T06:00:00Z"),
    );
    // The clock goes forward out of the excluded range.
    check_firing(
        "* * * * *",
        &time_range("01:30", "02:30"),
        "2026-03-08T06:30:00Z",
        Some("2026-03-08T07:00:00Z"),
    );
}

#[test]
fn a_thousand_excluded_dates_are_crossed() {
    let first: Date = "2026-01-01".parse().unwrap();
    let dates = first.series(jiff::ToSpan::days(1)).take(1000).collect();
    let exclusions = Exclusions { dates, ..Exclusions::default() };
    let from = "2026-01-01T12:00:00Z";
    check_firing("* * * * * *", &exclusions, from, Some("2028-09-27T04:00:00Z"));
    check_firing("0 12 * * *", &exclusions, from, Some("2028-09-27T16:00:00Z"));
}

#[test]
fn firings_agree_with_stepping_through_due_instants() {
    let exclusions = Exclusions {
        dates: ["2026-11-02".parse().unwrap()].into(),
        weekdays: [Weekday::Wednesday].into_iter().collect(),
        time_range: Some(TimeRange::parse("23:10", "01:40").unwrap()),
    };
    for zone in ["America/New_York", "America/Havana", "Pacific/Chatham", "UTC"] {
        for text in ["*/7 * * * *", "20 0-2 * * *", "0 3 * * *"] {
            let schedule = schedule(text, zone, exclusions.clone());
            let zone = schedule.rule.zone();
            let mut t = at("2026-10-30T00:00:00Z");
            for _ in 0..200 {
                let mut due = schedule.next_due_after(t);
                while due.is_some_and(|due| schedule.exclusions.rejects(due, zone).is_some()) {
                    due = schedule.next_due_after(due.unwrap());
                }
                assert_eq!(schedule.next_firing_after(t), due, "{text} in {zone} after {t}");
                t = due.unwrap();
            }
        }
    }
}

#[test]
fn limits_are_inclusive() {
    let mut schedule = schedule("0 * * * *", "UTC", Exclusions::default());
    schedule.not_before = Some(at("2026-05-01T10:00:00Z"));
    schedule.not_after = Some(at("2026-05-01T12:00:00Z"));
    let next = |t| schedule.next_due_after(at(t));
    assert_eq!(next("2020-01-01T00:00:00Z"), Some(at("2026-05-01T10:00:00Z")));
    assert_eq!(next("2026-05-01T10:00:00Z"), Some(at("2026-05-01T11:00:00Z")));
    assert_eq!(next("2026-05-01T11:59:59Z"), Some(at("2026-05-01T12:00:00Z")));
    assert_eq!(next("2026-05-01T12:00:00Z"), None);
    let previous = |t| schedule.previous_due_at(at(t));
    assert_eq!(previous("2026-05-01T09:59:59Z"), None);
    assert_eq!(previous("2026-05-01T10:00:00Z"), Some(at("2026-05-01T10:00:00Z")));
    assert_eq!(previous("2030-01-01T00:00:00Z"), Some(at("2026-05-01T12:00:00Z")));
    assert_eq!(schedule.next_firing_after(at("2026-05-01T12:00:00Z")), None);
    assert_eq!(schedule.count_due_between(Timestamp::MIN, Timestamp::MAX, 10), 3);
    let from_eleven = at("2026-05-01T11:00:00Z");
    assert_eq!(schedule.count_due_between(from_eleven, Timestamp::MAX, 10), 1);
}
