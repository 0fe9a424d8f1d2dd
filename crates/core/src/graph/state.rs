//! Where the nodes of a run stand, and the only moves between their states.
//!
//! ```text
//!            Started            Succeeded, Warned, Failed, Cancelled
//!  Waiting ───────────▶ Running ─────────────────────────────────────▶ one of those four
//!     ├─ Failed: it cannot even start (its job is gone) ─────────────▶ Failed
//!     └─ Skipped ────────────────────────────────────────────────────▶ Skipped
//! ```

use std::fmt;

use uuid::Uuid;

use super::{Graph, NodeIdx, OnFailure};

/// Where a node stands in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeState {
    /// Nobody has started it.
    Waiting,
    /// Its execution exists and has not ended: from the transaction that made it, queued or not.
    Running,
    Succeeded,
    /// It did its work and has something to say about it. Counts as success.
    Warned,
    Failed,
    /// It will never start: the run was stopped or cancelled first.
    Skipped,
    /// It was started and then stopped by a person. Counts as failure.
    Cancelled,
}

/// What can happen to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeEvent {
    Started,
    Succeeded,
    Warned,
    Failed,
    Skipped,
    Cancelled,
}

/// The node was in `from`, where `event` means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a node that is {from:?} cannot take {event:?}")]
pub struct IllegalMove {
    pub from: NodeState,
    pub event: NodeEvent,
}

impl NodeState {
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Running,
        Self::Succeeded,
        Self::Warned,
        Self::Failed,
        Self::Skipped,
        Self::Cancelled,
    ];

    /// The state that follows `event`.
    ///
    /// # Errors
    ///
    /// [`IllegalMove`] when the two do not go together. A second `Started` is one: of two server
    /// processes that want to start a node, one is told no.
    pub fn after(self, event: NodeEvent) -> Result<Self, IllegalMove> {
        use NodeEvent as E;
        match (self, event) {
            (Self::Waiting, E::Started) => Ok(Self::Running),
            (Self::Waiting, E::Skipped) => Ok(Self::Skipped),
            (Self::Waiting | Self::Running, E::Failed) => Ok(Self::Failed),
            (Self::Running, E::Succeeded) => Ok(Self::Succeeded),
            (Self::Running, E::Warned) => Ok(Self::Warned),
            (Self::Running, E::Cancelled) => Ok(Self::Cancelled),
            (from, event) => Err(IllegalMove { from, event }),
        }
    }

    /// True when nothing can happen to the node any more in this run.
    pub fn is_final(self) -> bool {
        match self {
            Self::Waiting | Self::Running => false,
            Self::Succeeded | Self::Warned | Self::Failed | Self::Skipped | Self::Cancelled => true,
        }
    }

    pub fn is_success(self) -> bool {
        match self {
            Self::Succeeded | Self::Warned => true,
            Self::Waiting | Self::Running | Self::Failed | Self::Skipped | Self::Cancelled => false,
        }
    }

    /// Whether what waits for the node may start.
    pub(super) fn lets_through(self, on_failure: OnFailure) -> bool {
        match (self, on_failure) {
            (Self::Succeeded | Self::Warned, _)
            | (Self::Failed | Self::Cancelled, OnFailure::Continue) => true,
            (Self::Failed | Self::Cancelled, OnFailure::Stop)
            | (Self::Waiting | Self::Running | Self::Skipped, _) => false,
        }
    }

    /// Whether nothing further may start in the run. A skipped node says that it was stopped before.
    pub(super) fn stops_run(self, on_failure: OnFailure) -> bool {
        match (self, on_failure) {
            (Self::Failed | Self::Cancelled, OnFailure::Stop) | (Self::Skipped, _) => true,
            (Self::Failed | Self::Cancelled, OnFailure::Continue)
            | (Self::Waiting | Self::Running | Self::Succeeded | Self::Warned, _) => false,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Warned => "Warned",
            Self::Failed => "Failed",
            Self::Skipped => "Skipped",
            Self::Cancelled => "Cancelled",
        }
    }

    /// The number it is stored as.
    pub fn code(self) -> i64 {
        match self {
            Self::Waiting => 1,
            Self::Running => 2,
            Self::Succeeded => 3,
            Self::Warned => 4,
            Self::Failed => 5,
            Self::Skipped => 6,
            Self::Cancelled => 7,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What people want of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    Run,
    /// Somebody cancelled it; nothing starts any more, whatever else happens.
    Cancel,
}

/// Where every node of one run of one graph stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcomes {
    pub intent: Intent,
    /// One per node of the graph it was made for.
    states: Vec<NodeState>,
}

/// A stored row names a node that the graph does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownNode(pub Uuid);

impl fmt::Display for UnknownNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the graph has no node {}", self.0)
    }
}

impl std::error::Error for UnknownNode {}

impl Outcomes {
    /// Of a run that has not begun.
    pub fn fresh(graph: &Graph) -> Self {
        Self { intent: Intent::Run, states: vec![NodeState::Waiting; graph.nodes().len()] }
    }

    /// Of a run as stored. A node without a row waits.
    pub fn recorded(
        graph: &Graph,
        intent: Intent,
        rows: impl IntoIterator<Item = (Uuid, NodeState)>,
    ) -> Result<Self, UnknownNode> {
        let mut outcomes = Self { intent, ..Self::fresh(graph) };
        let places: std::collections::BTreeMap<Uuid, usize> =
            graph.nodes().iter().enumerate().map(|(place, node)| (node.id, place)).collect();
        for (id, state) in rows {
            let place = places.get(&id).ok_or(UnknownNode(id))?;
            outcomes.states[*place] = state;
        }
        Ok(outcomes)
    }

    pub fn state(&self, node: NodeIdx) -> NodeState {
        self.states[node.0]
    }

    pub fn states(&self) -> &[NodeState] {
        &self.states
    }

    /// Lets `event` happen to `node`; answers its new state.
    pub fn record(&mut self, node: NodeIdx, event: NodeEvent) -> Result<NodeState, IllegalMove> {
        let state = self.states[node.0].after(event)?;
        self.states[node.0] = state;
        Ok(state)
    }

    pub(super) fn map(&self, change: impl Fn(NodeState) -> NodeState) -> Vec<NodeState> {
        self.states.iter().copied().map(change).collect()
    }

    pub(super) fn new(intent: Intent, states: Vec<NodeState>) -> Self {
        Self { intent, states }
    }
}
