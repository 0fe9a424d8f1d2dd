//! The API as its callers meet it: over HTTP, on loopback, against a whole server.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]

mod support;

mod access;
mod access_matrix;
mod admin;
mod browser;
mod changing;
mod creating;
mod data_sources;
mod encryption;
mod events;
mod execution_log;
mod files;
mod health;
mod idempotency;
mod importing;
mod jim_client;
mod limits;
mod metrics;
mod monitoring;
mod occurrences;
mod running;
mod schedule_executions;
mod schedules;
mod secrets;
mod workflows;
