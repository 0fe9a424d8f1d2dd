//! The bodies that create, change, reschedule and pause a job.
//!
//! Shape only: whether a cron text parses, a zone exists or a schedule is complete, core says.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::json;

use crate::configuration::JobConfiguration;
use crate::enums::{
    CronDialect, JobType, LostAttemptPolicy, MisfirePolicy, OverlapPolicy, ScheduleType,
};
use crate::field_errors::FieldErrors;
use crate::fields::{Change, Fields, read_complete, read_object, value};
use crate::jobs::{
    CONCURRENCY_MAX, CREATED_BY_CHARS_MAX, DESCRIPTION_CHARS_MAX, Dependencies, ExclusionsRequest,
    INTERVAL_SECONDS_MAX, JITTER_SECONDS_MAX, JOB_NAME_CHARS_MAX, LATENESS_SECONDS_MAX,
    PAUSE_REASON_CHARS_MAX, RetryPolicyRequest, SCHEDULE_EXPRESSION_CHARS_MAX, TAG_CHARS_MAX,
    TAGS_MAX, TIMEOUT_SECONDS_MAX, TIMEZONE_CHARS_MAX,
};
use crate::json::Json;

/// A job as a client defines it. Update: what is absent or null keeps its value.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(
    rename = "UpdateJobRequest",
    rename_all = "camelCase",
    extend("additionalProperties" = false),
    transform = add_read_only
)]
pub struct JobRequest {
    /// Need not be unique. White space at both ends is cut off.
    #[schemars(length(min = 1, max = JOB_NAME_CHARS_MAX))]
    pub name: Option<String>,
    #[schemars(length(max = DESCRIPTION_CHARS_MAX))]
    pub description: Option<String>,
    pub job_type: Option<JobType>,
    pub schedule_type: Option<ScheduleType>,
    /// Cron text, needed by `Cron`: five fields, or six with seconds first, or `@daily` and the like.
    #[schemars(length(max = SCHEDULE_EXPRESSION_CHARS_MAX))]
    pub schedule_expression: Option<String>,
    /// Needed by `Interval`.
    #[schemars(range(min = 1, max = INTERVAL_SECONDS_MAX))]
    pub interval_seconds: Option<u32>,
    /// Needed by `OneTime`.
    pub run_at: Option<Timestamp>,
    /// Replaced as a whole.
    pub job_configuration: Option<JobConfiguration>,
    pub retry_policy: Option<RetryPolicyRequest>,
    /// Limit of one attempt; 300 by default.
    #[schemars(range(min = 1, max = TIMEOUT_SECONDS_MAX))]
    pub timeout_seconds: Option<u32>,
    /// IANA name; UTC by default.
    #[schemars(length(min = 1, max = TIMEZONE_CHARS_MAX))]
    pub timezone: Option<String>,
    /// True by default.
    pub is_enabled: Option<bool>,
    #[schemars(length(max = TAGS_MAX), inner(length(min = 1, max = TAG_CHARS_MAX)))]
    pub tags: Option<Vec<String>>,
    /// Only on create; the caller by default.
    #[schemars(length(max = CREATED_BY_CHARS_MAX))]
    pub created_by: Option<String>,
    pub cron_dialect: Option<CronDialect>,
    pub misfire_policy: Option<MisfirePolicy>,
    /// An occurrence later than this is missed, whatever the misfire policy. `""` takes the bound away.
    #[schemars(with = "Option<u32>", range(min = 1, max = LATENESS_SECONDS_MAX))]
    pub max_lateness_seconds: Change<u32>,
    pub overlap_policy: Option<OverlapPolicy>,
    pub lost_attempt_policy: Option<LostAttemptPolicy>,
    /// Executions of this job at once. `""` takes the bound away.
    #[schemars(with = "Option<u32>", range(min = 1, max = CONCURRENCY_MAX))]
    pub max_concurrency: Change<u32>,
    /// Scheduled starts are spread over this many seconds.
    #[schemars(range(min = 0, max = JITTER_SECONDS_MAX))]
    pub jitter_seconds: Option<u32>,
    /// Nothing is due before. `""` takes the bound away.
    #[schemars(with = "Option<Timestamp>")]
    pub start_at: Change<Timestamp>,
    /// Nothing is due after. `""` takes the bound away.
    #[schemars(with = "Option<Timestamp>")]
    pub end_at: Change<Timestamp>,
    /// From when the schedule of this request counts; at once by default.
    pub effective_from: Option<Timestamp>,
    /// As `POST /jobs/{jobId}/exclusions` takes them.
    pub exclusions: Option<ExclusionsRequest>,
    /// As `POST /jobs/{jobId}/dependencies` takes them; an empty list takes them away.
    pub dependencies: Option<Dependencies>,
}

