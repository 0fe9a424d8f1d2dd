//! Job types. Adding one is a file in this folder and an arm in `Kinds::run`.

mod code_execution;
mod file_operation;
mod http_call;
mod program;
mod run_profile;
mod scripts;
mod stored_procedure;

use horarium_api::configuration::{CodeExecutionConfiguration, HttpCallConfiguration};
use horarium_core::JobType;
use schemars::{Schema, schema_for};
use serde_json::Value;

pub use code_execution::Served;
pub use file_operation::{
    ENTRIES_MAX, FileOperation, FileOperationConfiguration, FileRoots, FileRootsError,
};
pub use http_call::{HttpCall, HttpCallLimits, RESPONSE_BYTES_MAX};
pub use program::{PATH, ProgramSettings, Programs};
pub use run_profile::{POLL_EVERY, POLL_FAULTS_MAX, RunProfiles};
pub use scripts::{ScriptRoots, ScriptRootsError};
pub use stored_procedure::{
    COMMAND_TIMEOUT_DEFAULT, RESULT_BYTES_MAX, RESULT_ROWS_MAX, RESULT_SETS_MAX, StoredProcedure,
    StoredProcedureConfiguration,
};

use crate::{
    assignment::{Assignment, Ending},
    complaint::Complaint,
    handlers::Handlers,
    modules::{ModuleFault, Modules},
    output::Capture,
    runner::Aftermath,
    stop::Cancellation,
};
use code_execution::CodeExecution;
use file_operation::NOT_CONFIGURED;

/// The job types this build can run.
#[derive(Debug)]
pub struct Kinds {
    http_call: HttpCall,
    code_execution: CodeExecution,
    /// `None` refuses every file.
    file_operation: Option<FileOperation>,
    /// `None`: there are no data sources.
    stored_procedure: Option<StoredProcedure>,
    /// `None`: there are no connected systems.
    run_profiles: Option<RunProfiles>,
    scripts: ScriptRoots,
    /// `None` runs none.
    programs: Option<Programs>,
}

impl Kinds {
    /// Every job type that ships with the server.
    pub fn builtin(http_call: HttpCall, handlers: Handlers) -> Self {
        Self {
            http_call,
            code_execution: CodeExecution { handlers, modules: None },
            file_operation: None,
            stored_procedure: None,
            run_profiles: None,
            scripts: ScriptRoots::default(),
            programs: None,
        }
    }

    /// Lets steps of schedules drive connected systems.
    #[must_use]
    pub fn with_run_profiles(mut self, run_profiles: RunProfiles) -> Self {
        self.run_profiles = Some(run_profiles);
        self
    }

    /// Lets steps of schedules run programs, and scripts from these folders.
    #[must_use]
    pub fn with_programs(mut self, programs: Programs, scripts: ScriptRoots) -> Self {
        self.programs = Some(programs);
        self.scripts = scripts;
        self
    }

    /// Lets jobs work on files, which without this is refused.
    #[must_use]
    pub fn with_file_operation(mut self, file_operation: FileOperation) -> Self {
        self.file_operation = Some(file_operation);
        self
    }

    /// Lets jobs call procedures of data sources.
    #[must_use]
    pub fn with_stored_procedure(mut self, stored_procedure: StoredProcedure) -> Self {
        self.stored_procedure = Some(stored_procedure);
        self
    }

    /// Lets jobs run uploaded modules.
    #[must_use]
    pub fn with_modules(mut self, modules: Modules) -> Self {
        self.code_execution.modules = Some(modules);
        self
    }

    /// Who on this node runs what a job's `handlerType` names.
    pub async fn resolve_handler(&self, handler_type: &str) -> Result<Served, ModuleFault> {
        self.code_execution.resolve(handler_type).await
    }

    /// To close its connections with, at a shutdown.
    pub fn stored_procedure(&self) -> Option<&StoredProcedure> {
        self.stored_procedure.as_ref()
    }

    /// The handlers of `CodeExecution`.
    pub fn handlers(&self) -> &Handlers {
        &self.code_execution.handlers
    }

