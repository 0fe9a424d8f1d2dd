//! A `horarium` of one's own: `cargo run -p horarium-cli --example own_handlers -- serve`.
//!
//! Everything that `horarium` can do, and two handlers besides. A job that runs the first:
//!
//! ```json
//! {
//!   "name": "report of the night", "jobType": "CodeExecution",
//!   "scheduleType": "Cron", "scheduleExpression": "0 3 * * *",
//!   "jobConfiguration": {
//!     "handlerType": "reports.Nightly", "methodName": "Sales", "parameters": { "rows": 3 }
//!   }
//! }
//! ```

use std::process::ExitCode;
use std::time::Duration;

use horarium::{Cancellation, Handler, HandlerCall, HandlerError, Horarium, OutputSink};

fn main() -> ExitCode {
    Horarium::builder()
        .handler("reports.Nightly", NightlyReport)
        .handler("archive.Count", Count)
        .run()
}

/// Writes a report of as many rows as the job's parameters say.
struct NightlyReport;

impl Handler for NightlyReport {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        let n_rows = call.parameters.get("rows").and_then(serde_json::Value::as_u64);
        let Some(n_rows) = n_rows else {
            // Another attempt would find the same parameters.
            let error = "parameters.rows: a number is needed".to_owned();
            return Err(HandlerError::FailedForGood(error));
        };
        let subject = call.method_name.as_deref().unwrap_or("Everything");
        for row in 1..=n_rows {
            // Kept also when the job is cancelled before its end.
            call.output.line(&format!("{subject}, row {row}"));
        }
        Ok(format!("{n_rows} rows"))
    }
}

/// Counts on a thread of its own until it is told to stop: nobody can end a thread from outside.
struct Count;

impl Handler for Count {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        let HandlerCall { cancellation, output, .. } = call;
        let counting = tokio::task::spawn_blocking(move || count(&cancellation, &output));
        let n = counting.await.map_err(|err| HandlerError::Failed(err.to_string()))?;
        Ok(format!("counted to {n}"))
    }
}

fn count(cancellation: &Cancellation, output: &OutputSink) -> u64 {
    let mut n = 0;
    while !cancellation.is_requested() {
        n += 1;
        output.line(&n.to_string());
        std::thread::sleep(Duration::from_millis(100));
    }
    n
}
