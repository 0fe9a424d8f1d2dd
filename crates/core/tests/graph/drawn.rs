//! Graphs and runs as short texts: `a! b<a c<a,b`, where `!` is `Stop` and `?` is `Continue`.

use horarium_core::graph::{
    Graph, GraphError, Intent, Next, NodeIdx, NodeSpec, NodeState, OnFailure, Outcomes, RunEnd,
    SkipReason, next,
};
use uuid::Uuid;

/// The id of a node that is called by one letter.
pub(crate) fn id(name: &str) -> Uuid {
    Uuid::from_u128(u128::from(name.bytes().next().unwrap()))
}

pub(crate) fn name(id: Uuid) -> String {
    char::from(u8::try_from(id.as_u128()).unwrap()).to_string()
}

/// `a b?<a` : b waits for a, and its own failure lets others continue.
pub(crate) fn specs(text: &str) -> Vec<NodeSpec> {
    let spec = |word: &str| {
        let (node, needs) = word.split_once('<').unwrap_or((word, ""));
        NodeSpec {
            id: id(node),
            depends_on: needs.split(',').filter(|need| !need.is_empty()).map(id).collect(),
            on_failure: if node.ends_with('?') { OnFailure::Continue } else { OnFailure::Stop },
        }
    };
    text.split_whitespace().map(spec).collect()
}

pub(crate) fn graph(text: &str) -> Graph {
    Graph::define(&specs(text)).unwrap()
}

/// The error as text, with letters for ids.
pub(crate) fn refusal(text: &str) -> String {
    let err: GraphError = Graph::define(&specs(text)).unwrap_err();
    ('a'..='z').fold(err.to_string(), |text, letter| {
        text.replace(&id(&letter.to_string()).to_string(), &letter.to_string())
    })
}

/// One letter per node: `.` waits, `r` runs, `s` succeeded, `w` warned, `f` failed, `-` skipped,
/// `c` cancelled.
pub(crate) fn outcomes(graph: &Graph, letters: &str) -> Outcomes {
    let state = |letter| match letter {
        '.' => NodeState::Waiting,
        'r' => NodeState::Running,
        's' => NodeState::Succeeded,
        'w' => NodeState::Warned,
        'f' => NodeState::Failed,
        '-' => NodeState::Skipped,
        'c' => NodeState::Cancelled,
        other => panic!("no node state is called {other}"),
    };
    let rows = graph.nodes().iter().zip(letters.chars()).map(|(node, c)| (node.id, state(c)));
    Outcomes::recorded(graph, Intent::Run, rows).unwrap()
}

pub(crate) fn cancelled(graph: &Graph, letters: &str) -> Outcomes {
    let mut outcomes = outcomes(graph, letters);
    outcomes.intent = Intent::Cancel;
    outcomes
}

pub(crate) fn letters(outcomes: &Outcomes) -> String {
    let letter = |state: &NodeState| match state {
        NodeState::Waiting => '.',
        NodeState::Running => 'r',
        NodeState::Succeeded => 's',
        NodeState::Warned => 'w',
        NodeState::Failed => 'f',
        NodeState::Skipped => '-',
        NodeState::Cancelled => 'c',
    };
    outcomes.states().iter().map(letter).collect()
}

/// `start b c`, `skip d (stopped by a)`, `ends Failed`.
pub(crate) fn told(graph: &Graph, outcomes: &Outcomes) -> String {
    let Next { start, skip, ended } = next(graph, outcomes);
    let called = |idx: &NodeIdx| name(graph.node(*idx).id);
    let mut parts = Vec::new();
    if !start.is_empty() {
        parts.push(format!("start {}", start.iter().map(called).collect::<Vec<_>>().join(" ")));
    }
    for (idx, reason) in &skip {
        parts.push(match reason {
            SkipReason::Stopped { by } => format!("skip {} for {}", called(idx), called(by)),
            SkipReason::RunCancelled => format!("skip {}", called(idx)),
        });
    }
    parts.extend(ended.map(|end: RunEnd| format!("ends {end:?}")));
    if parts.is_empty() { "wait".to_owned() } else { parts.join(", ") }
}
