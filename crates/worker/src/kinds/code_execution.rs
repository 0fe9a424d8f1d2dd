//! `CodeExecution`: calls a handler that was compiled into this binary.

use horarium_api::configuration::CodeExecutionConfiguration;

use super::unusable;
use crate::{
    assignment::{Assignment, Ending},
    handlers::{HandlerCall, HandlerError, Handlers},
    output::Capture,
    stop::Cancellation,
};

#[derive(Debug)]
pub(super) struct CodeExecution {
    pub(super) handlers: Handlers,
}

impl CodeExecution {
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
            None => {
                // The original's words; its users look for them.
                let name = code.handler_type;
                Ending::failed_for_good(format!("Could not resolve handler type '{name}'."))
            }
        }
    }
}
