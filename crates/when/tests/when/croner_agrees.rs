//! A second opinion on the syntax: croner reads the same texts and finds the same days and times.
//!
//! Only where both have the same rules: forward ranges, no `*/n` in a day field (croner ORs it),
//! UTC.

use croner::parser::CronParser;
use horarium_when::{Dialect, Rule, Timestamp, Zone};

const FROM: &str = "2027-11-29T13:07:41Z";

fn check(text: &str, dialect: Dialect) {
    let rule = Rule::cron(text, dialect, Zone::utc(), 0).unwrap();
    let cron = CronParser::builder()
        .dom_and_dow(dialect == Dialect::Hangfire)
        .build()
        .parse(text)
        .unwrap_or_else(|error| panic!("croner refuses {text}: {error}"));
    let mut at: Timestamp = FROM.parse().unwrap();
    for _ in 0..60 {
        let theirs = cron.find_next_occurrence(&at.to_zoned(jiff::tz::TimeZone::UTC), false);
        let ours = rule.next_after(at).unwrap();
        assert_eq!(Some(ours), theirs.ok().map(|zoned| zoned.timestamp()), "{text} after {at}");
        at = ours;
    }
}

#[test]
fn croner_finds_the_same_instants() {
    for text in [
        "*/5 * * * *",
        "0 9 * * 1-5",
        "0 0 1 * *",
        "0 0 29 2 *",
        "0 0 13 * 5",
        "30 4 1,15 * 5",
        "7 3-5 1-28/3 * *",
        "0 0 L * *",
        "0 0 LW * *",
        "0 0 15W * *",
        "0 0 1W,31W * *",
        "0 0 * * 5L",
        "0 0 * * FRIL,1#2",
        "0 0 * * MON#1",
        "0 0 * * 5#5",
        "0 0 1-7 jan-mar,dec sun",
        "0 0 8-14 * 7",
        "*/7 * * * * *",
        "5,10-20/5 */6 2-4 * * *",
        "0 0 ? * mon-fri",
        "@weekly",
    ] {
        check(text, Dialect::Vixie);
        check(text, Dialect::Hangfire);
    }
}
