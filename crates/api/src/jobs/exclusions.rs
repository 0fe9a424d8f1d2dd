//! When a job must not start: dates, weekdays, a daily window, in the job's time zone (contract C20).

use jiff::civil::{Date, Time};
use schemars::JsonSchema;
use serde::Serialize;

use crate::enums::DayOfWeek;
use crate::field_errors::FieldErrors;
use crate::fields::{Fields, read_object, value};
use crate::json::Json;

pub const EXCLUDED_DATES_MAX: usize = 1_000;
/// Each weekday once, with room for careless repetition.
pub const EXCLUDED_DAYS_MAX: usize = 14;

/// The set of rules that replaces the present one; `{}` clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct ExclusionsRequest {
    /// Whole days, `YYYY-MM-DD`.
    #[schemars(default, length(max = EXCLUDED_DATES_MAX))]
    pub excluded_dates: Vec<Date>,
    #[schemars(default, length(max = EXCLUDED_DAYS_MAX))]
    pub excluded_days_of_week: Vec<DayOfWeek>,
    pub time_range: Option<TimeRange>,
}

/// A daily window: start inclusive, end exclusive. It wraps midnight when the end is the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub struct TimeRange {
    /// `HH:mm`
    #[serde(serialize_with = "crate::time::clock")]
    #[schemars(with = "String", regex(pattern = "^\\d\\d:\\d\\d(:\\d\\d)?$"))]
    pub start: Time,
    /// `HH:mm`; `24:00` is midnight.
    #[serde(serialize_with = "crate::time::clock")]
    #[schemars(with = "String", regex(pattern = "^\\d\\d:\\d\\d(:\\d\\d)?$"))]
    pub end: Time,
}

impl ExclusionsRequest {
    pub fn read(body: &Json) -> Result<ExclusionsRequest, FieldErrors> {
        read_object(body, ExclusionsRequest::read_fields)
    }

    pub(crate) fn read_fields(fields: &mut Fields<'_>) -> ExclusionsRequest {
        let dates = fields.list("excludedDates", EXCLUDED_DATES_MAX, value::date);
        let days = fields.list("excludedDaysOfWeek", EXCLUDED_DAYS_MAX, value::word);
        ExclusionsRequest {
            excluded_dates: dates.unwrap_or_default(),
            excluded_days_of_week: days.unwrap_or_default(),
            time_range: fields.object("timeRange", TimeRange::read).flatten(),
        }
    }
}

impl TimeRange {
    fn read(fields: &mut Fields<'_>) -> Option<TimeRange> {
        let start = fields.needed("start", value::clock);
        let end = fields.needed("end", value::clock);
        let range = TimeRange { start: start?, end: end? };
        if range.start == range.end {
            fields.refuse("end", "must differ from start");
        }
        Some(range)
    }
}

/// A job's rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExclusionsDto {
    pub excluded_dates: Vec<Date>,
    pub excluded_days_of_week: Vec<DayOfWeek>,
    pub time_range: Option<TimeRange>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_documented_rules_are_read() {
        let exclusions = ExclusionsRequest::read(&json!({
            "excludedDates": ["2025-12-25", "2026-01-01"],
            "excludedDaysOfWeek": ["Saturday", 0, "1"],
            "timeRange": {"start": "22:00", "end": "06:00"}
        }))
        .unwrap();
        assert_eq!(exclusions.excluded_dates.len(), 2);
        let days = [DayOfWeek::Saturday, DayOfWeek::Sunday, DayOfWeek::Monday];
        assert_eq!(exclusions.excluded_days_of_week, days);
        let range = exclusions.time_range.unwrap();
        assert_eq!(serde_json::to_value(range).unwrap(), json!({"start": "22:00", "end": "06:00"}));
    }

    #[test]
    fn an_empty_object_is_an_empty_set() {
        assert_eq!(ExclusionsRequest::read(&json!({})), Ok(ExclusionsRequest::default()));
        let nulls = json!({"excludedDates": null, "excludedDaysOfWeek": null, "timeRange": null});
        assert_eq!(ExclusionsRequest::read(&nulls), Ok(ExclusionsRequest::default()));
    }

    #[test]
    fn faults_are_named_to_the_item() {
        let errors = ExclusionsRequest::read(&json!({
            "excludedDates": ["2025-12-25", "Christmas"], "excludedDaysOfWeek": ["Caturday", 7],
            "timeRange": {"start": "22:00", "finish": "06:00"}
        }))
        .unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(
            paths,
            [
                "excludedDates[1]",
                "excludedDaysOfWeek[0]",
                "excludedDaysOfWeek[1]",
                "timeRange.end",
                "timeRange.finish"
            ]
        );
    }

    #[test]
    fn a_bad_start_does_not_hide_the_end() {
        let body = json!({"timeRange": {"start": "late", "end": "25:00"}});
        let errors = ExclusionsRequest::read(&body).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["timeRange.start", "timeRange.end"]);
    }

    #[test]
    fn a_window_without_length_is_refused() {
        let body = json!({"timeRange": {"start": "00:00", "end": "24:00"}});
        let errors = ExclusionsRequest::read(&body).unwrap_err();
        assert_eq!(errors.messages("timeRange.end"), ["must differ from start"]);
    }

    #[test]
    fn the_lists_end_at_their_bounds() {
        let check = |n_dates: usize, n_days: usize, expect: bool| {
            let body = json!({
                "excludedDates": vec!["2026-01-01"; n_dates], "excludedDaysOfWeek": vec![1; n_days]
            });
            assert_eq!(ExclusionsRequest::read(&body).is_ok(), expect, "{n_dates} {n_days}");
        };
        check(EXCLUDED_DATES_MAX, EXCLUDED_DAYS_MAX, true);
        check(EXCLUDED_DATES_MAX + 1, 0, false);
        check(0, EXCLUDED_DAYS_MAX + 1, false);
    }
}
