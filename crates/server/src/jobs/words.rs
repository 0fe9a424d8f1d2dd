//! The wire's words and the core's, one into the other.

use horarium_api::enums as wire;
use horarium_core::{
    Decision, ExecutionState, JobType, Origin, RetryPolicy, dependencies::Condition,
    job::ScheduleType, lost::LostAttemptPolicy, retry::Backoff, trigger,
};

use crate::words::words;

words! {
    read_schedule_type, write_schedule_type: wire::ScheduleType = ScheduleType {
        Cron, Interval, OneTime
    }
    read_dialect, write_dialect: wire::CronDialect = trigger::CronDialect { Vixie, Hangfire }
    read_misfire, write_misfire: wire::MisfirePolicy = trigger::MisfirePolicy { Latest, All, Skip }
    read_overlap, write_overlap: wire::OverlapPolicy = trigger::OverlapPolicy {
        Allow, Skip, Queue, CancelRunning
    }
    read_lost_attempt, write_lost_attempt: wire::LostAttemptPolicy = LostAttemptPolicy {
        Retry, Fail, Hold
    }
    read_backoff, write_backoff: wire::RetryBackoffType = Backoff { Fixed, Linear, Exponential }
    read_condition, write_condition: wire::DependencyCondition = Condition {
        AllSucceeded, AnySucceeded
    }
    read_state, write_state: wire::ExecutionStatus = ExecutionState {
        Pending, Running, Succeeded, Failed, Cancelled
    }
    read_origin, write_origin: wire::ExecutionOrigin = Origin { Schedule, Manual, Retry, Workflow }
}

pub(super) fn read_job_type(word: wire::JobType) -> JobType {
    match word {
        wire::JobType::HttpCall => JobType::HttpCall,
        wire::JobType::StoredProcedure => JobType::StoredProcedure,
        wire::JobType::CodeExecution => JobType::CodeExecution,
        wire::JobType::FileOperation => JobType::FileOperation,
    }
}

/// # Panics
///
/// With the type of a step, which `core::Job` refuses to have.
pub(super) fn write_job_type(value: JobType) -> wire::JobType {
    match value {
        JobType::HttpCall => wire::JobType::HttpCall,
        JobType::StoredProcedure => wire::JobType::StoredProcedure,
        JobType::CodeExecution => wire::JobType::CodeExecution,
        JobType::FileOperation => wire::JobType::FileOperation,
        JobType::RunProfile | JobType::PowerShell | JobType::Executable | JobType::SqlScript => {
            unreachable!("a job never has the type of a step")
        }
    }
}

pub(super) fn write_decision(decision: &Decision) -> wire::Decision {
    match decision {
        Decision::Fired => wire::Decision::Fired,
        Decision::FiredLate => wire::Decision::FiredLate,
        Decision::Skipped(_) => wire::Decision::Skipped,
        Decision::Coalesced { .. } => wire::Decision::Coalesced,
        Decision::Missed(_) => wire::Decision::Missed,
    }
}

/// The policy after a request: what it does not say stays.
pub(super) fn amend_retry(
    present: &RetryPolicy,
    request: horarium_api::jobs::RetryPolicyRequest,
) -> RetryPolicy {
    let codes = request.should_retry_http_status_codes;
    RetryPolicy {
        retries_max: request.max_attempts.unwrap_or(present.retries_max),
        delay_seconds: request.delay_seconds.unwrap_or(present.delay_seconds),
        backoff: request.backoff.map_or(present.backoff, read_backoff),
        delay_seconds_max: request.max_delay_seconds.or(present.delay_seconds_max),
        jitter: request.jitter.unwrap_or(present.jitter),
        status_codes: codes.unwrap_or_else(|| present.status_codes.clone()),
    }
}
