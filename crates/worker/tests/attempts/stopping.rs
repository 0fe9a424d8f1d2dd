//! Attempts end: by their limits, by a stop, by a panic.

use std::{future::pending, time::Duration};

use horarium_core::JobType;
use horarium_worker::{
    Assignment, Attempted, Ending, Handler, HandlerCall, HandlerError, Handlers, HttpCall,
    HttpCallLimits, Runner, Stop,
};
use serde_json::json;
use tokio::{
    sync::mpsc,
    time::{Instant, interval, timeout},
};

use crate::support::{
    Connection, Target, assignment, code, error, http, internal, limits, runner_with,
};

const SHORT: Duration = Duration::from_millis(200);

/// Ways in which a target never comes to an end.
#[derive(Clone, Copy, Debug)]
enum Stuck {
    Silent,
    DripsHead,
    DripsBody,
    FloodsInterim,
}

impl Stuck {
    const ALL: [Self; 4] = [Self::Silent, Self::DripsHead, Self::DripsBody, Self::FloodsInterim];

    async fn speak(self, connection: &mut Connection) {
        connection.request().await;
        let (start, drop) = match self {
            Self::Silent => return connection.closed().await,
            Self::DripsHead => ("HTTP/1.1 200 OK\r\nX-Long: ", "x"),
            Self::DripsBody => {
                ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")
            }
            Self::FloodsInterim => {
                ("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n")
            }
        };
        connection.send(start).await;
        let mut ticks = interval(Duration::from_millis(10));
        while connection.try_send(drop.as_bytes()).await.is_ok() {
            ticks.tick().await;
        }
    }

    /// A target like this, and what says that a connection to it was closed by the other side.
    async fn target(self) -> (Target, mpsc::UnboundedReceiver<()>) {
        let (closed, is_closed) = mpsc::unbounded_channel();
        let target = Target::speaking(move |mut connection| {
            let closed = closed.clone();
            async move {
                self.speak(&mut connection).await;
                closed.send(()).unwrap();
            }
        })
        .await;
        (target, is_closed)
    }
}

async fn assert_closed(mut is_closed: mpsc::UnboundedReceiver<()>, what: Stuck) {
    let closed = timeout(Duration::from_secs(1), is_closed.recv()).await;
    assert_eq!(closed, Ok(Some(())), "{what:?}: the target saw the connection close");
}

#[tokio::test]
async fn a_stuck_target_is_left_at_the_calls_limit() {
    for stuck in Stuck::ALL {
        let (target, is_closed) = stuck.target().await;
        let limits = HttpCallLimits { total: SHORT, ..limits() };
        let runner = runner_with(HttpCall::new(internal(), limits), Handlers::builtin());
        let began = Instant::now();
        let attempted = runner.run(http(json!({"url": target.url("/a")})), Stop::new()).await;
        assert!(began.elapsed() < SHORT + Duration::from_millis(250), "{stuck:?}");
        let expect = format!(
            "calling GET {}: timed out after 200 ms (jobConfiguration.timeoutSeconds)",
            target.url("/a")
        );
        assert_eq!(attempted.ending, Ending::TimedOut { error: expect }, "{stuck:?}");
        assert_closed(is_closed, stuck).await;
    }
}

#[tokio::test]
async fn a_stuck_target_is_left_at_the_attempts_limit() {
    for stuck in Stuck::ALL {
        let (target, is_closed) = stuck.target().await;
        let call = Assignment { timeout: SHORT, ..http(json!({"url": target.url("/")})) };
        let attempted = crate::support::run(call).await;
        let error = "timed out after 200 ms (timeoutSeconds)".to_owned();
        assert_eq!(attempted.ending, Ending::TimedOut { error }, "{stuck:?}");
        assert_closed(is_closed, stuck).await;
    }
}

#[tokio::test]
async fn what_came_before_the_limit_is_kept() {
    let (target, _) = Stuck::DripsBody.target().await;
    let call = Assignment { timeout: SHORT, ..http(json!({"url": target.url("/")})) };
    let output = crate::support::run(call).await.output;
    assert!(output.text.starts_with('x') && output.bytes == output.text.len() as u64);
}

#[tokio::test]
async fn a_connection_that_does_not_come_is_worth_another_try() {
    // A full backlog of 1: later connections get no answer at all.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) =
        timeout(Duration::from_millis(50), tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(stream);
    }
    let limits = HttpCallLimits { connect: SHORT, ..limits() };
    let runner = runner_with(HttpCall::new(internal(), limits), Handlers::builtin());
    let url = format!("http://{address}/");
    let attempted = runner.run(http(json!({ "url": url })), Stop::new()).await;
    let said = format!("calling GET {url}: no connection within 200 ms (connect timeout)");
    assert_eq!(error(&attempted), said);
    assert!(matches!(attempted.ending, Ending::Failed { retryable: true, .. }));
}

async fn stopped(stuck: Stuck, ask: fn(&Stop)) -> Attempted {
    let (target, is_closed) = stuck.target().await;
    let stop = Stop::new();
    let asked = stop.clone();
    let call = http(json!({"url": target.url("/")}));
    let running = tokio::spawn(async move { crate::support::runner().run(call, stop).await });
    while target.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    ask(&asked);
    let attempted = timeout(Duration::from_secs(1), running).await.unwrap().unwrap();
    assert_closed(is_closed, stuck).await;
    attempted
}

