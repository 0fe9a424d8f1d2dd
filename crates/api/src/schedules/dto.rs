//! Schedules as answered.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::schedules::{IntervalUnit, PatternType, ScheduleStepDto, TriggerType};

/// A schedule. Every field is always there, null where it has no value.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleDto {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    pub trigger_type: TriggerType,
    /// What makes it due, also where that follows from the pattern; null when only people do.
    pub cron_expression: Option<String>,
    pub pattern_type: PatternType,
    pub days_of_week: Option<String>,
    pub run_times: Option<String>,
    pub interval_value: Option<u32>,
    pub interval_unit: Option<IntervalUnit>,
    pub interval_window_start: Option<String>,
    pub interval_window_end: Option<String>,
    pub is_enabled: bool,
    /// The time zone of its times.
    pub timezone: String,
    /// When its last execution was queued.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub last_run_time: Option<Timestamp>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub next_run_time: Option<Timestamp>,
    pub step_count: u32,
    #[serde(serialize_with = "crate::time::instant")]
    pub created: Timestamp,
    /// The last change of its definition.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub last_updated: Option<Timestamp>,
    #[serde(flatten)]
    pub last_execution: LastExecution,
}

/// The execution of a schedule that was queued last; all null when there was none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastExecution {
    pub last_execution_id: Option<Uuid>,
    pub last_execution_status: Option<&'static str>,
    pub last_execution_current_step_index: Option<u32>,
    pub last_execution_total_steps: Option<u32>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub last_execution_completed_at: Option<Timestamp>,
    pub last_execution_error_message: Option<String>,
}

/// A schedule with its steps, by `stepIndex`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleDetailDto {
    #[serde(flatten)]
    pub schedule: ScheduleDto,
    pub steps: Vec<ScheduleStepDto>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::schedules::{ExecutionMode, StepType};

    /// A schedule with a value in every field.
    pub(crate) fn sample() -> ScheduleDetailDto {
        let (id, at) = (Uuid::from_u128(1), Some(Timestamp::UNIX_EPOCH));
        let text = |text: &str| Some(text.to_owned());
        let last_execution = LastExecution {
            last_execution_id: Some(id),
            last_execution_status: Some("Failed"),
            last_execution_current_step_index: Some(0),
            last_execution_total_steps: Some(1),
            last_execution_completed_at: at,
            last_execution_error_message: text("no"),
        };
        let schedule = ScheduleDto {
            id,
            name: "Nightly".into(),
            description: text("all of it"),
            trigger_type: TriggerType::Cron,
            cron_expression: text("0 2 * * *"),
            pattern_type: PatternType::Interval,
            days_of_week: text("1,2"),
            run_times: text("02:00"),
            interval_value: Some(2),
            interval_unit: Some(IntervalUnit::Hours),
            interval_window_start: text("08:00"),
            interval_window_end: text("18:00"),
            is_enabled: true,
            timezone: "UTC".into(),
            last_run_time: at,
            next_run_time: at,
            step_count: 1,
            created: Timestamp::UNIX_EPOCH,
            last_updated: at,
            last_execution,
        };
        let step = ScheduleStepDto {
            id,
            step_index: 0,
            name: text("Import"),
            execution_mode: ExecutionMode::Sequential,
            step_type: StepType::RunProfile,
            continue_on_failure: false,
            timeout_seconds: Some(60),
            connected_system_id: Some(1),
            run_profile_id: Some(2),
            script_path: text("/a.ps1"),
            executable_path: text("/a"),
            working_directory: text("/"),
            arguments: text("-v"),
            sql_connection_string: text("Server=db"),
            sql_script_path: text("/a.sql"),
            job_id: Some(id),
        };
        ScheduleDetailDto { schedule, steps: vec![step] }
    }

    #[test]
    fn every_documented_field_is_there_also_without_a_value() {
        let mut dto = sample();
        dto.schedule.last_execution = LastExecution::default();
        dto.schedule.last_run_time = None;
        let json = serde_json::to_value(dto).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 26);
        assert!(json["lastExecutionStatus"].is_null() && json["lastRunTime"].is_null());
        assert_eq!(json["steps"][0].as_object().unwrap().len(), 16);
    }
}
