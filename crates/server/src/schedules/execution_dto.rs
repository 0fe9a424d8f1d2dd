//! A run of a schedule as the wire shows it: JIM's words for what core found out.

use std::collections::{HashMap, HashSet};

use horarium_api::schedules::{
    ExecutionMode, InitiatedByType, LastExecution, ScheduleExecutionDetailDto,
    ScheduleExecutionDto, ScheduleExecutionStepDto, ScheduleProgressDto, ScheduleProgressStepDto,
};
use horarium_core::{
    ExecutionId,
    graph::OnFailure,
    run::RunState,
    schedule::Step,
    schedule_run::{
        ActivityStatus, CANCELLED_BY_USER, Initiator, InitiatorKind, Observed, Position, Progress,
        ProgressGroup, ProgressStep, SCHEDULER_SERVICE, ScheduleExecutionState, StepNames,
        StepState, StepStatus, SuccessWord,
    },
    schedule_step::StepType,
};
use horarium_store::{RunNodeView, ScheduleRun};
use uuid::Uuid;

use super::words;

/// A step of a run, with where it stands.
struct Seen<'a> {
    step: &'a Step,
    ordinal: usize,
    node: Option<&'a RunNodeView>,
    state: StepState,
}

pub(super) fn execution_dto(run: &ScheduleRun, success: SuccessWord) -> ScheduleExecutionDto {
    execution_of(run, &seen(run, &HashSet::new()), success)
}

/// `stopping` are the cancelled executions whose work still goes on.
pub(super) fn detail_dto(
    run: &ScheduleRun,
    stopping: &HashSet<ExecutionId>,
    success: SuccessWord,
) -> ScheduleExecutionDetailDto {
    let seen = seen(run, stopping);
    let execution = execution_of(run, &seen, success);
    let Some(position) = position(&seen) else {
        return ScheduleExecutionDetailDto { execution, steps: Vec::new(), progress: None };
    };
    let state = ScheduleExecutionState::of_run(run.head.state);
    let status = |one: &Seen<'_>| StepStatus::of(one.state, state, position.place_of(one.ordinal));
    let parts: Vec<ProgressStep> = seen
        .iter()
        .map(|one| ProgressStep {
            ordinal: one.ordinal,
            name: names(one.step).in_progress(one.ordinal),
            status: status(one),
        })
        .collect();
    ScheduleExecutionDetailDto {
        execution,
        progress: Some(progress_dto(Progress::of(position, &parts))),
        steps: step_dtos(&seen, status),
    }
}

/// The six fields of a list of schedules.
pub(super) fn last_execution(run: &ScheduleRun, success: SuccessWord) -> LastExecution {
    let dto = execution_dto(run, success);
    LastExecution {
        last_execution_id: Some(dto.id),
        last_execution_status: Some(dto.status),
        last_execution_current_step_index: Some(dto.current_step_index),
        last_execution_total_steps: Some(dto.total_steps),
        last_execution_completed_at: dto.completed_at,
        last_execution_error_message: dto.error_message,
    }
}

fn execution_of(
    run: &ScheduleRun,
    seen: &[Seen<'_>],
    success: SuccessWord,
) -> ScheduleExecutionDto {
    let head = &run.head;
    let position = position(seen);
    let initiator = head.initiator.as_deref();
    let initiator = initiator.and_then(|text| serde_json::from_str::<Initiator>(text).ok());
    ScheduleExecutionDto {
        id: head.id.0,
        schedule_id: head.owner,
        schedule_name: head.owner_name.clone(),
        status: ScheduleExecutionState::of_run(head.state).name(success),
        current_step_index: number(position.map_or(0, Position::current_step_index)),
        total_steps: number(position.map_or(0, Position::total_steps)),
        queued_at: head.created_at,
        started_at: head.started_at,
        completed_at: head.ended_at,
        initiated_by_type: initiator.as_ref().map_or(InitiatedByType::NotSet, |it| match it.kind {
            InitiatorKind::User => InitiatedByType::User,
            InitiatorKind::ApiKey => InitiatedByType::ApiKey,
        }),
        initiated_by_id: initiator.as_ref().map(|it| it.id),
        initiated_by_name: Some(
            initiator.map_or_else(|| SCHEDULER_SERVICE.to_owned(), |it| it.name),
        ),
        error_message: match head.state {
            RunState::Cancelled => Some(CANCELLED_BY_USER.to_owned()),
            RunState::Queued
            | RunState::Running
            | RunState::Succeeded
            | RunState::Warned
            | RunState::Failed => head.error.clone(),
        },
    }
}

fn seen<'a>(run: &'a ScheduleRun, stopping: &HashSet<ExecutionId>) -> Vec<Seen<'a>> {
    let nodes: HashMap<Uuid, &RunNodeView> = run.nodes.iter().map(|node| (node.id, node)).collect();
    let see = |step: &'a Step| {
        let node = nodes.get(&step.id).copied();
        Seen {
            step,
            ordinal: usize::try_from(step.fields.step_index.unwrap_or(0)).unwrap_or(0),
            node,
            state: node.map_or(StepState::Pending, |node| step_state(node, stopping)),
        }
    };
    run.steps.iter().map(see).collect()
}

