//! From a written graph to one that can run, or to what is wrong with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Graph, NODES_MAX, Node, NodeIdx, OnFailure, find_cycle};

/// A node as written and as stored: its dependencies are ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeSpec {
    pub id: Uuid,
    /// In any order; an id given twice counts once.
    pub depends_on: Vec<Uuid>,
    pub on_failure: OnFailure,
}

/// Why a graph cannot run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    #[error("a graph needs at least one node")]
    Empty,
    #[error("a graph has at most {NODES_MAX} nodes, this one has {n_nodes}")]
    TooManyNodes { n_nodes: usize },
    #[error("{id} is given more than once")]
    Duplicate { id: Uuid },
    #[error("{id} depends on itself")]
    DependsOnItself { id: Uuid },
    #[error("{id} depends on {dependency}, which is not part of the graph")]
    UnknownDependency { id: Uuid, dependency: Uuid },
    /// Each depends on the next; the last is the first again.
    #[error("the dependencies form a cycle: {}", arrows(.path))]
    Cycle { path: Vec<Uuid> },
}

impl Graph {
    /// The graph of these nodes, in this order, or the first rule they break.
    pub fn define(specs: &[NodeSpec]) -> Result<Self, GraphError> {
        check_count(specs.len())?;
        let places = places(specs)?;
        let nodes = specs.iter().map(|spec| node(spec, &places)).collect::<Result<Vec<_>, _>>()?;
        check_cycles(&nodes)?;
        Ok(Self { nodes })
    }

    /// The graph as it is stored; [`Graph::define`] makes the same one of it.
    pub fn specs(&self) -> Vec<NodeSpec> {
        let spec = |node: &Node| NodeSpec {
            id: node.id,
            depends_on: node.depends_on.iter().map(|&idx| self.node(idx).id).collect(),
            on_failure: node.on_failure,
        };
        self.nodes.iter().map(spec).collect()
    }
}

pub(super) fn check_count(n_nodes: usize) -> Result<(), GraphError> {
    match n_nodes {
        0 => Err(GraphError::Empty),
        1..=NODES_MAX => Ok(()),
        _ => Err(GraphError::TooManyNodes { n_nodes }),
    }
}

fn places(specs: &[NodeSpec]) -> Result<BTreeMap<Uuid, NodeIdx>, GraphError> {
    let mut places = BTreeMap::new();
    for (place, spec) in specs.iter().enumerate() {
        if places.insert(spec.id, NodeIdx(place)).is_some() {
            return Err(GraphError::Duplicate { id: spec.id });
        }
    }
    Ok(places)
}

fn node(spec: &NodeSpec, places: &BTreeMap<Uuid, NodeIdx>) -> Result<Node, GraphError> {
    let id = spec.id;
    let place = |&dependency: &Uuid| {
        if dependency == id {
            return Err(GraphError::DependsOnItself { id });
        }
        places.get(&dependency).copied().ok_or(GraphError::UnknownDependency { id, dependency })
    };
    let mut depends_on: Vec<NodeIdx> =
        spec.depends_on.iter().map(place).collect::<Result<_, _>>()?;
    depends_on.sort_unstable();
    depends_on.dedup();
    Ok(Node { id, depends_on, on_failure: spec.on_failure })
}

fn check_cycles(nodes: &[Node]) -> Result<(), GraphError> {
    let all = (0..nodes.len()).map(NodeIdx);
    match find_cycle(all, |idx| &nodes[idx.0].depends_on) {
        None => Ok(()),
        Some(path) => {
            Err(GraphError::Cycle { path: path.iter().map(|idx| nodes[idx.0].id).collect() })
        }
    }
}

/// `a -> b -> a`
fn arrows(path: &[Uuid]) -> String {
    path.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" -> ")
}
