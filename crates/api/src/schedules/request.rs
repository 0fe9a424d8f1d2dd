//! What makes and changes a schedule.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::field_errors::FieldErrors;
use crate::fields::{Fields, read_object};
use crate::jobs::TIMEZONE_CHARS_MAX;
use crate::json::Json;
use crate::schedules::{
    CHANGE_REASON_CHARS_MAX, CRON_EXPRESSION_CHARS_MAX, DAYS_OF_WEEK_CHARS_MAX, INTERVAL_VALUE_MAX,
    IntervalUnit, PatternType, RUN_TIMES_CHARS_MAX, SCHEDULE_DESCRIPTION_CHARS_MAX,
    SCHEDULE_NAME_CHARS_MAX, SCHEDULE_STEPS_MAX, ScheduleStepRequest, TriggerType,
    WINDOW_EDGE_CHARS_MAX,
};

/// What answers have and requests need not.
const ANSWERED: [&str; 12] = [
    "id",
    "lastRunTime",
    "nextRunTime",
    "stepCount",
    "created",
    "lastUpdated",
    "lastExecutionId",
    "lastExecutionStatus",
    "lastExecutionCurrentStepIndex",
    "lastExecutionTotalSteps",
    "lastExecutionCompletedAt",
    "lastExecutionErrorMessage",
];

/// A change of a schedule: what is left out, or null, stays as it is; empty text takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct ScheduleRequest {
    #[schemars(length(min = 1, max = SCHEDULE_NAME_CHARS_MAX))]
    pub name: Option<String>,
    #[schemars(length(max = SCHEDULE_DESCRIPTION_CHARS_MAX))]
    pub description: Option<String>,
    pub trigger_type: Option<TriggerType>,
    /// Five fields, day-of-month AND day-of-week; several texts are joined by ` | `. Follows from the
    /// pattern, where there is one.
    #[schemars(length(max = CRON_EXPRESSION_CHARS_MAX))]
    pub cron_expression: Option<String>,
    pub pattern_type: Option<PatternType>,
    /// `1,2,3,4,5`; 0 is Sunday.
    #[schemars(length(max = DAYS_OF_WEEK_CHARS_MAX))]
    pub days_of_week: Option<String>,
    /// `06:00,12:00`
    #[schemars(length(max = RUN_TIMES_CHARS_MAX))]
    pub run_times: Option<String>,
    #[schemars(range(min = 1, max = INTERVAL_VALUE_MAX))]
    pub interval_value: Option<u32>,
    pub interval_unit: Option<IntervalUnit>,
    /// `HH:MM`
    #[schemars(length(max = WINDOW_EDGE_CHARS_MAX))]
    pub interval_window_start: Option<String>,
    /// `HH:MM`
    #[schemars(length(max = WINDOW_EDGE_CHARS_MAX))]
    pub interval_window_end: Option<String>,
    pub is_enabled: Option<bool>,
    /// An IANA name; `UTC` when left out.
    #[schemars(length(max = TIMEZONE_CHARS_MAX))]
    pub timezone: Option<String>,
    /// All steps that there are to be.
    #[schemars(length(max = SCHEDULE_STEPS_MAX))]
    pub steps: Option<Vec<ScheduleStepRequest>>,
    /// Read and not kept.
    #[schemars(length(max = CHANGE_REASON_CHARS_MAX))]
    pub change_reason: Option<String>,
}

/// A new schedule. Only its name is needed.
pub struct CreateScheduleRequest;

impl JsonSchema for CreateScheduleRequest {
    fn schema_name() -> Cow<'static, str> {
        "CreateScheduleRequest".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = ScheduleRequest::json_schema(generator);
        schema.insert("description".into(), "A schedule to be made.".into());
        schema.insert("required".into(), serde_json::json!(["name"]));
        schema
    }
}

impl ScheduleRequest {
    /// The body of `POST /schedules`.
    pub fn read_create(body: &Json) -> Result<ScheduleRequest, FieldErrors> {
        read_object(body, |fields| {
            fields.require("name");
            ScheduleRequest::read_fields(fields)
        })
    }

    /// The body of `PUT /schedules/{id}`.
    pub fn read_update(body: &Json) -> Result<ScheduleRequest, FieldErrors> {
        read_object(body, ScheduleRequest::read_fields)
    }

