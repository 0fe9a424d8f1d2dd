//! What a worker is asked to do for a step.

use serde_json::{Value, json};

use super::{StepFields, StepType};
use crate::{
    arguments::{ArgumentsError, split_arguments},
    job::JobType,
};

/// A step's work: the plug-in and its configuration, in the shape of `jobConfiguration`.
#[derive(Clone, Debug, PartialEq)]
pub struct StepWork {
    pub job_type: JobType,
    pub configuration: Value,
}

impl StepFields {
    /// The step as an execution of its own. `None` is a step that runs a job of the scheduler: the
    /// execution is that job's then.
    ///
    /// `arguments` are split here and not by the worker, so that a variable in one of them stays
    /// within it, whatever it is filled with.
    ///
    /// # Errors
    ///
    /// [`ArgumentsError`] for steps that [`check_steps`](super::check_steps) does not let pass.
    pub fn work(&self) -> Result<Option<StepWork>, ArgumentsError> {
        let (job_type, configuration) = match self.step_type.unwrap_or_default() {
            StepType::RunProfile => (JobType::RunProfile, self.run_profile()),
            StepType::PowerShell => {
                (JobType::PowerShell, self.process("scriptPath", self.script_path.as_deref())?)
            }
            StepType::Executable => {
                let path = self.executable_path.as_deref();
                (JobType::Executable, self.process("executablePath", path)?)
            }
            StepType::SqlScript => (JobType::SqlScript, self.sql_script()),
            StepType::Job => return Ok(None),
        };
        Ok(Some(StepWork { job_type, configuration }))
    }

    fn run_profile(&self) -> Value {
        json!({
            "connectedSystemId": self.connected_system_id,
            "runProfileId": self.run_profile_id,
        })
    }

    fn process(&self, key: &str, path: Option<&str>) -> Result<Value, ArgumentsError> {
        Ok(json!({
            key: trimmed(path),
            "arguments": split_arguments(self.arguments.as_deref().unwrap_or_default())?,
            "workingDirectory": self.working_directory,
        }))
    }

    fn sql_script(&self) -> Value {
        json!({
            "databaseConnectionStringName": trimmed(self.sql_connection_string.as_deref()),
            "scriptPath": trimmed(self.sql_script_path.as_deref()),
        })
    }
}

fn trimmed(text: Option<&str>) -> &str {
    text.unwrap_or_default().trim()
}
