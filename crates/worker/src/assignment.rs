//! What an attempt is given, and how it can end.

use std::time::Duration;

use horarium_core::{ExecutionId, JobId, JobType};
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    output::{Capture, Output},
    stop::StopReason,
};

/// Everything one attempt of an execution is given.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub execution_id: ExecutionId,
    pub job_id: JobId,
    pub job_name: String,
    pub created_by: Option<String>,
    pub job_type: JobType,
    /// As stored; variables are still in it.
    pub configuration: Value,
    /// From 1.
    pub attempt: u32,
    /// When the schedule wanted it; `None` for runs that somebody asked for.
    pub due_at: Option<Timestamp>,
    /// When this attempt starts.
    pub now: Timestamp,
    /// Limit of this attempt: the job's `timeoutSeconds`.
    pub timeout: Duration,
}

/// How an attempt ended. Every way there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    Succeeded,
    /// It worked, and there is something that a person should see.
    Warned {
        warning: String,
    },
    Failed {
        error: String,
        /// Whether another attempt may end differently, as far as the job type can tell.
        retryable: bool,
        /// What an HTTP call was answered with; the job's own status list decides on it besides.
        http_status: Option<u16>,
    },
    /// A limit was reached; the text names it.
    TimedOut {
        error: String,
    },
    /// Somebody cancelled the execution.
    Cancelled,
    /// The node is stopping; that is not a try.
    Interrupted,
}

impl Ending {
    /// Failed in a way that another attempt may mend.
    pub(crate) fn failed(error: impl Into<String>) -> Self {
        Self::Failed { error: error.into(), retryable: true, http_status: None }
    }

    /// Failed in a way that another attempt cannot mend.
    pub(crate) fn failed_for_good(error: impl Into<String>) -> Self {
        Self::Failed { error: error.into(), retryable: false, http_status: None }
    }
}

impl Ending {
    /// The same without what is secret.
    pub(crate) fn redacted(self, capture: &Capture) -> Self {
        let plain = |text: String| capture.redact(&text);
        match self {
            Self::Warned { warning } => Self::Warned { warning: plain(warning) },
            Self::Failed { error, retryable, http_status } => {
                Self::Failed { error: plain(error), retryable, http_status }
            }
            Self::TimedOut { error } => Self::TimedOut { error: plain(error) },
            Self::Succeeded | Self::Cancelled | Self::Interrupted => self,
        }
    }
}

impl From<StopReason> for Ending {
    fn from(reason: StopReason) -> Self {
        match reason {
            StopReason::Cancelled => Self::Cancelled,
            StopReason::Interrupted => Self::Interrupted,
        }
    }
}

/// An attempt that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempted {
    pub ending: Ending,
    /// What there is of it, whatever the ending.
    pub output: Output,
}

/// `30 s`, `250 ms`, `1.5 s`: a limit as an error text names it.
pub(crate) fn limit_text(limit: Duration) -> String {
    if limit < Duration::from_secs(1) {
        format!("{} ms", limit.as_millis())
    } else {
        format!("{} s", limit.as_secs_f64())
    }
}
