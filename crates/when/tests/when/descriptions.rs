//! Rules as sentences.

use horarium_when::{Dialect, Rule, Zone};

fn sentence(text: &str, dialect: Dialect) -> String {
    let zone = Zone::parse("America/New_York").unwrap();
    format!("{text:22} {}\n", Rule::cron(text, dialect, zone, 1).unwrap().describe())
}

#[test]
fn a_cron_rule_reads_as_a_sentence() {
    let texts = [
        "* * * * *",
        "*/15 * * * *",
        "0,15,30,45 * * * *",
        "0 * * * *",
        "5 * * * *",
        "5,40 * * * *",
        "0 */2 * * *",
        "30 */6 * * *",
        "0 7 * * 1-5",
        "30 2 * * *",
        "0 8,12,18 * * *",
        "*/10 9-16 * * mon-fri",
        "*/10 9,12 * * *",
        "* 3 * * *",
        "7-20 3-9 * * *",
        "0 0-23 * * *",
        "0 9-17 * * *",
        "@daily",
        "@weekly",
        "@yearly",
        "0 0 1,15 * *",
        "0 0 */2 * *",
        "0 0 L * *",
        "0 0 L-3 * *",
        "0 0 15W * *",
        "0 0 LW * *",
        "0 0 * * 5L",
        "0 0 * * mon#2",
        "0 0 * * sat,sun",
        "0 0 * * 0,2,4,6",
        "0 0 13 * 5",
        "0 0 * jun-aug,dec *",
        "0 0 29 2 *",
        "* * * * * *",
        "*/10 * * * * *",
        "15 * * * * *",
        "30 0 7 * * *",
        "*/10 30 1 * * *",
        "0,30 */5 9-16 * * *",
        "H H * * *",
        "H/15 * * * *",
    ];
    let vixie: String = texts.iter().map(|text| sentence(text, Dialect::Vixie)).collect();
    let hangfire: String =
        ["0 3 1-7 * 1", "0 22-2 * * *"].map(|text| sentence(text, Dialect::Hangfire)).concat();
    let lines = format!("{vixie}hangfire:\n{hangfire}");
    insta::assert_snapshot!(lines);
}

#[test]
fn other_rules_read_as_sentences() {
    let zone = Zone::parse("America/New_York").unwrap();
    let at = "2026-07-01T12:00:00.25Z".parse().unwrap();
    assert_eq!(
        Rule::interval(90, at, zone.clone()).unwrap().describe(),
        "every 90 seconds from 2026-07-01T08:00:00-04:00 (America/New_York)"
    );
    assert_eq!(
        Rule::one_time(at, zone).describe(),
        "once at 2026-07-01T08:00:00-04:00 (America/New_York)"
    );
}
