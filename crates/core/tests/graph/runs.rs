//! Runs: every state against every event, and what is read back from a snapshot.

use std::fmt::Write as _;

use horarium_core::{
    ExecutionState, JobId,
    graph::{Intent, NodeEvent, NodeIdx, NodeState, Outcomes, RunEnd},
    run::{RunEvent, RunKind, RunPlan, RunState, Work, node_event},
};

use crate::drawn::{graph, id};

const EVENTS: [RunEvent; 6] = [
    RunEvent::Started,
    RunEvent::Ended(RunEnd::Succeeded),
    RunEvent::Ended(RunEnd::Warned),
    RunEvent::Ended(RunEnd::Failed),
    RunEvent::Ended(RunEnd::Cancelled),
    RunEvent::CancelRequested,
];

#[test]
fn every_run_state_against_every_event() {
    let mut table = String::new();
    for state in RunState::ALL {
        for event in EVENTS {
            if let Ok(next) = state.after(event) {
                writeln!(table, "{state:?} --{event:?}--> {next:?}").unwrap();
            }
        }
        if state.is_final() {
            writeln!(table, "{state:?} (final)").unwrap();
        }
        assert_eq!(RunState::from_code(state.code()), Some(state));
    }
    insta::assert_snapshot!(table, @r"
    Queued --Started--> Running
    Queued --Ended(Failed)--> Failed
    Queued --CancelRequested--> Cancelled
    Running --Ended(Succeeded)--> Succeeded
    Running --Ended(Warned)--> Warned
    Running --Ended(Failed)--> Failed
    Running --CancelRequested--> Cancelled
    Succeeded (final)
    Warned (final)
    Failed (final)
    Cancelled (final)
    ");
}

#[test]
fn the_end_of_an_execution_is_the_end_of_its_node() {
    let check = |state, has_error, expect| {
        assert_eq!(node_event(state, has_error), expect, "{state:?} {has_error}");
    };
    check(ExecutionState::Pending, true, None);
    check(ExecutionState::Running, true, None);
    check(ExecutionState::Succeeded, false, Some(NodeEvent::Succeeded));
    check(ExecutionState::Succeeded, true, Some(NodeEvent::Warned));
    check(ExecutionState::Failed, true, Some(NodeEvent::Failed));
    check(ExecutionState::Failed, false, Some(NodeEvent::Failed));
    check(ExecutionState::Cancelled, true, Some(NodeEvent::Cancelled));
}

#[test]
fn a_workflows_snapshot_reads_back_as_its_graph_of_jobs() {
    let graph = graph("a b<a c<a,b");
    let snapshot = serde_json::to_string(&graph.specs()).unwrap();
    let plan = RunPlan::read(RunKind::Workflow, &snapshot).unwrap();
    assert_eq!(plan.graph, graph);
    for (idx, node) in graph.iter() {
        assert_eq!(plan.work(idx), &Work::Job(JobId(node.id)));
        assert_eq!(plan.step(node.id), None, "a job has a definition of its own");
    }
    let check = |snapshot: &str, expect: &str| {
        let problem = RunPlan::read(RunKind::Workflow, snapshot).unwrap_err();
        assert!(problem.contains(expect), "{problem}");
    };
    check("[", "EOF");
    check("[]", "at least one node");
}

#[test]
fn a_failed_run_names_what_stopped_it() {
    let graph = graph("a b c d e");
    let snapshot = serde_json::to_string(&graph.specs()).unwrap();
    let plan = RunPlan::read(RunKind::Workflow, &snapshot).unwrap();
    let text = |n_failed: usize| {
        let rows = graph.nodes().iter().take(n_failed).map(|node| (node.id, NodeState::Failed));
        let outcomes = Outcomes::recorded(&graph, Intent::Run, rows).unwrap();
        plan.stop_text(RunKind::Workflow, &outcomes)
    };
    let job = |name| format!("job {}", id(name));
    let why = "it did not succeed, and its onFailure is Stop";
    assert_eq!(text(1), format!("stopped by {}: {why}", job("a")));
    let three = format!("{}, {}, {}", job("a"), job("b"), job("c"));
    assert_eq!(text(3), format!("stopped by {three}: {why}"));
    assert_eq!(text(5), format!("stopped by {three} and 2 more: {why}"));
    let expect = format!("{} cannot be started: its job is deleted", job("b"));
    assert_eq!(plan.missing_text(NodeIdx(1)), expect);
}
