//! One run of a graph: a workflow's or a schedule's. What it was started with, its states, and
//! what the end of a node's execution means for its node.
//!
//! The graph says what starts and how it ends ([`graph::next`](crate::graph::next())); a run is
//! that graph with something to do at each node, copied when the run was made, so that later edits
//! change nothing in it.

mod plan;
mod state;

pub use self::{
    plan::{JobStep, NO_STEPS, RunPlan, StepDefinition, Work},
    state::{IllegalRunMove, RunEvent, RunKind, RunState},
};

use crate::{execution::ExecutionState, graph::NodeEvent};

/// What a node whose execution has no row any more fails with.
pub const EXECUTION_GONE: &str = "its execution was deleted before it ended";

/// What a node whose job cannot be run fails with.
pub const JOB_GONE: &str = "its job is deleted";

/// What happens to a node whose execution stands like this; `None` while it has not ended.
///
/// An execution that succeeded and has an error text all the same has something to say: it warns.
pub fn node_event(state: ExecutionState, has_error: bool) -> Option<NodeEvent> {
    match (state, has_error) {
        (ExecutionState::Pending | ExecutionState::Running, _) => None,
        (ExecutionState::Succeeded, false) => Some(NodeEvent::Succeeded),
        (ExecutionState::Succeeded, true) => Some(NodeEvent::Warned),
        (ExecutionState::Failed, _) => Some(NodeEvent::Failed),
        (ExecutionState::Cancelled, _) => Some(NodeEvent::Cancelled),
    }
}
