//! What is asked of runs: started, cancelled, tried again.

use std::sync::Arc;

use horarium_core::{RunId, WorkflowId};
use horarium_store::{CancelledRun, NewResume, NewWorkflowRun, Once, Resumed, RunPlanner};

use super::{Engine, Shared};

impl Engine {
    /// Makes a run of a workflow. `false`: the workflow is unknown or deleted.
    pub async fn start_workflow(
        &self,
        id: RunId,
        workflow: WorkflowId,
        by: Option<String>,
        once: Option<Once>,
    ) -> horarium_store::Result<bool> {
        let shared = self.shared();
        let new = NewWorkflowRun { id, workflow, initiator: by, now: shared.clock.now(), once };
        let made = shared.store.start_workflow(new).await?;
        shared.hints.advancer.give();
        Ok(made)
    }

    /// Cancels a run: its row and its nodes' at once, their work within a second.
    pub async fn cancel_run(&self, id: RunId) -> horarium_store::Result<CancelledRun> {
        let shared = self.shared();
        let (node, now) = (shared.lease.node(), shared.clock.now());
        let outcome = shared.store.cancel_run(id, node, now, planner(shared)).await?;
        if let CancelledRun::Now(cancelled) = &outcome {
            self.stop_attempts(cancelled);
            shared.run_plans.forget(id);
        }
        Ok(outcome)
    }

    /// A new run of what did not succeed in an ended one.
    pub async fn resume_run(
        &self,
        id: RunId,
        resumes: RunId,
        by: Option<String>,
        once: Option<Once>,
    ) -> horarium_store::Result<Resumed> {
        let shared = self.shared();
        let new = NewResume { id, resumes, initiator: by, now: shared.clock.now(), once };
        let outcome = shared.store.resume_run(new, planner(shared)).await?;
        shared.hints.advancer.give();
        Ok(outcome)
    }
}

fn planner(shared: &Shared) -> Arc<dyn RunPlanner> {
    Arc::clone(&shared.run_plans) as Arc<dyn RunPlanner>
}