    /// What a job of this type is configured with; `None` for a type that cannot be run.
    pub fn config_schema(&self, job_type: JobType) -> Option<Schema> {
        match job_type {
            JobType::HttpCall => Some(schema_for!(HttpCallConfiguration)),
            JobType::CodeExecution => Some(schema_for!(CodeExecutionConfiguration)),
            JobType::FileOperation => Some(schema_for!(FileOperationConfiguration)),
            JobType::StoredProcedure => Some(schema_for!(StoredProcedureConfiguration)),
            JobType::RunProfile
            | JobType::PowerShell
            | JobType::Executable
            | JobType::SqlScript => None,
        }
    }

    /// What is wrong with a configuration of this type that only this node's own settings, or what an
    /// administrator defined, can tell.
    ///
    /// # Errors
    ///
    /// Why that could not be found out.
    pub(crate) async fn check(
        &self,
        job_type: JobType,
        configuration: &Value,
    ) -> Result<Vec<Complaint>, String> {
        match job_type {
            JobType::FileOperation => {
                let files = self.file_operation.as_ref();
                Ok(files.map(|files| files.check(configuration)).unwrap_or_default())
            }
            JobType::StoredProcedure => match &self.stored_procedure {
                Some(procedures) => procedures.check(configuration).await,
                None => Ok(Vec::new()),
            },
            JobType::HttpCall
            | JobType::CodeExecution
            | JobType::RunProfile
            | JobType::PowerShell
            | JobType::Executable
            | JobType::SqlScript => Ok(Vec::new()),
        }
    }

    /// What goes on after the future is dropped is told to `aftermath`.
    pub(crate) async fn run(
        &self,
        assignment: Assignment,
        cancellation: &Cancellation,
        capture: &mut Capture,
        aftermath: &Aftermath,
    ) -> Ending {
        match assignment.job_type {
            // Boxed: its future is large, and every other attempt would carry the room for it.
            JobType::HttpCall => Box::pin(self.http_call.run(&assignment, capture)).await,
            JobType::CodeExecution => {
                self.code_execution.run(assignment, cancellation, capture).await
            }
            JobType::FileOperation => match &self.file_operation {
                Some(files) => files.run(&assignment, capture).await,
                None => Ending::failed_for_good(NOT_CONFIGURED),
            },
            JobType::StoredProcedure => match &self.stored_procedure {
                Some(procedures) => Box::pin(procedures.run(&assignment, capture)).await,
                None => stored_procedure::without_data_sources(&assignment.configuration),
            },
            JobType::Executable | JobType::PowerShell => {
                Box::pin(self.run_program(&assignment, capture, aftermath)).await
            }
            JobType::SqlScript => match &self.stored_procedure {
                Some(databases) => {
                    Box::pin(databases.run_script(&assignment, &self.scripts, capture)).await
                }
                None => stored_procedure::without_data_sources(&assignment.configuration),
            },
            JobType::RunProfile => match &self.run_profiles {
                Some(profiles) => {
                    let http = &self.http_call;
                    Box::pin(profiles.run(&assignment, http, capture, aftermath)).await
                }
                None => not_here(assignment.job_type),
            },
        }
    }

    async fn run_program(
        &self,
        assignment: &Assignment,
        capture: &mut Capture,
        aftermath: &Aftermath,
    ) -> Ending {
        let Some(programs) = &self.programs else { return not_here(assignment.job_type) };
        let scripts = &self.scripts;
        match assignment.job_type {
            JobType::PowerShell => {
                programs.run_powershell(assignment, scripts, capture, aftermath).await
            }
            _ => programs.run_executable(assignment, scripts, capture, aftermath).await,
        }
    }
}

/// What a step fails with on a server that cannot run its type.
fn not_here(job_type: JobType) -> Ending {
    let name = job_type.name();
    Ending::failed_for_good(format!("this server cannot run steps of type {name}"))
}

/// What an attempt fails with when its stored configuration does not fit its job type.
fn unusable(error: &serde_json::Error) -> Ending {
    Ending::failed_for_good(format!("reading jobConfiguration: {error}"))
}
