//! Jobs on the wire: what creates and changes them, what they look like, how they are listed.

mod dependencies;
mod dto;
mod exclusions;
mod job_query;
mod request;
mod retry_policy;

pub use dependencies::{DEPENDENCIES_MAX, Dependencies};
#[cfg(test)]
pub(crate) use dto::tests::sample as sample_job;
pub use dto::{JobDto, scheduler_job_id};
pub use exclusions::{
    EXCLUDED_DATES_MAX, EXCLUDED_DAYS_MAX, ExclusionsDto, ExclusionsRequest, TimeRange,
};
pub use job_query::{JobQuery, JobSort, SEARCH_CHARS_MAX, SortDirection, read_hard_delete};
pub use request::{CreateJobRequest, JobRequest, PauseRequest, RescheduleRequest};
pub(crate) use request::{interval_seconds, schedule_expression, timezone};
pub use retry_policy::{
    RETRY_ATTEMPTS_MAX, RETRY_DELAY_SECONDS_MAX, RETRY_EXCEPTIONS_MAX, RetryPolicyDto,
    RetryPolicyRequest,
};

pub const JOB_NAME_CHARS_MAX: usize = 200;
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;
pub const SCHEDULE_EXPRESSION_CHARS_MAX: usize = 500;
pub const TIMEZONE_CHARS_MAX: usize = 100;
pub const CREATED_BY_CHARS_MAX: usize = 256;
pub const PAUSE_REASON_CHARS_MAX: usize = 500;
pub const TAGS_MAX: usize = 50;
pub const TAG_CHARS_MAX: usize = 100;
/// Ten years.
pub const INTERVAL_SECONDS_MAX: u32 = 315_360_000;
/// 7 days.
pub const TIMEOUT_SECONDS_MAX: u32 = 604_800;
/// A year.
pub const LATENESS_SECONDS_MAX: u32 = 31_536_000;
/// A day.
pub const JITTER_SECONDS_MAX: u32 = 86_400;
pub const CONCURRENCY_MAX: u32 = 1_000;
