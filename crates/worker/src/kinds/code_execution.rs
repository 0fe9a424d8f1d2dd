//! `CodeExecution`: code by its name, compiled into this binary or a WebAssembly module.

mod module;

use horarium_api::configuration::CodeExecutionConfiguration;
use serde_json::Value;

use super::unusable;
use crate::{
    assignment::{Assignment, Ending},
    handlers::{HandlerCall, HandlerError, Handlers},
    modules::{FoundModule, ModuleFault, Modules},
    output::Capture,
    stop::Cancellation,
};

#[derive(Debug)]
pub(super) struct CodeExecution {
    pub(super) handlers: Handlers,
    /// `None`: there are no modules.
    pub(super) modules: Option<Modules>,
}

/// Who on this node runs what a `handlerType` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    /// A handler compiled into this binary.
    Compiled,
    /// A module that an administrator uploaded.
    Module(FoundModule),
    /// Nobody here.
    Nobody,
}

impl CodeExecution {
    /// The one order in which handlers are looked for: compiled in, module.
    pub(super) async fn resolve(&self, handler_type: &str) -> Result<Served, ModuleFault> {
        if self.handlers.knows(handler_type) {
            return Ok(Served::Compiled);
        }
        let Some(modules) = &self.modules else { return Ok(Served::Nobody) };
        Ok(modules.source.find(handler_type).await?.map_or(Served::Nobody, Served::Module))
    }

    pub(super) async fn run(
        &self,
        assignment: Assignment,
        cancellation: &Cancellation,
        capture: &mut Capture,
    ) -> Ending {
        let code = match CodeExecutionConfiguration::from_stored(&assignment.configuration) {
            Ok(code) => code,
            Err(error) => return unusable(&error),
        };
        let name = code.handler_type.clone();
        match (self.resolve(&name).await, &self.modules) {
            (Ok(Served::Compiled), _) => {
                self.compiled(code, assignment, cancellation, capture).await
            }
            (Ok(Served::Module(module)), Some(modules)) => {
                let parameters = Value::Object(code.parameters);
                let call = module::Call { method_name: code.method_name, parameters };
                Box::pin(module::run(modules, &module, call, &assignment, capture)).await
            }
            (Ok(Served::Module(_) | Served::Nobody), _) => unresolved(&name),
            (Err(fault), _) => Ending::failed(format!("looking for the handler `{name}`: {fault}")),
        }
    }

    async fn compiled(
        &self,
        code: CodeExecutionConfiguration,
        assignment: Assignment,
        cancellation: &Cancellation,
        capture: &mut Capture,
    ) -> Ending {
        let call = HandlerCall {
            execution_id: assignment.execution_id,
            job_id: assignment.job_id,
            job_name: assignment.job_name,
            attempt: assignment.attempt,
            due_at: assignment.due_at,
            now: assignment.now,
            method_name: code.method_name,
            parameters: code.parameters,
            cancellation: cancellation.clone(),
            output: capture.sink(),
        };
        match self.handlers.run(&code.handler_type, call).await {
            Some(Ok(text)) => {
                capture.write(text.as_bytes());
                Ending::Succeeded
            }
            Some(Err(HandlerError::Failed(error))) => Ending::failed(error),
            Some(Err(HandlerError::FailedForGood(error))) => Ending::failed_for_good(error),
            None => unresolved(&code.handler_type),
        }
    }
}

/// The original's words; its users look for them.
fn unresolved(name: &str) -> Ending {
    Ending::failed_for_good(format!("Could not resolve handler type '{name}'."))
}
