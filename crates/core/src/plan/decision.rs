//! What was done about a due instant, and the rows that say so.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What was done about one due instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    Fired,
    /// Fired more than [`LATE_AFTER`](super::LATE_AFTER) after it was due.
    FiredLate,
    Skipped(SkipReason),
    /// Not fired because a later instant stands for it.
    Coalesced {
        into: Timestamp,
    },
    Missed(MissReason),
}

/// Why an instant was skipped on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SkipReason {
    /// An exclusion rule forbids it; the text names the rule.
    Excluded(String),
    /// An earlier execution had not ended (overlap policy `skip`).
    Overlap,
    /// [`QUEUED_MAX`](super::QUEUED_MAX) executions were waiting already (overlap policy `queue`).
    QueueFull,
    Paused,
    Disabled,
    /// What its job waits for was not there before the next instant.
    Dependencies,
}

/// Why an instant passed without firing although nobody wanted that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MissReason {
    /// The misfire policy is `skip`, and a later instant was due already or nobody looked within
    /// [`SKIP_GRACE`](super::SKIP_GRACE).
    Late,
    /// Nobody looked within `maxLatenessSeconds`.
    TooLate,
    /// Older than the [`CATCH_UP_MAX`](super::CATCH_UP_MAX) newest under the misfire policy `all`.
    CatchUpLimit,
}

impl Decision {
    /// The wire's word for the decision.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fired => "Fired",
            Self::FiredLate => "FiredLate",
            Self::Skipped(_) => "Skipped",
            Self::Coalesced { .. } => "Coalesced",
            Self::Missed(_) => "Missed",
        }
    }

    /// The wire's text for why, or `None` when the word says it all.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Fired | Self::FiredLate | Self::Coalesced { .. } => None,
            Self::Skipped(SkipReason::Excluded(rule)) => Some(rule.clone()),
            Self::Skipped(SkipReason::Overlap) => Some("overlap".to_owned()),
            Self::Skipped(SkipReason::QueueFull) => Some("queue full".to_owned()),
            Self::Skipped(SkipReason::Paused) => Some("paused".to_owned()),
            Self::Skipped(SkipReason::Disabled) => Some("disabled".to_owned()),
            Self::Skipped(SkipReason::Dependencies) => {
                Some("dependencies not met before the next run was due".to_owned())
            }
            Self::Missed(MissReason::Late) => Some("late".to_owned()),
            Self::Missed(MissReason::TooLate) => Some("too late".to_owned()),
            Self::Missed(MissReason::CatchUpLimit) => Some("catch-up limit".to_owned()),
        }
    }

    /// Whether an execution exists because of it.
    pub fn fires(&self) -> bool {
        matches!(self, Self::Fired | Self::FiredLate)
    }
}

/// Equal decisions about consecutive due instants `first..=last`; a single one has `first == last`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRow {
    pub first: Timestamp,
    pub last: Timestamp,
    pub count: u64,
    pub decision: Decision,
}

impl DecisionRow {
    pub fn one(due_at: Timestamp, decision: Decision) -> Self {
        Self { first: due_at, last: due_at, count: 1, decision }
    }

    /// Whether a later plan may add instants to the stored row. Only skips stand in ranges that
    /// grow: each firing has a row of its own.
    pub fn may_grow(&self) -> bool {
        matches!(self.decision, Decision::Skipped(_))
    }
}
