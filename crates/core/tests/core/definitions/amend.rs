//! What a change keeps and what it begins anew.

use horarium_core::{
    Job, JobDraft, JobType, Standing, Trigger, TriggerRule,
    job::{Bound, PolicyDraft, ScheduleDraft, ScheduleType},
    trigger::{CronDialect, ExclusionSpec, MisfirePolicy},
};
use serde_json::json;

use super::{defined, noon, refusal};
use crate::drafts::{at, cron, every, once, scheduled, with_policy};

fn full() -> (Job, Trigger) {
    let policy = PolicyDraft {
        misfire: Some(MisfirePolicy::All),
        max_lateness_seconds: Some(600),
        concurrency_max: Some(2),
        jitter_seconds: Some(5),
        ..PolicyDraft::default()
    };
    let mut draft = with_policy(cron("0 3 1-7 * 1"), policy);
    draft.schedule.zone = Some("Europe/Berlin".to_owned());
    draft.schedule.dialect = Some(CronDialect::Hangfire);
    draft.schedule.start_at = Some(at("12:30"));
    draft.schedule.end_at = Some(at("2027-01-01T00:00"));
    draft.schedule.exclusions =
        Some(ExclusionSpec { weekdays: [6].into(), ..ExclusionSpec::default() });
    defined(JobDraft {
        description: Some("first Monday".to_owned()),
        tags: Some(vec!["night".to_owned()]),
        configuration: Some(json!({"url": "https://example.org"})),
        created_by: Some("ada".to_owned()),
        ..draft
    })
}

#[test]
fn omitted_fields_keep_what_is_stored() {
    let (job, trigger) = full();
    let (same, kept) = job.amend(&trigger, JobDraft::default(), at("12:10")).unwrap();
    assert_eq!(kept, trigger);
    assert_eq!(same, Job { updated_at: at("12:10"), version: 2, ..job });
}

#[test]
fn what_was_given_can_be_sent_back() {
    let (job, trigger) = full();
    let TriggerRule::Cron { expression, dialect } = trigger.spec.rule.clone() else { panic!() };
    let schedule = ScheduleDraft {
        schedule_type: Some(ScheduleType::Cron),
        expression: Some(expression),
        dialect: Some(dialect),
        zone: Some(trigger.spec.zone.clone()),
        start_at: trigger.spec.start_at,
        end_at: trigger.spec.end_at,
        exclusions: Some(trigger.spec.exclusions.clone()),
        ..ScheduleDraft::default()
    };
    let draft = JobDraft { is_enabled: Some(true), ..scheduled(schedule) };
    assert_eq!(job.amend(&trigger, draft, at("12:10")).unwrap().1, trigger);
}

#[test]
fn each_given_field_replaces_the_stored_one() {
    let (job, trigger) = full();
    let draft = JobDraft {
        name: Some(" renamed ".to_owned()),
        description: Some(String::new()),
        job_type: Some(JobType::FileOperation),
        configuration: Some(json!({})),
        timeout_seconds: Some(1),
        tags: Some(Vec::new()),
        ..JobDraft::default()
    };
    let (job, _) = job.amend(&trigger, draft, at("12:10")).unwrap();
    assert_eq!((job.name.as_str(), job.description.as_deref()), ("renamed", Some("")));
    assert_eq!((job.job_type, job.timeout_seconds), (JobType::FileOperation, 1));
    assert_eq!((job.tags.len(), job.configuration), (0, json!({})));
    assert_eq!(job.created_by.as_deref(), Some("ada"));
}

#[test]
fn a_change_of_policy_goes_on_accounting_and_one_of_times_begins_anew() {
    let check = |draft: JobDraft, begins_anew: bool| {
        let (job, trigger) = defined(cron("0 * * * *"));
        let tail = horarium_core::DecisionRow::one(
            noon(),
            horarium_core::Decision::Skipped(horarium_core::plan::SkipReason::Overlap),
        );
        let trigger = Trigger { tail: Some(tail), ..trigger };
        let text = format!("{draft:?}");
        let (_, changed) = job.amend(&trigger, draft, at("12:10")).unwrap();
        let expect = if begins_anew { (at("12:10"), None) } else { (noon(), trigger.tail) };
        assert_eq!((changed.cursor, changed.tail), expect, "{text}");
    };
    let policy = PolicyDraft { misfire: Some(MisfirePolicy::Skip), ..PolicyDraft::default() };
    check(with_policy(JobDraft::default(), policy), false);
    check(JobDraft { name: Some("renamed".to_owned()), ..JobDraft::default() }, false);
    check(cron("0 * * * *"), false);
    check(cron("30 * * * *"), true);
    let zone = |zone: &str| {
        scheduled(ScheduleDraft { zone: Some(zone.to_owned()), ..ScheduleDraft::default() })
    };
    check(zone("UTC"), false);
    check(zone("Europe/Berlin"), true);
    let bound = ScheduleDraft { end_at: Some(at("23:00")), ..ScheduleDraft::default() };
    check(scheduled(bound), true);
}

