//! What a cron text may say, and what the answer is when it says something else.

use std::fmt::Write;

use horarium_when::{CRON_TEXT_MAX, Dialect, LIST_ITEMS_MAX, Rule, RuleError, Timestamp, Zone};

const SEED: u128 = 0x0193_8f5e_0000_7000_8000_0000_0000_0001;

fn parse(text: &str, dialect: Dialect) -> Result<Rule, RuleError> {
    Rule::cron(text, dialect, Zone::utc(), SEED)
}

/// Both texts give the same first fifty instants.
fn check_same(text: &str, plain: &str, dialect: Dialect) {
    let due = |text: &str| -> Vec<Timestamp> {
        let rule = parse(text, dialect).unwrap_or_else(|error| panic!("{text}: {error}"));
        std::iter::successors(rule.next_after(Timestamp::UNIX_EPOCH), |&at| rule.next_after(at))
            .take(50)
            .collect()
    };
    assert_eq!(due(text), due(plain), "{text} and {plain}");
}

#[test]
fn texts_that_mean_the_same() {
    let check = |text, plain| check_same(text, plain, Dialect::Vixie);
    check("@hourly", "0 * * * *");
    check("@daily", "0 0 * * *");
    check("@midnight", "0 0 * * *");
    check("@weekly", "0 0 * * 0");
    check("@monthly", "0 0 1 * *");
    check("@yearly", "0 0 1 1 *");
    check(" @Annually ", "0 0 1 1 *");
    check("0 0 * * 7", "0 0 * * 0");
    check("0 0 * * 5-7", "0 0 * * 0,5,6");
    check("0 0 * * H(7-7)", "0 0 * * 0");
    check("0 0 * * sat-SUN", "0 0 * * 0,6");
    check("0 0 * * sun-tue", "0 0 * * 0-2");
    check("0 0 * * 0-7", "0 0 * * *");
    check("0 0 * JAN,mar-May Mon-fri", "0 0 * 1,3-5 1-5");
    check("  05\t04  *  *  * ", "5 4 * * *");
    check("0 5 4 * * *", "5 4 * * *");
    check("*/15 * * * *", "0,15,30,45 * * * *");
    check("10-50/20 * * * *", "10,30,50 * * * *");
    check("*/60 */24 * * *", "0 0 * * *");
    check("0 0 ? * 1", "0 0 * * 1");
    check("0 0 1 * ?", "0 0 1 * *");
    check("0 0 lw * fril", "0 0 LW * 5L");
    check("0 0 1w * mon#1", "0 0 1W * 1#1");
    check("5,5,5 * * * *", "5 * * * *");
    check("*,5 1 * * *", "* 1 * * *");
}

#[test]
fn texts_that_mean_the_same_in_the_hangfire_dialect() {
    let check = |text, plain| check_same(text, plain, Dialect::Hangfire);
    check("0 22-2 * * *", "0 0,1,2,22,23 * * *");
    check("0 22-4/3 * * *", "0 1,4,22 * * *");
    check("50-10/10 * * * *", "0,10,50 * * * *");
    check("0 0 * * fri-mon", "0 0 * * 0,1,5,6");
    check("0 0 * * 7-2", "0 0 * * 0-2");
    check("0 0 * nov-feb *", "0 0 * 1,2,11,12 *");
    check("0 0 30-2 * *", "0 0 1,2,30,31 * *");
    check("5/15 * * * *", "5,20,35,50 * * * *");
    check("0 0 * * 2/2", "0 0 * * 2,4,6");
    check("0 3 1-7 * 1", "0 3 1-7 * 1#1");
    check("0 3 1-7 * 1", "0 3 * * 1#1");
}

#[test]
fn day_fields_are_joined_as_the_dialect_says() {
    // Either field is enough, unless one begins with a star.
    check_same("0 0 1-31 * 5", "0 0 * * *", Dialect::Vixie);
    check_same("0 0 */1 * 5", "0 0 * * 5", Dialect::Vixie);
    check_same("0 0 31 1 */1", "0 0 31 1 *", Dialect::Vixie);
    check_same("0 0 1-31 * 5", "0 0 * * 5", Dialect::Hangfire);
    // A plus asks for both.
    check_same("0 0 1-31 * +5", "0 0 * * 5", Dialect::Vixie);
}

#[test]
fn h_stays_in_its_range_and_follows_the_seed() {
    let describe =
        |text: &str, seed| Rule::cron(text, Dialect::Vixie, Zone::utc(), seed).unwrap().describe();
    let texts = ["H H * * *", "H(0-29) 3 * * *", "H/15 * * * *", "0 H(1-5)/2 * * *", "0 0 H H H"];
    let mut lines = String::new();
    for text in texts {
        for seed in [SEED, SEED + 1] {
            assert_eq!(describe(text, seed), describe(text, seed));
            writeln!(lines, "{text:18} {}", describe(text, seed)).unwrap();
        }
    }
    insta::assert_snapshot!(lines);
    for seed in 0..500 {
        let rule = Rule::cron("H(50-59) H(0-2) H 2 *", Dialect::Vixie, Zone::utc(), seed).unwrap();
        let at = rule.next_after(Timestamp::UNIX_EPOCH).unwrap();
        let civil = Zone::utc().civil(at);
        assert!((50..=59).contains(&civil.minute()) && civil.hour() <= 2, "{civil}");
        assert_eq!(civil.year(), 1970, "a day that every February has");
    }
}

