//! Executions of schedules: started, listed, shown, cancelled.

use std::collections::HashSet;

use horarium_api::schedules::{
    JimPage, ScheduleExecutionDetailDto, ScheduleExecutionDto, ScheduleExecutionQuery,
    ScheduleExecutionSort,
};
use horarium_core::{
    ExecutionId, RunId, ScheduleId,
    graph::NodeState,
    run::NO_STEPS,
    schedule_run::{Initiator, InitiatorKind, ScheduleExecutionState},
};
use horarium_store::{
    CancelledRun, NewScheduleRun, Once, ScheduleRun, ScheduleRunFilter, ScheduleRunSort,
};

use super::{
    ScheduleFault, Schedules,
    execution_dto::{detail_dto, execution_dto},
    words,
};
use crate::auth::{Principal, PrincipalKind};

impl Schedules {
    /// The name of a schedule that can run.
    pub async fn runnable(&self, id: ScheduleId) -> Result<String, ScheduleFault> {
        let schedule = self.view(id).await?.schedule;
        if schedule.steps.is_empty() {
            return Err(ScheduleFault::NotNow(NO_STEPS.to_owned()));
        }
        Ok(schedule.name)
    }

    /// Runs a schedule now, whatever its times say; also while it runs, or is disabled.
    pub async fn run(
        &self,
        id: ScheduleId,
        new: RunId,
        by: &Principal,
        once: Option<Once>,
    ) -> Result<(), ScheduleFault> {
        let initiator = serde_json::to_string(&initiator(by)).unwrap_or_default();
        let now = self.clock.now();
        let new = NewScheduleRun { id: new, schedule: id, initiator, now, once };
        if !self.store.start_schedule_run(new).await? {
            return Err(ScheduleFault::Unknown);
        }
        self.engine.shared().hints.advancer.give();
        Ok(())
    }

    pub async fn execution(&self, id: RunId) -> Result<ScheduleExecutionDetailDto, ScheduleFault> {
        let run = self.schedule_run(id).await?;
        let stopping = self.stopping(&run).await?;
        Ok(detail_dto(&run, &stopping, self.success))
    }

    pub async fn executions(
        &self,
        query: ScheduleExecutionQuery,
    ) -> Result<JimPage<ScheduleExecutionDto>, ScheduleFault> {
        let states = match query.status.map(words::read_execution_status) {
            None => Vec::new(),
            Some(status) => match status.run_states() {
                [] => return Ok(JimPage::new(Vec::new(), 0, query.page)),
                several => several.to_vec(),
            },
        };
        let filter = ScheduleRunFilter {
            schedule: query.schedule_id.map(ScheduleId),
            states,
            sort: match query.sort_by {
                ScheduleExecutionSort::QueuedAt => ScheduleRunSort::CreatedAt,
                ScheduleExecutionSort::StartedAt => ScheduleRunSort::StartedAt,
                ScheduleExecutionSort::CompletedAt => ScheduleRunSort::EndedAt,
                ScheduleExecutionSort::Status => ScheduleRunSort::State,
            },
            descending: query.sort_descending,
        };
        let (offset, limit) = (query.page.offset(), query.page.page_size);
        let (runs, total) = self.store.schedule_runs(filter, offset, limit).await?;
        let items = runs.iter().map(|run| execution_dto(run, self.success)).collect();
        Ok(JimPage::new(items, total, query.page))
    }

    /// Those that have not ended, oldest first.
    pub async fn active_executions(&self) -> Result<Vec<ScheduleExecutionDto>, ScheduleFault> {
        let runs = self.store.active_schedule_runs().await?;
        Ok(runs.iter().map(|run| execution_dto(run, self.success)).collect())
    }

    /// Its row at once; steps that run may still be stopping.
    pub async fn cancel(&self, id: RunId) -> Result<ScheduleExecutionDto, ScheduleFault> {
        // A run of a workflow is not ours to cancel.
        self.schedule_run(id).await?;
        match self.engine.cancel_run(id).await? {
            CancelledRun::Now(_) => Ok(execution_dto(&self.schedule_run(id).await?, self.success)),
            CancelledRun::Unknown => Err(ScheduleFault::Unknown),
            CancelledRun::Ended(state) => {
                let state = ScheduleExecutionState::of_run(state);
                Err(ScheduleFault::NotNow(state.cancel_refusal(self.success)))
            }
        }
    }

    async fn schedule_run(&self, id: RunId) -> Result<ScheduleRun, ScheduleFault> {
        self.store.schedule_run(id).await?.ok_or(ScheduleFault::Unknown)
    }

    /// The cancelled executions of a run whose work still goes on, here or elsewhere.
    async fn stopping(&self, run: &ScheduleRun) -> Result<HashSet<ExecutionId>, ScheduleFault> {
        let cancelled = run.nodes.iter();
        let cancelled = cancelled.filter(|node| node.state == NodeState::Cancelled);
        let cancelled: Vec<_> = cancelled.filter_map(|node| node.execution).collect();
        if cancelled.is_empty() {
            return Ok(HashSet::new());
        }
        let attempts = &self.engine.shared().attempts;
        let here: Vec<_> =
            cancelled.iter().copied().filter(|id| attempts.is_running(*id)).collect();
        let elsewhere = self.store.cancellations_of(cancelled).await?;
        Ok(here.into_iter().chain(elsewhere).collect())
    }
}

fn initiator(by: &Principal) -> Initiator {
    let (kind, id) = match &by.kind {
        PrincipalKind::User { id, .. } => (InitiatorKind::User, id.0),
        PrincipalKind::ApiKey { id, .. } => (InitiatorKind::ApiKey, id.0),
    };
    Initiator { kind, id, name: by.display_name().to_owned() }
}
