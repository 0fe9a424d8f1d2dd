//! What workflows, schedules and waiting jobs do next.

#![expect(clippy::unwrap_used, reason = "a test helper that fails has found something")]

mod define;
mod dependencies;
mod drawn;
mod moves;
mod next;
mod properties;
mod resume;
mod runs;
mod steps;
