//! The status of an activity: the durable record of what a step did, ours or a remote JIM's.

use super::{StepOutcome, StepState};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActivityStatus {
    /// Never ours; a remote JIM may say it.
    NotSet,
    InProgress,
    Complete,
    CompleteWithWarning,
    CompleteWithError,
    FailedWithError,
    Cancelled,
}

impl ActivityStatus {
    /// In the order of JIM's numbers, from 0.
    pub const ALL: [Self; 7] = [
        Self::NotSet,
        Self::InProgress,
        Self::Complete,
        Self::CompleteWithWarning,
        Self::CompleteWithError,
        Self::FailedWithError,
        Self::Cancelled,
    ];

    /// `activityStatus` of a step; `None` for one that has none yet (contract J5).
    pub fn of(state: StepState) -> Option<Self> {
        match state {
            StepState::Pending | StepState::Skipped => None,
            StepState::Queued | StepState::Processing | StepState::Cancelling => {
                Some(Self::InProgress)
            }
            StepState::Ended(StepOutcome::Completed) => Some(Self::Complete),
            StepState::Ended(StepOutcome::CompletedWithWarning) => Some(Self::CompleteWithWarning),
            StepState::Ended(StepOutcome::CompletedWithError) => Some(Self::CompleteWithError),
            StepState::Ended(StepOutcome::Failed) => Some(Self::FailedWithError),
            StepState::Ended(StepOutcome::Cancelled) => Some(Self::Cancelled),
        }
    }

    /// How the step ends whose activity says this; `None` while the activity goes on.
    pub fn outcome(self) -> Option<StepOutcome> {
        match self {
            Self::NotSet | Self::InProgress => None,
            Self::Complete => Some(StepOutcome::Completed),
            Self::CompleteWithWarning => Some(StepOutcome::CompletedWithWarning),
            Self::CompleteWithError => Some(StepOutcome::CompletedWithError),
            Self::FailedWithError => Some(StepOutcome::Failed),
            Self::Cancelled => Some(StepOutcome::Cancelled),
        }
    }

    /// The wire's word, ours and JIM's.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSet => "NotSet",
            Self::InProgress => "InProgress",
            Self::Complete => "Complete",
            Self::CompleteWithWarning => "CompleteWithWarning",
            Self::CompleteWithError => "CompleteWithError",
            Self::FailedWithError => "FailedWithError",
            Self::Cancelled => "Cancelled",
        }
    }

    /// The status that a word means, as a remote JIM writes it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}
