//! Executions on the wire: one run of a job each.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::enums::{AttemptOutcome, ExecutionOrigin, ExecutionStatus};
use crate::field_errors::FieldErrors;
use crate::paging::PageQuery;
use crate::query::Query;
use crate::time::duration_text;

/// An execution. Every field is always there, null where it has no value.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionDto {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_name: Option<String>,
    pub status: ExecutionStatus,
    /// The start of the first attempt; the time of queueing while Pending.
    #[serde(serialize_with = "crate::time::instant")]
    pub started_at: Timestamp,
    /// Null while not finished.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub completed_at: Option<Timestamp>,
    /// The same as `completedAt`.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub ended_at: Option<Timestamp>,
    /// `[d.]hh:mm:ss.fffffff`; null while not finished.
    pub duration: Option<String>,
    /// Milliseconds; null while not finished.
    pub duration_ms: Option<i64>,
    /// Attempts after the first.
    pub retry_count: u32,
    pub output: Option<String>,
    pub output_truncated: bool,
    /// Bytes of the whole output, also of what was cut off.
    pub output_bytes: u64,
    pub error_message: Option<String>,
    /// The execution that this one tries again.
    pub retry_parent_id: Option<Uuid>,
    /// The user who triggered it.
    pub triggered_by: Option<Uuid>,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
    /// The instant at which the schedule had it due; null unless it comes from one.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub due_at: Option<Timestamp>,
    pub origin: ExecutionOrigin,
    /// The number of the present or last attempt, from 1; 0 before the first.
    pub attempt: u32,
    /// The node of the present or last attempt.
    pub node_id: Option<String>,
    /// Why it is Pending though due: `WaitingForDependencies` and the like.
    pub wait_reason: Option<String>,
    /// The jobs it waits for, while `waitReason` is `WaitingForDependencies`; null in lists.
    pub waiting_for_job_ids: Option<Vec<Uuid>>,
    /// Not before this instant will it start.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub eligible_at: Option<Timestamp>,
    /// Null in lists.
    pub attempts: Option<Vec<AttemptDto>>,
}

/// One try of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptDto {
    /// From 1.
    pub number: u32,
    #[serde(serialize_with = "crate::time::instant")]
    pub started_at: Timestamp,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub ended_at: Option<Timestamp>,
    /// Null while it runs.
    pub outcome: Option<AttemptOutcome>,
    pub error: Option<String>,
    pub node_id: Option<String>,
}

/// `duration` and `durationMs`, both null until there is an end. A clock set back yields 0.
pub fn duration_fields(
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
) -> (Option<String>, Option<i64>) {
    let Some(ended_at) = ended_at else { return (None, None) };
    let duration = ended_at.duration_since(started_at).max(SignedDuration::ZERO);
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    (Some(duration_text(duration)), Some(millis))
}

/// The parameters of `GET /jobs/{jobId}/executions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionQuery {
    pub page: PageQuery,
    pub status: Option<ExecutionStatus>,
    /// Started at or after.
    pub from_date: Option<Timestamp>,
    /// Started at or before.
    pub to_date: Option<Timestamp>,
}

impl ExecutionQuery {
    /// `raw` is what stands behind the `?`.
    pub fn read(raw: &str) -> Result<ExecutionQuery, FieldErrors> {
        let mut query = Query::decode(raw);
        let execution_query = ExecutionQuery {
            page: PageQuery::read(&mut query),
            status: query.word("status"),
            from_date: query.instant("fromDate"),
            to_date: query.instant("toDate"),
        };
        query.finish(execution_query)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An execution with a value in every field.
    pub(crate) fn sample() -> ExecutionDto {
        let id = Uuid::from_u128(0x0198_c0de_7a3b_7c4d_8e5f_0011_2233_4455);
        let ended_at = Some(Timestamp::from_microsecond(90_061_500_000).unwrap());
        let (duration, duration_ms) = duration_fields(Timestamp::UNIX_EPOCH, ended_at);
        ExecutionDto {
            id,
            job_id: id,
            job_name: Some("Sync inventory feed".into()),
            status: ExecutionStatus::Failed,
            started_at: Timestamp::UNIX_EPOCH,
            completed_at: ended_at,
            ended_at,
            duration,
            duration_ms,
            retry_count: 0,
            output: Some("{}".into()),
            output_truncated: false,
            output_bytes: 2,
            error_message: Some("503 Service Unavailable".into()),
            retry_parent_id: Some(id),
            triggered_by: Some(id),
            created_at: Timestamp::UNIX_EPOCH,
            due_at: Some(Timestamp::UNIX_EPOCH),
            origin: ExecutionOrigin::Schedule,
            attempt: 1,
            node_id: Some("node-1".into()),
            waiting_for_job_ids: Some(vec![Uuid::nil()]),
            wait_reason: Some("WaitingForDependencies".into()),
            eligible_at: Some(Timestamp::UNIX_EPOCH),
            attempts: Some(vec![AttemptDto {
                number: 1,
                started_at: Timestamp::UNIX_EPOCH,
                ended_at,
                outcome: Some(AttemptOutcome::Failed),
                error: Some("503 Service Unavailable".into()),
                node_id: Some("node-1".into()),
            }]),
        }
    }

    #[test]
    fn both_names_of_the_end_and_the_duration_are_written() {
        let json = serde_json::to_value(sample()).unwrap();
        assert_eq!(json["completedAt"], "1970-01-02T01:01:01.5Z");
        assert_eq!(json["endedAt"], json["completedAt"]);
        assert_eq!(json["duration"], "1.01:01:01.5000000");
        assert_eq!(json["durationMs"], 90_061_500);
    }

    #[test]
    fn without_an_end_there_is_no_duration_and_a_clock_set_back_gives_none() {
        let later = Timestamp::from_second(5).unwrap();
        assert_eq!(duration_fields(later, None), (None, None));
        let expect = (Some("00:00:00.0000000".to_owned()), Some(0));
        assert_eq!(duration_fields(later, Some(Timestamp::UNIX_EPOCH)), expect);
    }

    #[test]
    fn the_filter_takes_the_originals_words_too() {
        let check = |word: &str, expect: Option<ExecutionStatus>| {
            let query = ExecutionQuery::read(&format!("status={word}"));
            assert_eq!(query.ok().map(|query| query.status), expect.map(Some), "{word}");
        };
        check("Succeeded", Some(ExecutionStatus::Succeeded));
        check("Success", Some(ExecutionStatus::Succeeded));
        check("3", Some(ExecutionStatus::Succeeded));
        check("TimedOut", Some(ExecutionStatus::Failed));
        check("6", Some(ExecutionStatus::Failed));
        check("Done", None);
        check("7", None);
    }

    #[test]
    fn bad_dates_are_refused_by_name() {
        let errors = ExecutionQuery::read("fromDate=yesterday&toDate=2026-13-01T00:00:00Z");
        let errors = errors.unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["fromDate", "toDate"]);
        assert!(ExecutionQuery::read("fromDate=2026-01-01T00:00:00%2B02:00").is_ok());
    }
}
