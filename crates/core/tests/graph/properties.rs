//! Whatever the graph, whoever ends first, whenever somebody cancels.

use horarium_core::graph::{
    Graph, Intent, NodeEvent, NodeIdx, NodeSpec, NodeState, OnFailure, Outcomes, RunEnd, StepSpec,
    next, resume,
};
use proptest::{prelude::*, sample::Index, test_runner::RngSeed};
use uuid::Uuid;

/// A graph, and how each of its nodes ends when it runs.
#[derive(Clone, Debug)]
struct Story {
    graph: Graph,
    fates: Vec<NodeEvent>,
}

const FATES: [NodeEvent; 4] =
    [NodeEvent::Succeeded, NodeEvent::Warned, NodeEvent::Failed, NodeEvent::Cancelled];

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
struct Ending {
    states: Vec<NodeState>,
    end: RunEnd,
}

impl Story {
    fn fails(&self, idx: usize) -> bool {
        matches!(self.fates[idx], NodeEvent::Failed | NodeEvent::Cancelled)
    }

    fn has_stop(&self) -> bool {
        let stops = |(idx, node): (NodeIdx, &_)| -> bool {
            let node: &horarium_core::graph::Node = node;
            self.fails(idx.0) && node.on_failure == OnFailure::Stop
        };
        self.graph.iter().any(stops)
    }

    /// Runs from `outcomes` on; who ends next is drawn from `order`, and after `cancel_after` ends
    /// somebody cancels. Asks twice each time, as two server processes would.
    fn run(&self, outcomes: &Outcomes, order: &[Index], cancel_after: Option<usize>) -> Ending {
        let graph = &self.graph;
        let mut outcomes = outcomes.clone();
        let mut n_starts = vec![0; graph.nodes().len()];
        for n_ends in 0..=graph.nodes().len() {
            if cancel_after == Some(n_ends) {
                outcomes.intent = Intent::Cancel;
            }
            let plan = next(graph, &outcomes);
            for idx in &plan.start {
                outcomes.record(*idx, NodeEvent::Started).unwrap();
                n_starts[idx.0] += 1;
            }
            for (idx, _) in &plan.skip {
                outcomes.record(*idx, NodeEvent::Skipped).unwrap();
            }
            let again = next(graph, &outcomes);
            assert!(again.start.is_empty() && again.skip.is_empty(), "{again:?} after {plan:?}");
            assert_eq!(again.ended, plan.ended);
            let running: Vec<usize> = (0..graph.nodes().len())
                .filter(|place| outcomes.states()[*place] == NodeState::Running)
                .collect();
            assert_eq!(running.is_empty(), plan.ended.is_some(), "stuck, or ended too early");
            if let Some(end) = plan.ended {
                assert!(outcomes.states().iter().all(|state| state.is_final()), "{outcomes:?}");
                assert!(n_starts.iter().all(|n| *n <= 1), "started twice: {n_starts:?}");
                return Ending { states: outcomes.states().to_vec(), end };
            }
            let ends = running[order[n_ends % order.len()].index(running.len())];
            outcomes.record(NodeIdx(ends), self.fates[ends]).unwrap();
        }
        panic!("more ends than nodes")
    }

    fn whole(&self, order: &[Index]) -> Ending {
        self.run(&Outcomes::fresh(&self.graph), order, None)
    }
}

fn fate() -> impl Strategy<Value = NodeEvent> {
    prop_oneof![6 => Just(0), 1 => Just(1), 2 => Just(2), 1 => Just(3)].prop_map(|n| FATES[n])
}

fn on_failure() -> impl Strategy<Value = OnFailure> {
    prop::sample::select(&OnFailure::ALL[..])
}

