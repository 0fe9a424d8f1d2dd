//! Handlers that come with the server: `noop`, and the original's three samples with its words.

use horarium_api::time::instant_text;
use jiff::tz::TimeZone;

use super::{Handler, HandlerCall, HandlerError};

/// Does nothing, at once: what a benchmark of everything else runs.
pub(super) struct Noop;

impl Handler for Noop {
    async fn run(&self, _: HandlerCall) -> Result<String, HandlerError> {
        Ok(String::new())
    }
}

pub(super) struct SampleJob;

impl Handler for SampleJob {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        Ok(format!("Sample job '{}' executed at {}.", call.job_name, instant_text(call.now)))
    }
}

pub(super) struct ReportGenerationJob;

impl Handler for ReportGenerationJob {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        let day = call.now.to_zoned(TimeZone::UTC).date();
        Ok(format!("Report job '{}' completed for {day}.", call.job_name))
    }
}

pub(super) struct CleanupJob;

impl Handler for CleanupJob {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        Ok(format!("Cleanup job '{}' ran successfully.", call.job_name))
    }
}
