//! The wire's words and the core's, one into the other.

use horarium_api::schedules as wire;
use horarium_core::{
    schedule_pattern as pattern, schedule_run::ScheduleExecutionState, schedule_step as step,
};

use crate::words::words;

words! {
    read_trigger_type, write_trigger_type: wire::TriggerType = pattern::TriggerType { Cron, Manual }
    read_pattern_type, write_pattern_type: wire::PatternType = pattern::PatternType {
        SpecificTimes, Interval, Custom
    }
    read_interval_unit, write_interval_unit: wire::IntervalUnit = pattern::IntervalUnit {
        Minutes, Hours
    }
    read_step_type, write_step_type: wire::StepType = step::StepType {
        RunProfile, PowerShell, Executable, SqlScript, Job
    }
}

/// What a filter asks for. Answers are spelt by the state itself, as the server is set.
pub(super) fn read_execution_status(word: wire::ScheduleExecutionStatus) -> ScheduleExecutionState {
    match word {
        wire::ScheduleExecutionStatus::Queued => ScheduleExecutionState::Queued,
        wire::ScheduleExecutionStatus::InProgress => ScheduleExecutionState::InProgress,
        wire::ScheduleExecutionStatus::Completed => ScheduleExecutionState::Completed,
        wire::ScheduleExecutionStatus::Failed => ScheduleExecutionState::Failed,
        wire::ScheduleExecutionStatus::Cancelled => ScheduleExecutionState::Cancelled,
        wire::ScheduleExecutionStatus::Paused => ScheduleExecutionState::Paused,
    }
}
