//! Every rule a draft can break, with its field and its words, and the bounds themselves.

use horarium_core::{
    Job, JobDraft, JobId, JobType, RetryPolicy,
    job::{
        CONCURRENCY_MAX, CREATED_BY_CHARS_MAX, DESCRIPTION_CHARS_MAX, JITTER_SECONDS_MAX,
        JobDefaults, LATENESS_SECONDS_MAX, NAME_CHARS_MAX, PolicyDraft, ScheduleDraft,
        ScheduleType, TAG_CHARS_MAX, TAGS_MAX, TIMEOUT_SECONDS_MAX,
    },
    retry::{RETRIES_MAX, RETRY_DELAY_SECONDS_MAX, STATUS_CODES_MAX},
    trigger::{CronDialect, EXCLUDED_DATES_MAX, ExclusionSpec},
};
use uuid::Uuid;

use super::{define, defined, noon, refusal};
use crate::drafts::{at, cron, every, later, once, scheduled, with_policy};

#[test]
fn an_empty_draft_is_told_everything_it_lacks() {
    let id = JobId(Uuid::from_u128(7));
    let result = Job::define(id, JobDraft::default(), &JobDefaults::default(), noon());
    insta::assert_snapshot!(refusal(result), @r"
    jobType: is required
    name: Name must have 1 to 200 characters.
    scheduleType: is required
    ");
}

#[test]
fn a_job_has_no_type_of_a_step() {
    for job_type in JobType::ALL.into_iter().filter(|job_type| job_type.is_for_steps()) {
        let draft = JobDraft { job_type: Some(job_type), ..every(60) };
        let expect =
            format!("jobType: {} is what a schedule's step does, not a job.", job_type.name());
        assert_eq!(refusal(define(draft)), expect);
    }
}

#[test]
fn everything_wrong_is_told_at_once() {
    let draft = JobDraft {
        name: Some("  ".to_owned()),
        timeout_seconds: Some(0),
        policy: PolicyDraft {
            max_lateness_seconds: Some(0),
            concurrency_max: Some(0),
            jitter_seconds: Some(JITTER_SECONDS_MAX + 1),
            ..PolicyDraft::default()
        },
        retry: Some(RetryPolicy {
            retries_max: RETRIES_MAX + 1,
            delay_seconds: RETRY_DELAY_SECONDS_MAX + 1,
            delay_seconds_max: Some(RETRY_DELAY_SECONDS_MAX + 1),
            status_codes: vec![503; STATUS_CODES_MAX + 1],
            ..RetryPolicy::default()
        }),
        tags: Some(vec!["t".repeat(TAG_CHARS_MAX + 1), "nul\0".to_owned()]),
        description: Some("d".repeat(DESCRIPTION_CHARS_MAX + 1)),
        created_by: Some("c".repeat(CREATED_BY_CHARS_MAX + 1)),
        ..scheduled(ScheduleDraft {
            schedule_type: Some(ScheduleType::Cron),
            expression: Some("0 0 31 2 *".to_owned()),
            zone: Some("Mars/Olympus".to_owned()),
            start_at: Some(at("14:00")),
            end_at: Some(at("14:00")),
            exclusions: Some(ExclusionSpec { weekdays: [7].into(), ..ExclusionSpec::default() }),
            ..ScheduleDraft::default()
        })
    };
    // The database's version changes with every update of the zones.
    let told = refusal(define(draft)).replace(horarium_when::tzdb_version(), "(version)");
    insta::assert_snapshot!(told, @r"
    name: Name must have 1 to 200 characters.
    description: Description must have at most 2000 characters.
    createdBy: Created by must have at most 256 characters.
    tags: A tag must have at most 100 characters.
    tags: must not contain the character U+0000
    timeoutSeconds: must be between 1 and 604800
    retryPolicy.maxAttempts: must be between 0 and 1000
    retryPolicy.delaySeconds: must be between 0 and 604800
    retryPolicy.maxDelaySeconds: must be between 0 and 604800
    retryPolicy.shouldRetryHttpStatusCodes: At most 100 status codes are allowed.
    maxLatenessSeconds: must be between 1 and 31536000
    maxConcurrency: must be between 1 and 10000
    jitterSeconds: must be between 0 and 86400
    endAt: must be after the start
    timezone: time zone `Mars/Olympus` is not in the IANA database (version); write a name such as Europe/Berlin or UTC
    scheduleExpression: Cron expression is invalid: `0 0 31 2 *` never fires: no day of any year matches.
    exclusions: days of week are 0 (Sunday) to 6 (Saturday)
    ");
}

#[test]
fn a_schedule_that_can_never_run_is_refused_under_the_field_that_stops_it() {
    let refused = |draft: JobDraft| refusal(define(draft));
    let mut ended = cron("0 0 * * *");
    ended.schedule.end_at = Some(at("13:00"));
    let mut late_start = once(at("13:00"));
    late_start.schedule.start_at = Some(at("14:00"));
    let mut never = cron("0 3 * * *");
    never.schedule.exclusions = Some(ExclusionSpec {
        time_range: Some(("02:00".to_owned(), "04:00".to_owned())),
        ..ExclusionSpec::default()
    });
    let mut no_range = every(60);
    no_range.schedule.exclusions = Some(ExclusionSpec {
        time_range: Some(("2 am".to_owned(), "04:00".to_owned())),
        ..ExclusionSpec::default()
    });
    let mut too_many = every(60);
    let first = jiff::civil::date(2030, 1, 1);
    let dates = first.series(jiff::Span::new().days(1)).take(EXCLUDED_DATES_MAX + 1).collect();
    too_many.schedule.exclusions = Some(ExclusionSpec { dates, ..ExclusionSpec::default() });
    let lines = [
        cron(""),
        cron("every day"),
        scheduled(ScheduleDraft {
            schedule_type: Some(ScheduleType::Interval),
            ..ScheduleDraft::default()
        }),
        every(0),
        every(u64::MAX),
        scheduled(ScheduleDraft {
            schedule_type: Some(ScheduleType::OneTime),
            ..ScheduleDraft::default()
        }),
        ended,
        late_start,
        never,
        no_range,
        too_many,
    ]
    .map(refused);
    insta::assert_snapshot!(lines.join("\n"), @r"
    scheduleExpression: A cron expression is required when scheduleType is Cron.
    scheduleExpression: Cron expression is invalid: the cron text has 2 fields; write 5: minute hour day-of-month month day-of-week, or 6 with seconds first.
    intervalSeconds: is required
    intervalSeconds: the period is 0 s; it must be 1 s to 315576000 s (10 years)
    intervalSeconds: the period is 18446744073709551615 s; it must be 1 s to 315576000 s (10 years)
    runAt: is required
    endAt: nothing would ever be due under this schedule
    runAt: nothing would ever be due under this schedule
    exclusions: the exclusions leave no instant at which it could run
    exclusions: time `2 am`: write HH:mm or HH:mm:ss, 00:00 to 23:59:59
    exclusions: at most 1000 dates can be excluded
    ");
}

#[test]
fn every_bound_is_taken_and_one_more_is_not() {
    let check = |field: &str, taken: JobDraft, refused: JobDraft| {
        assert_eq!(refusal(define(taken)), "nothing is wrong", "{field}");
        assert!(refusal(define(refused)).starts_with(&format!("{field}: ")), "{field}");
    };
    let draft = || every(60);
    let name = |n| JobDraft { name: Some("é".repeat(n)), ..draft() };
    check("name", name(NAME_CHARS_MAX), name(NAME_CHARS_MAX + 1));
    check("name", name(1), name(0));
    let text = |n| JobDraft { description: Some("é".repeat(n)), ..draft() };
    check("description", text(DESCRIPTION_CHARS_MAX), text(DESCRIPTION_CHARS_MAX + 1));
    let by = |n| JobDraft { created_by: Some("é".repeat(n)), ..draft() };
    check("createdBy", by(CREATED_BY_CHARS_MAX), by(CREATED_BY_CHARS_MAX + 1));
    let tags =
        |n: usize| JobDraft { tags: Some((0..n).map(|n| n.to_string()).collect()), ..draft() };
    check("tags", tags(TAGS_MAX), tags(TAGS_MAX + 1));
    let tag = |n| JobDraft { tags: Some(vec!["é".repeat(n)]), ..draft() };
    check("tags", tag(TAG_CHARS_MAX), tag(TAG_CHARS_MAX + 1));
    let timeout = |n| JobDraft { timeout_seconds: Some(n), ..draft() };
    check("timeoutSeconds", timeout(TIMEOUT_SECONDS_MAX), timeout(TIMEOUT_SECONDS_MAX + 1));
    check("timeoutSeconds", timeout(1), timeout(0));
    let concurrency = |n| {
        with_policy(draft(), PolicyDraft { concurrency_max: Some(n), ..PolicyDraft::default() })
    };
    check("maxConcurrency", concurrency(CONCURRENCY_MAX), concurrency(CONCURRENCY_MAX + 1));
    check("maxConcurrency", concurrency(1), concurrency(0));
    let jitter =
        |n| with_policy(draft(), PolicyDraft { jitter_seconds: Some(n), ..PolicyDraft::default() });
    check("jitterSeconds", jitter(JITTER_SECONDS_MAX), jitter(JITTER_SECONDS_MAX + 1));
    let lateness = |n| {
        with_policy(
            draft(),
            PolicyDraft { max_lateness_seconds: Some(n), ..PolicyDraft::default() },
        )
    };
    check("maxLatenessSeconds", lateness(LATENESS_SECONDS_MAX), lateness(LATENESS_SECONDS_MAX + 1));
    check("maxLatenessSeconds", lateness(1), lateness(0));
    check("intervalSeconds", every(1), every(0));
}

#[test]
fn what_is_not_given_takes_its_default() {
    let defaults = JobDefaults {
        retry: RetryPolicy::none(),
        timeout_seconds: 17,
        dialect: CronDialect::Hangfire,
    };
    let draft = JobDraft {
        name: Some(" backup ".to_owned()),
        job_type: Some(horarium_core::JobType::CodeExecution),
        tags: Some([" a", "b", "a ", " "].map(str::to_owned).to_vec()),
        created_by: Some("ada".to_owned()),
        ..cron("0 2 * * *")
    };
    let (job, trigger) = Job::define(JobId(Uuid::from_u128(7)), draft, &defaults, noon()).unwrap();
    assert_eq!((job.name.as_str(), job.timeout_seconds, job.version), ("backup", 17, 1));
    assert_eq!(job.tags, ["a", "b"]);
    assert_eq!(job.last_modified_by.as_deref(), Some("ada"));
    assert_eq!((job.retry, job.configuration), (RetryPolicy::none(), serde_json::json!({})));
    insta::assert_snapshot!(serde_json::to_string(&trigger.spec).unwrap(), @r#"{"rule":{"type":"cron","expression":"0 2 * * *","dialect":"hangfire"},"zone":"UTC","startAt":null,"endAt":null,"policy":{"misfire":"latest","maxLatenessSeconds":null,"overlap":"allow","lostAttempt":"retry","concurrencyMax":null,"jitterSeconds":0}}"#);
    assert_eq!((trigger.cursor, trigger.wake_at), (noon(), Some(at("2026-01-06T02:00"))));
}

#[test]
fn a_start_and_an_end_bound_what_is_due() {
    let mut draft = cron("0 * * * *");
    draft.schedule.start_at = Some(at("14:30"));
    draft.schedule.effective_from = Some(at("13:30"));
    draft.schedule.end_at = Some(later(at("15:00"), 1));
    let (_, trigger) = defined(draft);
    assert_eq!(trigger.next_run_at, Some(at("15:00")), "the later start holds");
}
