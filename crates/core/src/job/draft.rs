//! A job's definition as somebody gave it.

use serde_json::Value;

use super::{
    CONCURRENCY_MAX, JITTER_SECONDS_MAX, JobType, LATENESS_SECONDS_MAX, ScheduleDraft,
    define::within,
};
use crate::{
    lost::LostAttemptPolicy,
    retry::RetryPolicy,
    trigger::{CronDialect, FiringPolicy, MisfirePolicy, OverlapPolicy},
    violations::Violations,
};

/// A definition as somebody gave it: every field may be missing. `None` keeps what is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobDraft {
    pub name: Option<String>,
    pub description: Option<String>,
    pub job_type: Option<JobType>,
    pub schedule: ScheduleDraft,
    pub configuration: Option<Value>,
    pub retry: Option<RetryPolicy>,
    pub timeout_seconds: Option<u32>,
    pub is_enabled: Option<bool>,
    pub tags: Option<Vec<String>>,
    pub created_by: Option<String>,
    pub policy: PolicyDraft,
    /// Stored limits that a change takes away; where the draft gives one too, that one holds.
    pub without: Vec<Bound>,
}

/// A limit that a job may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    StartAt,
    EndAt,
    MaxLateness,
    MaxConcurrency,
}

/// The part of a draft that says under which policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDraft {
    pub misfire: Option<MisfirePolicy>,
    pub max_lateness_seconds: Option<u32>,
    pub overlap: Option<OverlapPolicy>,
    pub lost_attempt: Option<LostAttemptPolicy>,
    pub concurrency_max: Option<u32>,
    pub jitter_seconds: Option<u32>,
}

/// What an operator configured for jobs that do not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobDefaults {
    pub retry: RetryPolicy,
    pub timeout_seconds: u32,
    pub dialect: CronDialect,
}

impl Default for JobDefaults {
    fn default() -> Self {
        Self { retry: RetryPolicy::default(), timeout_seconds: 300, dialect: CronDialect::Vixie }
    }
}

impl PolicyDraft {
    pub(super) fn onto(self, policy: &FiringPolicy, violations: &mut Violations) -> FiringPolicy {
        let policy = FiringPolicy {
            misfire: self.misfire.unwrap_or(policy.misfire),
            max_lateness_seconds: self.max_lateness_seconds.or(policy.max_lateness_seconds),
            overlap: self.overlap.unwrap_or(policy.overlap),
            lost_attempt: self.lost_attempt.unwrap_or(policy.lost_attempt),
            concurrency_max: self.concurrency_max.or(policy.concurrency_max),
            jitter_seconds: self.jitter_seconds.unwrap_or(policy.jitter_seconds),
        };
        if let Some(lateness) = policy.max_lateness_seconds {
            // With 0 nothing would ever run: every start is some microseconds late.
            within(violations, "maxLatenessSeconds", lateness, 1, LATENESS_SECONDS_MAX);
        }
        if let Some(concurrency) = policy.concurrency_max {
            within(violations, "maxConcurrency", concurrency, 1, CONCURRENCY_MAX);
        }
        within(violations, "jitterSeconds", policy.jitter_seconds, 0, JITTER_SECONDS_MAX);
        policy
    }
}
