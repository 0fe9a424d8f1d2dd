//! The server: engine, HTTP API, access and configuration, wired together.

pub mod admin;
pub mod auth;
pub mod clock;
pub mod data_dir;
pub mod data_sources;
pub mod doctor;
pub mod engine;
pub mod events;
pub mod fault;
mod hash;
pub mod http;
pub mod instance_lock;
pub mod jobs;
pub mod metrics;
pub mod modules;
pub mod monitoring;
mod random;
pub mod schedules;
pub mod secrets;
pub mod server;
pub mod settings;
pub mod vault;
mod words;
pub mod workflows;

pub use horarium_wasm::enter;
pub use horarium_worker::sandbox::enter as enter_sandbox;
pub use horarium_worker::{Cancellation, Handler, HandlerCall, HandlerError, Handlers, OutputSink};
pub use server::{Parts, Running, Server, StartError};