/// Any graph without cycles: a node needs only earlier ones, and then all are shuffled.
fn workflow() -> impl Strategy<Value = Story> {
    let node = (prop::collection::vec(any::<Index>(), 0..4), on_failure());
    prop::collection::vec((node, fate()), 1..14).prop_flat_map(|drawn| {
        let id = |place: usize| Uuid::from_u128(place as u128);
        let spec = |(place, ((needs, on_failure), fate)): (usize, ((Vec<Index>, _), _))| {
            let needs = if place == 0 { vec![] } else { needs };
            let depends_on = needs.iter().map(|need| id(need.index(place))).collect();
            (NodeSpec { id: id(place), depends_on, on_failure }, fate)
        };
        let specs: Vec<(NodeSpec, NodeEvent)> = drawn.into_iter().enumerate().map(spec).collect();
        Just(specs).prop_shuffle().prop_map(|specs| {
            let (specs, fates): (Vec<NodeSpec>, Vec<NodeEvent>) = specs.into_iter().unzip();
            Story { graph: Graph::define(&specs).unwrap(), fates }
        })
    })
}

fn schedule() -> impl Strategy<Value = Story> {
    prop::collection::vec((0_u32..6, on_failure(), fate()), 1..14).prop_map(|drawn| {
        let step = |(place, (step_index, on_failure, _)): (usize, &(u32, OnFailure, NodeEvent))| {
            StepSpec {
                id: Uuid::from_u128(place as u128),
                step_index: *step_index,
                on_failure: *on_failure,
            }
        };
        let steps: Vec<StepSpec> = drawn.iter().enumerate().map(step).collect();
        let fates = drawn.iter().map(|(_, _, fate)| *fate).collect();
        Story { graph: Graph::of_steps(&steps).unwrap(), fates }
    })
}

fn order() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 14)
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 512,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_node_ends_and_the_end_of_the_run_follows_from_the_fates(
        story in prop_oneof![workflow(), schedule()],
        order in order(),
    ) {
        let ending = story.whole(&order);
        let is_all_good = story.fates.iter().all(|fate| *fate == NodeEvent::Succeeded);
        let expected = match (story.has_stop(), is_all_good) {
            (true, _) => RunEnd::Failed,
            (false, true) => RunEnd::Succeeded,
            (false, false) => RunEnd::Warned,
        };
        prop_assert_eq!(ending.end, expected);
        prop_assert!(story.has_stop() || !ending.states.contains(&NodeState::Skipped));
    }

    #[test]
    fn how_a_run_ends_never_depends_on_who_ends_first(
        story in workflow(), one in order(), other in order(),
    ) {
        let (one, other) = (story.whole(&one), story.whole(&other));
        prop_assert_eq!(one.end, other.end);
        prop_assert!(story.has_stop() || one.states == other.states);
    }

    #[test]
    fn in_a_schedule_no_state_depends_on_who_ends_first(
        story in schedule(), one in order(), other in order(),
    ) {
        prop_assert_eq!(story.whole(&one), story.whole(&other));
    }

    #[test]
    fn cancel_at_any_point_ends_everything(
        story in prop_oneof![workflow(), schedule()], order in order(), after in 0_usize..14,
    ) {
        let whole = story.whole(&order);
        let n_ends = whole.states.iter().filter(|state| **state != NodeState::Skipped).count();
        let cancelled = story.run(&Outcomes::fresh(&story.graph), &order, Some(after));
        prop_assert_eq!(cancelled.end, if after <= n_ends { RunEnd::Cancelled } else { whole.end });
    }

    #[test]
    fn a_resumed_run_restarts_no_success_and_ends(
        story in prop_oneof![workflow(), schedule()],
        fates in prop::collection::vec(fate(), 14),
        order in order(),
    ) {
        let first = story.whole(&order);
        let rows = story.graph.nodes().iter().map(|node| node.id).zip(first.states.clone());
        let recorded = Outcomes::recorded(&story.graph, Intent::Run, rows).unwrap();
        let Ok(resumed) = resume(&story.graph, &recorded) else {
            prop_assert!(first.states.iter().all(|state| state.is_success()));
            return Ok(());
        };
        let retold = Story { fates: fates[..story.fates.len()].to_vec(), ..story };
        // A restarted success would be a second `Started`, which `record` refuses.
        let second = retold.run(&resumed, &order, None);
        for (old, new) in first.states.iter().zip(&second.states) {
            prop_assert!(!old.is_success() || old == new);
        }
    }
}
