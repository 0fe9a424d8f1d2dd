//! What workflows and schedules compile to: nodes that wait for each other.
//!
//! [`next()`] is the one function that says what starts now, what never will, and how the run ends.
//! It looks only at a graph and its [`Outcomes`], so it may be asked at any time, by any server
//! process, as often as anybody likes: what it said before and was carried out, it does not say
//! again.
//!
//! | a node that                  | with `Stop`                          | with `Continue`        |
//! |------------------------------|--------------------------------------|------------------------|
//! | succeeded, also with warning | what waits for it may start          | the same               |
//! | failed                       | nothing further starts; run `Failed` | what waits for it may start; run at best `Warned` |
//! | was cancelled by itself      | as failed                            | as failed              |
//!
//! What runs when a node stops the run is left to end: a failure does not cancel its neighbours.
//! Therefore how a *run* ends never depends on who finishes first, but which *nodes* a `Stop` in
//! another branch still caught waiting does. Without such a stop, and always in a schedule's
//! groups, the nodes' final states do not depend on it either.
//!
//! Reading order: [`Graph::define`], [`NodeState`], [`next()`], [`resume`], [`Graph::of_steps`].

mod cycle;
mod define;
mod next;
mod resume;
mod state;
mod steps;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use self::cycle::find_cycle;
pub use self::{
    define::{GraphError, NodeSpec},
    next::{Next, RunEnd, SkipReason, next, stopped_by},
    resume::{NotResumable, resume},
    state::{IllegalMove, Intent, NodeEvent, NodeState, Outcomes, UnknownNode},
    steps::{StepSpec, group_ordinals},
};

/// Most nodes of a graph: jobs of a workflow, steps of a schedule.
pub const NODES_MAX: usize = 1_000;

/// A graph without cycles, in which every dependency exists. Only [`Graph::define`] and
/// [`Graph::of_steps`] make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    nodes: Vec<Node>,
}

/// One thing to run: a workflow's job, a schedule's step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The job's id in a workflow, the step's in a schedule.
    pub id: Uuid,
    /// What must have ended well, or failed with `Continue`, before it starts. Each once, ascending.
    pub depends_on: Vec<NodeIdx>,
    pub on_failure: OnFailure,
}

/// A node's place in its graph, in the order in which it was defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeIdx(pub usize);

/// What a node's failure means for the rest. The words are the wire's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OnFailure {
    /// Nothing further starts.
    #[default]
    Stop,
    /// What waits for the node starts as if it had succeeded.
    Continue,
}

impl OnFailure {
    pub const ALL: [Self; 2] = [Self::Stop, Self::Continue];

    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "Stop",
            Self::Continue => "Continue",
        }
    }
}

impl Graph {
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub fn node(&self, idx: NodeIdx) -> &Node {
        &self.nodes[idx.0]
    }

    /// Every node with its place.
    pub fn iter(&self) -> impl Iterator<Item = (NodeIdx, &Node)> {
        self.nodes.iter().enumerate().map(|(place, node)| (NodeIdx(place), node))
    }

    pub fn find(&self, id: Uuid) -> Option<NodeIdx> {
        self.nodes.iter().position(|node| node.id == id).map(NodeIdx)
    }

    /// The nodes that wait for nothing: what a run starts with.
    pub fn roots(&self) -> impl Iterator<Item = NodeIdx> {
        self.iter().filter(|(_, node)| node.depends_on.is_empty()).map(|(idx, _)| idx)
    }
}
