//! When schedules are due, and what one run of a schedule is called at every stage.

#![expect(clippy::unwrap_used, reason = "a test helper that fails has found something")]

mod activity;
mod definitions;
mod execution_moves;
mod observed;
mod pattern_changes;
mod pattern_texts;
mod pattern_times;
mod progress;
mod run_plans;
mod step_fields;
mod step_moves;
