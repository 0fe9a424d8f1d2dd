//! A job as we answer with it: the documents' fields, the original client's, and ours.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::configuration::JobConfiguration;
use crate::enums::{
    CronDialect, CurrentStatus, ExecutionStatus, JobStatus, JobType, LostAttemptPolicy,
    MisfirePolicy, OverlapPolicy, ScheduleType,
};
use crate::jobs::{Dependencies, ExclusionsDto, RetryPolicyDto};
use crate::json::Json;

/// A job: definition and present state. Every field is always there, null where it has no value.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobDto {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    pub job_type: JobType,
    pub schedule_type: ScheduleType,
    pub schedule_expression: Option<String>,
    pub interval_seconds: Option<u32>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub run_at: Option<Timestamp>,
    /// Made by [`crate::configuration::present`]: every key, secrets masked.
    #[schemars(with = "JobConfiguration")]
    pub job_configuration: Json,
    pub retry_policy: RetryPolicyDto,
    /// Limit of one attempt.
    pub timeout_seconds: u32,
    pub timezone: String,
    pub is_enabled: bool,
    pub is_paused: bool,
    pub is_deleted: bool,
    pub status: JobStatus,
    pub current_status: CurrentStatus,
    /// The next instant that will really fire; null when paused, disabled or done.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub next_run_at: Option<Timestamp>,
    pub created_by: String,
    pub last_modified_by: String,
    pub tags: Vec<String>,
    /// `scheduler-job:{id}`
    pub scheduler_job_id: String,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "crate::time::instant")]
    pub updated_at: Timestamp,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub last_executed_at: Option<Timestamp>,
    pub last_execution_status: Option<ExecutionStatus>,
    pub consecutive_failures: u32,
    pub cron_dialect: CronDialect,
    pub misfire_policy: MisfirePolicy,
    pub max_lateness_seconds: Option<u32>,
    pub overlap_policy: OverlapPolicy,
    pub lost_attempt_policy: LostAttemptPolicy,
    pub max_concurrency: Option<u32>,
    pub jitter_seconds: u32,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub start_at: Option<Timestamp>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub end_at: Option<Timestamp>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub effective_from: Option<Timestamp>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub paused_until: Option<Timestamp>,
    pub pause_reason: Option<String>,
    pub exclusions: Option<ExclusionsDto>,
    pub dependencies: Option<Dependencies>,
}

/// The name under which the original registered a job.
pub fn scheduler_job_id(id: Uuid) -> String {
    format!("scheduler-job:{id}")
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::configuration::present;
    use crate::enums::{DayOfWeek, DependencyCondition, RetryBackoffType};
    use crate::jobs::{JobRequest, TimeRange};

    /// A job with a value in every field.
    pub(crate) fn sample() -> JobDto {
        let id = Uuid::from_u128(0x0198_c0de_7a3b_7c4d_8e5f_0011_2233_4455);
        let at = Some(Timestamp::from_microsecond(1_767_225_600_000_001).unwrap());
        JobDto {
            id,
            name: "Sync inventory feed".into(),
            description: Some("Calls the upstream inventory API.".into()),
            job_type: JobType::HttpCall,
            schedule_type: ScheduleType::Cron,
            schedule_expression: Some("0 7 * * 1-5".into()),
            interval_seconds: Some(60),
            run_at: at,
            job_configuration: present(&json!({
                "url": "https://example.com", "headers": {"X-Api-Key": "secret://inventory"}
            })),
            retry_policy: RetryPolicyDto::new(3, 30, RetryBackoffType::Exponential),
            timeout_seconds: 300,
            timezone: "America/New_York".into(),
            is_enabled: true,
            is_paused: false,
            is_deleted: false,
            status: JobStatus::Enabled,
            current_status: CurrentStatus::Active,
            next_run_at: at,
            created_by: "ops-team".into(),
            last_modified_by: "ops-team".into(),
            tags: vec!["inventory".into()],
            scheduler_job_id: scheduler_job_id(id),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            last_executed_at: at,
            last_execution_status: Some(ExecutionStatus::Succeeded),
            consecutive_failures: 0,
            cron_dialect: CronDialect::Vixie,
            misfire_policy: MisfirePolicy::Latest,
            max_lateness_seconds: Some(3600),
            overlap_policy: OverlapPolicy::Allow,
            lost_attempt_policy: LostAttemptPolicy::Retry,
            max_concurrency: Some(1),
            jitter_seconds: 0,
            start_at: at,
            end_at: at,
            effective_from: at,
            paused_until: at,
            pause_reason: Some("maintenance".into()),
            exclusions: Some(ExclusionsDto {
                excluded_dates: vec![jiff::civil::date(2026, 12, 25)],
                excluded_days_of_week: vec![DayOfWeek::Sunday],
                time_range: Some(TimeRange {
                    start: jiff::civil::time(22, 0, 0, 0),
                    end: jiff::civil::time(6, 0, 0, 0),
                }),
            }),
            dependencies: Some(Dependencies {
                depends_on_job_ids: vec![id],
                condition: DependencyCondition::AllSucceeded,
            }),
        }
    }

    #[test]
    fn what_get_gave_can_be_put_back() {
        let answer = serde_json::to_value(sample()).unwrap();
        let request = JobRequest::read_update(&answer).unwrap();
        assert_eq!(request.name.as_deref(), Some("Sync inventory feed"));
        assert_eq!(request.run_at, sample().run_at);
        assert_eq!(request.end_at, crate::fields::Change::Set(sample().end_at.unwrap()));
        let configuration = request.job_configuration.unwrap().to_json();
        assert_eq!(present(&configuration), sample().job_configuration);
        assert_eq!(request.exclusions.unwrap().time_range, sample().exclusions.unwrap().time_range);
        assert_eq!(request.dependencies, sample().dependencies);
    }

    #[test]
    fn nulls_are_written_and_times_end_in_z() {
        let bare = JobDto { description: None, next_run_at: None, exclusions: None, ..sample() };
        let json = serde_json::to_value(bare).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 41);
        assert_eq!(json["description"], Json::Null);
        assert_eq!(json["nextRunAt"], Json::Null);
        assert_eq!(json["exclusions"], Json::Null);
        assert_eq!(json["runAt"], "2026-01-01T00:00:00.000001Z");
        assert_eq!(json["schedulerJobId"], "scheduler-job:0198c0de-7a3b-7c4d-8e5f-001122334455");
    }
}
