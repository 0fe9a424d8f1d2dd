//! What a handler is given, and how it is told to end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use horarium_core::JobType;
use horarium_worker::{
    Assignment, Cancellation, Ending, Handler, HandlerCall, HandlerError, Handlers, HttpCall,
    OutputSink, Runner, Stop, runner::HANDLER_GRACE,
};
use serde_json::json;
use tokio::{sync::mpsc, time::Instant};

use crate::support::{assignment, code, error, internal, limits, runner_with};

fn runner(handler: impl Handler) -> Runner {
    let handlers = Handlers::default().with("own", handler);
    runner_with(HttpCall::new(internal(), limits()), handlers)
}

struct Tells;

impl Handler for Tells {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        call.output.line(&format!("{} {}", call.job_name, call.attempt));
        call.output.write(call.method_name.unwrap_or_default());
        Ok(format!(" {}", serde_json::Value::Object(call.parameters)))
    }
}

#[tokio::test]
async fn a_handler_sees_its_call_and_its_output_is_in_order() {
    let configuration = json!({
        "handlerType": "own", "methodName": "Monthly",
        "parameters": { "day": "{{Today}}", "rows": 3 },
    });
    let assignment = assignment(JobType::CodeExecution, configuration);
    let attempted = runner(Tells).run(assignment, Stop::new()).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    let expect = "nightly 2\nMonthly {\"day\":\"2026-01-31\",\"rows\":3}";
    assert_eq!(attempted.output.text, expect);
}

/// Writes, and then waits for the end; `after` it was told, it goes on for so long.
struct Waits {
    after: Duration,
    told: mpsc::UnboundedSender<OutputSink>,
    ended: Arc<AtomicBool>,
}

impl Handler for Waits {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        call.output.line("begun");
        call.cancellation.requested().await;
        self.told.send(call.output.clone()).unwrap();
        tokio::time::sleep(self.after).await;
        call.output.line("tidied up");
        self.ended.store(true, Ordering::Relaxed);
        Ok("not looked at".to_owned())
    }
}

/// The output of a handler that is told to end, how long it was let, and whether it came to its end.
async fn told_to_end(after: Duration) -> (String, Duration, bool) {
    let (told, mut is_told) = mpsc::unbounded_channel();
    let ended = Arc::new(AtomicBool::new(false));
    let runner = runner(Waits { after, told, ended: Arc::clone(&ended) });
    let limited = Assignment { timeout: Duration::from_secs(2), ..code("own") };
    let limit_at = Instant::now() + limited.timeout;
    let attempted = runner.run(limited, Stop::new()).await;
    assert_eq!(error(&attempted), "timed out after 2 s (timeoutSeconds)");
    let took = limit_at.elapsed();
    is_told.recv().await.unwrap().line("too late");
    (attempted.output.text, took, ended.load(Ordering::Relaxed))
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_watches_for_its_end_may_tidy_up_for_a_moment() {
    let (output, took, ended) = told_to_end(HANDLER_GRACE / 2).await;
    assert_eq!((output.as_str(), ended), ("begun\ntidied up\nnot looked at", true));
    assert!(took < HANDLER_GRACE, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_longer_is_dropped() {
    let (output, took, ended) = told_to_end(HANDLER_GRACE * 2).await;
    assert_eq!((output.as_str(), ended), ("begun\n", false));
    assert!((HANDLER_GRACE..HANDLER_GRACE * 2).contains(&took), "{took:?}");
}

/// Leaves its work to a thread, which nobody can drop.
struct Blocks(mpsc::UnboundedSender<()>);

impl Handler for Blocks {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        let (cancellation, gone) = (call.cancellation, self.0.clone());
        let work = tokio::task::spawn_blocking(move || spin(&cancellation, &gone));
        work.await.map_err(|err| HandlerError::Failed(err.to_string()))?;
        Ok(String::new())
    }
}

fn spin(cancellation: &Cancellation, gone: &mpsc::UnboundedSender<()>) {
    while !cancellation.is_requested() {
        std::thread::yield_now();
    }
    gone.send(()).unwrap();
}

#[tokio::test]
async fn a_thread_of_a_handler_hears_of_a_cancel() {
    let (gone, mut is_gone) = mpsc::unbounded_channel();
    let (runner, stop) = (runner(Blocks(gone)), Stop::new());
    let (attempted, ()) = tokio::join!(runner.run(code("own"), stop.clone()), async {
        stop.cancel();
    });
    assert_eq!(attempted.ending, Ending::Cancelled);
    is_gone.recv().await.unwrap();
}
