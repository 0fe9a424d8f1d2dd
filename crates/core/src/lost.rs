//! What becomes of an execution whose node is gone.

use serde::{Deserialize, Serialize};

use crate::execution::ExecutionEvent;

/// An execution that took its node down this often is parked: it may be what kills nodes.
pub const LOSSES_MAX: u32 = 3;

/// The job's word on an attempt whose end nobody saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LostAttemptPolicy {
    /// Run it again: at least once.
    #[default]
    Retry,
    /// End it as Failed: at most once.
    Fail,
    /// Leave it Pending until a person decides.
    Hold,
}

/// What to write for one lost attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterLoss {
    /// Pending at once.
    Again,
    /// Pending, but held for a person.
    Held,
    /// Failed by policy.
    Failed,
    /// Failed because it was lost [`LOSSES_MAX`] times.
    Parked,
}

impl AfterLoss {
    /// Decides for an execution that has now been lost `losses` times, this loss included.
    pub fn decide(policy: LostAttemptPolicy, losses: u32) -> Self {
        match policy {
            _ if losses >= LOSSES_MAX => Self::Parked,
            LostAttemptPolicy::Retry => Self::Again,
            LostAttemptPolicy::Fail => Self::Failed,
            LostAttemptPolicy::Hold => Self::Held,
        }
    }

    pub fn event(self) -> ExecutionEvent {
        match self {
            Self::Again | Self::Held => ExecutionEvent::LostThenPending,
            Self::Failed | Self::Parked => ExecutionEvent::LostForGood,
        }
    }

    /// What the execution's error says.
    pub fn message(self) -> &'static str {
        match self {
            Self::Again => "the node that ran this attempt stopped responding; it will run again",
            Self::Held => {
                "the node that ran this attempt stopped responding; held until somebody decides"
            }
            Self::Failed => {
                "the node that ran this attempt stopped responding; its policy forbids another"
            }
            Self::Parked => {
                "parked: three nodes were lost while running this execution, so it is not run again"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_decides_until_the_poison_bound() {
        let check = |policy, losses, expect| {
            assert_eq!(AfterLoss::decide(policy, losses), expect, "{policy:?} {losses}");
        };
        check(LostAttemptPolicy::Retry, 1, AfterLoss::Again);
        check(LostAttemptPolicy::Retry, 2, AfterLoss::Again);
        check(LostAttemptPolicy::Retry, LOSSES_MAX, AfterLoss::Parked);
        check(LostAttemptPolicy::Fail, 1, AfterLoss::Failed);
        check(LostAttemptPolicy::Hold, 1, AfterLoss::Held);
        check(LostAttemptPolicy::Hold, LOSSES_MAX, AfterLoss::Parked);
    }
}