/// Fields of a `JobDto` that a request may carry and that change nothing.
const READ_ONLY: [&str; 15] = [
    "id",
    "status",
    "currentStatus",
    "nextRunAt",
    "createdAt",
    "updatedAt",
    "lastModifiedBy",
    "schedulerJobId",
    "isPaused",
    "isDeleted",
    "pausedUntil",
    "pauseReason",
    "lastExecutedAt",
    "lastExecutionStatus",
    "consecutiveFailures",
];

const NEEDED_TO_CREATE: [&str; 3] = ["name", "jobType", "scheduleType"];

impl JobRequest {
    pub fn read_create(body: &Json) -> Result<JobRequest, FieldErrors> {
        read_object(body, |fields| {
            for name in NEEDED_TO_CREATE {
                fields.require(name);
            }
            JobRequest::read(fields)
        })
    }

    pub fn read_update(body: &Json) -> Result<JobRequest, FieldErrors> {
        read_object(body, JobRequest::read)
    }

    fn read(fields: &mut Fields<'_>) -> JobRequest {
        fields.ignore(&READ_ONLY);
        let lateness = |item: &Json| value::number(item, &(1..=LATENESS_SECONDS_MAX));
        let concurrency = |item: &Json| value::number(item, &(1..=CONCURRENCY_MAX));
        JobRequest {
            name: fields.value("name", |item| value::trimmed(item, JOB_NAME_CHARS_MAX)),
            description: fields.text("description", DESCRIPTION_CHARS_MAX),
            job_type: fields.word("jobType"),
            schedule_type: fields.word("scheduleType"),
            schedule_expression: schedule_expression(fields),
            interval_seconds: interval_seconds(fields),
            run_at: fields.instant("runAt"),
            job_configuration: fields.object("jobConfiguration", JobConfiguration::read),
            retry_policy: fields.object("retryPolicy", RetryPolicyRequest::read),
            timeout_seconds: fields.number("timeoutSeconds", 1..=TIMEOUT_SECONDS_MAX),
            timezone: timezone(fields),
            is_enabled: fields.flag("isEnabled"),
            tags: fields.list("tags", TAGS_MAX, |item| value::trimmed(item, TAG_CHARS_MAX)),
            created_by: fields.text("createdBy", CREATED_BY_CHARS_MAX),
            cron_dialect: fields.word("cronDialect"),
            misfire_policy: fields.word("misfirePolicy"),
            max_lateness_seconds: fields.change("maxLatenessSeconds", lateness),
            overlap_policy: fields.word("overlapPolicy"),
            lost_attempt_policy: fields.word("lostAttemptPolicy"),
            max_concurrency: fields.change("maxConcurrency", concurrency),
            jitter_seconds: fields.number("jitterSeconds", 0..=JITTER_SECONDS_MAX),
            start_at: fields.change("startAt", value::instant),
            end_at: fields.change("endAt", value::instant),
            effective_from: fields.instant("effectiveFrom"),
            exclusions: fields.object("exclusions", ExclusionsRequest::read_fields),
            dependencies: fields.object("dependencies", Dependencies::read_fields).flatten(),
        }
    }
}

fn add_read_only(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) else {
        return;
    };
    for name in READ_ONLY {
        let property = json!({ "readOnly": true, "description": "Taken and ignored." });
        properties.insert(name.to_owned(), property);
    }
}

/// The schema of a [`JobRequest`] that creates: the same fields, three of them needed.
pub struct CreateJobRequest;

impl JsonSchema for CreateJobRequest {
    fn schema_name() -> Cow<'static, str> {
        "CreateJobRequest".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = JobRequest::json_schema(generator);
        schema.insert("description".into(), "A job to be made.".into());
        schema.insert("required".into(), json!(NEEDED_TO_CREATE));
        for name in NEEDED_TO_CREATE {
            if let Some(property) = schema.pointer_mut(&format!("/properties/{name}")) {
                refuse_null(property);
            }
        }
        schema
    }
}

/// Turns `T or null` into `T`, in either of the two ways that a schema says it.
fn refuse_null(property: &mut Json) {
    if let Some(Json::Array(types)) = property.get("type") {
        property["type"] = types[0].clone();
    }
    if let Some(Json::Array(choices)) = property.get("anyOf") {
        *property = choices[0].clone();
    }
}

pub(crate) fn schedule_expression(fields: &mut Fields<'_>) -> Option<String> {
    fields.text("scheduleExpression", SCHEDULE_EXPRESSION_CHARS_MAX)
}

