//! What starts, what is skipped, how it ends: one line per case.

use horarium_core::graph::{Graph, NodeEvent, NodeIdx, Outcomes, RunEnd, next, stopped_by};

use crate::{
    define::chain,
    drawn::{cancelled, graph, name, outcomes, told},
};

const DIAMOND: &str = "a b<a c<a d<b,c";
const TOLERANT: &str = "a? b<a c<a d<b,c";

fn check(drawn: &str, letters: &str, says: &str) {
    let graph = graph(drawn);
    assert_eq!(told(&graph, &outcomes(&graph, letters)), says, "{drawn}: {letters}");
}

#[test]
fn success_lets_what_waits_start() {
    check(DIAMOND, "....", "start a");
    check(DIAMOND, "r...", "wait");
    check(DIAMOND, "s...", "start b c");
    check(DIAMOND, "srr.", "wait");
    check(DIAMOND, "ssr.", "wait");
    check(DIAMOND, "sws.", "start d");
    check(DIAMOND, "ssss", "ends Succeeded");
    check(DIAMOND, "ssws", "ends Warned");
    check("a b c<a", "...", "start a b");
}

#[test]
fn stop_starts_nothing_further_and_lets_the_running_end() {
    check(DIAMOND, "f...", "skip b for a, skip c for a, skip d for a, ends Failed");
    check(DIAMOND, "sfr.", "skip d for b");
    check(DIAMOND, "sfr-", "wait");
    check(DIAMOND, "sfs-", "ends Failed");
    check(DIAMOND, "c...", "skip b for a, skip c for a, skip d for a, ends Failed");
    check("a b c<a", "sf.", "skip c for b, ends Failed");
}

#[test]
fn continue_goes_on_and_the_run_ends_warned() {
    check(TOLERANT, "f...", "start b c");
    check(TOLERANT, "c...", "start b c");
    check(TOLERANT, "fsss", "ends Warned");
    check(TOLERANT, "fsf.", "skip d for c, ends Failed");
    check("a?", "f", "ends Warned");
    check("a", "f", "ends Failed");
}

#[test]
fn a_node_that_was_skipped_keeps_the_run_stopped() {
    check(DIAMOND, "s-..", "skip c for b, skip d for b, ends Failed");
}

#[test]
fn cancel_skips_what_waits_and_ends_when_nothing_runs() {
    let check = |letters: &str, says: &str| {
        let graph = graph(DIAMOND);
        assert_eq!(told(&graph, &cancelled(&graph, letters)), says, "{letters}");
    };
    check("....", "skip a, skip b, skip c, skip d, ends Cancelled");
    check("srr.", "skip d");
    check("scr-", "wait");
    check("scs-", "ends Cancelled");
    check("sfr.", "skip d");
    check("ssss", "ends Cancelled");
}

#[test]
fn an_error_text_names_who_stopped_the_run() {
    let graph = graph("a b c? d<a");
    let stopped = stopped_by(&graph, &outcomes(&graph, "fcf-"));
    let names: Vec<String> = stopped.iter().map(|idx| name(graph.node(*idx).id)).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn a_chain_of_a_thousand_ends_in_a_thousand_moves() {
    let graph = Graph::define(&chain(1_000, &[])).unwrap();
    let mut outcomes = Outcomes::fresh(&graph);
    for place in 0..1_000 {
        assert_eq!(next(&graph, &outcomes).start, [NodeIdx(place)]);
        outcomes.record(NodeIdx(place), NodeEvent::Started).unwrap();
        outcomes.record(NodeIdx(place), NodeEvent::Succeeded).unwrap();
    }
    assert_eq!(next(&graph, &outcomes).ended, Some(RunEnd::Succeeded));
}
