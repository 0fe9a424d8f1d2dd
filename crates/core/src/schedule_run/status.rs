//! The word that is shown for a step.

use super::{Place, ScheduleExecutionState, StepOutcome, StepState};

/// The eleven words of JIM's vocabulary; the seed lists nine of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepStatus {
    Pending,
    /// Its group's turn has come, and it has not been queued.
    Waiting,
    Queued,
    Processing,
    Cancelling,
    Completed,
    CompletedWithWarning,
    CompletedWithError,
    Failed,
    Cancelled,
    /// A step of ours is never unknown.
    Unknown,
}

impl StepStatus {
    pub const ALL: [Self; 11] = [
        Self::Pending,
        Self::Waiting,
        Self::Queued,
        Self::Processing,
        Self::Cancelling,
        Self::Completed,
        Self::CompletedWithWarning,
        Self::CompletedWithError,
        Self::Failed,
        Self::Cancelled,
        Self::Unknown,
    ];

    /// The word for a step in `state` that belongs to the group at `place`.
    ///
    /// | a step that never started | its execution | shown                                      |
    /// |---------------------------|---------------|--------------------------------------------|
    /// | of the current group      | InProgress    | `Waiting`                                  |
    /// | any                       | Cancelled     | `Cancelled`                                |
    /// | any                       | any other     | `Pending`, also behind a step that failed  |
    pub fn of(state: StepState, execution: ScheduleExecutionState, place: Place) -> Self {
        match state {
            StepState::Pending | StepState::Skipped => Self::of_unstarted(execution, place),
            StepState::Queued => Self::Queued,
            StepState::Processing => Self::Processing,
            StepState::Cancelling => Self::Cancelling,
            StepState::Ended(StepOutcome::Completed) => Self::Completed,
            StepState::Ended(StepOutcome::CompletedWithWarning) => Self::CompletedWithWarning,
            StepState::Ended(StepOutcome::CompletedWithError) => Self::CompletedWithError,
            StepState::Ended(StepOutcome::Failed) => Self::Failed,
            StepState::Ended(StepOutcome::Cancelled) => Self::Cancelled,
        }
    }

    fn of_unstarted(execution: ScheduleExecutionState, place: Place) -> Self {
        use ScheduleExecutionState as E;
        match (execution, place) {
            (E::Cancelled, _) => Self::Cancelled,
            (E::InProgress, Place::Current) => Self::Waiting,
            (E::InProgress, Place::Behind | Place::Ahead)
            | (E::Queued | E::Paused | E::Completed | E::Failed, _) => Self::Pending,
        }
    }

    /// In `steps[].status`: the published words.
    pub fn label(self) -> &'static str {
        match self {
            Self::CompletedWithWarning => "Completed with Warning",
            Self::CompletedWithError => "Completed with Error",
            Self::Pending
            | Self::Waiting
            | Self::Queued
            | Self::Processing
            | Self::Cancelling
            | Self::Completed
            | Self::Failed
            | Self::Cancelled
            | Self::Unknown => self.name(),
        }
    }

    /// In `progress`: the member's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Waiting => "Waiting",
            Self::Queued => "Queued",
            Self::Processing => "Processing",
            Self::Cancelling => "Cancelling",
            Self::Completed => "Completed",
            Self::CompletedWithWarning => "CompletedWithWarning",
            Self::CompletedWithError => "CompletedWithError",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Unknown => "Unknown",
        }
    }
}