#[tokio::test]
async fn a_stop_ends_the_call_and_closes_its_connection() {
    for stuck in Stuck::ALL {
        assert_eq!(stopped(stuck, Stop::cancel).await.ending, Ending::Cancelled, "{stuck:?}");
        assert_eq!(stopped(stuck, Stop::interrupt).await.ending, Ending::Interrupted, "{stuck:?}");
    }
}

#[tokio::test]
async fn an_attempt_that_is_stopped_before_it_starts_does_nothing() {
    let (target, _) = Stuck::Silent.target().await;
    let stop = Stop::new();
    stop.cancel();
    let attempted = crate::support::runner().run(http(json!({"url": target.url("/")})), stop).await;
    assert_eq!(attempted.ending, Ending::Cancelled);
    assert!(target.requests().is_empty());
}

struct Panics;

impl Handler for Panics {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        panic!("no {}", call.job_name)
    }
}

struct NeverEnds;

impl Handler for NeverEnds {
    async fn run(&self, _: HandlerCall) -> Result<String, HandlerError> {
        pending().await
    }
}

/// Always has more to do, and says so at every turn.
struct Spins;

impl Handler for Spins {
    async fn run(&self, _: HandlerCall) -> Result<String, HandlerError> {
        loop {
            tokio::task::consume_budget().await;
        }
    }
}

struct Refuses;

impl Handler for Refuses {
    async fn run(&self, call: HandlerCall) -> Result<String, HandlerError> {
        match call.parameters.get("for_good") {
            Some(_) => Err(HandlerError::FailedForGood("never".to_owned())),
            None => Err(HandlerError::Failed("not now".to_owned())),
        }
    }
}

fn handlers_runner() -> Runner {
    let handlers = Handlers::builtin();
    let handlers = handlers.with("panics", Panics).with("never-ends", NeverEnds);
    let handlers = handlers.with("spins", Spins).with("refuses", Refuses);
    runner_with(HttpCall::new(internal(), limits()), handlers)
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let runner = handlers_runner();
    let attempted = runner.run(code("panics"), Stop::new()).await;
    assert_eq!(error(&attempted), "the job's code panicked: no nightly");
    let next = runner.run(code("noop"), Stop::new()).await;
    assert_eq!(next.ending, Ending::Succeeded, "the runner lives");
}

#[tokio::test]
async fn a_handler_is_limited_and_stopped_like_anything_else() {
    let runner = handlers_runner();
    for name in ["never-ends", "spins"] {
        let limited = Assignment { timeout: SHORT, ..code(name) };
        let attempted = runner.run(limited, Stop::new()).await;
        assert_eq!(error(&attempted), "timed out after 200 ms (timeoutSeconds)");
        let stop = Stop::new();
        let (attempted, ()) = tokio::join!(runner.run(code(name), stop.clone()), async {
            stop.cancel();
        });
        assert_eq!(attempted.ending, Ending::Cancelled, "{name}");
    }
}

#[tokio::test]
async fn a_handlers_own_failure_says_whether_to_try_again() {
    let runner = handlers_runner();
    let attempted = runner.run(code("refuses"), Stop::new()).await;
    let failed = |error: &str, retryable| Ending::Failed {
        error: error.to_owned(),
        retryable,
        http_status: None,
    };
    assert_eq!(attempted.ending, failed("not now", true));
    let configuration = json!({"handlerType": "refuses", "parameters": {"for_good": true}});
    let for_good = assignment(JobType::CodeExecution, configuration);
    let attempted = runner.run(for_good, Stop::new()).await;
    assert_eq!(attempted.ending, failed("never", false));
}

#[tokio::test]
async fn the_originals_samples_say_what_they_said() {
    let runner = handlers_runner();
    let long = "Alphabet.Infrastructure.Scheduler.ExampleJobs.ReportGenerationJob";
    for (name, expect) in [
        ("noop", ""),
        ("SampleJob", "Sample job 'nightly' executed at 2026-01-31T09:00:01Z."),
        (long, "Report job 'nightly' completed for 2026-01-31."),
        ("CleanupJob", "Cleanup job 'nightly' ran successfully."),
    ] {
        let attempted = runner.run(code(name), Stop::new()).await;
        assert_eq!((attempted.ending, attempted.output.text.as_str()), (Ending::Succeeded, expect));
    }
}

#[tokio::test]
async fn what_cannot_be_run_fails_for_good_and_says_why() {
    let runner = handlers_runner();
    let check = async |assignment: Assignment, expect: &str| {
        let attempted = runner.run(assignment, Stop::new()).await;
        assert_eq!(error(&attempted), expect);
        assert!(matches!(attempted.ending, Ending::Failed { retryable: false, .. }));
    };
    check(code("Nope"), "Could not resolve handler type 'Nope'.").await;
    let source = json!({"databaseConnectionStringName": "reports"});
    let procedure = assignment(JobType::StoredProcedure, source);
    let expect = "no data source named `reports` (jobConfiguration.databaseConnectionStringName)";
    check(procedure, expect).await;
    let files = assignment(JobType::FileOperation, json!({}));
    let expect = "file operations are refused: no folder is configured for them (files.roots)";
    check(files, expect).await;
    let nothing = assignment(JobType::CodeExecution, json!({}));
    check(nothing, "reading jobConfiguration: missing field `handlerType`").await;
}
