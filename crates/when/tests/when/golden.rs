//! Golden vectors: text, zone, from → the next ten, on the awkward days of awkward zones.
//!
//! The snapshot was checked line by line against a second walker over another copy of the IANA data
//! (Python's zoneinfo).

use std::fmt::Write;

use horarium_when::{Dialect, Rule, Timestamp, Zone, local};

fn check(dialect: Dialect, text: &str, zone: &str, from: &str) -> String {
    let zone = Zone::parse(zone).unwrap();
    let rule = Rule::cron(text, dialect, zone.clone(), 0).unwrap();
    let from: Timestamp = from.parse().unwrap();
    let mut lines = format!("{} | {text} | {zone} | {from}\n", dialect.name());
    for at in std::iter::successors(rule.next_after(from), |&at| rule.next_after(at)).take(10) {
        let (civil, offset) = local(at, &zone);
        writeln!(lines, "    {civil}{offset}").unwrap();
    }
    lines
}

#[test]
fn the_next_ten() {
    use Dialect::{Hangfire, Vixie};
    let lines = [
        check(Vixie, "30 2 * * *", "America/New_York", "2026-03-05T12:00:00Z"),
        check(Vixie, "30 1 * * *", "America/New_York", "2026-10-28T12:00:00Z"),
        check(Vixie, "*/15 * * * *", "America/New_York", "2026-11-01T05:00:00Z"),
        check(Vixie, "0 9 * * 1-5", "America/New_York", "2026-03-05T12:00:00Z"),
        check(Vixie, "30 1 * * *", "Europe/London", "2026-03-26T12:00:00Z"),
        check(Vixie, "30 1 * * *", "Europe/London", "2026-10-22T12:00:00Z"),
        check(Vixie, "0 0 29 2 *", "Europe/London", "2026-01-01T00:00:00Z"),
        check(Vixie, "15 2 * * *", "Australia/Lord_Howe", "2026-10-01T00:00:00Z"),
        check(Vixie, "*/15 1-2 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z"),
        check(Vixie, "45 1 * * *", "Australia/Lord_Howe", "2026-04-01T00:00:00Z"),
        check(Vixie, "50 2 * * *", "Pacific/Chatham", "2026-09-22T00:00:00Z"),
        check(Vixie, "50 2,3 * * *", "Pacific/Chatham", "2026-04-02T00:00:00Z"),
        check(Vixie, "0 12 * * *", "Pacific/Apia", "2011-12-26T00:00:00Z"),
        check(Vixie, "0 12 30 12 *", "Pacific/Apia", "2009-01-01T00:00:00Z"),
        check(Vixie, "0 */8 * * *", "Pacific/Apia", "2011-12-28T20:00:00Z"),
        check(Vixie, "@daily", "America/Havana", "2026-03-05T12:00:00Z"),
        check(Vixie, "@daily", "America/Havana", "2026-10-28T12:00:00Z"),
        check(Vixie, "30 0,1 * * *", "America/Havana", "2026-10-30T12:00:00Z"),
        check(Vixie, "30 * * * *", "Antarctica/Troll", "2026-03-28T20:00:00Z"),
        check(Vixie, "30 1,2 * * *", "Antarctica/Troll", "2026-03-27T00:00:00Z"),
        check(Vixie, "30 1,2 * * *", "Antarctica/Troll", "2026-10-23T12:00:00Z"),
        check(Vixie, "30 2 * * *", "Africa/Casablanca", "2025-02-20T12:00:00Z"),
        check(Vixie, "30 2 * * *", "Africa/Casablanca", "2025-04-02T12:00:00Z"),
        check(Vixie, "@daily", "America/Santiago", "2025-09-03T12:00:00Z"),
        check(Vixie, "30 23 * * *", "America/Santiago", "2025-04-01T12:00:00Z"),
        check(Vixie, "30 23 * * *", "America/Sao_Paulo", "2018-02-14T12:00:00Z"),
        check(Vixie, "15 0 * * *", "America/Sao_Paulo", "2017-10-12T12:00:00Z"),
        check(Vixie, "45 5 * * 6L", "Asia/Kathmandu", "2026-01-01T00:00:00Z"),
        check(Vixie, "0 0 13 * 5", "UTC", "2026-01-01T00:00:00Z"),
        check(Hangfire, "0 0 13 * 5", "UTC", "2026-01-01T00:00:00Z"),
        check(Vixie, "0 0 */2 * 5", "UTC", "2026-01-01T00:00:00Z"),
        check(Hangfire, "0 3 1-7 * 1", "Europe/Berlin", "2026-01-01T00:00:00Z"),
        check(Hangfire, "0 22-2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z"),
        check(Vixie, "0 12 LW * *", "Europe/Berlin", "2026-01-01T00:00:00Z"),
        check(Vixie, "0 12 1W,15W * *", "Europe/Berlin", "2026-01-01T00:00:00Z"),
        check(Vixie, "0 12 L-2 * *", "Europe/Berlin", "2028-01-01T00:00:00Z"),
        check(Vixie, "0 12 * * 5#5", "Europe/Berlin", "2026-01-01T00:00:00Z"),
        check(Vixie, "*/20 30 1 * * *", "America/New_York", "2026-10-31T00:00:00Z"),
        check(Vixie, "*/20 30 2 * * *", "America/New_York", "2026-03-07T00:00:00Z"),
    ]
    .concat();
    insta::assert_snapshot!(lines);
}
