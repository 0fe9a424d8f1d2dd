//! A schedule's step as its author wrote it, and the rules it must keep.
//!
//! Fields, bounds and messages are JIM's (`reference/jim.md` §1.6); the type `Job` and its field
//! are ours. A step carries the fields of every type, because clients send back all they read.

mod work;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::work::StepWork;
use crate::{
    arguments::split_arguments,
    graph::{NODES_MAX, OnFailure, StepSpec},
    id::JobId,
    violations::Violations,
};

/// Largest `stepIndex`.
pub const STEP_INDEX_MAX: u32 = 1_000;
/// Longest `timeoutSeconds`: a day.
pub const STEP_TIMEOUT_SECONDS_MAX: u32 = 86_400;
/// Longest step name, in characters.
pub const STEP_NAME_CHARS_MAX: usize = 200;
/// Longest path and connection string, in characters.
pub const STEP_PATH_CHARS_MAX: usize = 500;
/// Longest `arguments`, in characters.
pub const STEP_ARGUMENTS_CHARS_MAX: usize = 2_000;

/// What a step does: the plug-in that runs it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StepType {
    /// An operation of a connected system.
    #[default]
    RunProfile,
    PowerShell,
    Executable,
    SqlScript,
    /// A job of the scheduler.
    Job,
}

impl StepType {
    /// In the order of JIM's numbers, from 0; JIM's 4 is a type that nobody can create.
    pub const ALL: [Self; 5] =
        [Self::RunProfile, Self::PowerShell, Self::Executable, Self::SqlScript, Self::Job];

    pub fn name(self) -> &'static str {
        match self {
            Self::RunProfile => "RunProfile",
            Self::PowerShell => "PowerShell",
            Self::Executable => "Executable",
            Self::SqlScript => "SqlScript",
            Self::Job => "Job",
        }
    }
}

/// The fields of a step in a request and in a stored schedule; what is omitted is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StepFields {
    pub step_index: Option<u32>,
    pub name: Option<String>,
    /// `None` is `RunProfile`.
    pub step_type: Option<StepType>,
    pub on_failure: Option<OnFailure>,
    pub timeout_seconds: Option<u32>,
    pub connected_system_id: Option<i64>,
    pub run_profile_id: Option<i64>,
    pub script_path: Option<String>,
    pub executable_path: Option<String>,
    pub working_directory: Option<String>,
    pub arguments: Option<String>,
    pub sql_connection_string: Option<String>,
    pub sql_script_path: Option<String>,
    pub job_id: Option<JobId>,
}

impl StepFields {
    /// The step after a request that names it by its id: what the request omits keeps its value.
    ///
    /// `Add-JIMScheduleStep` sends existing steps back without `timeoutSeconds` and the SQL fields.
    #[must_use]
    pub fn amend(self, request: Self) -> Self {
        Self {
            step_index: request.step_index.or(self.step_index),
            name: request.name.or(self.name),
            step_type: request.step_type.or(self.step_type),
            on_failure: request.on_failure.or(self.on_failure),
            timeout_seconds: request.timeout_seconds.or(self.timeout_seconds),
            connected_system_id: request.connected_system_id.or(self.connected_system_id),
            run_profile_id: request.run_profile_id.or(self.run_profile_id),
            script_path: request.script_path.or(self.script_path),
            executable_path: request.executable_path.or(self.executable_path),
            working_directory: request.working_directory.or(self.working_directory),
            arguments: request.arguments.or(self.arguments),
            sql_connection_string: request.sql_connection_string.or(self.sql_connection_string),
            sql_script_path: request.sql_script_path.or(self.sql_script_path),
            job_id: request.job_id.or(self.job_id),
        }
    }

    /// What the graph has to know of the step.
    pub fn spec(&self, id: Uuid) -> StepSpec {
        StepSpec {
            id,
            step_index: self.step_index.unwrap_or(0),
            on_failure: self.on_failure.unwrap_or_default(),
        }
    }

