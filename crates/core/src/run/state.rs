//! The states of a run, and the only moves between them.
//!
//! ```text
//!           Started             Ended(end)
//!  Queued ───────────▶ Running ───────────────▶ Succeeded | Warned | Failed
//!    │ └─ Ended(Failed): it cannot be read ───────────────▶ Failed
//!    └──── CancelRequested, from both ───────────────────▶ Cancelled
//! ```

use serde::{Deserialize, Serialize};

use crate::graph::RunEnd;

/// Whose graph a run runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RunKind {
    Workflow,
    Schedule,
}

impl RunKind {
    pub const ALL: [Self; 2] = [Self::Workflow, Self::Schedule];

    /// The number it is stored as.
    pub fn code(self) -> i64 {
        match self {
            Self::Workflow => 1,
            Self::Schedule => 2,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RunState {
    /// It exists; nothing of it has been started.
    Queued,
    Running,
    Succeeded,
    /// It did all it could be asked to do, and not all of it succeeded.
    Warned,
    Failed,
    Cancelled,
}

/// What can happen to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEvent {
    Started,
    Ended(RunEnd),
    CancelRequested,
}

/// The run was in `from`, where `event` means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run that is {from:?} cannot take {event:?}")]
pub struct IllegalRunMove {
    pub from: RunState,
    pub event: RunEvent,
}

impl RunState {
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Succeeded, Self::Warned, Self::Failed, Self::Cancelled];

    /// True when nothing can happen to the run any more.
    pub fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Succeeded | Self::Warned | Self::Failed | Self::Cancelled => true,
        }
    }

    /// The state that follows `event`.
    ///
    /// # Errors
    ///
    /// [`IllegalRunMove`] when the two do not go together. Final states have no exit: of a cancel
    /// and an end one is told no.
    pub fn after(self, event: RunEvent) -> Result<Self, IllegalRunMove> {
        match (self, event) {
            (Self::Queued, RunEvent::Started) => Ok(Self::Running),
            (Self::Running, RunEvent::Ended(RunEnd::Succeeded)) => Ok(Self::Succeeded),
            (Self::Running, RunEvent::Ended(RunEnd::Warned)) => Ok(Self::Warned),
            (Self::Queued | Self::Running, RunEvent::Ended(RunEnd::Failed)) => Ok(Self::Failed),
            (Self::Queued | Self::Running, RunEvent::CancelRequested) => Ok(Self::Cancelled),
            (from, event) => Err(IllegalRunMove { from, event }),
        }
    }

    /// The wire's word, where it has one for workflows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "Pending",
            Self::Running => "Running",
            Self::Succeeded => RunEnd::Succeeded.name(),
            Self::Warned => RunEnd::Warned.name(),
            Self::Failed => RunEnd::Failed.name(),
            Self::Cancelled => RunEnd::Cancelled.name(),
        }
    }

    /// The number it is stored as.
    pub fn code(self) -> i64 {
        match self {
            Self::Queued => 1,
            Self::Running => 2,
            Self::Succeeded => 3,
            Self::Warned => 4,
            Self::Failed => 5,
            Self::Cancelled => 6,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}