pub(crate) fn interval_seconds(fields: &mut Fields<'_>) -> Option<u32> {
    fields.number("intervalSeconds", 1..=INTERVAL_SECONDS_MAX)
}

pub(crate) fn timezone(fields: &mut Fields<'_>) -> Option<String> {
    fields.value("timezone", |item| value::trimmed(item, TIMEZONE_CHARS_MAX))
}

/// A new schedule for a job, everything else kept.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct RescheduleRequest {
    pub schedule_type: ScheduleType,
    /// Needed by `Cron`.
    #[schemars(length(max = SCHEDULE_EXPRESSION_CHARS_MAX))]
    pub schedule_expression: Option<String>,
    /// Needed by `Interval`.
    #[schemars(range(min = 1, max = INTERVAL_SECONDS_MAX))]
    pub interval_seconds: Option<u32>,
    /// Needed by `OneTime`.
    pub run_at: Option<Timestamp>,
    /// From when the new schedule counts; at once by default.
    pub effective_from: Option<Timestamp>,
}

impl RescheduleRequest {
    pub fn read(body: &Json) -> Result<RescheduleRequest, FieldErrors> {
        read_complete(body, |fields| {
            let schedule_type = fields.needed("scheduleType", value::word);
            Some(RescheduleRequest {
                schedule_expression: schedule_expression(fields),
                interval_seconds: interval_seconds(fields),
                run_at: fields.instant("runAt"),
                effective_from: fields.instant("effectiveFrom"),
                schedule_type: schedule_type?,
            })
        })
    }
}

/// Optional details of a pause.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct PauseRequest {
    /// When the job resumes by itself.
    pub until: Option<Timestamp>,
    #[schemars(length(max = PAUSE_REASON_CHARS_MAX))]
    pub reason: Option<String>,
}

