//! Schedule executions as answered: JIM's documented fields, and those that newer servers add.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::schedules::{ExecutionMode, InitiatedByType, StepType};

/// One run of a schedule. Every field is always there, null where it has no value.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleExecutionDto {
    pub id: Uuid,
    pub schedule_id: Uuid,
    /// As the schedule was called when this began.
    pub schedule_name: String,
    /// `Queued`, `InProgress`, `Completed` (or `Complete`, as the server is set), `Failed`, `Cancelled`
    /// or `Paused`.
    pub status: &'static str,
    /// The group of steps reached, from 0; less than `totalSteps`.
    pub current_step_index: u32,
    /// Groups of steps.
    pub total_steps: u32,
    #[serde(serialize_with = "crate::time::instant")]
    pub queued_at: Timestamp,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub started_at: Option<Timestamp>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub completed_at: Option<Timestamp>,
    pub initiated_by_type: InitiatedByType,
    pub initiated_by_id: Option<Uuid>,
    pub initiated_by_name: Option<String>,
    pub error_message: Option<String>,
}

/// An execution with its steps.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleExecutionDetailDto {
    #[serde(flatten)]
    pub execution: ScheduleExecutionDto,
    /// By `stepIndex`, as they were when this began.
    pub steps: Vec<ScheduleExecutionStepDto>,
    /// Null for an execution without steps.
    pub progress: Option<ScheduleProgressDto>,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleExecutionStepDto {
    pub step_index: u32,
    pub name: String,
    pub step_type: StepType,
    pub execution_mode: ExecutionMode,
    pub connected_system_id: Option<i64>,
    /// `Pending`, `Waiting`, `Queued`, `Processing`, `Cancelling`, `Completed`,
    /// `Completed with Warning`, `Completed with Error`, `Failed` or `Cancelled`.
    pub status: &'static str,
    /// The step's execution, once there is one.
    pub task_id: Option<Uuid>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub started_at: Option<Timestamp>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub completed_at: Option<Timestamp>,
    /// Why it failed, or what it warned of.
    pub error_message: Option<String>,
    /// Of run profiles.
    pub activity_id: Option<Uuid>,
    /// `InProgress`, `Complete`, `CompleteWithWarning`, `CompleteWithError`, `FailedWithError` or
    /// `Cancelled`; of run profiles.
    pub activity_status: Option<&'static str>,
    pub connected_system_name: Option<String>,
    pub run_profile_id: Option<i64>,
    pub run_profile_name: Option<String>,
    pub continue_on_failure: bool,
    /// The job that a step of type `Job` runs.
    pub job_id: Option<Uuid>,
}

/// How far an execution has come, group by group.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleProgressDto {
    /// From 1.
    pub current_step_number: u32,
    pub total_steps: u32,
    pub steps: Vec<ScheduleProgressStepDto>,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleProgressStepDto {
    pub step_index: u32,
    /// The step's name, or `2 in parallel`.
    pub name: String,
    /// Without blanks: `CompletedWithWarning`.
    pub status: &'static str,
    /// One for each step of the group, the worst first.
    pub task_statuses: Vec<&'static str>,
    pub is_parallel: bool,
}

/// A schedule that was asked to run does.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunScheduleAnswer {
    pub execution_id: Uuid,
    pub message: String,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An execution with a value in every field.
    pub(crate) fn sample() -> ScheduleExecutionDetailDto {
        let (id, at) = (Uuid::from_u128(1), Some(Timestamp::UNIX_EPOCH));
        let text = |text: &str| Some(text.to_owned());
        let execution = ScheduleExecutionDto {
            id,
            schedule_id: id,
            schedule_name: "Nightly".into(),
            status: "Failed",
            current_step_index: 0,
            total_steps: 1,
            queued_at: Timestamp::UNIX_EPOCH,
            started_at: at,
            completed_at: at,
            initiated_by_type: InitiatedByType::ApiKey,
            initiated_by_id: Some(id),
            initiated_by_name: text("ci"),
            error_message: text("no"),
        };
        let step = ScheduleExecutionStepDto {
            step_index: 0,
            name: "HR - Import".into(),
            step_type: StepType::RunProfile,
            execution_mode: ExecutionMode::Sequential,
            connected_system_id: Some(1),
            status: "Failed",
            task_id: Some(id),
            started_at: at,
            completed_at: at,
            error_message: text("no"),
            activity_id: Some(id),
            activity_status: Some("FailedWithError"),
            connected_system_name: text("HR"),
            run_profile_id: Some(2),
            run_profile_name: text("Import"),
            continue_on_failure: false,
            job_id: Some(id),
        };
        let group = ScheduleProgressStepDto {
            step_index: 0,
            name: "HR - Import".into(),
            status: "Failed",
            task_statuses: vec!["Failed"],
            is_parallel: false,
        };
        let progress =
            ScheduleProgressDto { current_step_number: 1, total_steps: 1, steps: vec![group] };
        ScheduleExecutionDetailDto { execution, steps: vec![step], progress: Some(progress) }
    }

    #[test]
    fn every_documented_field_is_there() {
        let json = serde_json::to_value(sample()).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 15);
        assert_eq!(json["steps"][0].as_object().unwrap().len(), 17);
    }
}
