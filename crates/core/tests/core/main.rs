//! Everything the core decides, in microseconds.

#![expect(clippy::unwrap_used, reason = "a test helper that fails has found something")]

mod definitions;
mod drafts;
mod execution_moves;
mod ledger;
mod plan;
mod simulation;
mod stored;
