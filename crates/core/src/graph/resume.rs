//! Retrying a run from where it failed.

use super::{Graph, Intent, NodeState, Outcomes, next};

/// Why a run cannot be resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotResumable {
    #[error("the run has not ended")]
    NotEnded,
    #[error("every node of the run succeeded")]
    NothingFailed,
}

/// Where the nodes of a new run stand that goes on where the old one ended.
///
/// | in the old run               | in the new run                           |
/// |------------------------------|------------------------------------------|
/// | Succeeded, Warned            | the same: it is not run again            |
/// | Failed, Skipped, Cancelled   | Waiting, also if it failed with `Continue` |
///
/// A node that succeeded after a `Continue` failure keeps its success while what it waited for is
/// tried again: retrying is for what failed, and a success is never repeated.
pub fn resume(graph: &Graph, outcomes: &Outcomes) -> Result<Outcomes, NotResumable> {
    if next(graph, outcomes).ended.is_none() {
        return Err(NotResumable::NotEnded);
    }
    if outcomes.states().iter().all(|state| state.is_success()) {
        return Err(NotResumable::NothingFailed);
    }
    let states = outcomes.map(|state| match state {
        NodeState::Succeeded | NodeState::Warned => state,
        NodeState::Waiting
        | NodeState::Running
        | NodeState::Failed
        | NodeState::Skipped
        | NodeState::Cancelled => NodeState::Waiting,
    });
    Ok(Outcomes::new(Intent::Run, states))
}
