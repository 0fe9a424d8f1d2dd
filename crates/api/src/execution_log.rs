//! The log of executions: those of every job, searched, newest first.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::enums::{ExecutionOrigin, ExecutionStatus, JobType};
use crate::executions::ExecutionDto;
use crate::field_errors::FieldErrors;
use crate::jobs::{SEARCH_CHARS_MAX, TAG_CHARS_MAX};
use crate::paging::PageQuery;
use crate::query::Query;

/// Executions that page numbers reach, and up to which they are counted; `after` goes on from there.
pub const LOG_COUNTED_MAX: u64 = 10_000;
/// Longest duration that can be asked for: a year.
pub const LOG_DURATION_MS_MAX: i64 = 365 * 24 * 3_600_000;

/// The parameters of `GET /executions`. All that are given must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionLogQuery {
    pub page: PageQuery,
    /// Words, each of which stands in the job's name or description or in the error.
    pub search: Option<String>,
    pub job_id: Option<Uuid>,
    pub job_type: Option<JobType>,
    pub status: Option<ExecutionStatus>,
    /// A tag of the job, whole.
    pub tag: Option<String>,
    pub origin: Option<ExecutionOrigin>,
    /// Queued at or after: `createdAt`.
    pub from_date: Option<Timestamp>,
    /// Queued at or before.
    pub to_date: Option<Timestamp>,
    /// Ended, and took at least so long.
    pub duration_ms_min: Option<i64>,
    pub duration_ms_max: Option<i64>,
    /// The `next` of the part before.
    pub after: Option<Uuid>,
}

impl ExecutionLogQuery {
    /// `raw` is what stands behind the `?`.
    pub fn read(raw: &str) -> Result<ExecutionLogQuery, FieldErrors> {
        let mut query = Query::decode(raw);
        let log_query = ExecutionLogQuery {
            page: PageQuery::read(&mut query),
            search: query.text("search", SEARCH_CHARS_MAX),
            job_id: query.value("jobId", uuid),
            job_type: query.word("jobType"),
            status: query.word("status"),
            tag: query.text("tag", TAG_CHARS_MAX),
            origin: query.word("origin"),
            from_date: query.instant("fromDate"),
            to_date: query.instant("toDate"),
            duration_ms_min: query.number("minDurationMs", 0..=LOG_DURATION_MS_MAX),
            duration_ms_max: query.number("maxDurationMs", 0..=LOG_DURATION_MS_MAX),
            after: query.value("after", cursor),
        };
        let log_query = query.finish(log_query)?;
        log_query.check()?;
        Ok(log_query)
    }

    fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        let PageQuery { page_number, page_size } = self.page;
        let reaches = u64::from(page_number) * u64::from(page_size);
        if self.after.is_none() && page_number > 1 && reaches > LOG_COUNTED_MAX {
            let message = format!("reaches the first {LOG_COUNTED_MAX} only; go on with `after`");
            errors.add("pageNumber", message);
        }
        if self.after.is_some() && page_number > 1 {
            errors.add("pageNumber", "does not go together with `after`");
        }
        let is_reversed = |min: Option<i64>, max| min.zip(max).is_some_and(|(min, max)| min > max);
        if is_reversed(self.duration_ms_min, self.duration_ms_max) {
            errors.add("maxDurationMs", "is less than minDurationMs");
        }
        if self.from_date.zip(self.to_date).is_some_and(|(from, to)| from > to) {
            errors.add("toDate", "is before fromDate");
        }
        errors.into_result(())
    }
}

fn uuid(text: &str) -> Result<Uuid, String> {
    Uuid::try_parse(text).map_err(|_| "must be a UUID".to_owned())
}

fn cursor(text: &str) -> Result<Uuid, String> {
    Uuid::try_parse(text).map_err(|_| "must be the `next` of an earlier answer".to_owned())
}

/// A part of the log. The search looks at a bounded number of executions per request: a part may be
/// short, or empty, though there is more behind `next`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionLogPage {
    /// Newest first.
    pub items: Vec<ExecutionDto>,
    /// Executions found so far; null with `after`.
    pub total_count: Option<u64>,
    /// False when the count stopped at its bound, or the search did.
    pub total_is_exact: bool,
    pub page_number: u32,
    pub page_size: u32,
    /// Pages of `totalCount`; null with `after`.
    pub total_pages: Option<u64>,
    /// The `after` of the following part; null when nothing older is left to look at.
    pub next: Option<Uuid>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_read() {
        let query = ExecutionLogQuery::read(
            "search=a+b&jobId=0198c0de7a3b7c4d8e5f001122334455&jobType=1&status=Success&tag=x&\
             origin=manual&fromDate=2026-01-01T00:00:00Z&toDate=2026-01-02T00:00:00Z&\
             minDurationMs=0&maxDurationMs=31536000000&after=0198c0de-7a3b-7c4d-8e5f-001122334455",
        )
        .unwrap();
        assert_eq!(query.search.as_deref(), Some("a b"));
        assert_eq!(query.job_id, query.after);
        assert_eq!(query.job_type, Some(JobType::HttpCall));
        assert_eq!(query.status, Some(ExecutionStatus::Succeeded));
        assert_eq!(query.origin, Some(ExecutionOrigin::Manual));
        assert_eq!(query.duration_ms_max, Some(LOG_DURATION_MS_MAX));
        assert!(query.from_date < query.to_date);
    }

    #[test]
    fn bad_parameters_are_refused_by_name() {
        let errors = ExecutionLogQuery::read(
            "pageNumber=0&pageSize=501&jobId=7&jobType=Shell&status=Done&origin=Mars&fromDate=now&\
             toDate=then&minDurationMs=-1&maxDurationMs=31536000001&after=last",
        )
        .unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        let expect = [
            "pageNumber",
            "pageSize",
            "jobId",
            "jobType",
            "status",
            "origin",
            "fromDate",
            "toDate",
            "minDurationMs",
            "maxDurationMs",
            "after",
        ];
        assert_eq!(paths, expect);
    }

    #[test]
    fn parameters_that_contradict_each_other_are_refused() {
        let check = |raw: &str, expect: &[&str]| {
            let errors = ExecutionLogQuery::read(raw).err().unwrap_or_default();
            assert_eq!(errors.iter().map(|(path, _)| path).collect::<Vec<_>>(), expect, "{raw}");
        };
        check("minDurationMs=2&maxDurationMs=1", &["maxDurationMs"]);
        check("minDurationMs=1&maxDurationMs=1", &[]);
        check("fromDate=2026-01-02T00:00:00Z&toDate=2026-01-01T00:00:00Z", &["toDate"]);
        check("pageNumber=500", &[]);
        check("pageNumber=501", &["pageNumber"]);
        check("pageNumber=20&pageSize=500", &[]);
        check("pageNumber=21&pageSize=500", &["pageNumber"]);
        check("pageNumber=2&after=0198c0de7a3b7c4d8e5f001122334455", &["pageNumber"]);
    }

    #[test]
    fn texts_end_at_their_bound() {
        for (name, chars_max) in [("search", SEARCH_CHARS_MAX), ("tag", TAG_CHARS_MAX)] {
            let raw = |chars: usize| format!("{name}={}", "x".repeat(chars));
            assert!(ExecutionLogQuery::read(&raw(chars_max)).is_ok(), "{name}");
            assert!(ExecutionLogQuery::read(&raw(chars_max + 1)).is_err(), "{name}");
        }
    }
}