    /// Adds the rules that the step breaks; fields are called `steps[2].scriptPath`.
    fn check(&self, place: usize, violations: &mut Violations) {
        for (field, message) in self.missing() {
            violations.add(format!("steps[{place}].{field}"), message);
        }
        let mut within = |field: &str, value: Option<u32>, least: u32, most: u32| {
            if value.is_some_and(|value| !(least..=most).contains(&value)) {
                let message = format!("must be between {least} and {most}");
                violations.add(format!("steps[{place}].{field}"), message);
            }
        };
        within("stepIndex", self.step_index, 0, STEP_INDEX_MAX);
        within("timeoutSeconds", self.timeout_seconds, 1, STEP_TIMEOUT_SECONDS_MAX);
        for (field, text, most) in self.texts() {
            let text = text.as_deref().unwrap_or_default();
            let field = format!("steps[{place}].{field}");
            if text.chars().count() > most {
                violations.add(field, format!("must have at most {most} characters"));
            } else if text.contains('\0') {
                violations.add(field, "must not contain the character U+0000");
            }
        }
        if let Err(error) = split_arguments(self.arguments.as_deref().unwrap_or_default()) {
            violations.add(format!("steps[{place}].arguments"), error.to_string());
        }
    }

    /// What the step's type needs and the step does not have, in JIM's words.
    fn missing(&self) -> Vec<(&'static str, &'static str)> {
        let no_id = |id: Option<i64>| id.is_none_or(|id| id == 0);
        let no_text = |text: &Option<String>| text.as_ref().is_none_or(|t| t.trim().is_empty());
        let needs = match self.step_type.unwrap_or_default() {
            StepType::RunProfile => vec![
                (no_id(self.connected_system_id), "connectedSystemId", CONNECTED_SYSTEM),
                (no_id(self.run_profile_id), "runProfileId", RUN_PROFILE),
            ],
            StepType::PowerShell => vec![(no_text(&self.script_path), "scriptPath", SCRIPT)],
            StepType::Executable => {
                vec![(no_text(&self.executable_path), "executablePath", EXECUTABLE)]
            }
            StepType::SqlScript => vec![
                (no_text(&self.sql_connection_string), "sqlConnectionString", CONNECTION),
                (no_text(&self.sql_script_path), "sqlScriptPath", SQL_SCRIPT),
            ],
            StepType::Job => vec![(self.job_id.is_none(), "jobId", JOB)],
        };
        let missing = needs.into_iter().filter(|(is_missing, ..)| *is_missing);
        missing.map(|(_, field, message)| (field, message)).collect()
    }

    fn texts(&self) -> [(&'static str, &Option<String>, usize); 7] {
        [
            ("name", &self.name, STEP_NAME_CHARS_MAX),
            ("scriptPath", &self.script_path, STEP_PATH_CHARS_MAX),
            ("executablePath", &self.executable_path, STEP_PATH_CHARS_MAX),
            ("workingDirectory", &self.working_directory, STEP_PATH_CHARS_MAX),
            ("arguments", &self.arguments, STEP_ARGUMENTS_CHARS_MAX),
            ("sqlConnectionString", &self.sql_connection_string, STEP_PATH_CHARS_MAX),
            ("sqlScriptPath", &self.sql_script_path, STEP_PATH_CHARS_MAX),
        ]
    }
}

const CONNECTED_SYSTEM: &str = "Connected System ID is required for RunProfile steps";
const RUN_PROFILE: &str = "Run Profile ID is required for RunProfile steps";
const SCRIPT: &str = "Script path is required for PowerShell steps";
const EXECUTABLE: &str = "Executable path is required for Executable steps";
const CONNECTION: &str = "Connection string is required for SqlScript steps";
const SQL_SCRIPT: &str = "SQL script path is required for SqlScript steps";
const JOB: &str = "Job ID is required for Job steps";

/// Every rule that a schedule's steps break, in their order. A schedule may have none; running one
/// without steps is refused then.
pub fn check_steps(steps: &[StepFields]) -> Result<(), Violations> {
    let mut violations = Violations::default();
    if steps.len() > NODES_MAX {
        violations
            .add("steps", format!("must be at most {NODES_MAX} steps, these are {}", steps.len()));
        return Err(violations);
    }
    for (place, step) in steps.iter().enumerate() {
        step.check(place, &mut violations);
    }
    violations.into_result(())
}
