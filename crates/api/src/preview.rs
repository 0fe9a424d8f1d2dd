//! When a schedule would fire, before anybody stores it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::enums::{CronDialect, ScheduleType};
use crate::field_errors::FieldErrors;
use crate::fields::{read_complete, value};
use crate::jobs::{
    ExclusionsRequest, INTERVAL_SECONDS_MAX, SCHEDULE_EXPRESSION_CHARS_MAX, TIMEZONE_CHARS_MAX,
};
use crate::json::Json;

pub const PREVIEW_COUNT_MAX: u32 = 1_000;
pub const PREVIEW_COUNT_DEFAULT: u32 = 10;

/// A schedule to look at; the fields mean what they mean on a job.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct PreviewRequest {
    pub schedule_type: ScheduleType,
    #[schemars(length(max = SCHEDULE_EXPRESSION_CHARS_MAX))]
    pub schedule_expression: Option<String>,
    #[schemars(range(min = 1, max = INTERVAL_SECONDS_MAX))]
    pub interval_seconds: Option<u32>,
    pub run_at: Option<Timestamp>,
    /// IANA name; UTC by default.
    #[schemars(length(min = 1, max = TIMEZONE_CHARS_MAX))]
    pub timezone: Option<String>,
    pub cron_dialect: Option<CronDialect>,
    pub start_at: Option<Timestamp>,
    pub end_at: Option<Timestamp>,
    pub exclusions: Option<ExclusionsRequest>,
    /// Look from here; now by default.
    pub from: Option<Timestamp>,
    /// Occurrences wanted; 10 by default.
    #[schemars(with = "Option<u32>", range(min = 1, max = PREVIEW_COUNT_MAX))]
    pub count: u32,
}

impl PreviewRequest {
    pub fn read(body: &Json) -> Result<PreviewRequest, FieldErrors> {
        read_complete(body, |fields| {
            let schedule_type = fields.needed("scheduleType", value::word);
            let count = fields.number("count", 1..=PREVIEW_COUNT_MAX);
            Some(PreviewRequest {
                schedule_expression: crate::jobs::schedule_expression(fields),
                interval_seconds: crate::jobs::interval_seconds(fields),
                run_at: fields.instant("runAt"),
                timezone: crate::jobs::timezone(fields),
                cron_dialect: fields.word("cronDialect"),
                start_at: fields.instant("startAt"),
                end_at: fields.instant("endAt"),
                exclusions: fields.object("exclusions", ExclusionsRequest::read_fields),
                from: fields.instant("from"),
                count: count.unwrap_or(PREVIEW_COUNT_DEFAULT),
                schedule_type: schedule_type?,
            })
        })
    }
}

/// The next occurrences of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewDto {
    /// Due instants, those that the exclusions take away among them.
    pub occurrences: Vec<PreviewOccurrenceDto>,
    /// The first instant that would really fire.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub next_run_at: Option<Timestamp>,
    /// The schedule in words.
    pub description: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewOccurrenceDto {
    #[serde(serialize_with = "crate::time::instant")]
    pub due_at: Timestamp,
    /// On the clocks of the schedule's zone: `2026-03-29T03:00:00`.
    pub local_time: String,
    /// That clock's distance from UTC: `+02:00`.
    pub offset: String,
    /// What is odd about it, such as a time that the clocks jump over.
    pub note: Option<String>,
    /// The exclusion that keeps it from firing, such as `excluded weekday Sunday`.
    pub exclusion: Option<String>,
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn sample() -> PreviewDto {
        PreviewDto {
            occurrences: vec![PreviewOccurrenceDto {
                due_at: Timestamp::UNIX_EPOCH,
                local_time: "1970-01-01T01:00:00".into(),
                offset: "+01:00".into(),
                note: Some("moved out of the gap".into()),
                exclusion: Some("excluded weekday Thursday".into()),
            }],
            next_run_at: Some(Timestamp::UNIX_EPOCH),
            description: "every day at 01:00".into(),
        }
    }

    #[test]
    fn a_preview_needs_its_type_and_counts_to_its_bound() {
        let check = |body: Json, expect: Option<u32>| {
            let read = PreviewRequest::read(&body);
            assert_eq!(read.ok().map(|request| request.count), expect, "{body}");
        };
        check(json!({"scheduleType": "Cron"}), Some(PREVIEW_COUNT_DEFAULT));
        check(json!({"scheduleType": "Cron", "count": PREVIEW_COUNT_MAX}), Some(PREVIEW_COUNT_MAX));
        check(json!({"scheduleType": "Cron", "count": PREVIEW_COUNT_MAX + 1}), None);
        check(json!({"scheduleType": "Cron", "count": 0}), None);
        check(json!({"scheduleType": "Cron", "jobType": "HttpCall"}), None);
        check(json!({}), None);
    }
}
