//! `RunProfile`: starts an operation of a connected system and stays with it to its end.
//!
//! | the activity ends as | the step |
//! |---|---|
//! | Complete | succeeds |
//! | `CompleteWithWarning` | succeeds with its message as warning |
//! | `CompleteWithError`, `FailedWithError`, Cancelled | fails with its message |
//!
//! An attempt that takes an execution over goes on with the activity that was started; when it cannot be
//! known whether one was, the step fails rather than start a second.

use std::{fmt, sync::Arc, time::Duration};

use horarium_core::schedule_run::{ActivityStatus, StepOutcome};
use reqwest::Method;
use serde::Deserialize;
use tokio::time::sleep;

use super::{HttpCall, unusable};
use crate::{
    assignment::{Assignment, Ending},
    connectors::{
        AnyConnectedSystems, Begun, ConnectedSystems, Progress, RemoteActivity, RunProfile, url,
    },
    output::Capture,
    runner::Aftermath,
};

/// Between two looks at an activity.
pub const POLL_EVERY: Duration = Duration::from_secs(2);
/// Looks in a row that may fail before the attempt does.
pub const POLL_FAULTS_MAX: u32 = 30;
const CANCEL_TRIES: u32 = 3;

/// Drives connected systems.
#[derive(Clone)]
pub struct RunProfiles {
    systems: Arc<dyn AnyConnectedSystems>,
    poll_every: Duration,
}

impl fmt::Debug for RunProfiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunProfiles").field("poll_every", &self.poll_every).finish_non_exhaustive()
    }
}

/// A step of this type.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RunProfileConfiguration {
    connected_system_id: i64,
    run_profile_id: i64,
}

impl RunProfiles {
    pub fn new(systems: Arc<impl ConnectedSystems>) -> Self {
        Self { systems, poll_every: POLL_EVERY }
    }

    /// Looks at activities so often.
    #[must_use]
    pub fn polling_every(self, poll_every: Duration) -> Self {
        Self { poll_every, ..self }
    }

    pub(super) async fn run(
        &self,
        assignment: &Assignment,
        http: &HttpCall,
        capture: &mut Capture,
        aftermath: &Aftermath,
    ) -> Ending {
        let wanted = match RunProfileConfiguration::deserialize(&assignment.configuration) {
            Ok(wanted) => wanted,
            Err(error) => return unusable(&error),
        };
        match self.perform(&wanted, assignment, http, capture, aftermath).await {
            Ok(ending) | Err(ending) => ending,
        }
    }

    async fn perform(
        &self,
        wanted: &RunProfileConfiguration,
        assignment: &Assignment,
        http: &HttpCall,
        capture: &mut Capture,
        aftermath: &Aftermath,
    ) -> Result<Ending, Ending> {
        let (system, profile) = (wanted.connected_system_id, wanted.run_profile_id);
        let found = self.systems.find(system, profile).await;
        let found = found.map_err(|cause| {
            Ending::failed(format!("looking up run profile {profile} of {system}: {cause}"))
        })?;
        let profile = found.ok_or_else(|| {
            let text = format!("connected system {system} has no run profile {profile}");
            Ending::failed_for_good(text)
        })?;
        let activity = self.start(&profile, assignment, http).await?;
        capture.write(format!("{profile}: activity {}\n", activity.activity_id).as_bytes());
        aftermath.say_goodbye(cancel(http.clone(), profile.clone(), activity.clone()));
        self.follow(&profile, &activity, http, capture).await
    }

