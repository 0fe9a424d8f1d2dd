//! Which graphs can run.

use horarium_core::graph::{Graph, GraphError, NODES_MAX, NodeSpec, OnFailure};
use uuid::Uuid;

use crate::drawn::{graph, id, refusal, specs};

#[test]
fn what_cannot_run_is_named() {
    let check = |text: &str, why: &str| assert_eq!(refusal(text), why, "{text}");
    check("", "a graph needs at least one node");
    check("a b a", "a is given more than once");
    check("a b<b", "b depends on itself");
    check("a b<a,x", "b depends on x, which is not part of the graph");
    check("a<b b<a", "the dependencies form a cycle: a -> b -> a");
    check("a b<a,d c<b d<c", "the dependencies form a cycle: b -> d -> c -> b");
    check("a b<a c<b,c", "c depends on itself");
}

#[test]
fn a_dependency_given_twice_counts_once_and_order_does_not_matter() {
    let crossed = graph("c<b,a,b a b<a");
    let places: Vec<usize> = crossed.nodes()[0].depends_on.iter().map(|idx| idx.0).collect();
    assert_eq!(places, [1, 2]);
    assert_eq!(crossed.roots().map(|idx| crossed.node(idx).id).collect::<Vec<_>>(), [id("a")]);
    assert_eq!(crossed.find(id("b")).unwrap().0, 2);
}

#[test]
fn what_is_stored_reads_back() {
    let stored = graph("c<b,a a b?<a");
    assert_eq!(Graph::define(&stored.specs()).unwrap(), stored);
    let text = serde_json::to_string(&stored.specs()).unwrap();
    assert_eq!(serde_json::from_str::<Vec<NodeSpec>>(&text).unwrap(), stored.specs());
    assert_eq!(
        serde_json::to_string(&specs("b?<a")[0]).unwrap(),
        r#"{"id":"00000000-0000-0000-0000-000000000062","dependsOn":["00000000-0000-0000-0000-000000000061"],"onFailure":"Continue"}"#
    );
}

/// Each node waits for the one before; the first for `first_needs`.
pub(crate) fn chain(n_nodes: usize, first_needs: &[Uuid]) -> Vec<NodeSpec> {
    let id = |place: usize| Uuid::from_u128(place as u128);
    let spec = |place: usize| NodeSpec {
        id: id(place),
        depends_on: if place == 0 { first_needs.to_vec() } else { vec![id(place - 1)] },
        on_failure: OnFailure::Stop,
    };
    (0..n_nodes).map(spec).collect()
}

#[test]
fn a_thousand_nodes_are_the_most() {
    assert!(Graph::define(&chain(NODES_MAX, &[])).is_ok());
    let one_more = Graph::define(&chain(NODES_MAX + 1, &[]));
    assert_eq!(one_more, Err(GraphError::TooManyNodes { n_nodes: NODES_MAX + 1 }));
}

#[test]
fn a_cycle_around_the_whole_graph_is_found() {
    let last = Uuid::from_u128(NODES_MAX as u128 - 1);
    let Err(GraphError::Cycle { path }) = Graph::define(&chain(NODES_MAX, &[last])) else {
        panic!("a cycle of {NODES_MAX} passed");
    };
    assert_eq!(path.len(), NODES_MAX + 1);
    assert_eq!(path.first(), path.last());
}
