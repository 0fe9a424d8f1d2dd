//! The plans of runs, kept so that a run's snapshot is parsed once per node and not at every move.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use horarium_core::{
    ExecutionId, RunId,
    run::{RunKind, RunPlan},
};
use horarium_store::RunPlanner;
use uuid::Uuid;

/// Nodes that the kept plans have together. A node takes some hundred bytes.
const NODES_KEPT_MAX: usize = 100_000;

/// Reads plans and keeps them.
#[derive(Default)]
pub struct RunPlans {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    plans: HashMap<RunId, Arc<RunPlan>>,
    n_nodes: usize,
}

impl RunPlans {
    fn keep(&self, run: RunId, plan: &Arc<RunPlan>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let n_nodes = plan.graph.nodes().len();
        if kept.n_nodes + n_nodes > NODES_KEPT_MAX {
            *kept = Kept::default();
        }
        if kept.plans.insert(run, Arc::clone(plan)).is_none() {
            kept.n_nodes += n_nodes;
        }
    }

    /// The run has ended: nobody asks any more.
    pub fn forget(&self, run: RunId) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = kept.plans.remove(&run) {
            kept.n_nodes -= plan.graph.nodes().len();
        }
    }
}

impl RunPlanner for RunPlans {
    fn kept(&self, run: RunId) -> Option<Arc<RunPlan>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.plans.get(&run).cloned()
    }

    fn read(&self, run: RunId, kind: RunKind, snapshot: &str) -> Result<Arc<RunPlan>, String> {
        let plan = Arc::new(RunPlan::read(kind, snapshot)?);
        self.keep(run, &plan);
        Ok(plan)
    }

    fn execution_id(&self) -> ExecutionId {
        ExecutionId(Uuid::now_v7())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(n_nodes: usize) -> String {
        let node = |n: usize| {
            let id = Uuid::from_u128(n as u128);
            format!(r#"{{"id":"{id}","dependsOn":[],"onFailure":"Stop"}}"#)
        };
        format!("[{}]", (0..n_nodes).map(node).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn what_is_kept_has_a_bound_and_what_ended_is_forgotten() {
        let plans = RunPlans::default();
        let run = |n: usize| RunId(Uuid::from_u128(n as u128));
        let snapshot = snapshot(1_000);
        let n_fit = NODES_KEPT_MAX / 1_000;
        for n in 0..n_fit {
            plans.read(run(n), RunKind::Workflow, &snapshot).unwrap();
        }
        assert!(plans.kept(run(0)).is_some());
        plans.read(run(n_fit), RunKind::Workflow, &snapshot).unwrap();
        assert!(plans.kept(run(0)).is_none(), "one more than fits makes room");
        plans.forget(run(n_fit));
        assert!(plans.kept(run(n_fit)).is_none());
        assert_eq!(plans.kept.lock().unwrap().n_nodes, 0);
    }
}
