//! Making and changing a schedule: its steps, and the trigger that follows from its pattern.

use horarium_core::{
    ScheduleId, Standing, Trigger, TriggerRule, Violations,
    graph::NODES_MAX,
    schedule::{
        SCHEDULE_DESCRIPTION_CHARS_MAX, SCHEDULE_NAME_CHARS_MAX, Schedule, ScheduleDraft, StepDraft,
    },
    schedule_pattern::{PatternDraft, TriggerType},
    schedule_step::{StepFields, StepType},
    trigger::{CronDialect, OverlapPolicy},
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

const ID: ScheduleId = ScheduleId(Uuid::from_u128(7));

fn now() -> Timestamp {
    "2026-06-07T10:00:00Z".parse().unwrap()
}

/// Ids 100, 101, …
fn ids() -> impl FnMut() -> Uuid {
    let mut last = 99;
    move || {
        last += 1;
        Uuid::from_u128(last)
    }
}

fn times(run_times: &str) -> PatternDraft {
    PatternDraft {
        trigger_type: Some(TriggerType::Cron),
        run_times: Some(run_times.to_owned()),
        ..PatternDraft::default()
    }
}

fn nightly() -> ScheduleDraft {
    ScheduleDraft {
        name: Some(" Nightly ".to_owned()),
        pattern: times("02:00"),
        is_enabled: Some(true),
        ..ScheduleDraft::default()
    }
}

fn step(step_index: u32, name: &str) -> StepDraft {
    let fields = StepFields {
        step_index: Some(step_index),
        name: Some(name.to_owned()),
        step_type: Some(StepType::Executable),
        executable_path: Some("/bin/true".to_owned()),
        timeout_seconds: Some(60),
        ..StepFields::default()
    };
    StepDraft { id: None, fields }
}

fn define(draft: ScheduleDraft) -> Result<(Schedule, Option<Trigger>), Violations> {
    Schedule::define(ID, draft, now(), ids())
}

/// Steps as `index name`.
fn shown(schedule: &Schedule) -> Vec<String> {
    let line = |step: &horarium_core::schedule::Step| {
        let fields = &step.fields;
        format!("{} {}", fields.step_index.unwrap(), fields.name.as_deref().unwrap_or("-"))
    };
    schedule.steps.iter().map(line).collect()
}

#[track_caller]
fn refused(draft: ScheduleDraft, fields: &[&str]) {
    let violations = define(draft).unwrap_err();
    assert_eq!(violations.iter().map(|(field, _)| field).collect::<Vec<_>>(), fields);
}

#[test]
fn a_schedule_with_times_has_a_trigger_that_never_overlaps_itself() {
    let (schedule, trigger) = define(nightly()).unwrap();
    let trigger = trigger.unwrap();
    assert_eq!((schedule.name.as_str(), schedule.version), ("Nightly", 1));
    assert_eq!((schedule.zone.as_str(), schedule.updated_at), ("UTC", None));
    assert_eq!(trigger.owner, ID.0);
    assert_eq!(trigger.standing, Standing::Enabled);
    assert_eq!(trigger.spec.policy.overlap, OverlapPolicy::Skip);
    assert_eq!(trigger.next_run_at, "2026-06-08T02:00:00Z".parse().ok());
    let rule =
        TriggerRule::Cron { expression: "0 2 * * *".to_owned(), dialect: CronDialect::Hangfire };
    assert_eq!(trigger.spec.rule, rule);
}

#[test]
fn several_cron_texts_are_one_trigger() {
    let draft = ScheduleDraft { pattern: times("09:15,17:45"), ..nightly() };
    let (_, trigger) = define(draft).unwrap();
    let trigger = trigger.unwrap();
    let rule = TriggerRule::AnyCron {
        expressions: vec!["15 9 * * *".to_owned(), "45 17 * * *".to_owned()],
        dialect: CronDialect::Hangfire,
    };
    assert_eq!(trigger.spec.rule, rule);
    assert_eq!(trigger.next_run_at, "2026-06-07T17:45:00Z".parse().ok());
}

#[test]
fn the_zone_says_whose_clock_it_is() {
    let zone = Some("America/New_York".to_owned());
    let (_, trigger) = define(ScheduleDraft { zone, ..nightly() }).unwrap();
    assert_eq!(trigger.unwrap().next_run_at, "2026-06-08T06:00:00Z".parse().ok());
    refused(ScheduleDraft { zone: Some("Mars/Base".to_owned()), ..nightly() }, &["timezone"]);
}

#[test]
fn a_manual_schedule_has_no_trigger_and_a_new_one_is_disabled() {
    let draft = ScheduleDraft { name: Some("Manual".to_owned()), ..ScheduleDraft::default() };
    let (schedule, trigger) = define(draft).unwrap();
    assert!(trigger.is_none());
    assert!(!schedule.is_enabled);
    let silent = ScheduleDraft { is_enabled: None, ..nightly() };
    assert_eq!(define(silent).unwrap().1.unwrap().standing, Standing::Disabled);
}

#[test]
fn groups_are_numbered_without_gaps_and_steps_stand_by_group() {
    let steps = vec![step(30, "last"), step(2, "a"), step(2, "b"), step(7, "c")];
    let (schedule, _) = define(ScheduleDraft { steps: Some(steps), ..nightly() }).unwrap();
    assert_eq!(shown(&schedule), ["0 a", "0 b", "1 c", "2 last"]);
    let ids: Vec<u128> = schedule.steps.iter().map(|step| step.id.as_u128()).collect();
    assert_eq!(ids, [101, 102, 103, 100]);
}

#[test]
fn a_change_keeps_what_it_does_not_name() {
    let steps = Some(vec![step(0, "a"), step(1, "b")]);
    let (old, trigger) = define(ScheduleDraft { steps, ..nightly() }).unwrap();
    let later = now() + SignedDuration::from_hours(1);
    let draft = ScheduleDraft { description: Some("why".to_owned()), ..ScheduleDraft::default() };
    let (new, kept) = old.amend(trigger.as_ref(), draft, later, ids()).unwrap();
    let expect = Schedule {
        description: Some("why".to_owned()),
        updated_at: Some(later),
        version: 2,
        ..old.clone()
    };
    assert_eq!((new.clone(), kept), (expect, trigger));
    let blank = ScheduleDraft { description: Some(String::new()), ..ScheduleDraft::default() };
    assert_eq!(new.amend(None, blank, later, ids()).unwrap().0.description, None);
}

#[test]
fn steps_are_changed_by_id_added_without_and_removed_by_absence() {
    let steps = Some(vec![step(0, "a"), step(1, "b"), step(2, "c")]);
    let (old, trigger) = define(ScheduleDraft { steps, ..nightly() }).unwrap();
    let (a, b) = (old.steps[0].id, old.steps[1].id);
    let renamed = StepFields { name: Some("B".to_owned()), ..StepFields::default() };
    let steps = vec![
        StepDraft { id: Some(b), fields: renamed },
        StepDraft { id: Some(Uuid::from_u128(9)), ..step(3, "unknown id") },
        StepDraft { id: Some(b), ..step(4, "same id again") },
        StepDraft { id: Some(a), fields: StepFields::default() },
    ];
    let draft = ScheduleDraft { steps: Some(steps), ..ScheduleDraft::default() };
    let new_id = || Uuid::from_u128(55);
    let (new, _) = old.amend(trigger.as_ref(), draft, now(), new_id).unwrap();
    assert_eq!(shown(&new), ["0 a", "1 B", "2 unknown id", "3 same id again"]);
    let ids: Vec<Uuid> = new.steps.iter().map(|step| step.id).collect();
    assert_eq!(ids, [a, b, Uuid::from_u128(55), Uuid::from_u128(55)]);
    assert_eq!(new.steps[1].fields.timeout_seconds, Some(60), "kept");
}

#[test]
fn the_trigger_follows_the_pattern() {
    let (schedule, trigger) = define(nightly()).unwrap();
    let manual = ScheduleDraft {
        pattern: PatternDraft {
            trigger_type: Some(TriggerType::Manual),
            ..PatternDraft::default()
        },
        ..ScheduleDraft::default()
    };
    let (schedule, none) = schedule.amend(trigger.as_ref(), manual, now(), ids()).unwrap();
    assert_eq!(none, None);
    let cron = ScheduleDraft { pattern: times("03:00"), ..ScheduleDraft::default() };
    let later = now() + SignedDuration::from_hours(24);
    let (schedule, again) = schedule.amend(None, cron, later, ids()).unwrap();
    let again = again.unwrap();
    assert_eq!((again.cursor, &again.standing), (later, &Standing::Enabled));
    assert_eq!(again.next_run_at, "2026-06-09T03:00:00Z".parse().ok());
    let (off, disabled) = schedule.switched(Some(&again), false, later).unwrap();
    assert!(!off.is_enabled);
    assert_eq!(disabled.as_ref().unwrap().standing, Standing::Disabled);
    let much_later = later + SignedDuration::from_hours(72);
    let (_, on) = off.switched(disabled.as_ref(), true, much_later).unwrap();
    assert_eq!(on.unwrap().next_run_at, "2026-06-12T03:00:00Z".parse().ok());
}

#[test]
fn every_fault_is_named_at_its_place_in_the_request() {
    let no_path = StepDraft {
        id: None,
        fields: StepFields {
            step_type: Some(StepType::PowerShell),
            step_index: Some(9),
            ..StepFields::default()
        },
    };
    refused(
        ScheduleDraft {
            name: Some(" ".to_owned()),
            description: Some("x".repeat(SCHEDULE_DESCRIPTION_CHARS_MAX + 1)),
            pattern: times("25:00"),
            steps: Some(vec![step(10, "fine"), no_path]),
            ..ScheduleDraft::default()
        },
        &["name", "description", "runTimes", "steps[1].scriptPath"],
    );
    let no_text = PatternDraft { trigger_type: Some(TriggerType::Cron), ..PatternDraft::default() };
    let draft = ScheduleDraft { pattern: no_text, ..nightly() };
    let violations = define(draft).unwrap_err();
    let required = ("cronExpression", "Cron expression is required for scheduled triggers");
    assert_eq!(violations.iter().collect::<Vec<_>>(), [required]);
}

#[test]
fn texts_and_steps_end_at_their_bounds() {
    let named = |n| ScheduleDraft { name: Some("x".repeat(n)), ..ScheduleDraft::default() };
    assert!(define(named(SCHEDULE_NAME_CHARS_MAX)).is_ok());
    refused(named(SCHEDULE_NAME_CHARS_MAX + 1), &["name"]);
    let described = |n| ScheduleDraft { description: Some("x".repeat(n)), ..nightly() };
    assert!(define(described(SCHEDULE_DESCRIPTION_CHARS_MAX)).is_ok());
    refused(described(SCHEDULE_DESCRIPTION_CHARS_MAX + 1), &["description"]);
    let stepped = |n| ScheduleDraft { steps: Some(vec![step(0, "x"); n]), ..nightly() };
    assert!(define(stepped(NODES_MAX)).is_ok());
    refused(stepped(NODES_MAX + 1), &["steps"]);
}
