//! A stored schedule as the wire shows it.

use horarium_api::schedules::{
    ExecutionMode, LastExecution, ScheduleDetailDto, ScheduleDto, ScheduleStepDto,
};
use horarium_core::{
    graph::OnFailure,
    schedule::{Schedule, Step},
};
use horarium_store::ScheduleView;

use super::{connection_string, words};

pub(super) fn schedule_dto(view: &ScheduleView) -> ScheduleDto {
    let ScheduleView { schedule, trigger } = view;
    let pattern = &schedule.pattern;
    ScheduleDto {
        id: schedule.id.0,
        name: schedule.name.clone(),
        description: schedule.description.clone(),
        trigger_type: words::write_trigger_type(pattern.trigger_type),
        cron_expression: pattern.cron_expression(),
        pattern_type: words::write_pattern_type(pattern.pattern_type),
        days_of_week: pattern.days_of_week.clone(),
        run_times: pattern.run_times.clone(),
        interval_value: pattern.interval_value,
        interval_unit: pattern.interval_unit.map(words::write_interval_unit),
        interval_window_start: pattern.interval_window_start.clone(),
        interval_window_end: pattern.interval_window_end.clone(),
        is_enabled: schedule.is_enabled,
        timezone: schedule.zone.clone(),
        last_run_time: None,
        next_run_time: trigger.as_ref().and_then(|trigger| trigger.next_run_at),
        step_count: u32::try_from(schedule.steps.len()).unwrap_or(u32::MAX),
        created: schedule.created_at,
        last_updated: schedule.updated_at,
        last_execution: LastExecution::default(),
    }
}

pub(super) fn detail_dto(schedule: ScheduleDto, stored: &Schedule) -> ScheduleDetailDto {
    ScheduleDetailDto { schedule, steps: step_dtos(&stored.steps) }
}

/// The first step of a group is Sequential, the others run beside it: so JIM counts.
fn step_dtos(steps: &[Step]) -> Vec<ScheduleStepDto> {
    let mut before = None;
    let mut dtos = Vec::with_capacity(steps.len());
    for step in steps {
        let step_index = step.fields.step_index.unwrap_or(0);
        let execution_mode = match before {
            Some(index) if index == step_index => ExecutionMode::ParallelWithPrevious,
            Some(_) | None => ExecutionMode::Sequential,
        };
        before = Some(step_index);
        dtos.push(step_dto(step, step_index, execution_mode));
    }
    dtos
}

fn step_dto(step: &Step, step_index: u32, execution_mode: ExecutionMode) -> ScheduleStepDto {
    let fields = &step.fields;
    let connection = fields.sql_connection_string.as_deref();
    ScheduleStepDto {
        id: step.id,
        step_index,
        name: fields.name.clone(),
        execution_mode,
        step_type: words::write_step_type(fields.step_type.unwrap_or_default()),
        continue_on_failure: fields.on_failure == Some(OnFailure::Continue),
        timeout_seconds: fields.timeout_seconds,
        connected_system_id: fields.connected_system_id,
        run_profile_id: fields.run_profile_id,
        script_path: fields.script_path.clone(),
        executable_path: fields.executable_path.clone(),
        working_directory: fields.working_directory.clone(),
        arguments: fields.arguments.clone(),
        sql_connection_string: connection.map(connection_string::shown),
        sql_script_path: fields.sql_script_path.clone(),
        job_id: fields.job_id.map(|job| job.0),
    }
}
