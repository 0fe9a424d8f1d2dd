//! The states of a step, and the only moves between them.
//!
//! ```text
//!           Queued             Started                Ended(outcome)
//!  Pending ─────────▶ Queued ───────────▶ Processing ────────────────▶ Ended(outcome)
//!    │ │                │ ▲──── Requeued ───┘ │ CancelRequested
//!    │ └ Ended: it      │                     ▼            Ended(any)
//!    │   cannot start   │                 Cancelling ────────────────▶ Ended(Cancelled)
//!    │                  └─ CancelRequested ─────────────────────────▶ Ended(Cancelled)
//!    └─ Skipped ─▶ Skipped
//! ```

use crate::graph::NodeState;

/// Where a step of one execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Its group has not been reached.
    Pending,
    /// Its execution exists and no worker has taken it.
    Queued,
    Processing,
    /// Somebody asked for it to stop, and it has not stopped yet.
    Cancelling,
    Ended(StepOutcome),
    /// It never started: the execution was stopped or cancelled first.
    Skipped,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepOutcome {
    Completed,
    /// Counts as success.
    CompletedWithWarning,
    /// It ran to its end and some of its work failed. Counts as failure.
    CompletedWithError,
    Failed,
    /// A person stopped it. Counts as failure.
    Cancelled,
}

/// What can happen to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepEvent {
    /// Its group was started, and its execution made.
    Queued,
    /// A worker took it.
    Started,
    /// Its worker is gone or gave it back; another one may take it.
    Requeued,
    Ended(StepOutcome),
    CancelRequested,
    Skipped,
}

/// The step was in `from`, where `event` means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a step that is {from:?} cannot take {event:?}")]
pub struct IllegalStepMove {
    pub from: StepState,
    pub event: StepEvent,
}

impl StepOutcome {
    pub const ALL: [Self; 5] = [
        Self::Completed,
        Self::CompletedWithWarning,
        Self::CompletedWithError,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The outcome of a program that ended: PowerShell, Executable. `exit_code` is `None` when a
    /// signal ended it.
    ///
    /// | exit code  | wrote to stderr | outcome              |
    /// |------------|-----------------|----------------------|
    /// | 0          | nothing         | Completed            |
    /// | 0          | anything        | CompletedWithWarning |
    /// | other, none | any            | Failed               |
    pub fn of_process(exit_code: Option<i32>, stderr_bytes: u64) -> Self {
        match (exit_code, stderr_bytes) {
            (Some(0), 0) => Self::Completed,
            (Some(0), 1..) => Self::CompletedWithWarning,
            (Some(_) | None, _) => Self::Failed,
        }
    }
}

impl StepState {
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::Queued,
        Self::Processing,
        Self::Cancelling,
        Self::Ended(StepOutcome::Completed),
        Self::Ended(StepOutcome::CompletedWithWarning),
        Self::Ended(StepOutcome::CompletedWithError),
        Self::Ended(StepOutcome::Failed),
        Self::Ended(StepOutcome::Cancelled),
        Self::Skipped,
    ];

    /// The state that follows `event`.
    ///
    /// `Queued` may end without having been seen started. A step that was asked to stop ends as
    /// cancelled whatever its work still reports, also when its worker is lost, so that a cancel has
    /// one final picture.
    ///
    /// # Errors
    ///
    /// [`IllegalStepMove`] when the two do not go together.
    pub fn after(self, event: StepEvent) -> Result<Self, IllegalStepMove> {
        use StepEvent as E;
        match (self, event) {
            (Self::Pending, E::Queued) | (Self::Processing, E::Requeued) => Ok(Self::Queued),
            (Self::Queued, E::Started) => Ok(Self::Processing),
            (Self::Pending, E::Ended(StepOutcome::Failed)) => Ok(Self::Ended(StepOutcome::Failed)),
            (Self::Queued | Self::Processing, E::Ended(outcome)) => Ok(Self::Ended(outcome)),
            (Self::Queued, E::CancelRequested) | (Self::Cancelling, E::Ended(_)) => {
                Ok(Self::Ended(StepOutcome::Cancelled))
            }
            (Self::Processing, E::CancelRequested) => Ok(Self::Cancelling),
            (Self::Pending, E::Skipped) => Ok(Self::Skipped),
            (from, event) => Err(IllegalStepMove { from, event }),
        }
    }

    /// True when nothing can happen to the step any more.
    pub fn is_final(self) -> bool {
        match self {
            Self::Ended(_) | Self::Skipped => true,
            Self::Pending | Self::Queued | Self::Processing | Self::Cancelling => false,
        }
    }

    /// Where the step's node stands in the execution's graph.
    pub fn node_state(self) -> NodeState {
        match self {
            Self::Pending => NodeState::Waiting,
            Self::Queued | Self::Processing | Self::Cancelling => NodeState::Running,
            Self::Ended(StepOutcome::Completed) => NodeState::Succeeded,
            Self::Ended(StepOutcome::CompletedWithWarning) => NodeState::Warned,
            Self::Ended(StepOutcome::CompletedWithError | StepOutcome::Failed) => NodeState::Failed,
            Self::Ended(StepOutcome::Cancelled) => NodeState::Cancelled,
            Self::Skipped => NodeState::Skipped,
        }
    }

    /// The number it is stored as.
    pub fn code(self) -> i64 {
        match self {
            Self::Pending => 1,
            Self::Queued => 2,
            Self::Processing => 3,
            Self::Cancelling => 4,
            Self::Ended(StepOutcome::Completed) => 5,
            Self::Ended(StepOutcome::CompletedWithWarning) => 6,
            Self::Ended(StepOutcome::CompletedWithError) => 7,
            Self::Ended(StepOutcome::Failed) => 8,
            Self::Ended(StepOutcome::Cancelled) => 9,
            Self::Skipped => 10,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}