#[test]
fn what_is_refused_and_what_the_answer_says() {
    let vixie = [
        "",
        "   ",
        "* * * *",
        "*",
        "* * * * * * *",
        "60 * * * *",
        "60 0 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 13 *",
        "* * * 0 *",
        "* * * * 8",
        "-1 * * * *",
        "1.5 * * * *",
        "a * * * *",
        "٣ * * * *",
        "99999999999999999999 * * * *",
        "1,,2 * * * *",
        ",1 * * * *",
        "1, * * * *",
        "*/0 * * * *",
        "*/90 * * * *",
        "*/61 * * * *",
        "* */25 * * *",
        "10-20/12 * * * *",
        "*/ * * * *",
        "*/-5 * * * *",
        "/5 * * * *",
        "*/5/5 * * * *",
        "5/15 * * * *",
        "5-1 * * * *",
        "0 22-2 * * *",
        "0 0 * * fri-mon",
        "0 0 * nov-feb *",
        "1- * * * *",
        "1-2-3 * * * *",
        "** * * * *",
        "? * * * *",
        "0 0 */? * *",
        "0 0 mon * *",
        "0 0 * mon *",
        "0 0 * * jan",
        "0 0 * * monday",
        "0 0 L-31 * *",
        "0 0 L-0 * *",
        "0 0 L5 * *",
        "0 0 1-5W * *",
        "0 0 W * *",
        "0 0 32W * *",
        "0 0 * * L",
        "0 0 * * 8L",
        "0 0 * * 1#6",
        "0 0 * * 1#0",
        "0 0 * * #1",
        "0 0 * * 1#",
        "0 0 * * +",
        "H(0-60) * * * *",
        "H(30-10) * * * *",
        "H(5) * * * *",
        "H5 * * * *",
        "H/90 * * * *",
        "H(0-29)/31 * * * *",
        "hello * * * *",
        "@reboot",
        "@every 5m",
        "@fortnightly",
        "@",
        "CRON_TZ=Europe/Berlin 0 0 * * *",
        "TZ=UTC 0 0 * * *",
        "0 0 31 2 *",
        "0 0 30 2 *",
        "0 0 31 2,4,6,9,11 *",
        "0 0 LW 2 +SAT",
        "0 0 1 1 +SUN#2",
        "0 0 31W feb *",
        "\u{1b}[31m * * * *",
    ];
    let refusal = |text: &str, dialect| match parse(text, dialect) {
        Ok(rule) => panic!("{text} was accepted: {}", rule.describe()),
        Err(error) => format!("{:34} {error}\n", format!("{text:?}")),
    };
    let lines: String = vixie.iter().map(|text| refusal(text, Dialect::Vixie)).collect();
    let hangfire = ["50/20 * * * *", "0 22-2/9 * * *", "0 0 8-14 2 1#3", "0 0 30/2 2 *"];
    let hangfire: String = hangfire.iter().map(|text| refusal(text, Dialect::Hangfire)).collect();
    let lines = format!("{lines}hangfire:\n{hangfire}");
    insta::assert_snapshot!(lines);
}

#[test]
fn texts_and_lists_are_bounded() {
    let padded = |n: usize| format!("{:n$}", "* * * * *");
    assert!(parse(&padded(CRON_TEXT_MAX), Dialect::Vixie).is_ok());
    assert_eq!(
        parse(&padded(CRON_TEXT_MAX + 1), Dialect::Vixie).unwrap_err().to_string(),
        "the cron text has 257 characters; at most 256 are allowed"
    );
    let list = |n: usize| format!("{} * * * *", vec!["1"; n].join(","));
    assert!(parse(&list(LIST_ITEMS_MAX), Dialect::Vixie).is_ok());
    let error = parse(&list(LIST_ITEMS_MAX + 1), Dialect::Vixie).unwrap_err().to_string();
    assert!(error.ends_with("a list may have 60 items, this has 61"), "{error}");
}

#[test]
fn a_zone_that_never_shows_the_time_is_named() {
    let zone = Zone::parse("America/New_York").unwrap();
    assert_eq!(
        Rule::cron("*/15 2 * 3 7#2", Dialect::Vixie, zone, 0).unwrap_err().to_string(),
        "`*/15 2 * 3 7#2` never fires: the clock in America/New_York never shows a matching time"
    );
}

#[test]
fn a_dialect_has_a_name() {
    assert_eq!("vixie".parse(), Ok(Dialect::Vixie));
    assert_eq!(Dialect::Hangfire.name().parse(), Ok(Dialect::Hangfire));
    assert_eq!(
        "quartz".parse::<Dialect>().unwrap_err().to_string(),
        "a cron dialect is `vixie` or `hangfire`, not `quartz`"
    );
}
