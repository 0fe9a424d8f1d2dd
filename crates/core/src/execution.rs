//! One run of a job: its states, and the only moves between them.
//!
//! ```text
//!            Claimed                     Succeeded, Failed
//!  Pending ───────────▶ Running ───────────────────────────▶ Succeeded | Failed
//!     ▲  ◀───────────────  │   Retried, Released, Lost+retry, Lost+hold
//!     └─ CancelRequested ──┴──────────────────────────────▶ Cancelled
//! ```

use serde::{Deserialize, Serialize};

/// Where an execution stands. The words are the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExecutionState {
    /// Waiting: to become eligible, for a free worker, or for what its wait reason names.
    Pending,
    /// An attempt holds it.
    Running,
    /// Finished, and the job type said it worked.
    Succeeded,
    /// Finished, and no tries are left.
    Failed,
    /// Stopped by a person or by an overlap policy.
    Cancelled,
}

/// What can happen to an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionEvent {
    /// A worker took it; a new attempt begins.
    Claimed,
    /// The attempt reported success.
    Succeeded,
    /// The attempt failed and the retry policy grants another.
    Retried,
    /// The attempt failed and the retry policy is spent.
    Failed,
    /// The node gave it back unstarted or interrupted it to stop; that is not a try.
    Released,
    /// The node that held it is gone; the lost-attempt policy grants another attempt, or holds it.
    LostThenPending,
    /// The node that held it is gone, and the policy or the poison bound ends it.
    LostForGood,
    /// Somebody asked for it to stop.
    CancelRequested,
}

/// The execution was in `from`, where `event` means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an execution that is {from:?} cannot take {event:?}")]
pub struct IllegalMove {
    pub from: ExecutionState,
    pub event: ExecutionEvent,
}

impl ExecutionState {
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// True when nothing can happen to the execution any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// The state that follows `event`.
    ///
    /// # Errors
    ///
    /// [`IllegalMove`] when the two do not go together, e.g. a second `Succeeded`.
    pub fn after(self, event: ExecutionEvent) -> Result<Self, IllegalMove> {
        use ExecutionEvent as E;
        match (self, event) {
            (Self::Pending, E::Claimed) => Ok(Self::Running),
            (Self::Running, E::Succeeded) => Ok(Self::Succeeded),
            (Self::Running, E::Failed | E::LostForGood) => Ok(Self::Failed),
            (Self::Running, E::Retried | E::Released | E::LostThenPending) => Ok(Self::Pending),
            (Self::Pending | Self::Running, E::CancelRequested) => Ok(Self::Cancelled),
            (from, event) => Err(IllegalMove { from, event }),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    /// The number it is stored as; the original's wire number besides.
    pub fn code(self) -> i64 {
        match self {
            Self::Pending => 1,
            Self::Running => 2,
            Self::Succeeded => 3,
            Self::Failed => 4,
            Self::Cancelled => 5,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What made an execution come to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// Its trigger was due.
    Schedule,
    /// Somebody called trigger.
    Manual,
    /// Somebody called retry on an earlier execution.
    Retry,
    /// A workflow run or a schedule's step started it.
    Workflow,
}

impl Origin {
    pub const ALL: [Self; 4] = [Self::Schedule, Self::Manual, Self::Retry, Self::Workflow];

    pub fn name(self) -> &'static str {
        match self {
            Self::Schedule => "Schedule",
            Self::Manual => "Manual",
            Self::Retry => "Retry",
            Self::Workflow => "Workflow",
        }
    }

    pub fn code(self) -> i64 {
        match self {
            Self::Schedule => 1,
            Self::Manual => 2,
            Self::Retry => 3,
            Self::Workflow => 4,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.code() == code)
    }
}
