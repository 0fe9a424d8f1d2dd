//! Schedules on the wire: JIM's shapes (contract §3).
//!
//! What JIM's page of schedule executions documents is there always, null where it has no value; so
//! are the fields that newer servers of JIM add. `timezone`, `jobId` and the step type `Job` are ours.

mod dto;
mod execution;
mod execution_query;
mod page;
mod query;
mod request;
mod step;
mod words;

#[cfg(test)]
pub(crate) use dto::tests::sample as sample_schedule;
pub use dto::{LastExecution, ScheduleDetailDto, ScheduleDto};
#[cfg(test)]
pub(crate) use execution::tests::sample as sample_execution;
pub use execution::{
    RunScheduleAnswer, ScheduleExecutionDetailDto, ScheduleExecutionDto, ScheduleExecutionStepDto,
    ScheduleProgressDto, ScheduleProgressStepDto,
};
pub use execution_query::{ScheduleExecutionQuery, ScheduleExecutionSort};
pub use page::{JIM_PAGE_SIZE_MAX, JimPage, JimPageQuery};
pub use query::{SCHEDULE_SEARCH_CHARS_MAX, ScheduleQuery, ScheduleSort, read_change_reason};
pub use request::{CreateScheduleRequest, ScheduleRequest};
pub use step::{SCHEDULE_STEPS_MAX, ScheduleStepDto, ScheduleStepRequest};
pub use words::{
    ExecutionMode, InitiatedByType, IntervalUnit, PatternType, ScheduleExecutionStatus, StepType,
    TriggerType,
};

pub const SCHEDULE_NAME_CHARS_MAX: usize = 200;
pub const SCHEDULE_DESCRIPTION_CHARS_MAX: usize = 1_000;
/// 32 cron texts of 256 characters.
pub const CRON_EXPRESSION_CHARS_MAX: usize = 8_192;
pub const DAYS_OF_WEEK_CHARS_MAX: usize = 50;
pub const RUN_TIMES_CHARS_MAX: usize = 200;
pub const WINDOW_EDGE_CHARS_MAX: usize = 10;
pub const INTERVAL_VALUE_MAX: u32 = 59;
/// Longest reason for a change, in characters.
pub const CHANGE_REASON_CHARS_MAX: usize = 2_000;
