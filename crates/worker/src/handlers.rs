//! Handlers of `CodeExecution`, by name.

mod samples;

use std::{collections::BTreeMap, fmt, pin::Pin, sync::Arc};

use horarium_core::{ExecutionId, JobId};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{output::OutputSink, stop::Cancellation};

/// Code that a job can run by its name.
///
/// ```
/// use horarium_worker::{Handler, HandlerCall, HandlerError};
///
/// struct Greeting;
///
/// impl Handler for Greeting {
///     async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
///         let name = call.parameters.get("name").and_then(|name| name.as_str());
///         let name = name.ok_or(HandlerError::FailedForGood("nobody to greet".to_owned()))?;
///         Ok(format!("Hello, {name}"))
///     }
/// }
/// ```
pub trait Handler: Send + Sync + 'static {
    /// Runs one attempt; the text follows what was written to the call's [`OutputSink`].
    ///
    /// Must not block the thread: it is stopped, at a timeout or a cancel, by being dropped at an
    /// `.await`, after the call's [`Cancellation`] told it so. What blocks belongs into tokio's
    /// `spawn_blocking`, with a clone of that to look at. A panic is a failure of the attempt.
    fn run(&self, call: HandlerCall) -> impl Future<Output = Result<String, HandlerError>> + Send;
}

/// What a handler is given; variables are filled in.
#[derive(Clone, Debug)]
pub struct HandlerCall {
    pub execution_id: ExecutionId,
    pub job_id: JobId,
    pub job_name: String,
    pub attempt: u32,
    pub due_at: Option<Timestamp>,
    pub now: Timestamp,
    /// `jobConfiguration.methodName`, as it is: its meaning is the handler's.
    pub method_name: Option<String>,
    pub parameters: Map<String, Value>,
    pub cancellation: Cancellation,
    pub output: OutputSink,
}

/// Why a handler did not do its work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandlerError {
    #[error("{0}")]
    Failed(String),
    /// Another attempt cannot mend it.
    #[error("{0}")]
    FailedForGood(String),
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<String, HandlerError>> + Send + 'a>>;

/// [`Handler`] with its future's type erased, so that handlers fit in one map.
trait AnyHandler: Send + Sync {
    fn run(&self, call: HandlerCall) -> Running<'_>;
}

impl<H: Handler> AnyHandler for H {
    fn run(&self, call: HandlerCall) -> Running<'_> {
        Box::pin(Handler::run(self, call))
    }
}

/// The handlers this server knows.
#[derive(Clone, Default)]
pub struct Handlers(BTreeMap<String, Arc<dyn AnyHandler>>);

impl Handlers {
    /// `noop`, and the three samples of the original under their long and their short names, so that
    /// jobs exported there run here.
    pub fn builtin() -> Self {
        let mut handlers = Self::default().with("noop", samples::Noop);
        handlers = handlers.with_sample("SampleJob", samples::SampleJob);
        handlers = handlers.with_sample("ReportGenerationJob", samples::ReportGenerationJob);
        handlers.with_sample("CleanupJob", samples::CleanupJob)
    }

    /// Adds one more.
    ///
    /// # Panics
    ///
    /// When the name is taken: two handlers with one name is a programming mistake.
    #[must_use]
    pub fn with(self, name: &str, handler: impl Handler) -> Self {
        self.insert(name, Arc::new(handler))
    }

    fn with_sample(self, name: &str, handler: impl Handler) -> Self {
        let handler: Arc<dyn AnyHandler> = Arc::new(handler);
        let long = format!("Alphabet.Infrastructure.Scheduler.ExampleJobs.{name}");
        self.insert(name, Arc::clone(&handler)).insert(&long, handler)
    }

    fn insert(mut self, name: &str, handler: Arc<dyn AnyHandler>) -> Self {
        let taken = self.0.insert(name.to_owned(), handler);
        assert!(taken.is_none(), "two handlers named `{name}`");
        self
    }

    pub fn knows(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// In alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// `None` when there is no handler of this name.
    pub(crate) async fn run(
        &self,
        name: &str,
        call: HandlerCall,
    ) -> Option<Result<String, HandlerError>> {
        Some(self.find(name)?.run(call).await)
    }

    /// The original takes .NET's type names, which may go on with an assembly: `A.B, Assembly`.
    fn find(&self, name: &str) -> Option<&dyn AnyHandler> {
        let name = name.split_once(',').map_or(name, |(name, _)| name).trim();
        self.0.get(name).map(Arc::as_ref)
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exported_jobs_find_their_handler_under_every_name() {
        let handlers = Handlers::builtin();
        let check = |name: &str, expect: bool| assert_eq!(handlers.knows(name), expect, "{name}");
        check("noop", true);
        for name in ["SampleJob", "ReportGenerationJob", "CleanupJob"] {
            check(name, true);
            check(&format!("Alphabet.Infrastructure.Scheduler.ExampleJobs.{name}"), true);
        }
        check("Alphabet.Infrastructure.Scheduler.ExampleJobs.SampleJob, Alphabet", true);
        check("samplejob", false);
        check("", false);
        assert_eq!(handlers.names().count(), 7);
    }

    #[test]
    #[should_panic(expected = "two handlers named `noop`")]
    fn a_name_is_taken_once() {
        drop(Handlers::builtin().with("noop", samples::Noop));
    }
}
