//! Horarium as a library: a `horarium` of one's own, with handlers compiled into it.
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use horarium::{Handler, HandlerCall, HandlerError, Horarium};
//!
//! struct NightlyReport;
//!
//! impl Handler for NightlyReport {
//!     async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
//!         Ok(format!("the report of {}", call.now))
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     Horarium::builder().handler("reports.Nightly", NightlyReport).run()
//! }
//! ```
//!
//! That program has every command, setting and variable of `horarium`, and runs jobs whose
//! `handlerType` is `reports.Nightly`. `examples/own_handlers.rs` shows more.
//!
//! Exit codes: 0 done, 1 it failed, 2 the command line was wrong, 3 something is pending.

mod args;
mod backup;
mod builder;
mod config;
mod config_command;
mod doctor;
mod failure;
mod healthcheck;
mod logging;
mod migrate;
mod output;
mod secrets_command;
mod serve;
mod version;

pub use builder::{Builder, Horarium};
pub use horarium_server::{
    Cancellation, Handler, HandlerCall, HandlerError, OutputSink, Running, StartError, enter,
    enter_sandbox, settings::Settings,
};
