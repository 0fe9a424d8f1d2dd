//! Connected systems: what steps of type `RunProfile` drive, each by four calls.
//!
//! | call | what it is for |
//! |---|---|
//! | execute | starts an activity, and says by which id it can be asked about |
//! | progress | how far the activity is, and how it ended |
//! | cancel | ends it |
//!
//! What is stored of systems, and of the activities that executions have started, is somebody else's
//! ([`ConnectedSystems`]).

mod calls;

use std::pin::Pin;

use horarium_core::ExecutionId;

pub use calls::{Answers, RemoteCalls};
pub(crate) use calls::{Progress, url};

/// A named operation of a connected system, as an administrator defined it.
#[derive(Clone, Debug)]
pub struct RunProfile {
    pub system_name: String,
    pub name: String,
    pub calls: RemoteCalls,
}

/// An activity of the other side's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteActivity {
    pub activity_id: String,
    /// By which it is cancelled, where that is another id.
    pub task_id: Option<String>,
}

/// What an execution has of the other side when an attempt of it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: this attempt is the first to ask, which is now noted.
    Now,
    /// An earlier attempt asked, and no answer was noted: it may have started, or not.
    Unanswered,
    Started(RemoteActivity),
}

/// Who knows the connected systems, and keeps what attempts must not forget. Kept so that it outlives
/// this process: an execution that is taken over asks again, and nothing is started twice.
pub trait ConnectedSystems: Send + Sync + 'static {
    /// `None` when the system has no such run profile.
    fn find(
        &self,
        system_id: i64,
        profile_id: i64,
    ) -> impl Future<Output = Result<Option<RunProfile>, String>> + Send;

    /// Notes that the execution is about to ask, unless it has asked before.
    fn begin(&self, execution: ExecutionId) -> impl Future<Output = Result<Begun, String>> + Send;

    fn started(
        &self,
        execution: ExecutionId,
        activity: &RemoteActivity,
    ) -> impl Future<Output = Result<(), String>> + Send;

    /// The other side certainly did not start: the next attempt may ask.
    fn not_started(
        &self,
        execution: ExecutionId,
    ) -> impl Future<Output = Result<(), String>> + Send;
}

type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// [`ConnectedSystems`] with its futures' types erased.
pub(crate) trait AnyConnectedSystems: Send + Sync {
    fn find(&self, system_id: i64, profile_id: i64) -> Asking<'_, Option<RunProfile>>;
    fn begin(&self, execution: ExecutionId) -> Asking<'_, Begun>;
    fn started<'a>(
        &'a self,
        execution: ExecutionId,
        activity: &'a RemoteActivity,
    ) -> Asking<'a, ()>;
    fn not_started(&self, execution: ExecutionId) -> Asking<'_, ()>;
}

impl<C: ConnectedSystems> AnyConnectedSystems for C {
    fn find(&self, system_id: i64, profile_id: i64) -> Asking<'_, Option<RunProfile>> {
        Box::pin(ConnectedSystems::find(self, system_id, profile_id))
    }

    fn begin(&self, execution: ExecutionId) -> Asking<'_, Begun> {
        Box::pin(ConnectedSystems::begin(self, execution))
    }

    fn started<'a>(
        &'a self,
        execution: ExecutionId,
        activity: &'a RemoteActivity,
    ) -> Asking<'a, ()> {
        Box::pin(ConnectedSystems::started(self, execution, activity))
    }

    fn not_started(&self, execution: ExecutionId) -> Asking<'_, ()> {
        Box::pin(ConnectedSystems::not_started(self, execution))
    }
}