#[test]
fn a_zone_moves_the_next_run() {
    let (job, trigger) = defined(cron("0 18 * * *"));
    assert_eq!(trigger.next_run_at, Some(at("18:00")));
    let zone = ScheduleDraft { zone: Some("Asia/Tokyo".to_owned()), ..ScheduleDraft::default() };
    let (_, moved) = job.amend(&trigger, scheduled(zone), at("12:10")).unwrap();
    assert_eq!(moved.next_run_at, Some(at("2026-01-06T09:00")));
}

#[test]
fn the_dialect_stays_until_another_is_given() {
    let (job, trigger) = full();
    let dialect =
        |draft: JobDraft| match job.amend(&trigger, draft, at("12:10")).unwrap().1.spec.rule {
            TriggerRule::Cron { dialect, .. } => dialect,
            rule => panic!("{rule:?}"),
        };
    assert_eq!(dialect(cron("0 4 1-7 * 1")), CronDialect::Hangfire);
    let mut vixie = cron("0 4 1-7 * 1");
    vixie.schedule.dialect = Some(CronDialect::Vixie);
    assert_eq!(dialect(vixie), CronDialect::Vixie);
}

#[test]
fn limits_can_be_taken_away() {
    let (job, trigger) = full();
    let without = vec![Bound::StartAt, Bound::EndAt, Bound::MaxLateness, Bound::MaxConcurrency];
    let draft = JobDraft { without: without.clone(), ..JobDraft::default() };
    let (_, free) = job.amend(&trigger, draft, at("12:10")).unwrap();
    assert_eq!((free.spec.start_at, free.spec.end_at), (None, None));
    assert_eq!(free.spec.policy.max_lateness_seconds, None);
    assert_eq!(free.spec.policy.concurrency_max, None);
    assert_eq!(free.cursor, at("12:10"), "other times, so accounting begins anew");
    let policy = PolicyDraft { concurrency_max: Some(9), ..PolicyDraft::default() };
    let draft = JobDraft { without, policy, ..JobDraft::default() };
    let (_, other) = job.amend(&trigger, draft, at("12:10")).unwrap();
    assert_eq!(other.spec.policy.concurrency_max, Some(9), "what is given holds");
}

#[test]
fn a_job_can_be_rescheduled_to_another_type() {
    let (job, trigger) = defined(cron("0 * * * *"));
    let (_, once_only) = job.amend(&trigger, once(at("12:45")), at("12:10")).unwrap();
    assert_eq!(once_only.next_run_at, Some(at("12:45")));
    let (_, repeated) = job.amend(&once_only, every(60), at("12:11:00.7")).unwrap();
    assert_eq!(repeated.next_run_at, Some(at("12:12")));
    let incomplete =
        ScheduleDraft { schedule_type: Some(ScheduleType::Interval), ..ScheduleDraft::default() };
    let refused = job.amend(&trigger, scheduled(incomplete), at("12:10"));
    assert_eq!(refusal(refused), "intervalSeconds: is required");
}

#[test]
fn a_refused_change_names_its_field() {
    let (job, trigger) = defined(cron("0 * * * *"));
    let refused = |draft| refusal(job.amend(&trigger, draft, at("12:10")));
    let bad_end = ScheduleDraft { end_at: Some(at("12:05")), ..ScheduleDraft::default() };
    let lines = [
        JobDraft { name: Some(" ".to_owned()), ..cron("bad") },
        JobDraft { timeout_seconds: Some(0), ..JobDraft::default() },
        scheduled(bad_end),
    ]
    .map(refused);
    insta::assert_snapshot!(lines.join("\n"), @r"
    name: Name must have 1 to 200 characters.
    scheduleExpression: Cron expression is invalid: the cron text has 1 field; write 5: minute hour day-of-month month day-of-week, or 6 with seconds first.
    timeoutSeconds: must be between 1 and 604800
    endAt: nothing would ever be due under this schedule
    ");
}

#[test]
fn a_clock_set_back_does_not_make_decided_instants_due_again() {
    let (job, trigger) = defined(cron("*/5 * * * *"));
    let (_, changed) = job.amend(&trigger, cron("*/7 * * * *"), at("11:00")).unwrap();
    assert_eq!((changed.cursor, changed.standing), (noon(), Standing::Enabled));
}
