//! How the scheduler is doing: figures, health, nodes.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::enums::ExecutionStatus;
use crate::field_errors::FieldErrors;
use crate::query::Query;

/// The figures of the last 24 hours (contract C1, C6, C7).
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DashboardStatsDto {
    pub total_jobs: u64,
    pub enabled_jobs: u64,
    /// Succeeded of finished, in per cent with two decimals; 100 when nothing finished.
    pub success_rate: f64,
    /// Occurrences due in the next 24 hours. In number mode the array of the next ten, which is what
    /// the original's client reads under this name.
    pub upcoming_executions: u64,
    pub recent_failures: u64,
    /// The same as `recentFailures`.
    pub recent_failure_count: u64,
    pub active_jobs: u64,
    pub paused_jobs: u64,
    pub failed_jobs: u64,
    pub executions_today: u64,
    pub average_duration_seconds: f64,
    /// The next ten.
    pub upcoming_execution_details: Vec<UpcomingExecutionDto>,
}

/// The ceiling of `upcomingExecutions`.
pub const UPCOMING_EXECUTIONS_MAX: u64 = 100_000;
pub const UPCOMING_DETAILS_MAX: usize = 10;

/// Most failures in a row that can be asked for.
pub const FAILURE_THRESHOLD_MAX: u32 = 1_000_000;
const FAILURE_THRESHOLD_DEFAULT: u32 = 3;
/// A year of hours.
pub const TIMELINE_HOURS_MAX: u32 = 8_760;
const TIMELINE_HOURS_DEFAULT: u32 = 24;

/// The parameter of `GET /jobs/failed`.
pub fn read_threshold(raw: &str) -> Result<u32, FieldErrors> {
    let mut query = Query::decode(raw);
    let threshold = query.number("threshold", 1..=FAILURE_THRESHOLD_MAX);
    query.finish(threshold.unwrap_or(FAILURE_THRESHOLD_DEFAULT))
}

/// The parameter of `GET /executions/timeline`.
pub fn read_hours(raw: &str) -> Result<u32, FieldErrors> {
    let mut query = Query::decode(raw);
    let hours = query.number("hours", 1..=TIMELINE_HOURS_MAX);
    query.finish(hours.unwrap_or(TIMELINE_HOURS_DEFAULT))
}

/// Hours that can be looked ahead.
pub const FORECAST_HOURS_MAX: u32 = 48;
const FORECAST_HOURS_DEFAULT: u32 = 12;
/// Jobs whose outcomes one request asks for.
pub const OUTCOME_JOBS_MAX: usize = 100;
/// Outcomes of a job.
pub const OUTCOMES_MAX: usize = 20;

/// The parameter of `GET /forecast`.
pub fn read_forecast_hours(raw: &str) -> Result<u32, FieldErrors> {
    let mut query = Query::decode(raw);
    let hours = query.number("hours", 1..=FORECAST_HOURS_MAX);
    query.finish(hours.unwrap_or(FORECAST_HOURS_DEFAULT))
}

/// The parameter of `GET /jobs/outcomes`: ids with commas between them.
pub fn read_job_ids(raw: &str) -> Result<Vec<Uuid>, FieldErrors> {
    let mut query = Query::decode(raw);
    let ids = query.value("jobIds", |text| {
        let ids: Result<Vec<Uuid>, _> = text.split(',').map(Uuid::try_parse).collect();
        let ids = ids.map_err(|_| "must be UUIDs with commas between them".to_owned())?;
        if ids.len() > OUTCOME_JOBS_MAX {
            return Err(format!("must be at most {OUTCOME_JOBS_MAX} ids"));
        }
        Ok(ids)
    });
    query.finish(ids.unwrap_or_default())
}

/// What is due in an hour, as things stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForecastHourDto {
    /// The start of the hour, in UTC.
    #[serde(serialize_with = "crate::time::instant")]
    pub timestamp: Timestamp,
    /// Occurrences due in it; in the hour of now those that are still to come.
    pub due: u64,
}

