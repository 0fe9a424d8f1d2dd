//! A schedule's steps as a graph: groups, one after the other.
//!
//! Steps with equal `stepIndex` form a group and run side by side; `executionMode` is decoration.
//! A group starts when every step of the one before has ended and none stopped the run. So each
//! step depends on all steps of the previous group, and `continueOnFailure` is `Continue`.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Graph, GraphError, Node, NodeIdx, OnFailure, define::check_count};

/// What the graph has to know of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepSpec {
    pub id: Uuid,
    /// As written; gaps mean nothing.
    pub step_index: u32,
    pub on_failure: OnFailure,
}

impl Graph {
    /// The graph of a schedule's steps, nodes in the order given.
    ///
    /// # Errors
    ///
    /// [`GraphError::Empty`], [`GraphError::TooManyNodes`] and [`GraphError::Duplicate`]; groups
    /// cannot form a cycle.
    pub fn of_steps(steps: &[StepSpec]) -> Result<Self, GraphError> {
        check_count(steps.len())?;
        let mut ids = BTreeSet::new();
        if let Some(twice) = steps.iter().find(|step| !ids.insert(step.id)) {
            return Err(GraphError::Duplicate { id: twice.id });
        }
        let indexes: Vec<u32> = steps.iter().map(|step| step.step_index).collect();
        let ordinals = group_ordinals(&indexes);
        let mut groups = vec![Vec::new(); steps.len()];
        for (place, &ordinal) in ordinals.iter().enumerate() {
            groups[ordinal].push(NodeIdx(place));
        }
        let node = |(step, &ordinal): (&StepSpec, &usize)| Node {
            id: step.id,
            depends_on: match ordinal {
                0 => Vec::new(),
                _ => groups[ordinal - 1].clone(),
            },
            on_failure: step.on_failure,
        };
        Ok(Self { nodes: steps.iter().zip(&ordinals).map(node).collect() })
    }
}

/// For each step the place of its group, 0-based and without gaps: what answers show as
/// `stepIndex`.
///
/// | `stepIndex` as written | normalised |
/// |------------------------|------------|
/// | 0, 1, 2                | 0, 1, 2    |
/// | 0, 0, 2                | 0, 0, 1    |
/// | 30, 10, 30             | 1, 0, 1    |
pub fn group_ordinals(step_indexes: &[u32]) -> Vec<usize> {
    let mut distinct = step_indexes.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    step_indexes.iter().map(|index| distinct.partition_point(|other| other < index)).collect()
}
