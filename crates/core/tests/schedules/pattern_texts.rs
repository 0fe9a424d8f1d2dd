//! Pattern fields and the cron texts they become, or why they are refused.

use horarium_core::schedule_pattern::{
    CRON_TEXTS_MAX, IntervalUnit, PatternType, SchedulePattern, TriggerType,
};
use horarium_when::Zone;
use uuid::Uuid;

pub(crate) fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// On `days`, at these times.
pub(crate) fn specific(days: &str, times: &str) -> SchedulePattern {
    SchedulePattern {
        trigger_type: TriggerType::Cron,
        days_of_week: text(days),
        run_times: text(times),
        ..SchedulePattern::default()
    }
}

/// On `days`, every `every` (`15m`, `2h`), within `window` (`08:00-17:30`, either edge may lack).
pub(crate) fn interval(days: &str, every: &str, window: &str) -> SchedulePattern {
    let (value, unit) = every.split_at(every.len() - 1);
    let (start, end) = window.split_once('-').unwrap_or(("", ""));
    SchedulePattern {
        trigger_type: TriggerType::Cron,
        pattern_type: PatternType::Interval,
        days_of_week: text(days),
        interval_value: value.parse().ok(),
        interval_unit: match unit {
            "m" => Some(IntervalUnit::Minutes),
            "h" => Some(IntervalUnit::Hours),
            _ => None,
        },
        interval_window_start: text(start),
        interval_window_end: text(end),
        ..SchedulePattern::default()
    }
}

pub(crate) fn custom(cron: &str) -> SchedulePattern {
    SchedulePattern {
        trigger_type: TriggerType::Cron,
        pattern_type: PatternType::Custom,
        cron_expression: text(cron),
        ..SchedulePattern::default()
    }
}

/// `cronExpression` as answered, `-` for none, or what is wrong.
pub(crate) fn shown(pattern: &SchedulePattern) -> String {
    match pattern.cron_texts(&Zone::utc(), Uuid::nil()) {
        Ok(texts) => texts.map_or("-".to_owned(), |texts| texts.to_string()),
        Err(violations) => violations.to_string(),
    }
}

#[test]
fn specific_times_become_every_listed_time() {
    let check = |days, times, cron: &str| assert_eq!(shown(&specific(days, times)), cron);
    check("", "06:00", "0 6 * * *");
    check("1,2,3,4,5", "06:00,12:00", "0 6,12 * * 1,2,3,4,5");
    check("0,1,2,3,4,5,6", "6:00", "0 6 * * *");
    check("5, 1", " 12:00 , 06:00 ", "0 6,12 * * 1,5");
    check("", "06:00,06:30,06:00", "0,30 6 * * *");
    check("", "06:00,06:30,18:00,18:30", "0,30 6,18 * * *");
    check("", "09:30,12:00", "30 9 * * * | 0 12 * * *");
    check("6", "09:15,17:45,09:45", "15,45 9 * * 6 | 45 17 * * 6");
    check("", "23:59,00:00", "0 0 * * * | 59 23 * * *");
}

#[test]
fn intervals_without_a_window_are_jims_texts() {
    let check = |days, every, cron: &str| assert_eq!(shown(&interval(days, every, "")), cron);
    check("", "15m", "*/15 * * * *");
    check("1,5", "1m", "*/1 * * * 1,5");
    check("", "45m", "*/45 * * * *");
    check("", "2h", "0 */2 * * *");
    check("", "24h", "0 */24 * * *");
}