/// How a job's last executions went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobOutcomesDto {
    pub job_id: Uuid,
    /// At most 20, oldest first.
    pub outcomes: Vec<OutcomeDto>,
    /// What the last one that ended took.
    pub last_duration_ms: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutcomeDto {
    pub execution_id: Uuid,
    pub status: ExecutionStatus,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpcomingExecutionDto {
    pub job_id: Uuid,
    pub job_name: String,
    #[serde(serialize_with = "crate::time::instant")]
    pub next_run: Timestamp,
}

/// One hour of the timeline under both sets of names (contract C8).
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelinePointDto {
    #[serde(serialize_with = "crate::time::instant")]
    pub timestamp: Timestamp,
    pub succeeded: u64,
    pub failed: u64,
    /// Still running at the hour's end.
    pub running: u64,
    #[serde(serialize_with = "crate::time::instant")]
    pub bucket: Timestamp,
    pub success_count: u64,
    pub failed_count: u64,
    pub running_count: u64,
}

impl TimelinePointDto {
    pub fn new(hour: Timestamp, succeeded: u64, failed: u64, running: u64) -> TimelinePointDto {
        TimelinePointDto {
            timestamp: hour,
            succeeded,
            failed,
            running,
            bucket: hour,
            success_count: succeeded,
            failed_count: failed,
            running_count: running,
        }
    }
}

/// Whether the server is there (contract J15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HealthDto {
    /// `healthy`, `ready`, `not_ready` or `alive`.
    pub status: String,
    /// Why it is not ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(serialize_with = "crate::time::instant")]
    pub timestamp: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VersionDto {
    pub product: String,
    pub version: String,
}

/// A server process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeDto {
    pub id: String,
    pub name: String,
    pub version: String,
    #[serde(serialize_with = "crate::time::instant")]
    pub started_at: Timestamp,
    #[serde(serialize_with = "crate::time::instant")]
    pub last_heartbeat_at: Timestamp,
    /// False once its heartbeats were missed.
    pub is_alive: bool,
    /// Attempts that it runs now, and at most.
    pub running: u32,
    pub capacity: u32,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample_stats() -> DashboardStatsDto {
        DashboardStatsDto {
            total_jobs: 3,
            enabled_jobs: 2,
            success_rate: 99.5,
            upcoming_executions: 41,
            recent_failures: 1,
            recent_failure_count: 1,
            active_jobs: 2,
            paused_jobs: 1,
            failed_jobs: 0,
            executions_today: 200,
            average_duration_seconds: 1.25,
            upcoming_execution_details: vec![UpcomingExecutionDto {
                job_id: Uuid::from_u128(1),
                job_name: "Sync inventory feed".into(),
                next_run: Timestamp::UNIX_EPOCH,
            }],
        }
    }

    #[test]
    fn parameters_end_at_their_bounds() {
        assert_eq!(read_forecast_hours(""), Ok(FORECAST_HOURS_DEFAULT));
        assert!(
            read_forecast_hours("hours=48").is_ok() && read_forecast_hours("hours=49").is_err()
        );
        let ids = |n: usize| vec![Uuid::nil().to_string(); n].join(",");
        let read = |n: usize| read_job_ids(&format!("jobIds={}", ids(n)));
        assert_eq!(read(OUTCOME_JOBS_MAX).map(|ids| ids.len()), Ok(OUTCOME_JOBS_MAX));
        assert!(read(OUTCOME_JOBS_MAX + 1).is_err() && read_job_ids("jobIds=7").is_err());
        assert_eq!(read_job_ids(""), Ok(Vec::new()));
    }

    #[test]
    fn a_point_carries_both_sets_of_names() {
        let point = TimelinePointDto::new(Timestamp::UNIX_EPOCH, 1, 2, 3);
        let expect = serde_json::json!({
            "timestamp": "1970-01-01T00:00:00Z", "succeeded": 1, "failed": 2, "running": 3,
            "bucket": "1970-01-01T00:00:00Z", "successCount": 1, "failedCount": 2, "runningCount": 3
        });
        assert_eq!(serde_json::to_value(point).unwrap(), expect);
    }
}
