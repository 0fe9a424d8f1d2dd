//! Takes one attempt of an execution and runs it to its end.
//!
//! Knows neither databases nor HTTP servers: an [`Assignment`] goes in, an [`Attempted`] comes out.
//! Suggested reading order: [`assignment`], [`Runner`], [`Kinds`], [`HttpCall`], [`egress`].

pub mod assignment;
mod complaint;
pub mod connectors;
pub mod data_sources;
mod dial;
pub mod egress;
pub mod handlers;
pub mod kinds;
pub mod modules;
pub mod output;
mod redact;
pub mod resolver;
pub mod runner;
pub mod sandbox;
pub mod secrets;
pub mod stop;
pub mod variables;

pub use assignment::{Assignment, Attempted, Ending};
pub use complaint::Complaint;
pub use connectors::{Answers, Begun, ConnectedSystems, RemoteActivity, RemoteCalls, RunProfile};
pub use data_sources::{DataSource, DataSourceKind, DataSources, TlsMode};
pub use egress::{EgressGuard, EgressPolicy, Refusal};
pub use handlers::{Handler, HandlerCall, HandlerError, Handlers};
pub use kinds::{
    FileOperation, FileRoots, FileRootsError, HttpCall, HttpCallLimits, Kinds, ProgramSettings,
    Programs, RunProfiles, ScriptRoots, ScriptRootsError, Served, StoredProcedure,
};
pub use modules::{FoundModule, ModuleFault, ModuleLimits, ModuleSource, Modules};
pub use output::{OUTPUT_BYTES_MAX, Output, OutputSink};
pub use runner::{Runner, RunnerSettings};
pub use secrets::Secrets;
pub use stop::{Cancellation, Stop, StopReason};
