//! Routes, one file per family. Each reads its request, calls a service and writes the answer.

pub(super) mod access;
pub(super) mod admin;
pub(super) mod api_keys;
pub(super) mod dashboard;
pub(super) mod data_sources;
pub(super) mod dependencies;
pub(super) mod description;
pub(super) mod events;
pub(super) mod exclusions;
pub(super) mod executions;
pub(super) mod health;
pub(super) mod jobs;
pub(super) mod metrics;
pub(super) mod modules;
pub(super) mod monitoring;
pub(super) mod nodes;
pub(super) mod occurrences;
pub(super) mod preview;
pub(super) mod schedule_executions;
pub(super) mod schedules;
pub(super) mod secrets;
pub(super) mod setup;
pub(super) mod states;
pub(super) mod users;
pub(super) mod workflow_runs;
pub(super) mod workflows;

/// How details name what a route is about.
const JOB: &str = "Job";
const EXECUTION: &str = "Execution";
const SCHEDULE: &str = "Schedule";
const SCHEDULE_EXECUTION: &str = "Schedule execution";
const WORKFLOW: &str = "Workflow";
const WORKFLOW_RUN: &str = "Workflow run";
