//! What starts now, what never will, and how a run ends.

use super::{Graph, Intent, Node, NodeIdx, NodeState, Outcomes};

/// What to do about a run: all of it in one transaction, each node by its
/// [`after`](NodeState::after).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// Waiting nodes whose time has come, in the graph's order.
    pub start: Vec<NodeIdx>,
    /// Waiting nodes that will never start, in the graph's order.
    pub skip: Vec<(NodeIdx, SkipReason)>,
    /// How the run ends, once nothing runs and nothing starts. It stays the same ever after.
    pub ended: Option<RunEnd>,
}

/// Why a node never starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// This node failed with `Stop`, or stood as skipped before.
    Stopped {
        by: NodeIdx,
    },
    RunCancelled,
}

/// How a run ended.
///
/// | intent | nodes                                                  | end         |
/// |--------|--------------------------------------------------------|-------------|
/// | Cancel | any                                                    | `Cancelled` |
/// | Run    | one failed or was cancelled, with `Stop`               | `Failed`    |
/// | Run    | one warned, or failed or was cancelled with `Continue` | `Warned`    |
/// | Run    | all succeeded                                          | `Succeeded` |
///
/// `Warned` says that the run did all it could be asked to do. JIM calls such an execution plain
/// `Completed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunEnd {
    Succeeded,
    Warned,
    Failed,
    Cancelled,
}

impl RunEnd {
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "Succeeded",
            Self::Warned => "SucceededWithWarning",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }
}

/// What to do about a run that stands like this.
pub fn next(graph: &Graph, outcomes: &Outcomes) -> Next {
    let waiting = graph.iter().filter(|(idx, _)| outcomes.state(*idx) == NodeState::Waiting);
    let (start, skip) = if let Some(reason) = why_nothing_starts(graph, outcomes) {
        (Vec::new(), waiting.map(|(idx, _)| (idx, reason)).collect())
    } else {
        let ready = waiting.filter(|(_, node)| is_ready(graph, node, outcomes));
        (ready.map(|(idx, _)| idx).collect(), Vec::new())
    };
    let is_running = outcomes.states().contains(&NodeState::Running);
    let ended = (start.is_empty() && !is_running).then(|| run_end(graph, outcomes));
    Next { start, skip, ended }
}

/// The nodes that stop the run, in the graph's order: those that an error text should name.
pub fn stopped_by(graph: &Graph, outcomes: &Outcomes) -> Vec<NodeIdx> {
    let failed = graph.iter().filter(|(idx, node)| match outcomes.state(*idx) {
        NodeState::Skipped => false,
        state => state.stops_run(node.on_failure),
    });
    failed.map(|(idx, _)| idx).collect()
}

fn why_nothing_starts(graph: &Graph, outcomes: &Outcomes) -> Option<SkipReason> {
    match outcomes.intent {
        Intent::Cancel => Some(SkipReason::RunCancelled),
        Intent::Run => {
            let skipped_by = || {
                let mut all = graph.iter().map(|(idx, _)| idx);
                all.find(|idx| outcomes.state(*idx) == NodeState::Skipped)
            };
            let by = stopped_by(graph, outcomes).first().copied().or_else(skipped_by)?;
            Some(SkipReason::Stopped { by })
        }
    }
}

fn is_ready(graph: &Graph, node: &Node, outcomes: &Outcomes) -> bool {
    node.depends_on.iter().all(|&idx| {
        let needed = graph.node(idx);
        outcomes.state(idx).lets_through(needed.on_failure)
    })
}

/// Asked only when nothing runs and nothing starts. Then a node that waits waits for one that
/// stopped the run: the graph has no cycle, and every other end lets it through.
fn run_end(graph: &Graph, outcomes: &Outcomes) -> RunEnd {
    let stops = |(idx, node): (NodeIdx, &Node)| outcomes.state(idx).stops_run(node.on_failure);
    match outcomes.intent {
        Intent::Cancel => RunEnd::Cancelled,
        Intent::Run if graph.iter().any(stops) => RunEnd::Failed,
        Intent::Run if outcomes.states().iter().all(|state| *state == NodeState::Succeeded) => {
            RunEnd::Succeeded
        }
        Intent::Run => RunEnd::Warned,
    }
}
