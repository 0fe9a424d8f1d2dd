//! Job definitions as workers need them, kept by version so that a claim seldom reads one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use horarium_core::JobId;
use horarium_store::{Claimed, JobDefinition, Store, by_job};

/// Definitions kept in memory.
const KEPT_MAX: usize = 10_000;

/// The newest definitions this node has used.
pub struct Definitions {
    store: Store,
    kept: Mutex<HashMap<JobId, Arc<JobDefinition>>>,
}

impl Definitions {
    pub fn new(store: Store) -> Self {
        Self { store, kept: Mutex::new(HashMap::new()) }
    }

    /// The definition of every claimed job, at the claimed version or a newer one. Jobs that were
    /// deleted for good meanwhile are missing.
    pub async fn of(
        &self,
        claimed: &[Claimed],
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
}