    /// The activity of this execution: the one there is, or a new one.
    async fn start(
        &self,
        profile: &RunProfile,
        assignment: &Assignment,
        http: &HttpCall,
    ) -> Result<RemoteActivity, Ending> {
        let execution = assignment.execution_id;
        let noting = |cause: String| Ending::failed(format!("starting {profile}: {cause}"));
        match self.systems.begin(execution).await.map_err(noting)? {
            Begun::Started(activity) => return Ok(activity),
            Begun::Unanswered => {
                return Err(Ending::failed_for_good(format!(
                    "starting {profile}: an earlier attempt asked for it and its answer was lost; \
                     it may be running, and is not started a second time"
                )));
            }
            Begun::Now => {}
        }
        let calls = &profile.calls;
        let answer = match http.json(Method::POST, &calls.execute, &calls.headers).await {
            Ok(answer) => answer,
            Err(unanswered) => {
                if !unanswered.may_be_done {
                    self.systems.not_started(execution).await.map_err(noting)?;
                }
                let text = format!("starting {profile}: {}", unanswered.text);
                let is_refused =
                    unanswered.status.is_some_and(|status| (400..500).contains(&status));
                return Err(if is_refused && !matches!(unanswered.status, Some(408 | 425 | 429)) {
                    Ending::failed_for_good(text)
                } else {
                    Ending::failed(text)
                });
            }
        };
        let activity = calls.started(&answer).map_err(noting)?;
        self.systems.started(execution, &activity).await.map_err(noting)?;
        Ok(activity)
    }

    async fn follow(
        &self,
        profile: &RunProfile,
        activity: &RemoteActivity,
        http: &HttpCall,
        capture: &mut Capture,
    ) -> Result<Ending, Ending> {
        let at = url(&profile.calls.progress, activity);
        let mut n_faults = 0;
        let mut last = String::new();
        loop {
            let answer = http.json(Method::GET, &at, &profile.calls.headers).await;
            let progress = match answer {
                Ok(answer) => profile.calls.progress(&answer),
                Err(gone) if gone.status == Some(404) => {
                    return Err(Ending::failed_for_good(format!("{profile}: {}", gone.text)));
                }
                Err(unanswered) => Err(unanswered.text),
            };
            match progress {
                Ok(progress) => {
                    n_faults = 0;
                    let line = progress.to_string();
                    if line != last {
                        capture.write(format!("{line}\n").as_bytes());
                        last = line;
                    }
                    if let Some(outcome) = progress.status.outcome() {
                        return Ok(ending(profile, &progress, outcome));
                    }
                }
                Err(text) => {
                    n_faults += 1;
                    if n_faults == POLL_FAULTS_MAX {
                        // Another attempt goes on with the same activity.
                        return Err(Ending::failed(format!("{profile}: {text}")));
                    }
                }
            }
            sleep(self.poll_every).await;
        }
    }
}

fn ending(profile: &RunProfile, progress: &Progress, outcome: StepOutcome) -> Ending {
    let message = progress.message.as_deref();
    let said = |what: &str| match message {
        Some(message) => format!("{profile} {what}: {message}"),
        None => format!("{profile} {what}"),
    };
    match outcome {
        StepOutcome::Completed => Ending::Succeeded,
        StepOutcome::CompletedWithWarning => Ending::Warned { warning: said("has a warning") },
        StepOutcome::CompletedWithError => Ending::failed_for_good(said("completed with errors")),
        StepOutcome::Failed => Ending::failed_for_good(said("failed")),
        StepOutcome::Cancelled => Ending::failed_for_good(said("was cancelled there")),
    }
}

/// Ends an activity that nobody waits for any more. One that has ended already answers 404.
async fn cancel(http: HttpCall, profile: RunProfile, activity: RemoteActivity) {
    let Some(template) = &profile.calls.cancel else { return };
    let at = url(template, &activity);
    for n in 1..=CANCEL_TRIES {
        match http.json(Method::POST, &at, &profile.calls.headers).await {
            Ok(_) => return,
            Err(unanswered) if unanswered.status == Some(404) => return,
            Err(unanswered) => {
                tracing::warn!("cancelling {profile}, try {n}: {}", unanswered.text);
            }
        }
    }
}

impl fmt::Display for RunProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{} - {}`", self.system_name, self.name)
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.status.name())?;
        match (self.done, self.total) {
            (Some(done), Some(total)) if total > 0 => write!(f, ", {done} of {total}")?,
            (Some(done), _) => write!(f, ", {done}")?,
            (None, _) => {}
        }
        match &self.message {
            Some(message) if self.status != ActivityStatus::Complete => write!(f, ": {message}"),
            Some(_) | None => Ok(()),
        }
    }
}
