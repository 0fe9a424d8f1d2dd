//! Definitions as workers need them: a job's, kept by version so that a claim seldom reads one; a
//! step's, from the run it belongs to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use horarium_core::{ExecutionId, JobId, run::StepDefinition};
use horarium_store::{Claimed, JobDefinition, Store, by_job};

use super::run_plans::RunPlans;

/// Definitions kept in memory.
const KEPT_MAX: usize = 10_000;

/// The newest definitions this node has used.
pub struct Definitions {
    store: Store,
    run_plans: Arc<RunPlans>,
    kept: Mutex<HashMap<JobId, Arc<JobDefinition>>>,
}

/// The definitions of some claims.
#[derive(Default)]
pub struct Found {
    of_jobs: HashMap<JobId, Arc<JobDefinition>>,
    of_steps: HashMap<ExecutionId, Arc<JobDefinition>>,
    /// Limits that steps set for the jobs they run.
    timeout_seconds: HashMap<ExecutionId, u32>,
}

impl Found {
    pub fn of(&self, claim: &Claimed) -> Option<Arc<JobDefinition>> {
        if let Some(definition) = self.of_steps.get(&claim.id) {
            return Some(Arc::clone(definition));
        }
        let definition = self.of_jobs.get(&claim.job)?;
        Some(match self.timeout_seconds.get(&claim.id) {
            Some(&timeout_seconds) => {
                Arc::new(JobDefinition { timeout_seconds, ..JobDefinition::clone(definition) })
            }
            None => Arc::clone(definition),
        })
    }
}

impl Definitions {
    pub fn new(store: Store, run_plans: Arc<RunPlans>) -> Self {
        Self { store, run_plans, kept: Mutex::new(HashMap::new()) }
    }

    /// The definition of every claimed execution: its step's, or its job's at the claimed version or
    /// a newer one. Those of jobs that were deleted for good meanwhile are missing.
    pub async fn of(&self, claimed: &[Claimed]) -> horarium_store::Result<Found> {
        let found = self.of_steps(claimed).await?;
        let of_jobs = claimed.iter().filter(|claim| !found.of_steps.contains_key(&claim.id));
        let of_jobs = self.of_jobs(of_jobs).await?;
        Ok(Found { of_jobs, ..found })
    }

    async fn of_jobs(
        &self,
        claimed: impl Iterator<Item = &Claimed>,
    ) -> horarium_store::Result<HashMap<JobId, Arc<JobDefinition>>> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            for claim in claimed {
                match kept.get(&claim.job) {
                    Some(definition) if definition.version >= claim.job_version => {
                        found.insert(claim.job, Arc::clone(definition));
                    }
                    Some(_) | None => missing.push(claim.job),
                }
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        missing.sort_unstable();
        missing.dedup();
        let read = by_job(self.store.definitions(missing).await?);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() + read.len() > KEPT_MAX {
            kept.clear();
        }
        for (id, definition) in read {
            let definition = Arc::new(definition);
            kept.insert(id, Arc::clone(&definition));
            found.insert(id, definition);
        }
        Ok(found)
    }

    /// The definitions of those that are steps of runs.
    async fn of_steps(&self, claimed: &[Claimed]) -> horarium_store::Result<Found> {
        let awaited = claimed.iter().filter(|claim| claim.awaited);
        let awaited: Vec<ExecutionId> = awaited.map(|claim| claim.id).collect();
        let mut found = Found::default();
        if awaited.is_empty() {
            return Ok(found);
        }
        for node in self.store.nodes_of(awaited).await? {
            let plan = self.store.run_plan(node.run, self.run_plans.as_ref()).await?;
            let Some(plan) = plan else { continue };
            if let Some(step) = plan.step(node.node) {
                let definition = Arc::new(definition(JobId(node.node), step));
                found.of_steps.insert(node.execution, definition);
            }
            if let Some(timeout_seconds) = plan.job_timeout_seconds(node.node) {
                found.timeout_seconds.insert(node.execution, timeout_seconds);
            }
        }
        Ok(found)
    }
}

/// A step as workers know jobs. Its run's snapshot never changes, so it has one version.
fn definition(id: JobId, step: &StepDefinition) -> JobDefinition {
    JobDefinition {
        id,
        version: 0,
        name: step.name.clone(),
        job_type: step.job_type,
        configuration: step.configuration.clone(),
        retry: step.retry.clone(),
        timeout_seconds: step.timeout_seconds,
        created_by: None,
    }
}