impl PauseRequest {
    pub fn read(body: &Json) -> Result<PauseRequest, FieldErrors> {
        read_object(body, |fields| PauseRequest {
            until: fields.instant("until"),
            reason: fields.text("reason", PAUSE_REASON_CHARS_MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::enums::RetryBackoffType;

    /// The example of the jobs document.
    fn documented() -> Json {
        json!({
            "name": "Sync inventory feed",
            "description": "Calls the upstream inventory API every weekday morning.",
            "jobType": "HttpCall",
            "scheduleType": "Cron",
            "scheduleExpression": "0 7 * * 1-5",
            "intervalSeconds": null,
            "runAt": null,
            "jobConfiguration": {
                "url": "https://your-service.example.com/api/sync",
                "method": "POST",
                "headers": { "X-Api-Key": "abc123" },
                "body": null
            },
            "retryPolicy": { "maxAttempts": 3, "delaySeconds": 30 },
            "timeoutSeconds": 120,
            "timezone": "America/New_York",
            "isEnabled": true,
            "tags": ["inventory", "weekday"],
            "createdBy": "ops-team"
        })
    }

    #[test]
    fn the_documented_example_is_read() {
        let request = JobRequest::read_create(&documented()).unwrap();
        assert_eq!(request.job_type, Some(JobType::HttpCall));
        assert_eq!(request.schedule_expression.as_deref(), Some("0 7 * * 1-5"));
        assert_eq!((request.interval_seconds, request.run_at), (None, None));
        assert_eq!(request.retry_policy.unwrap().max_attempts, Some(3));
        assert_eq!(request.tags.unwrap(), ["inventory", "weekday"]);
        assert_eq!(request.max_concurrency, Change::Keep);
    }

    #[test]
    fn the_originals_sdk_is_read() {
        let request = JobRequest::read_create(&json!({
            "Name": " Sweep ", "JobType": 4, "scheduleType": "2", "intervalSeconds": "300",
            "jobConfiguration": {"sourcePath": "/data/*", "Operation": "delete"},
            "retryPolicy": {
                "maxRetryAttempts": 2, "retryDelaySeconds": 60, "retryBackoffType": 3,
                "retryOnExceptions": ["System.TimeoutException"], "shouldRetryHttpStatusCodes": [503]
            }
        }))
        .unwrap();
        assert_eq!(request.name.as_deref(), Some("Sweep"));
        assert_eq!(request.job_type, Some(JobType::FileOperation));
        assert_eq!(request.schedule_type, Some(ScheduleType::Interval));
        assert_eq!(request.interval_seconds, Some(300));
        let retry_policy = request.retry_policy.unwrap();
        assert_eq!(retry_policy.backoff, Some(RetryBackoffType::Exponential));
        assert_eq!(retry_policy.delay_seconds, Some(60));
    }

    #[test]
    fn create_needs_three_fields_and_update_none() {
        let errors = JobRequest::read_create(&json!({})).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, NEEDED_TO_CREATE);
        assert_eq!(JobRequest::read_update(&json!({})), Ok(JobRequest::default()));
    }

    #[test]
    fn every_field_ends_at_its_bound() {
        let check = |field: &str, good: Json, bad: Json| {
            assert!(JobRequest::read_update(&json!({field: good})).is_ok(), "{field} at its bound");
            let errors = JobRequest::read_update(&json!({field: bad})).expect_err(field);
            assert!(errors.iter().next().unwrap().0.starts_with(field), "{field}");
        };
        let text = |chars: usize| json!("x".repeat(chars));
        let tags = |n: usize| json!(vec!["x"; n]);
        check("name", text(JOB_NAME_CHARS_MAX), text(JOB_NAME_CHARS_MAX + 1));
        check("name", json!("x"), json!("  "));
        check("description", text(DESCRIPTION_CHARS_MAX), text(DESCRIPTION_CHARS_MAX + 1));
        let expression = SCHEDULE_EXPRESSION_CHARS_MAX;
        check("scheduleExpression", text(expression), text(expression + 1));
        check("intervalSeconds", json!(1), json!(0));
        check("intervalSeconds", json!(INTERVAL_SECONDS_MAX), json!(INTERVAL_SECONDS_MAX + 1));
        check("timeoutSeconds", json!(1), json!(0));
        check("timeoutSeconds", json!(TIMEOUT_SECONDS_MAX), json!(TIMEOUT_SECONDS_MAX + 1));
        check("timezone", text(TIMEZONE_CHARS_MAX), text(TIMEZONE_CHARS_MAX + 1));
        check("createdBy", text(CREATED_BY_CHARS_MAX), text(CREATED_BY_CHARS_MAX + 1));
        check("tags", tags(TAGS_MAX), tags(TAGS_MAX + 1));
        check("tags", json!([text(TAG_CHARS_MAX)]), json!([text(TAG_CHARS_MAX + 1)]));
        check("tags", json!([]), json!([""]));
        check("maxLatenessSeconds", json!(LATENESS_SECONDS_MAX), json!(LATENESS_SECONDS_MAX + 1));
        check("maxConcurrency", json!(CONCURRENCY_MAX), json!(CONCURRENCY_MAX + 1));
        check("maxConcurrency", json!(""), json!(0));
        check("jitterSeconds", json!(JITTER_SECONDS_MAX), json!(JITTER_SECONDS_MAX + 1));
        check("isEnabled", json!(false), json!("false"));
        check("runAt", json!("2026-01-01T00:00:00Z"), json!("2026-01-01T00:00:00"));
        check("jobType", json!("4"), json!(5));
        check("overlapPolicy", json!("cancelrunning"), json!("never"));
    }

    #[test]
    fn a_reschedule_needs_its_type() {
        let request = RescheduleRequest::read(&json!({
            "scheduleType": 3, "runAt": "2026-01-01T00:00:00Z", "effectiveFrom": null
        }))
        .unwrap();
        assert_eq!(request.schedule_type, ScheduleType::OneTime);
        let errors = RescheduleRequest::read(&json!({"name": "x"})).unwrap_err();
        assert_eq!(errors.messages("scheduleType"), ["required"]);
        assert_eq!(errors.messages("name"), ["unknown field"]);
    }

    proptest! {
        #[test]
        fn no_body_makes_the_reader_panic(text in r#"\{("(name|jobType|tags|exclusions|retryPolicy)":([0-9]{1,20}|"[a-z0-9:-]{0,9}"|\[\]|\{\}|null),?){0,4}\}"#) {
            if let Ok(body) = crate::json::parse(text.as_bytes()) {
                let create = JobRequest::read_create(&body);
                prop_assert!(create.is_err() || JobRequest::read_update(&body).is_ok());
            }
        }
    }

    #[test]
    fn a_pause_may_say_until_when_and_why() {
        assert_eq!(PauseRequest::read(&json!({})), Ok(PauseRequest::default()));
        let check = |chars: usize, expect: bool| {
            let body = json!({"until": "2026-01-01T00:00:00Z", "reason": "x".repeat(chars)});
            assert_eq!(PauseRequest::read(&body).is_ok(), expect, "{chars}");
        };
        check(PAUSE_REASON_CHARS_MAX, true);
        check(PAUSE_REASON_CHARS_MAX + 1, false);
    }

    #[test]
    fn a_request_in_a_log_line_shows_no_secret() {
        let request = JobRequest::read_create(&documented()).unwrap();
        assert!(!format!("{request:?}").contains("abc123"));
    }
}
