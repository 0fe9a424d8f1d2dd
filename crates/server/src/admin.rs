//! What an administrator does to all jobs: pausing, resuming, clearing old executions, export and
//! import.

mod import;

use std::sync::Arc;

use horarium_api::jobs::JobDto;
use horarium_core::{JobId, Standing};
use horarium_store::{CLEARED_PER_BATCH_MAX, TriggerChange, Wanted};
use jiff::SignedDuration;

use crate::{
    engine::Engine,
    jobs::{JobFault, Jobs, scheduled, settled},
    settings,
};

pub use import::Import;

/// Triggers changed in one transaction: bounds how long other writes wait behind it.
const TRIGGERS_PER_BATCH: u32 = 500;
/// Passes over all triggers. The second finds what fired, was made or was resumed during the first.
const PASSES_MAX: usize = 20;
/// Jobs read at once for an export.
const JOBS_PER_READ: u32 = 500;
const HOURS_PER_DAY: i64 = 24;

/// What the administration routes call.
pub struct Admin {
    jobs: Arc<Jobs>,
    engine: Arc<Engine>,
    retention_days: u32,
}

impl Admin {
    pub fn new(jobs: Arc<Jobs>, engine: Arc<Engine>, settings: &settings::Jobs) -> Self {
        Self { jobs, engine, retention_days: settings.retention_days }
    }

    /// Every enabled job is paused when this returns. What was due before has fired or has its
    /// decision; what runs or waits goes on.
    pub async fn pause_all(&self) -> Result<(), JobFault> {
        let paused = Standing::Paused { until: None, reason: None };
        self.change_all(Wanted::Enabled, &paused).await
    }

    /// Every paused job is enabled when this returns. Due instants of the pause are skipped.
    pub async fn resume_all(&self) -> Result<(), JobFault> {
        self.change_all(Wanted::Paused, &Standing::Enabled).await?;
        self.engine.wake();
        Ok(())
    }

    async fn change_all(&self, wanted: Wanted, standing: &Standing) -> Result<(), JobFault> {
        for _ in 0..PASSES_MAX {
            if self.pass(wanted, standing).await? == 0 {
                return Ok(());
            }
        }
        Err(JobFault::NotNow("Jobs kept changing meanwhile. Try again.".to_owned()))
    }

    /// Changes every trigger of this standing that nobody moves meanwhile; gives how many there were.
    async fn pass(&self, wanted: Wanted, standing: &Standing) -> Result<usize, JobFault> {
        let shared = self.engine.shared();
        let (mut n_found, mut after) = (0, None);
        loop {
            let batch = shared.store.triggers_of(wanted, after, TRIGGERS_PER_BATCH).await?;
            let Some(last) = batch.last else { return Ok(n_found) };
            after = Some(last);
            n_found += batch.triggers.len();
            let now = shared.clock.now();
            let (mut changes, mut to_fire) = (Vec::new(), Vec::new());
            for old in batch.triggers {
                let Some((trigger, settled)) = settled(&old, now) else {
                    to_fire.push(old.owner);
                    continue;
                };
                let new =
                    scheduled(horarium_core::Trigger { standing: standing.clone(), ..trigger });
                changes.push(TriggerChange { old, new, settled });
            }
            // Those that were moved meanwhile are found again by the next pass.
            shared.store.replace_triggers(changes).await?;
            for owner in to_fire {
                self.engine.settle(owner).await?;
            }
        }
    }

    /// Deletes what ended so many days ago or earlier, and gives how many executions that were.
    /// Without a number the configured retention counts.
    pub async fn clear_logs(&self, older_than_days: Option<u32>) -> Result<u64, JobFault> {
        let shared = self.engine.shared();
        let days = i64::from(older_than_days.unwrap_or(self.retention_days));
        let age = SignedDuration::from_hours(days * HOURS_PER_DAY);
        let now = shared.clock.now();
        let before = now.checked_sub(age).unwrap_or(jiff::Timestamp::MIN);
        let mut n_deleted = 0;
        loop {
            let n = shared.store.clear_executions(before).await?;
            n_deleted += u64::from(n);
            if n < CLEARED_PER_BATCH_MAX {
                return Ok(n_deleted);
            }
        }
    }

    /// All jobs, oldest first, so that an import keeps their order.
    pub async fn export(&self) -> Result<Vec<JobDto>, JobFault> {
        let store = &self.engine.shared().store;
        let mut dtos: Vec<JobDto> = Vec::new();
        loop {
            let after = dtos.last().map(|dto| JobId(dto.id));
            let views = store.jobs_after(after, JOBS_PER_READ).await?;
            if views.is_empty() {
                return Ok(dtos);
            }
            dtos.extend(self.jobs.dtos(&views).await?);
        }
    }
}