#[test]
fn intervals_honour_both_edges_of_the_window() {
    let check = |days, every, window, cron: &str| {
        assert_eq!(shown(&interval(days, every, window)), cron, "{every} {window}");
    };
    check("", "2h", "08:00-12:00", "0 8,10,12 * * *");
    check("", "2h", "08:30-13:00", "30 8,10,12 * * *");
    check("", "2h", "08:00-11:59", "0 8,10 * * *");
    check("", "5h", "-12:00", "0 0,5,10 * * *");
    check("", "6h", "09:00-", "0 9,15,21 * * *");
    check("1,2", "30m", "08:00-10:00", "*/30 8,9 * * 1,2 | 0 10 * * 1,2");
    check("", "20m", "08:10-09:30", "10,30,50 8 * * * | 10,30 9 * * *");
    check("", "45m", "08:00-10:15", "*/45 8 * * * | 30 9 * * * | 15 10 * * *");
    check("", "15m", "00:00-23:59", "*/15 * * * *");
    check("", "15m", "08:00-08:00", "0 8 * * *");
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_it_starts_on() {
    let check = |days, every, window, cron: &str| {
        assert_eq!(shown(&interval(days, every, window)), cron, "{days} {every} {window}");
    };
    check("5", "4h", "22:00-06:00", "0 22 * * 5 | 0 2,6 * * 6");
    check("6,1", "2h", "23:00-01:30", "0 23 * * 1,6 | 0 1 * * 0,2");
    check("", "30m", "23:30-00:30", "30 23 * * * | */30 0 * * *");
}

#[test]
fn custom_texts_stay_as_they_are() {
    let check = |cron, shows: &str| assert_eq!(shown(&custom(cron)), shows);
    check("0 3 1-7 * 1", "0 3 1-7 * 1");
    check(" 0 6 * * Mon ", "0 6 * * Mon");
    check("15 9 * * *|45 17 * * *", "15 9 * * * | 45 17 * * *");
    check("@daily", "@daily");
}

#[test]
fn a_text_alone_decides_whatever_the_pattern_type() {
    let check = |pattern: SchedulePattern, shows: &str| assert_eq!(shown(&pattern), shows);
    let cron_expression = text("5 4 * * *");
    check(SchedulePattern { cron_expression: text("5 4 * * *"), ..specific("", "") }, "5 4 * * *");
    check(SchedulePattern { cron_expression, ..specific("", "06:00") }, "0 6 * * *");
    check(SchedulePattern { run_times: text("06:00"), ..custom("5 4 * * *") }, "5 4 * * *");
}

#[test]
fn a_manual_schedule_is_due_when_people_say_so() {
    let manual = |pattern| SchedulePattern { trigger_type: TriggerType::Manual, ..pattern };
    assert_eq!(shown(&SchedulePattern::default()), "-");
    assert_eq!(shown(&manual(specific("1", "06:00"))), "-");
    assert_eq!(manual(custom("0 6 * * *")).cron_expression(), None);
    assert!(shown(&manual(custom("bad cron"))).starts_with("cronExpression: "));
}

#[test]
fn what_is_wrong_is_said_by_field() {
    const REQUIRED: &str = "cronExpression: Cron expression is required for scheduled triggers";
    const TIMES: &str = "runTimes: must be times of day like 06:00,17:45";
    const DAYS: &str = "daysOfWeek: must be days like 1,2,3: 0 is Sunday, 6 is Saturday";
    let check = |pattern: SchedulePattern, why: &str| assert_eq!(shown(&pattern), why);
    check(custom(""), REQUIRED);
    check(custom("   "), REQUIRED);
    check(specific("", ""), REQUIRED);
    check(interval("", "x", ""), REQUIRED);
    check(specific("", "24:00"), TIMES);
    check(specific("", "06:00,"), TIMES);
    check(specific("", "6"), TIMES);
    check(specific("", "06:0"), TIMES);
    check(specific("", "+6:00"), TIMES);
    check(specific("", "06:00:00"), TIMES);
    check(specific("7", "06:00"), DAYS);
    check(specific("1,,2", "06:00"), DAYS);
    check(specific("Mon", "06:00"), DAYS);
    check(interval("", "0m", ""), "intervalValue: must be between 1 and 59");
    check(interval("", "60m", ""), "intervalValue: must be between 1 and 59");
    check(interval("", "99999h", ""), "intervalValue: must be between 1 and 59");
    check(
        interval("", "25h", ""),
        "intervalValue: must be between 1 and 24 hours, because a pattern begins anew each day",
    );
    check(interval("", "5x", ""), "intervalUnit: is required with intervalValue");
    check(
        interval("", "5m", "8-25:00"),
        "intervalWindowStart: must be a time of day like 08:00; \
         intervalWindowEnd: must be a time of day like 08:00",
    );
    check(custom("0 25 * * *"), "cronExpression: hour `25`: must be 0 to 23");
    check(custom("0 6 * * * | "), "cronExpression: the cron text is empty");
}

#[test]
fn fields_have_their_documented_lengths() {
    let long = |n_chars: usize| Some(" ".repeat(n_chars));
    let blank = |days_of_week, run_times, interval_window_start| SchedulePattern {
        days_of_week,
        run_times,
        interval_window_start,
        ..custom("0 6 * * *")
    };
    assert_eq!(shown(&blank(long(50), long(200), long(10))), "0 6 * * *");
    assert_eq!(
        shown(&blank(long(51), long(201), long(11))),
        "daysOfWeek: must have at most 50 characters; runTimes: must have at most 200 characters; \
         intervalWindowStart: must have at most 10 characters"
    );
}

#[test]
fn texts_that_cannot_be_stored_are_refused() {
    let pattern = SchedulePattern { days_of_week: text("1\0"), ..custom("0 6 * * *") };
    assert_eq!(shown(&pattern), "daysOfWeek: must not contain the character U+0000");
}

#[test]
fn a_schedule_has_a_bounded_number_of_texts() {
    let many = |n_texts| vec!["0 6 * * *"; n_texts].join("|");
    assert!(!shown(&custom(&many(CRON_TEXTS_MAX))).contains("at most"));
    assert_eq!(
        shown(&custom(&many(CRON_TEXTS_MAX + 1))),
        "cronExpression: must be at most 32 cron texts, these are 33"
    );
}
