//! Events as stored, in the wire's words.

use horarium_api::{
    enums::ExecutionStatus,
    events::{
        EventDto, ExecutionsEventDto, JobChange, JobsEventDto, MovedExecutionDto, MovedRunDto,
        NodeChange, NodeEventDto, RunKind, RunsEventDto,
    },
};
use horarium_core::{self as core, Event, ExecutionState, event::MovedRun};
use horarium_store::StoredEvent;

pub(super) fn dto(stored: &StoredEvent) -> EventDto {
    let at = stored.at;
    match &stored.event {
        Event::Executions(changed) => EventDto::Executions(ExecutionsEventDto {
            at,
            executions: changed.executions.iter().map(moved).collect(),
            job_ids: changed.jobs.iter().map(|job| job.0).collect(),
            changed: changed.n_changed,
            is_complete: changed.executions.len() as u64 == changed.n_changed,
        }),
        Event::Jobs(changed) => EventDto::Jobs(JobsEventDto {
            at,
            change: job_change(changed.change),
            job_ids: changed.jobs.iter().map(|job| job.0).collect(),
            changed: changed.n_changed,
            is_complete: changed.jobs.len() as u64 == changed.n_changed,
        }),
        Event::Node { node, name, change } => EventDto::Node(NodeEventDto {
            at,
            node_id: node.0,
            name: name.clone(),
            change: match change {
                core::NodeChange::Started => NodeChange::Started,
                core::NodeChange::Stopped => NodeChange::Stopped,
                core::NodeChange::Lost => NodeChange::Lost,
            },
        }),
        Event::Runs(changed) => EventDto::Runs(RunsEventDto {
            at,
            runs: changed.runs.iter().map(moved_run).collect(),
            changed: changed.n_changed,
            is_complete: changed.runs.len() as u64 == changed.n_changed,
        }),
    }
}

fn moved(moved: &core::Moved) -> MovedExecutionDto {
    let status = |state| match state {
        ExecutionState::Pending => ExecutionStatus::Pending,
        ExecutionState::Running => ExecutionStatus::Running,
        ExecutionState::Succeeded => ExecutionStatus::Succeeded,
        ExecutionState::Failed => ExecutionStatus::Failed,
        ExecutionState::Cancelled => ExecutionStatus::Cancelled,
    };
    MovedExecutionDto { id: moved.id.0, job_id: moved.job.0, status: moved.state.map(status) }
}

fn moved_run(moved: &MovedRun) -> MovedRunDto {
    let kind = match moved.kind {
        core::run::RunKind::Workflow => RunKind::Workflow,
        core::run::RunKind::Schedule => RunKind::Schedule,
    };
    MovedRunDto { id: moved.run.0, kind, status: moved.state.name().to_owned() }
}

fn job_change(change: core::JobChange) -> JobChange {
    match change {
        core::JobChange::Created => JobChange::Created,
        core::JobChange::Updated => JobChange::Updated,
        core::JobChange::Paused => JobChange::Paused,
        core::JobChange::Resumed => JobChange::Resumed,
        core::JobChange::Deleted => JobChange::Deleted,
    }
}