fn step_state(node: &RunNodeView, stopping: &HashSet<ExecutionId>) -> StepState {
    StepState::of_observed(Observed {
        node: node.state,
        execution: node.execution_state,
        has_text: node.error.is_some(),
        is_stopping: node.execution.is_some_and(|id| stopping.contains(&id)),
    })
}

fn position(seen: &[Seen<'_>]) -> Option<Position> {
    Position::of(seen.iter().map(|one| (one.ordinal, one.state)))
}

fn names(step: &Step) -> StepNames {
    StepNames { own: step.fields.name.clone(), ..StepNames::default() }
}

fn step_dtos(
    seen: &[Seen<'_>],
    status: impl Fn(&Seen<'_>) -> StepStatus,
) -> Vec<ScheduleExecutionStepDto> {
    let mut before = None;
    let mut dtos = Vec::with_capacity(seen.len());
    for one in seen {
        let is_beside = before == Some(one.ordinal);
        before = Some(one.ordinal);
        let mode =
            if is_beside { ExecutionMode::ParallelWithPrevious } else { ExecutionMode::Sequential };
        dtos.push(step_dto(one, mode, status(one)));
    }
    dtos
}

fn step_dto(
    one: &Seen<'_>,
    execution_mode: ExecutionMode,
    status: StepStatus,
) -> ScheduleExecutionStepDto {
    let (fields, node) = (&one.step.fields, one.node);
    let step_type = fields.step_type.unwrap_or_default();
    let task_id = node.and_then(|node| node.execution).map(|id| id.0);
    // An activity is the record of a run profile, kept under the id of its execution.
    let activity_id = task_id.filter(|_| step_type == StepType::RunProfile);
    let activity = activity_id.and_then(|_| ActivityStatus::of(one.state));
    ScheduleExecutionStepDto {
        step_index: number(one.ordinal),
        name: names(one.step).in_steps(one.ordinal),
        step_type: words::write_step_type(step_type),
        execution_mode,
        connected_system_id: fields.connected_system_id,
        status: status.label(),
        task_id,
        started_at: node.and_then(|node| node.attempt_started_at),
        completed_at: node.and_then(|node| node.ended_at).filter(|_| one.state.is_final()),
        error_message: node.and_then(|node| node.error.clone()),
        activity_id,
        activity_status: activity.map(ActivityStatus::name),
        connected_system_name: None,
        run_profile_id: fields.run_profile_id,
        run_profile_name: None,
        continue_on_failure: fields.on_failure == Some(OnFailure::Continue),
        job_id: fields.job_id.map(|job| job.0),
    }
}

fn progress_dto(progress: Progress) -> ScheduleProgressDto {
    let group = |group: ProgressGroup| ScheduleProgressStepDto {
        step_index: number(group.step_index),
        name: group.name,
        status: group.status.name(),
        task_statuses: group.task_statuses.into_iter().map(StepStatus::name).collect(),
        is_parallel: group.is_parallel,
    };
    ScheduleProgressDto {
        current_step_number: number(progress.current_step_number),
        total_steps: number(progress.total_steps),
        steps: progress.groups.into_iter().map(group).collect(),
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
