//! Whether a job that is due may start, when it waits for what other jobs did last.
//!
//! At a due instant the latest *finished* execution of each prerequisite is looked at. Not met: the
//! execution is held, and every end of a prerequisite is a reason to ask again. Manual triggers are
//! not bound (contract D1).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{execution::ExecutionState, graph::find_cycle, id::JobId};

/// Most prerequisites of one job.
pub const PREREQUISITES_MAX: usize = 100;

/// How many prerequisites must have succeeded. The words are the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Condition {
    AllSucceeded,
    AnySucceeded,
}

impl Condition {
    pub const ALL: [Self; 2] = [Self::AllSucceeded, Self::AnySucceeded];

    pub fn name(self) -> &'static str {
        match self {
            Self::AllSucceeded => "AllSucceeded",
            Self::AnySucceeded => "AnySucceeded",
        }
    }

    /// The number it is stored as.
    pub fn code(self) -> i64 {
        match self {
            Self::AllSucceeded => 1,
            Self::AnySucceeded => 2,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|condition| condition.code() == code)
    }
}

/// What one job waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependencies {
    /// Each once, as first given. Empty only when every prerequisite was deleted since.
    pub prerequisites: Vec<JobId>,
    pub condition: Condition,
}

/// Who waits for whom, for every job that waits.
pub type Prerequisites = BTreeMap<JobId, Vec<JobId>>;

/// Why a job cannot wait for these. Whether the ids exist is for the caller to know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DependencyError {
    #[error("at least one job must be given")]
    Empty,
    #[error("a job waits for at most {PREREQUISITES_MAX} others, these are {n_prerequisites}")]
    TooMany { n_prerequisites: usize },
    #[error("a job cannot depend on itself")]
    Itself,
    /// Each waits for the next; the last is the job itself again.
    #[error("the dependencies form a cycle: {}", arrows(.path))]
    Cycle { path: Vec<JobId> },
}

impl Dependencies {
    /// What `job` waits for from now on, in place of what it waited for before.
    ///
    /// `others` holds at least every edge that can be reached from `prerequisites`; what it says of
    /// `job` itself is replaced. Two changes at once could close a cycle that neither sees, so the
    /// caller makes this check and the write one serialised step.
    pub fn define(
        job: JobId,
        prerequisites: Vec<JobId>,
        condition: Condition,
        others: &Prerequisites,
    ) -> Result<Self, DependencyError> {
        let mut seen = BTreeSet::new();
        let prerequisites: Vec<JobId> =
            prerequisites.into_iter().filter(|id| seen.insert(*id)).collect();
        match prerequisites.len() {
            0 => return Err(DependencyError::Empty),
            1..=PREREQUISITES_MAX => {}
            n_prerequisites => return Err(DependencyError::TooMany { n_prerequisites }),
        }
        if prerequisites.contains(&job) {
            return Err(DependencyError::Itself);
        }
        let waits_for = |id: JobId| -> &[JobId] {
            if id == job { &prerequisites } else { others.get(&id).map_or(&[], Vec::as_slice) }
        };
        match find_cycle([job], waits_for) {
            Some(path) => Err(DependencyError::Cycle { path }),
            None => Ok(Self { prerequisites, condition }),
        }
    }

    /// Whether the job may start, given the state of each prerequisite's latest finished execution
    /// (`None`: it never finished one).
    ///
    /// | condition      | met when                     | waits for otherwise        |
    /// |----------------|------------------------------|----------------------------|
    /// | `AllSucceeded` | every latest one `Succeeded` | those whose latest did not |
    /// | `AnySucceeded` | at least one `Succeeded`     | all of them                |
    ///
    /// Without prerequisites it is met: nothing can come that would release the execution.
    pub fn readiness(&self, latest: impl Fn(JobId) -> Option<ExecutionState>) -> Readiness {
        let unmet = |id: &JobId| !succeeded(latest(*id));
        let waiting_for: Vec<JobId> = self.prerequisites.iter().copied().filter(unmet).collect();
        let is_met = match self.condition {
            Condition::AllSucceeded => waiting_for.is_empty(),
            Condition::AnySucceeded => {
                self.prerequisites.is_empty() || waiting_for.len() < self.prerequisites.len()
            }
        };
        if is_met { Readiness::Met } else { Readiness::NotMet { waiting_for } }
    }
}

/// Whether a held execution may start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    Met,
    /// In the order in which the prerequisites were given; never empty.
    NotMet {
        waiting_for: Vec<JobId>,
    },
}

fn succeeded(latest: Option<ExecutionState>) -> bool {
    match latest {
        Some(ExecutionState::Succeeded) => true,
        Some(
            ExecutionState::Pending
            | ExecutionState::Running
            | ExecutionState::Failed
            | ExecutionState::Cancelled,
        )
        | None => false,
    }
}

/// `a -> b -> a`
fn arrows(path: &[JobId]) -> String {
    path.iter().map(JobId::to_string).collect::<Vec<_>>().join(" -> ")
}