    fn read_fields(fields: &mut Fields<'_>) -> ScheduleRequest {
        fields.ignore(&ANSWERED);
        let steps = fields.objects("steps", SCHEDULE_STEPS_MAX, ScheduleStepRequest::read_fields);
        ScheduleRequest {
            name: fields.text("name", SCHEDULE_NAME_CHARS_MAX),
            description: fields.text("description", SCHEDULE_DESCRIPTION_CHARS_MAX),
            trigger_type: fields.word("triggerType"),
            cron_expression: fields.text("cronExpression", CRON_EXPRESSION_CHARS_MAX),
            pattern_type: fields.word("patternType"),
            days_of_week: fields.text("daysOfWeek", DAYS_OF_WEEK_CHARS_MAX),
            run_times: fields.text("runTimes", RUN_TIMES_CHARS_MAX),
            interval_value: fields.number("intervalValue", 1..=INTERVAL_VALUE_MAX),
            interval_unit: fields.word("intervalUnit"),
            interval_window_start: fields.text("intervalWindowStart", WINDOW_EDGE_CHARS_MAX),
            interval_window_end: fields.text("intervalWindowEnd", WINDOW_EDGE_CHARS_MAX),
            is_enabled: fields.flag("isEnabled"),
            timezone: fields.text("timezone", TIMEZONE_CHARS_MAX),
            steps,
            change_reason: fields.text("changeReason", CHANGE_REASON_CHARS_MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_makes_a_schedule_and_nothing_makes_a_change() {
        assert!(ScheduleRequest::read_create(&json!({"name": "Nightly"})).is_ok());
        let errors = ScheduleRequest::read_create(&json!({})).unwrap_err();
        assert_eq!(errors.messages("name"), ["required"]);
        let nothing = ScheduleRequest::read_update(&json!({})).unwrap();
        assert_eq!(nothing, ScheduleRequest::default());
    }

    #[test]
    fn words_come_as_names_or_jims_numbers() {
        let request = ScheduleRequest::read_create(&json!({
            "Name": "x", "TriggerType": 0, "patternType": "interval", "intervalUnit": "1",
            "intervalValue": 2, "changeReason": "because"
        }));
        let request = request.unwrap();
        assert_eq!(request.trigger_type, Some(TriggerType::Cron));
        assert_eq!(request.pattern_type, Some(PatternType::Interval));
        assert_eq!(request.interval_unit, Some(IntervalUnit::Hours));
    }

    #[test]
    fn what_an_answer_had_may_be_sent_back_and_nothing_else() {
        let mut body = json!({"name": "x"});
        for field in ANSWERED {
            body[field] = json!(null);
        }
        assert!(ScheduleRequest::read_update(&body).is_ok());
        body["steps"] = json!([{"colour": 1}]);
        let errors = ScheduleRequest::read_update(&body).unwrap_err();
        assert_eq!(errors.messages("steps[0].colour"), ["unknown field"]);
    }

    #[test]
    fn texts_numbers_and_lists_end_at_their_bounds() {
        let check = |field: &str, most: Json, too_much: Json| {
            assert!(ScheduleRequest::read_update(&json!({ field: most })).is_ok(), "{field}");
            assert!(ScheduleRequest::read_update(&json!({ field: too_much })).is_err(), "{field}");
        };
        for (field, most) in [
            ("name", SCHEDULE_NAME_CHARS_MAX),
            ("description", SCHEDULE_DESCRIPTION_CHARS_MAX),
            ("cronExpression", CRON_EXPRESSION_CHARS_MAX),
            ("daysOfWeek", DAYS_OF_WEEK_CHARS_MAX),
            ("runTimes", RUN_TIMES_CHARS_MAX),
            ("intervalWindowStart", WINDOW_EDGE_CHARS_MAX),
            ("intervalWindowEnd", WINDOW_EDGE_CHARS_MAX),
            ("changeReason", CHANGE_REASON_CHARS_MAX),
        ] {
            check(field, json!("x".repeat(most)), json!("x".repeat(most + 1)));
        }
        check("intervalValue", json!(INTERVAL_VALUE_MAX), json!(INTERVAL_VALUE_MAX + 1));
        let steps = |n: usize| json!(vec![json!({}); n]);
        check("steps", steps(SCHEDULE_STEPS_MAX), steps(SCHEDULE_STEPS_MAX + 1));
    }
}
