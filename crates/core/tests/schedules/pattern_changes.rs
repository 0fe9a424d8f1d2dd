//! What a change leaves in force: each request of JIM's client, and ours.

use horarium_core::schedule_pattern::{PatternDraft, PatternType, SchedulePattern, TriggerType};

use crate::pattern_texts::{custom, interval, shown, specific, text};

fn amended(pattern: &SchedulePattern, draft: PatternDraft) -> (PatternType, String) {
    let changed = pattern.amend(draft);
    (changed.pattern_type, shown(&changed))
}

/// All that `Set-JIMSchedule` sends back of what it read.
fn resent(pattern: &SchedulePattern) -> PatternDraft {
    PatternDraft {
        trigger_type: Some(pattern.trigger_type),
        pattern_type: Some(pattern.pattern_type),
        cron_expression: pattern.cron_expression(),
        days_of_week: pattern.days_of_week.clone(),
        run_times: pattern.run_times.clone(),
        interval_value: pattern.interval_value,
        interval_unit: pattern.interval_unit,
        interval_window_start: pattern.interval_window_start.clone(),
        interval_window_end: pattern.interval_window_end.clone(),
    }
}

#[test]
fn a_new_schedule_has_jims_defaults() {
    let pattern = SchedulePattern::define(PatternDraft::default());
    assert_eq!(pattern.trigger_type, TriggerType::Manual);
    assert_eq!(pattern.pattern_type, PatternType::SpecificTimes);
}

#[test]
fn what_was_answered_can_be_sent_back() {
    for pattern in [
        specific("1,2", "09:15,17:45"),
        interval("5", "4h", "22:00-06:00"),
        custom("0 3 1-7 * 1"),
        SchedulePattern { cron_expression: text("5 4 * * *"), ..specific("", "") },
        SchedulePattern::default(),
    ] {
        assert_eq!(pattern.amend(PatternDraft::default()), pattern);
        assert_eq!(pattern.amend(resent(&pattern)), pattern);
    }
}

#[test]
fn other_times_take_effect_whatever_text_is_sent_back_with_them() {
    let pattern = specific("", "06:00");
    let draft = PatternDraft { run_times: text("07:30"), ..resent(&pattern) };
    assert_eq!(amended(&pattern, draft), (PatternType::SpecificTimes, "30 7 * * *".to_owned()));
    let draft = PatternDraft { days_of_week: text("1"), ..PatternDraft::default() };
    assert_eq!(amended(&pattern, draft), (PatternType::SpecificTimes, "0 6 * * 1".to_owned()));
}

#[test]
fn only_another_text_makes_the_pattern_custom() {
    let pattern = specific("", "06:00");
    let custom = (PatternType::Custom, "5 4 * * *".to_owned());
    let draft = PatternDraft { cron_expression: text("5 4 * * *"), ..PatternDraft::default() };
    assert_eq!(amended(&pattern, draft.clone()), custom);
    assert_eq!(
        amended(
            &pattern,
            PatternDraft { cron_expression: draft.cron_expression, ..resent(&pattern) }
        ),
        custom
    );
}

#[test]
fn a_pattern_that_becomes_custom_keeps_its_text() {
    let pattern = specific("", "09:15,17:45");
    let draft = PatternDraft { pattern_type: Some(PatternType::Custom), ..PatternDraft::default() };
    let kept = (PatternType::Custom, "15 9 * * * | 45 17 * * *".to_owned());
    assert_eq!(amended(&pattern, draft), kept);
}

#[test]
fn a_text_that_lost_to_a_pattern_does_not_come_back() {
    let both = PatternDraft {
        trigger_type: Some(TriggerType::Cron),
        cron_expression: text("5 4 * * *"),
        run_times: text("06:00"),
        ..PatternDraft::default()
    };
    let pattern = SchedulePattern::define(both);
    assert_eq!(shown(&pattern), "0 6 * * *");
    let cleared = PatternDraft { run_times: Some(String::new()), ..PatternDraft::default() };
    assert_eq!(
        amended(&pattern, cleared).1,
        "cronExpression: Cron expression is required for scheduled triggers"
    );
}

#[test]
fn blank_days_are_every_day() {
    let draft = PatternDraft { days_of_week: Some(" ".to_owned()), ..PatternDraft::default() };
    assert_eq!(amended(&specific("1", "06:00"), draft).1, "0 6 * * *");
}

#[test]
fn what_is_stored_reads_back() {
    let stored = serde_json::to_string(&interval("5", "4h", "22:00-06:00")).unwrap();
    insta::assert_snapshot!(stored, @r#"{"triggerType":"Cron","patternType":"Interval","cronExpression":null,"daysOfWeek":"5","runTimes":null,"intervalValue":4,"intervalUnit":"Hours","intervalWindowStart":"22:00","intervalWindowEnd":"06:00"}"#);
    let read: SchedulePattern = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, interval("5", "4h", "22:00-06:00"));
}
