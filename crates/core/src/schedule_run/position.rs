//! How far an execution has come: numbers that clients compute with.
//!
//! JIM's client shows `currentStepIndex / totalSteps * 100` and aborts above 100. Both numbers
//! count groups without gaps here, so it stays below: `currentStepIndex < totalSteps`, always.

use super::StepState;

/// The group an execution has reached, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    current: usize,
    total: usize,
}

/// Where a group lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Behind,
    Current,
    Ahead,
}

impl Position {
    /// Of steps given by their group's ordinal and their state; `None` without steps.
    ///
    /// The group reached is the last one in which anything started. It stays when the run ends.
    pub fn of(steps: impl IntoIterator<Item = (usize, StepState)>) -> Option<Self> {
        let mut position = None;
        for (ordinal, state) in steps {
            let found = position.get_or_insert(Self { current: 0, total: 0 });
            found.total = found.total.max(ordinal + 1);
            if has_started(state) {
                found.current = found.current.max(ordinal);
            }
        }
        position
    }

    /// `currentStepIndex`: 0-based, less than [`Position::total_steps`].
    pub fn current_step_index(self) -> usize {
        self.current
    }

    /// `totalSteps`: the number of groups, at least 1.
    pub fn total_steps(self) -> usize {
        self.total
    }

    pub fn place_of(self, ordinal: usize) -> Place {
        match ordinal.cmp(&self.current) {
            std::cmp::Ordering::Less => Place::Behind,
            std::cmp::Ordering::Equal => Place::Current,
            std::cmp::Ordering::Greater => Place::Ahead,
        }
    }
}

fn has_started(state: StepState) -> bool {
    match state {
        StepState::Pending | StepState::Skipped => false,
        StepState::Queued | StepState::Processing | StepState::Cancelling | StepState::Ended(_) => {
            true
        }
    }
}
