//! From the wire's request to the core's draft.

use horarium_api::schedules::{ScheduleRequest, ScheduleStepRequest};
use horarium_core::{
    JobId,
    graph::OnFailure,
    schedule::{ScheduleDraft, Step, StepDraft},
    schedule_pattern::PatternDraft,
    schedule_step::StepFields,
};

use super::{connection_string::keep_stored, words};

/// The draft of a request about a schedule that has these steps.
pub(super) fn draft(request: ScheduleRequest, stored: &[Step]) -> ScheduleDraft {
    let pattern = PatternDraft {
        trigger_type: request.trigger_type.map(words::read_trigger_type),
        pattern_type: request.pattern_type.map(words::read_pattern_type),
        cron_expression: request.cron_expression,
        days_of_week: request.days_of_week,
        run_times: request.run_times,
        interval_value: request.interval_value,
        interval_unit: request.interval_unit.map(words::read_interval_unit),
        interval_window_start: request.interval_window_start,
        interval_window_end: request.interval_window_end,
    };
    let steps = request.steps.map(|steps| {
        let mut steps: Vec<StepDraft> = steps.into_iter().map(step).collect();
        keep_stored(&mut steps, stored);
        steps
    });
    ScheduleDraft {
        name: request.name,
        description: request.description,
        pattern,
        zone: request.timezone.filter(|zone| !zone.trim().is_empty()),
        is_enabled: request.is_enabled,
        steps,
    }
}

fn step(request: ScheduleStepRequest) -> StepDraft {
    let on_failure = |goes_on| if goes_on { OnFailure::Continue } else { OnFailure::Stop };
    let fields = StepFields {
        step_index: request.step_index,
        name: request.name,
        step_type: request.step_type.map(words::read_step_type),
        on_failure: request.continue_on_failure.map(on_failure),
        timeout_seconds: request.timeout_seconds,
        connected_system_id: request.connected_system_id.map(i64::from),
        run_profile_id: request.run_profile_id.map(i64::from),
        script_path: request.script_path,
        executable_path: request.executable_path,
        working_directory: request.working_directory,
        arguments: request.arguments,
        sql_connection_string: request.sql_connection_string,
        sql_script_path: request.sql_script_path,
        job_id: request.job_id.map(JobId),
    };
    StepDraft { id: request.id, fields }
}
