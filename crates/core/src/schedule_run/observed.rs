//! A step's state from what is stored of it: its node in the run, and the node's execution.

use super::{StepOutcome, StepState};
use crate::{
    execution::ExecutionState,
    graph::{NodeEvent, NodeState},
    run::node_event,
};

/// What is stored of a step that has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    pub node: NodeState,
    /// `None` once the execution is deleted.
    pub execution: Option<ExecutionState>,
    /// The step has something to say: an error, or a warning.
    pub has_text: bool,
    /// A cancelled step whose work still goes on somewhere.
    pub is_stopping: bool,
}

impl StepState {
    /// Of a step that has moved. One whose execution has ended has ended, also in the moment before
    /// its run takes notice.
    pub fn of_observed(observed: Observed) -> Self {
        let Observed { node, execution, has_text, is_stopping } = observed;
        match node {
            NodeState::Waiting => Self::Pending,
            NodeState::Running => Self::of_running(execution, has_text),
            NodeState::Succeeded => Self::Ended(StepOutcome::Completed),
            NodeState::Warned => Self::Ended(StepOutcome::CompletedWithWarning),
            NodeState::Failed => Self::Ended(StepOutcome::Failed),
            NodeState::Skipped => Self::Skipped,
            NodeState::Cancelled if is_stopping => Self::Cancelling,
            NodeState::Cancelled => Self::Ended(StepOutcome::Cancelled),
        }
    }

    fn of_running(execution: Option<ExecutionState>, has_text: bool) -> Self {
        let Some(execution) = execution else { return Self::Ended(StepOutcome::Failed) };
        match node_event(execution, has_text) {
            None if execution == ExecutionState::Pending => Self::Queued,
            None => Self::Processing,
            Some(NodeEvent::Succeeded) => Self::Ended(StepOutcome::Completed),
            Some(NodeEvent::Warned) => Self::Ended(StepOutcome::CompletedWithWarning),
            Some(NodeEvent::Cancelled) => Self::Ended(StepOutcome::Cancelled),
            Some(NodeEvent::Failed | NodeEvent::Started | NodeEvent::Skipped) => {
                Self::Ended(StepOutcome::Failed)
            }
        }
    }
}
