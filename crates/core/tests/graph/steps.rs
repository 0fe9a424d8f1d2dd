//! A schedule's steps as a graph.

use horarium_core::graph::{Graph, GraphError, NODES_MAX, OnFailure, StepSpec, group_ordinals};
use uuid::Uuid;

use crate::drawn::{outcomes, told};

/// Steps `a`, `b`, … with these indexes; `?` continues on failure.
fn steps(text: &str) -> Vec<StepSpec> {
    let step = |(place, word): (usize, &str)| StepSpec {
        id: Uuid::from_u128(u128::from(b'a') + place as u128),
        step_index: word.trim_end_matches('?').parse().unwrap(),
        on_failure: if word.ends_with('?') { OnFailure::Continue } else { OnFailure::Stop },
    };
    text.split(' ').enumerate().map(step).collect()
}

#[test]
fn gaps_in_step_indexes_mean_nothing() {
    let check = |written: &[u32], normal: &[usize]| assert_eq!(group_ordinals(written), normal);
    check(&[0, 1, 2], &[0, 1, 2]);
    check(&[0, 0, 2], &[0, 0, 1]);
    check(&[30, 10, 30, 1000], &[1, 0, 1, 2]);
    check(&[7], &[0]);
    check(&[], &[]);
}

#[test]
fn a_group_starts_when_the_one_before_has_ended_and_did_not_stop() {
    let check = |indexes: &str, letters: &str, says: &str| {
        let graph = Graph::of_steps(&steps(indexes)).unwrap();
        assert_eq!(told(&graph, &outcomes(&graph, letters)), says, "{indexes}: {letters}");
    };
    check("0 0 2 5", "....", "start a b");
    check("0 0 2 5", "sr..", "wait");
    check("0 0 2 5", "sw..", "start c");
    check("0 0 2 5", "sss.", "start d");
    check("0 0 2 5", "fr..", "skip c for a, skip d for a");
    check("0 0 2 5", "fs--", "ends Failed");
    check("0? 0 2 5", "fs..", "start c");
    check("0? 0 2 5", "fsss", "ends Warned");
    check("0? 0 2 5", "ff..", "skip c for b, skip d for b, ends Failed");
    check("3 1 2", "...", "start b");
}

#[test]
fn unusable_steps_are_refused() {
    assert_eq!(Graph::of_steps(&[]), Err(GraphError::Empty));
    let twice = [steps("0")[0], steps("1")[0]];
    assert_eq!(Graph::of_steps(&twice), Err(GraphError::Duplicate { id: twice[0].id }));
}

#[test]
fn the_widest_graph_of_two_groups_compiles() {
    let step = |place: usize| StepSpec {
        id: Uuid::from_u128(place as u128),
        step_index: u32::from(place >= NODES_MAX / 2),
        on_failure: OnFailure::Stop,
    };
    let widest: Vec<StepSpec> = (0..NODES_MAX).map(step).collect();
    let graph = Graph::of_steps(&widest).unwrap();
    assert_eq!(graph.nodes()[NODES_MAX - 1].depends_on.len(), NODES_MAX / 2);
    let one_more: Vec<StepSpec> = (0..=NODES_MAX).map(step).collect();
    let n_nodes = NODES_MAX + 1;
    assert_eq!(Graph::of_steps(&one_more), Err(GraphError::TooManyNodes { n_nodes }));
}
