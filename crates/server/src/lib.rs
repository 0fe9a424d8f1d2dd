//! The server: engine, HTTP API, access and configuration, wired together.

pub mod auth;
pub mod clock;
pub mod engine;
pub mod instance_lock;
pub mod metrics;
pub mod settings;
