//! Takes one attempt to its end, whatever the job type does: limits it, stops it, survives it.

mod aftermath;

use std::{any::Any, fmt, panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration};

use futures_util::FutureExt;
use horarium_core::JobType;
use serde_json::Value;
use tokio::task::unconstrained;

pub(crate) use self::aftermath::Aftermath;
use crate::{
    assignment::{Assignment, Attempted, Ending, limit_text},
    complaint::Complaint,
    data_sources::DataSource,
    kinds::Kinds,
    output::{Capture, OUTPUT_BYTES_MAX},
    secrets::{self, AnySecrets, NoSecrets, Secrets},
    stop::{Cancellation, Stop},
    variables::Variables,
};

/// Time that a handler which watches its [`Cancellation`] has to end by itself: what is cancelled is
/// gone within a second.
pub const HANDLER_GRACE: Duration = Duration::from_millis(500);

/// What an operator may set about running attempts.
#[derive(Clone, Debug)]
pub struct RunnerSettings {
    /// Output kept of one attempt.
    pub output_bytes_max: usize,
    /// `{{Environment.MachineName}}`.
    pub machine_name: String,
}

impl Default for RunnerSettings {
    fn default() -> Self {
        Self { output_bytes_max: OUTPUT_BYTES_MAX, machine_name: machine_name() }
    }
}

/// Linux's name of this machine, else `localhost`.
fn machine_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".to_owned() } else { name.to_owned() }
}

/// Runs attempts. One per process: it owns the HTTP connection pool through its kinds.
pub struct Runner {
    kinds: Kinds,
    settings: RunnerSettings,
    secrets: Arc<dyn AnySecrets>,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("kinds", &self.kinds).finish_non_exhaustive()
    }
}

impl Runner {
    pub fn new(kinds: Kinds, settings: RunnerSettings) -> Self {
        Self { kinds, settings, secrets: Arc::new(NoSecrets) }
    }

    /// Lets jobs name secrets; without this none is known.
    #[must_use]
    pub fn with_secrets(mut self, secrets: Arc<impl Secrets>) -> Self {
        self.secrets = secrets;
        self
    }

    pub fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// What is wrong with a configuration before it is stored, beside what its text alone tells.
    ///
    /// # Errors
    ///
    /// Why that could not be found out.
    pub async fn check(
        &self,
        job_type: JobType,
        configuration: &Value,
    ) -> Result<Vec<Complaint>, String> {
        let mut complaints = secrets::check(&*self.secrets, configuration).await?;
        complaints.extend(self.kinds.check(job_type, configuration).await?);
        Ok(complaints)
    }

    /// Connects to a data source as a job would.
    ///
    /// # Errors
    ///
    /// Why that does not work.
    pub async fn test_data_source(&self, source: DataSource) -> Result<(), String> {
        match self.kinds.stored_procedure() {
            Some(procedures) => procedures.test(source).await,
            None => Err("this node calls no data sources".to_owned()),
        }
    }

    /// Lets go of what is kept between attempts, at a shutdown.
    pub async fn close(&self) {
        if let Some(procedures) = self.kinds.stored_procedure() {
            procedures.close().await;
        }
    }

    /// Runs one attempt until it ends, its timeout has passed, or `stop` asks.
    ///
    /// Stopping is dropping the work: connections close, nothing of it goes on. Handlers that watch
    /// for it are told before; what takes longer, a tree of processes, is waited for. A panic in the
    /// work is a failure like any other.
    pub async fn run(&self, assignment: Assignment, stop: Stop) -> Attempted {
        let mut capture = Capture::new(self.settings.output_bytes_max);
        let ending = match stop.reason() {
            Some(reason) => reason.into(),
            None => self.run_limited(assignment, &stop, &mut capture).await,
        };
        let ending = ending.redacted(&capture);
        Attempted { ending, output: capture.into_output() }
    }

    async fn run_limited(
        &self,
        assignment: Assignment,
        stop: &Stop,
        capture: &mut Capture,
    ) -> Ending {
        let aftermath = Aftermath::default();
        let ending = self.run_until_stopped(assignment, stop, capture, &aftermath).await;
        aftermath.over(&ending).await;
        ending
    }

    async fn run_until_stopped(
        &self,
        assignment: Assignment,
        stop: &Stop,
        capture: &mut Capture,
        aftermath: &Aftermath,
    ) -> Ending {
        let limit = assignment.timeout;
        let cancellation = Cancellation::default();
        let work = self.perform(assignment, &cancellation, capture, aftermath);
        let mut work = pin!(AssertUnwindSafe(work).catch_unwind());
        // The work comes first: what ends at once costs neither a timer nor a waiter. The others are
        // unconstrained, or work that never runs dry would spend tokio's budget and hide them.
        let ending = tokio::select! {
            biased;
            ended = &mut work => {
                return ended.unwrap_or_else(|panic| panicked(panic.as_ref()));
            }
            reason = unconstrained(stop.requested()) => reason.into(),
            () = unconstrained(tokio::time::sleep(limit)) => {
                let error = format!("timed out after {} (timeoutSeconds)", limit_text(limit));
                Ending::TimedOut { error }
            }
        };
        cancellation.request();
        if cancellation.is_watched() {
            // However it ends now, it was told to.
            drop(unconstrained(tokio::time::timeout(HANDLER_GRACE, work)).await);
        }
        ending
    }

    async fn perform(
        &self,
        mut assignment: Assignment,
        cancellation: &Cancellation,
        capture: &mut Capture,
        aftermath: &Aftermath,
    ) -> Ending {
        let mut configuration = std::mem::take(&mut assignment.configuration);
        let job = assignment.job_id;
        let resolved = secrets::resolve(&*self.secrets, job, &mut configuration).await;
        let (found, hidden) = match resolved {
            Ok(resolved) => resolved,
            Err(ending) => return ending,
        };
        capture.hide(hidden);
        let variables = Variables {
            now: assignment.now,
            due_at: assignment.due_at,
            execution_id: assignment.execution_id,
            attempt: assignment.attempt,
            job_id: assignment.job_id,
            job_name: &assignment.job_name,
            user_email: assignment.created_by.as_deref().unwrap_or_default(),
            machine_name: &self.settings.machine_name,
            secrets: &found,
        };
        if let Err(error) = variables.fill(&mut configuration) {
            return Ending::failed_for_good(error.to_string());
        }
        assignment.configuration = configuration;
        self.kinds.run(assignment, cancellation, capture, aftermath).await
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Ending {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Ending::failed(format!("the job's code panicked: {}", text.unwrap_or("no message")))
}
