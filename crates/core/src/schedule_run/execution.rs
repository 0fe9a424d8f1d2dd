//! The states of a schedule execution, and the only moves between them.
//!
//! ```text
//!           Started              Completed, Failed
//!  Queued ───────────▶ InProgress ─────────────────▶ Completed | Failed
//!    │ └─ Failed ─▶      │  ▲ │                           ▲
//!    │           Paused  ▼  │ Resumed                     │
//!    │                  Paused ──── Completed, Failed ────┘
//!    └──────── CancelRequested, from all three ─────────▶ Cancelled
//! ```

use serde::{Deserialize, Serialize};

use crate::{graph::RunEnd, run::RunState};

/// The `errorMessage` of a cancelled execution.
pub const CANCELLED_BY_USER: &str = "Cancelled by user";

/// Where a schedule execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ScheduleExecutionState {
    /// It exists; no step has been started.
    Queued,
    InProgress,
    /// Every step has ended and none stopped it; some may have warned, or failed with
    /// `continueOnFailure`.
    Completed,
    /// A step failed without `continueOnFailure`, or the first group could not be started.
    Failed,
    /// A person cancelled it. Steps may still be stopping.
    Cancelled,
    /// No further group starts; running steps go on. JIM reserves the word and has no endpoint.
    Paused,
}

/// What can happen to a schedule execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleExecutionEvent {
    /// Its first group was started.
    Started,
    Completed,
    Failed,
    CancelRequested,
    Paused,
    Resumed,
}

/// The execution was in `from`, where `event` means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a schedule execution that is {from:?} cannot take {event:?}")]
pub struct IllegalMove {
    pub from: ScheduleExecutionState,
    pub event: ScheduleExecutionEvent,
}

/// How success is spelt: newer clients of JIM wait for another word (setting
/// `api.schedule_success`, contract J1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SuccessWord {
    #[default]
    Completed,
    Complete,
}

impl ScheduleExecutionState {
    /// In the order of JIM's numbers, from 0; lists sort by it.
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::InProgress,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::Paused,
    ];

    /// True when nothing can happen to the execution any more.
    pub fn is_final(self) -> bool {
        match self {
            Self::Completed | Self::Failed | Self::Cancelled => true,
            Self::Queued | Self::InProgress | Self::Paused => false,
        }
    }

    /// Whether `/active` lists it, and its schedule's cron waits for it (contract J8, J11).
    pub fn is_active(self) -> bool {
        !self.is_final()
    }

    /// The state that follows `event`.
    ///
    /// # Errors
    ///
    /// [`IllegalMove`] when the two do not go together. A final state has no exit: of a cancel and
    /// the last step's end, the first one committed wins.
    pub fn after(self, event: ScheduleExecutionEvent) -> Result<Self, IllegalMove> {
        use ScheduleExecutionEvent as E;
        match (self, event) {
            (Self::Queued, E::Started) | (Self::Paused, E::Resumed) => Ok(Self::InProgress),
            (Self::InProgress, E::Paused) => Ok(Self::Paused),
            (Self::InProgress | Self::Paused, E::Completed) => Ok(Self::Completed),
            (Self::Queued | Self::InProgress | Self::Paused, E::Failed) => Ok(Self::Failed),
            (Self::Queued | Self::InProgress | Self::Paused, E::CancelRequested) => {
                Ok(Self::Cancelled)
            }
            (from, event) => Err(IllegalMove { from, event }),
        }
    }

    /// What a run of a schedule's graph is called.
    pub fn of_run(state: RunState) -> Self {
        match state {
            RunState::Queued => Self::Queued,
            RunState::Running => Self::InProgress,
            RunState::Succeeded | RunState::Warned => Self::Completed,
            RunState::Failed => Self::Failed,
            RunState::Cancelled => Self::Cancelled,
        }
    }

    /// The states of runs that are called so. Nothing pauses one.
    pub fn run_states(self) -> &'static [RunState] {
        match self {
            Self::Queued => &[RunState::Queued],
            Self::InProgress => &[RunState::Running],
            Self::Completed => &[RunState::Succeeded, RunState::Warned],
            Self::Failed => &[RunState::Failed],
            Self::Cancelled => &[RunState::Cancelled],
            Self::Paused => &[],
        }
    }

    /// The wire's word.
    pub fn name(self, success: SuccessWord) -> &'static str {
        match (self, success) {
            (Self::Queued, _) => "Queued",
            (Self::InProgress, _) => "InProgress",
            (Self::Completed, SuccessWord::Completed) => "Completed",
            (Self::Completed, SuccessWord::Complete) => "Complete",
            (Self::Failed, _) => "Failed",
            (Self::Cancelled, _) => "Cancelled",
            (Self::Paused, _) => "Paused",
        }
    }

    /// The state that a filter means: the word in any case and either spelling, or JIM's number.
    pub fn from_word(word: &str) -> Option<Self> {
        let is_named = |state: &Self| {
            [SuccessWord::Completed, SuccessWord::Complete]
                .into_iter()
                .any(|success| state.name(success).eq_ignore_ascii_case(word))
        };
        Self::ALL.into_iter().find(is_named).or_else(|| word.parse().ok().and_then(Self::from_code))
    }

    /// JIM's number, and the one it is stored as.
    pub fn code(self) -> i64 {
        match self {
            Self::Queued => 0,
            Self::InProgress => 1,
            Self::Completed => 2,
            Self::Failed => 3,
            Self::Cancelled => 4,
            Self::Paused => 5,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// JIM's words for a cancel that comes too late.
    pub fn cancel_refusal(self, success: SuccessWord) -> String {
        format!("Cannot cancel execution with status: {}", self.name(success))
    }
}

impl ScheduleExecutionEvent {
    /// What the end of the graph means for the execution. JIM knows no warning on an execution.
    ///
    /// A cancelled execution moved when it was asked to; its graph ends later and moves nothing.
    pub fn of(end: RunEnd) -> Self {
        match end {
            RunEnd::Succeeded | RunEnd::Warned => Self::Completed,
            RunEnd::Failed => Self::Failed,
            RunEnd::Cancelled => Self::CancelRequested,
        }
    }
}

/// The `errorMessage` of an execution that these steps stopped: those that failed without
/// `continueOnFailure`, and only those.
///
/// JIM names every step of the group with the flag off, also those that succeeded.
pub fn stopped_text(step_names: &[&str]) -> String {
    format!("Step '{}' failed and ContinueOnFailure is false.", step_names.join(", "))
}
