//! What the stand-in knows, and how its activities move.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How the executions of a run profile go.
#[derive(Clone, Debug)]
pub struct JimPlan {
    /// Progress calls that find it going on; `None` goes on until it is cancelled.
    pub polls: Option<u32>,
    /// `Complete`, `CompleteWithWarning`, `CompleteWithError`, `FailedWithError`.
    pub ends: String,
    pub message: Option<String>,
}

impl Default for JimPlan {
    fn default() -> Self {
        Self { polls: Some(1), ends: "Complete".to_owned(), message: None }
    }
}

/// One execution of a run profile.
#[derive(Clone, Debug)]
pub struct JimActivity {
    pub id: String,
    pub task: String,
    pub system: i64,
    pub profile: i64,
    /// As the progress call answers it.
    pub status: String,
    pub n_polls: u32,
    pub(super) plan: JimPlan,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) api_key: String,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    plans: BTreeMap<(i64, i64), JimPlan>,
    pub(super) activities: Vec<JimActivity>,
    pub(super) refuse_execute: Option<u16>,
    pub(super) lose_execute_answer: Option<u16>,
    pub(super) progress_faults: u32,
}

impl State {
    pub(super) fn new(api_key: &str) -> Self {
        Self { api_key: api_key.to_owned(), inner: Mutex::default() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn plan(&self, system: i64, profile: i64, plan: JimPlan) {
        self.lock().plans.insert((system, profile), plan);
    }
}

impl Inner {
    pub(super) fn knows(&self, system: i64, profile: i64) -> bool {
        self.plans.contains_key(&(system, profile))
    }

    pub(super) fn begin(&mut self, system: i64, profile: i64) -> JimActivity {
        let n = self.activities.len() + 1;
        let activity = JimActivity {
            id: format!("0198c0de-0000-7000-8000-{n:012x}"),
            task: format!("0198c0de-0000-7000-9000-{n:012x}"),
            system,
            profile,
            status: "InProgress".to_owned(),
            n_polls: 0,
            plan: self.plans.get(&(system, profile)).cloned().unwrap_or_default(),
        };
        self.activities.push(activity.clone());
        activity
    }

    /// The activity after one more look at it.
    pub(super) fn look(&mut self, id: &str) -> Option<JimActivity> {
        let activity = self.activities.iter_mut().find(|activity| activity.id == id)?;
        activity.n_polls += 1;
        let is_over = activity.plan.polls.is_some_and(|polls| activity.n_polls > polls);
        if is_over && activity.status == "InProgress" {
            activity.status.clone_from(&activity.plan.ends);
        }
        Some(activity.clone())
    }

    /// `false`: the task is unknown, or has ended and is gone.
    pub(super) fn cancel(&mut self, task: &str) -> bool {
        let live =
            |activity: &&mut JimActivity| activity.task == task && activity.status == "InProgress";
        let Some(activity) = self.activities.iter_mut().find(live) else { return false };
        "Cancelled".clone_into(&mut activity.status);
        true
    }
}
