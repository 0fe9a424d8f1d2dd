//! The `progress` block of an execution: one entry per group (`reference/jim.md` §2.5).

use super::{Position, StepStatus};

/// A step as the block sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressStep {
    pub ordinal: usize,
    /// [`StepNames::in_progress`](super::StepNames::in_progress).
    pub name: String,
    pub status: StepStatus,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// `currentStepIndex` + 1. The place reached, which it keeps when the run ends.
    pub current_step_number: usize,
    pub total_steps: usize,
    pub groups: Vec<ProgressGroup>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressGroup {
    pub step_index: usize,
    /// The step's name, or `2 in parallel`.
    pub name: String,
    pub status: StepStatus,
    /// One per step, the worst first.
    pub task_statuses: Vec<StepStatus>,
    pub is_parallel: bool,
}

impl Progress {
    pub fn of(position: Position, steps: &[ProgressStep]) -> Self {
        let total_steps = position.total_steps();
        let mut members: Vec<Vec<&ProgressStep>> = vec![Vec::new(); total_steps];
        for step in steps {
            if let Some(group) = members.get_mut(step.ordinal) {
                group.push(step);
            }
        }
        let groups = members.iter().enumerate().map(|(ordinal, steps)| group(ordinal, steps));
        Self {
            current_step_number: position.current_step_index() + 1,
            total_steps,
            groups: groups.collect(),
        }
    }
}

fn group(step_index: usize, steps: &[&ProgressStep]) -> ProgressGroup {
    let mut task_statuses: Vec<StepStatus> = steps.iter().map(|step| step.status).collect();
    task_statuses.sort_by_key(|status| rank(*status));
    let name = match steps {
        [] => format!("Step {}", step_index + 1),
        [only] => only.name.clone(),
        several => format!("{} in parallel", several.len()),
    };
    ProgressGroup {
        step_index,
        name,
        status: together(&task_statuses),
        is_parallel: task_statuses.len() > 1,
        task_statuses,
    }
}

/// The order of `taskStatuses`.
fn rank(status: StepStatus) -> u8 {
    match status {
        StepStatus::Failed => 0,
        StepStatus::CompletedWithError => 1,
        StepStatus::Cancelled => 2,
        StepStatus::Cancelling => 3,
        StepStatus::CompletedWithWarning => 4,
        StepStatus::Completed => 5,
        StepStatus::Processing => 6,
        StepStatus::Pending | StepStatus::Waiting | StepStatus::Queued | StepStatus::Unknown => 7,
    }
}

/// One word for a group: failure dominates, then what still moves, then what was cut short.
fn together(statuses: &[StepStatus]) -> StepStatus {
    use StepStatus as S;
    let any = |status| statuses.contains(&status);
    for status in [S::Failed, S::CompletedWithError, S::Cancelling, S::Processing, S::Cancelled] {
        if any(status) {
            return status;
        }
    }
    let is_complete = |status: &S| matches!(status, S::Completed | S::CompletedWithWarning);
    let n_complete = statuses.iter().filter(|status| is_complete(status)).count();
    match n_complete {
        0 if any(S::Queued) => S::Queued,
        0 if any(S::Waiting) => S::Waiting,
        0 => S::Pending,
        n if n < statuses.len() => S::Processing,
        _ if any(S::CompletedWithWarning) => S::CompletedWithWarning,
        _ => S::Completed,
    }
}
