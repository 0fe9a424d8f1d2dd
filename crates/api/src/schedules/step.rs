//! A schedule's steps on the wire.

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::fields::{Fields, value};
use crate::json::Json;
use crate::schedules::{ExecutionMode, StepType};

/// Most steps of a schedule.
pub const SCHEDULE_STEPS_MAX: usize = 1_000;
const STEP_INDEX_MAX: u32 = 1_000;
const TIMEOUT_SECONDS_MAX: u32 = 86_400;
const NAME_CHARS_MAX: usize = 200;
const PATH_CHARS_MAX: usize = 500;
const ARGUMENTS_CHARS_MAX: usize = 2_000;

/// A step in a request. One with the id of a step that there is changes that step and keeps what is
/// left out; any other is new.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct ScheduleStepRequest {
    pub id: Option<Uuid>,
    /// Steps with one index run side by side; gaps mean nothing.
    #[schemars(range(max = STEP_INDEX_MAX))]
    pub step_index: Option<u32>,
    #[schemars(length(max = NAME_CHARS_MAX))]
    pub name: Option<String>,
    /// Read and not kept: `stepIndex` says it.
    pub execution_mode: Option<ExecutionMode>,
    /// `RunProfile` when left out.
    pub step_type: Option<StepType>,
    pub continue_on_failure: Option<bool>,
    #[schemars(range(min = 1, max = TIMEOUT_SECONDS_MAX))]
    pub timeout_seconds: Option<u32>,
    pub connected_system_id: Option<i32>,
    pub run_profile_id: Option<i32>,
    #[schemars(length(max = PATH_CHARS_MAX))]
    pub script_path: Option<String>,
    #[schemars(length(max = PATH_CHARS_MAX))]
    pub executable_path: Option<String>,
    #[schemars(length(max = PATH_CHARS_MAX))]
    pub working_directory: Option<String>,
    #[schemars(length(max = ARGUMENTS_CHARS_MAX))]
    pub arguments: Option<String>,
    /// Answers show `***` for the password in it; sent back so, the stored one is kept.
    #[schemars(length(max = PATH_CHARS_MAX))]
    pub sql_connection_string: Option<String>,
    #[schemars(length(max = PATH_CHARS_MAX))]
    pub sql_script_path: Option<String>,
    /// The job that a step of type `Job` runs.
    pub job_id: Option<Uuid>,
}

impl ScheduleStepRequest {
    pub(crate) fn read_fields(fields: &mut Fields<'_>) -> ScheduleStepRequest {
        ScheduleStepRequest {
            id: fields.value("id", value::id),
            step_index: fields.number("stepIndex", 0..=STEP_INDEX_MAX),
            name: fields.text("name", NAME_CHARS_MAX),
            execution_mode: fields.word("executionMode"),
            step_type: fields.value("stepType", step_type),
            continue_on_failure: fields.flag("continueOnFailure"),
            timeout_seconds: fields.number("timeoutSeconds", 1..=TIMEOUT_SECONDS_MAX),
            connected_system_id: fields.number("connectedSystemId", 0..=i32::MAX),
            run_profile_id: fields.number("runProfileId", 0..=i32::MAX),
            script_path: fields.text("scriptPath", PATH_CHARS_MAX),
            executable_path: fields.text("executablePath", PATH_CHARS_MAX),
            working_directory: fields.text("workingDirectory", PATH_CHARS_MAX),
            arguments: fields.text("arguments", ARGUMENTS_CHARS_MAX),
            sql_connection_string: fields.text("sqlConnectionString", PATH_CHARS_MAX),
            sql_script_path: fields.text("sqlScriptPath", PATH_CHARS_MAX),
            job_id: fields.value("jobId", value::id),
        }
    }
}

/// JIM's text for a type that it does not know.
fn step_type(json: &Json) -> Result<StepType, String> {
    value::word(json).map_err(|_| {
        let word = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
        let word: String = word.chars().take(NAME_CHARS_MAX).collect();
        format!("Unknown step type: {word}")
    })
}

/// A step of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleStepDto {
    pub id: Uuid,
    /// From 0, without gaps.
    pub step_index: u32,
    pub name: Option<String>,
    pub execution_mode: ExecutionMode,
    pub step_type: StepType,
    pub continue_on_failure: bool,
    pub timeout_seconds: Option<u32>,
    pub connected_system_id: Option<i64>,
    pub run_profile_id: Option<i64>,
    pub script_path: Option<String>,
    pub executable_path: Option<String>,
    pub working_directory: Option<String>,
    pub arguments: Option<String>,
    /// Without its password.
    pub sql_connection_string: Option<String>,
    pub sql_script_path: Option<String>,
    pub job_id: Option<Uuid>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fields::read_object;

    fn read(body: &Json) -> Result<ScheduleStepRequest, crate::FieldErrors> {
        read_object(body, ScheduleStepRequest::read_fields)
    }

    #[test]
    fn keys_come_in_any_case_and_null_is_nothing() {
        let step = read(&json!({
            "StepIndex": 2, "StepType": "executable", "ExecutionMode": "ParallelWithPrevious",
            "ExecutablePath": "/bin/true", "TimeoutSeconds": null, "ContinueOnFailure": true,
            "Id": "0198c0de-7a3b-7c4d-8e5f-001122334455"
        }));
        let step = step.unwrap();
        assert_eq!((step.step_index, step.step_type), (Some(2), Some(StepType::Executable)));
        assert_eq!((step.timeout_seconds, step.continue_on_failure), (None, Some(true)));
        assert_eq!(step.execution_mode, Some(ExecutionMode::ParallelWithPrevious));
        assert!(step.id.is_some());
    }

    #[test]
    fn an_unknown_type_is_refused_in_jims_words() {
        let check = |step_type: Json, expect: &str| {
            let errors = read(&json!({"stepType": step_type})).unwrap_err();
            assert_eq!(errors.messages("stepType"), [expect]);
        };
        let built_in = "TemporalScopeReconciliation";
        check(json!(built_in), "Unknown step type: TemporalScopeReconciliation");
        check(json!(4), "Unknown step type: 4");
        assert_eq!(read(&json!({"stepType": 3})).unwrap().step_type, Some(StepType::SqlScript));
    }

    #[test]
    fn numbers_and_texts_end_at_their_bounds() {
        let check = |field: &str, most: Json, too_much: Json| {
            assert!(read(&json!({ field: most })).is_ok(), "{field}");
            assert!(read(&json!({ field: too_much })).is_err(), "{field}");
        };
        check("stepIndex", json!(STEP_INDEX_MAX), json!(STEP_INDEX_MAX + 1));
        check("timeoutSeconds", json!(TIMEOUT_SECONDS_MAX), json!(TIMEOUT_SECONDS_MAX + 1));
        check("timeoutSeconds", json!(1), json!(0));
        let text = |n: usize| json!("x".repeat(n));
        check("name", text(NAME_CHARS_MAX), text(NAME_CHARS_MAX + 1));
        check("scriptPath", text(PATH_CHARS_MAX), text(PATH_CHARS_MAX + 1));
        check("arguments", text(ARGUMENTS_CHARS_MAX), text(ARGUMENTS_CHARS_MAX + 1));
    }
}
