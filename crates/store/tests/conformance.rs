//! What every store function promises, on both databases.
//!
//! A file per noun; `both_databases!` makes a SQLite and a PostgreSQL test of each claim.

// `cfg(test)`, though all of this is tests: clippy then lets helpers unwrap.
#[cfg(test)]
mod conformance {
    #[macro_use]
    mod support;

    mod access;
    mod data_sources;
    mod dependencies;
    mod engine_support;
    mod events;
    mod execution_log;
    mod executions;
    mod idempotency;
    mod jobs;
    mod modules;
    mod monitoring;
    mod nodes;
    mod queue;
    mod retention;
    mod run_support;
    mod runs;
    mod schedules;
    mod settings;
    mod triggers;
    mod upkeep;
    mod users;
}
