//! Every node state against every event, in one picture.

use std::fmt::Write as _;

use horarium_core::graph::{Intent, NodeEvent, NodeIdx, NodeState, Outcomes, UnknownNode};

use crate::drawn::{graph, id};

const EVENTS: [NodeEvent; 6] = [
    NodeEvent::Started,
    NodeEvent::Succeeded,
    NodeEvent::Warned,
    NodeEvent::Failed,
    NodeEvent::Skipped,
    NodeEvent::Cancelled,
];

#[test]
fn every_state_against_every_event() {
    let mut table = String::new();
    for state in NodeState::ALL {
        for event in EVENTS {
            if let Ok(next) = state.after(event) {
                writeln!(table, "{state:?} --{event:?}--> {next:?}").unwrap();
            }
        }
        if state.is_final() {
            writeln!(table, "{state:?} (final)").unwrap();
        }
    }
    insta::assert_snapshot!(table, @r"
    Waiting --Started--> Running
    Waiting --Failed--> Failed
    Waiting --Skipped--> Skipped
    Running --Succeeded--> Succeeded
    Running --Warned--> Warned
    Running --Failed--> Failed
    Running --Cancelled--> Cancelled
    Succeeded (final)
    Warned (final)
    Failed (final)
    Skipped (final)
    Cancelled (final)
    ");
}

#[test]
fn stored_codes_read_back() {
    for state in NodeState::ALL {
        assert_eq!(NodeState::from_code(state.code()), Some(state));
    }
    assert_eq!(NodeState::from_code(0), None);
}

#[test]
fn of_two_that_start_a_node_one_is_told_no() {
    let graph = graph("a");
    let mut outcomes = Outcomes::fresh(&graph);
    assert_eq!(outcomes.record(NodeIdx(0), NodeEvent::Started), Ok(NodeState::Running));
    let second = outcomes.record(NodeIdx(0), NodeEvent::Started).unwrap_err();
    assert_eq!(second.to_string(), "a node that is Running cannot take Started");
    assert_eq!(outcomes.state(NodeIdx(0)), NodeState::Running);
}

#[test]
fn a_row_of_another_graph_is_refused() {
    let rows = [(id("a"), NodeState::Running), (id("x"), NodeState::Failed)];
    let refused = Outcomes::recorded(&graph("a b"), Intent::Run, rows);
    assert_eq!(refused, Err(UnknownNode(id("x"))));
}
