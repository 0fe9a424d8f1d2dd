//! A job: what to run, when, and under which policies; and the only ways to define or amend one.

mod define;
mod draft;
mod schedule_draft;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::{
    draft::{Bound, JobDefaults, JobDraft, PolicyDraft},
    schedule_draft::{ScheduleDraft, ScheduleType},
};
#[cfg(doc)]
use crate::trigger::Trigger;
use crate::{execution::ExecutionState, id::JobId, retry::RetryPolicy};

pub const NAME_CHARS_MAX: usize = 200;
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;
pub const CREATED_BY_CHARS_MAX: usize = 256;
pub const TAGS_MAX: usize = 50;
pub const TAG_CHARS_MAX: usize = 100;
/// Longest time limit of an attempt: 7 days.
pub const TIMEOUT_SECONDS_MAX: u32 = 7 * 24 * 3600;
pub const CONCURRENCY_MAX: u32 = 10_000;
/// Largest `maxLatenessSeconds`: a year.
pub const LATENESS_SECONDS_MAX: u32 = 365 * 24 * 3600;
/// Widest spread of starts: one day.
pub const JITTER_SECONDS_MAX: u32 = 24 * 3600;

/// The kind of work: one plug-in of the worker each. The words are the wire's.
///
/// The first four are what a job may be; the others only steps of schedules are
/// ([`StepFields::work`](crate::schedule_step::StepFields::work)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JobType {
    HttpCall,
    StoredProcedure,
    CodeExecution,
    FileOperation,
    RunProfile,
    PowerShell,
    Executable,
    SqlScript,
}

impl JobType {
    pub const ALL: [Self; 8] = [
        Self::HttpCall,
        Self::StoredProcedure,
        Self::CodeExecution,
        Self::FileOperation,
        Self::RunProfile,
        Self::PowerShell,
        Self::Executable,
        Self::SqlScript,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::HttpCall => "HttpCall",
            Self::StoredProcedure => "StoredProcedure",
            Self::CodeExecution => "CodeExecution",
            Self::FileOperation => "FileOperation",
            Self::RunProfile => "RunProfile",
            Self::PowerShell => "PowerShell",
            Self::Executable => "Executable",
            Self::SqlScript => "SqlScript",
        }
    }

    /// The number it is stored as; for a job's type the original's wire number besides.
    pub fn code(self) -> i64 {
        match self {
            Self::HttpCall => 1,
            Self::StoredProcedure => 2,
            Self::CodeExecution => 3,
            Self::FileOperation => 4,
            Self::RunProfile => 101,
            Self::PowerShell => 102,
            Self::Executable => 103,
            Self::SqlScript => 104,
        }
    }

    /// Whether only steps of schedules may have it, and no job.
    pub fn is_for_steps(self) -> bool {
        match self {
            Self::HttpCall | Self::StoredProcedure | Self::CodeExecution | Self::FileOperation => {
                false
            }
            Self::RunProfile | Self::PowerShell | Self::Executable | Self::SqlScript => true,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|job_type| job_type.code() == code)
    }
}

/// Everything about a job but when it is due and how it went: [`Trigger`] says the one,
/// [`JobHistory`] the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub name: String,
    pub description: Option<String>,
    pub job_type: JobType,
    /// The job type's own settings, as the wire names them.
    pub configuration: Value,
    pub retry: RetryPolicy,
    /// Limit of one attempt.
    pub timeout_seconds: u32,
    pub tags: Vec<String>,
    pub created_by: Option<String>,
    pub last_modified_by: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub is_deleted: bool,
    /// Grows with every change of the definition; the `ETag`.
    pub version: i64,
}

/// How the job's executions went, kept beside the job because it changes with every one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobHistory {
    pub last_executed_at: Option<Timestamp>,
    pub last_state: Option<ExecutionState>,
    /// Failed executions since the last one that succeeded.
    pub consecutive_failures: u32,
}
