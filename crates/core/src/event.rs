//! What others must learn of a transaction: stored as a row of it, read by whoever listens.
//!
//! An event is a hint to look again, not the change itself. It is made once per transaction, however
//! many executions that moved, and stays small: beyond its bounds it only counts.

use serde::{Deserialize, Serialize};

use crate::{
    execution::ExecutionState,
    id::{ExecutionId, JobId, NodeId, RunId},
    run::{RunKind, RunState},
};

/// Executions that one event names.
pub const EXECUTIONS_NAMED_MAX: usize = 20;
/// Jobs that one event names.
pub const JOBS_NAMED_MAX: usize = 50;

/// Runs that one event names.
pub const RUNS_NAMED_MAX: usize = 20;

/// Something that others must learn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    Executions(ExecutionsChanged),
    Jobs(JobsChanged),
    Node { node: NodeId, name: String, change: NodeChange },
    Runs(RunsChanged),
}

/// Executions moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionsChanged {
    /// The first [`EXECUTIONS_NAMED_MAX`].
    pub executions: Vec<Moved>,
    /// The first [`JOBS_NAMED_MAX`] jobs they are of, each once.
    pub jobs: Vec<JobId>,
    pub n_changed: u64,
}

/// An execution that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub id: ExecutionId,
    pub job: JobId,
    /// `None` where the transaction did not know: it is to be looked up.
    pub state: Option<ExecutionState>,
}

/// Jobs changed, all in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobsChanged {
    pub change: JobChange,
    /// The first [`JOBS_NAMED_MAX`].
    pub jobs: Vec<JobId>,
    pub n_changed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum JobChange {
    Created,
    Updated,
    Paused,
    Resumed,
    Deleted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeChange {
    Started,
    Stopped,
    Lost,
}

/// Runs of workflows and schedules moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsChanged {
    /// The first [`RUNS_NAMED_MAX`].
    pub runs: Vec<MovedRun>,
    pub n_changed: u64,
}

/// A run that moved, or one of whose nodes did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedRun {
    pub run: RunId,
    pub kind: RunKind,
    pub state: RunState,
}

impl Event {
    /// `None` when nothing moved.
    pub fn executions(moved: impl IntoIterator<Item = Moved>) -> Option<Self> {
        let mut changed = ExecutionsChanged::default();
        for one in moved {
            changed.n_changed += 1;
            if changed.executions.len() < EXECUTIONS_NAMED_MAX {
                changed.executions.push(one);
            }
            if changed.jobs.len() < JOBS_NAMED_MAX && !changed.jobs.contains(&one.job) {
                changed.jobs.push(one.job);
            }
        }
        (changed.n_changed > 0).then_some(Self::Executions(changed))
    }

    /// `None` when no run moved.
    pub fn runs(moved: impl IntoIterator<Item = MovedRun>) -> Option<Self> {
        let mut changed = RunsChanged::default();
        for one in moved {
            changed.n_changed += 1;
            if changed.runs.len() < RUNS_NAMED_MAX {
                changed.runs.push(one);
            }
        }
        (changed.n_changed > 0).then_some(Self::Runs(changed))
    }

    /// `None` when no job changed.
    pub fn jobs(change: JobChange, jobs: impl IntoIterator<Item = JobId>) -> Option<Self> {
        let mut changed = JobsChanged { change, jobs: Vec::new(), n_changed: 0 };
        for job in jobs {
            changed.n_changed += 1;
            if changed.jobs.len() < JOBS_NAMED_MAX {
                changed.jobs.push(job);
            }
        }
        (changed.n_changed > 0).then_some(Self::Jobs(changed))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn moved(n: u64, n_jobs: u64) -> impl Iterator<Item = Moved> {
        (0..n).map(move |index| Moved {
            id: ExecutionId(Uuid::from_u128(index.into())),
            job: JobId(Uuid::from_u128((index % n_jobs).into())),
            state: Some(ExecutionState::Running),
        })
    }

    #[test]
    fn what_moved_is_named_up_to_the_bounds_and_counted_beyond() {
        let check = |n, n_jobs, expect: Option<(usize, usize, u64)>| {
            let event = Event::executions(moved(n, n_jobs));
            let found = event.map(|event| match event {
                Event::Executions(told) => (told.executions.len(), told.jobs.len(), told.n_changed),
                other => panic!("{other:?}"),
            });
            assert_eq!(found, expect, "{n} of {n_jobs}");
        };
        check(0, 1, None);
        check(1, 1, Some((1, 1, 1)));
        check(20, 20, Some((20, 20, 20)));
        check(21, 3, Some((20, 3, 21)));
        check(50, 50, Some((20, 50, 50)));
        check(5_000, 51, Some((20, 50, 5_000)));
    }

    #[test]
    fn jobs_are_named_up_to_the_bound_and_counted_beyond() {
        let jobs = |n: u128| (0..n).map(|id| JobId(Uuid::from_u128(id)));
        assert_eq!(Event::jobs(JobChange::Created, jobs(0)), None);
        for (n, named) in [(50, 50), (51, 50)] {
            let Some(Event::Jobs(told)) = Event::jobs(JobChange::Paused, jobs(n)) else {
                panic!("jobs changed")
            };
            assert_eq!((told.jobs.len(), u128::from(told.n_changed)), (named, n));
        }
    }

    #[test]
    fn runs_are_named_up_to_the_bound_and_counted_beyond() {
        let moved = |n: u128| {
            (0..n).map(|id| MovedRun {
                run: RunId(Uuid::from_u128(id)),
                kind: RunKind::Workflow,
                state: RunState::Running,
            })
        };
        assert_eq!(Event::runs(moved(0)), None);
        for (n, named) in [(20, 20), (21, 20)] {
            let Some(Event::Runs(told)) = Event::runs(moved(n)) else { panic!("runs moved") };
            assert_eq!((told.runs.len(), u128::from(told.n_changed)), (named, n));
        }
    }

    #[test]
    fn a_stored_event_reads_back_and_the_largest_is_small() {
        let largest = Event::executions(moved(9_999, 9_999)).unwrap();
        let text = serde_json::to_string(&largest).unwrap();
        assert!(text.len() <= 5_000, "{}", text.len());
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), largest);
    }
}
