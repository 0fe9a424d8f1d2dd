//! Running jobs: triggered, failing, retried, timed out, cancelled.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use horarium_testkit::{Witness, eventually};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{EXECUTIONS, JOBS, SOON, TestServer, invalid, problem, text};

fn http_job(url: &str) -> Value {
    json!({
        "jobType": "HttpCall", "jobConfiguration": {"url": url, "method": "POST", "body": "{}"},
        "retryPolicy": {"maxAttempts": 0}
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_triggered_job_succeeds_and_its_execution_has_every_documented_field() {
    let server = TestServer::start().await;
    let id = server.job_id(json!({})).await;
    let answer = server.post_nothing(&format!("{JOBS}/{id}/trigger")).await;
    let execution = text(&answer.expect_status(202).json());
    let location = format!("{EXECUTIONS}/{execution}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let done = server.await_status(&execution, "Succeeded").await;
    assert_eq!((&done["id"], &done["jobId"]), (&json!(execution), &json!(id)));
    for field in ["startedAt", "completedAt", "endedAt", "createdAt", "duration", "nodeId"] {
        assert!(done[field].is_string(), "{field}: {done}");
    }
    for field in ["durationMs", "retryCount", "outputBytes", "attempt"] {
        assert!(done[field].is_number(), "{field}: {done}");
    }
    for field in ["errorMessage", "retryParentId", "dueAt", "waitReason"] {
        assert_eq!(done[field], Value::Null, "{field}");
    }
    assert!(done.get("output").is_some());
    assert_eq!(done["completedAt"], done["endedAt"]);
    assert!(text(&done["duration"]).starts_with("00:00:0"), "{done}");
    assert!(done["triggeredBy"].is_string(), "{done}");
    assert_eq!(done["origin"], "Manual");
    assert_eq!(done["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(done["attempts"][0]["outcome"], "Succeeded");
    let job = server.get(&format!("{JOBS}/{id}")).await;
    assert_eq!(job["lastExecutionStatus"], "Succeeded");
    assert!(job["lastExecutedAt"].is_string());
    let page = server.get(&format!("{JOBS}/{id}/executions?status=Success")).await;
    assert_eq!((&page["totalCount"], &page["pageSize"]), (&json!(1), &json!(20)));
    assert_eq!(page["items"][0]["attempts"], Value::Null);
    let numbers = server.viewer.clone().header("X-Enum-Format", "number");
    assert_eq!(numbers.get(&location).await.unwrap().json()["status"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http_call_reaches_its_target_and_keeps_the_answer() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let id = server.job_id(http_job(&witness.url("/ok"))).await;
    let execution = server.trigger(&id).await;
    let done = server.await_status(&execution, "Succeeded").await;
    assert_eq!((&done["output"], &done["outputBytes"]), (&json!("ok"), &json!(2)));
    let calls = witness.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].execution_id.as_deref(), Some(execution.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_followed_only_on_request() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let url = witness.url(&format!("/redirect?to={}", witness.url("/ok")));
    let id = server.job_id(http_job(&url)).await;
    server.await_status(&server.trigger(&id).await, "Failed").await;
    let follow = json!({"jobConfiguration": {"url": url, "followRedirects": true}});
    let path = format!("{JOBS}/{id}");
    server.operator.put(&path, &follow).await.unwrap().expect_status(200);
    server.await_status(&server.trigger(&id).await, "Succeeded").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_job_is_tried_again_until_it_works() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let mut job = http_job(&witness.url("/fail-times/key/2"));
    job["retryPolicy"] = json!({"maxAttempts": 3, "delaySeconds": 0});
    let id = server.job_id(job).await;
    let done = server.await_status(&server.trigger(&id).await, "Succeeded").await;
    assert_eq!((&done["retryCount"], &done["attempt"]), (&json!(2), &json!(3)));
    let attempts = done["attempts"].as_array().unwrap();
    let outcomes: Vec<_> = attempts.iter().map(|attempt| text(&attempt["outcome"])).collect();
    assert_eq!(outcomes, ["Failed", "Failed", "Succeeded"]);
    assert!(text(&attempts[0]["error"]).contains("500"), "{done}");
    assert_eq!(done["errorMessage"], Value::Null, "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_its_retry_says_so_and_what_failed_for_good_can_be_tried_again() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let mut job = http_job(&witness.url("/status/500"));
    job["retryPolicy"] = json!({"maxAttempts": 1, "delaySeconds": 3600});
    let id = server.job_id(job).await;
    let execution = server.trigger(&id).await;
    let path = format!("{EXECUTIONS}/{execution}");
    let waiting = eventually(SOON, "the retry to be waited for", async || {
        let found = server.get(&path).await;
        (found["waitReason"] == "WaitingForRetry").then_some(found)
    });
    let waiting = waiting.await;
    assert_eq!((&waiting["status"], &waiting["retryCount"]), (&json!("Pending"), &json!(0)));
    assert_eq!(waiting["startedAt"], waiting["createdAt"]);
    problem(&server.post_nothing(&format!("{path}/retry")).await, 400, "Retry execution failed");
    server.post_nothing(&format!("{path}/cancel")).await.expect_status(200);
    let cancelled = server.get(&path).await;
    assert_eq!(cancelled["status"], "Cancelled");
    problem(&server.post_nothing(&format!("{path}/cancel")).await, 409, "Cancel execution failed");
    let retried = server.post_nothing(&format!("{path}/retry")).await;
    let new = text(&retried.expect_status(202).json());
    let location = format!("{EXECUTIONS}/{new}");
    assert_eq!(retried.header("location"), Some(location.as_str()));
    let new = server.get(&location).await;
    assert_eq!((&new["retryParentId"], &new["origin"]), (&json!(execution), &json!("Retry")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_keeps_failing_is_shown_as_failed() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let id = server.job_id(http_job(&witness.url("/status/503"))).await;
    for _ in 0..2 {
        server.await_status(&server.trigger(&id).await, "Failed").await;
    }
    let job = server.get(&format!("{JOBS}/{id}")).await;
    assert_eq!((&job["consecutiveFailures"], &job["status"]), (&json!(2), &json!("Enabled")));
    assert_eq!(
        (&job["currentStatus"], &job["lastExecutionStatus"]),
        (&json!("Failed"), &json!("Failed"))
    );
    assert_eq!(server.get(&format!("{JOBS}?status=Failed")).await["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_ends_at_its_limit() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let mut job = http_job(&witness.url("/hang"));
    job["timeoutSeconds"] = json!(1);
    let id = server.job_id(job).await;
    let failed = server.await_status(&server.trigger(&id).await, "Failed").await;
    assert!(text(&failed["errorMessage"]).contains("timed out after 1 s"), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_really_ends_within_a_second() {
    let server = TestServer::start().await;
    let target = HangingTarget::start().await;
    let id = server.job_id(http_job(&target.url)).await;
    let execution = server.trigger(&id).await;
    target.connected.notified().await;
    server.await_status(&execution, "Running").await;
    let asked = Instant::now();
    let path = format!("{EXECUTIONS}/{execution}/cancel");
    let answer = server.post_nothing(&path).await;
    assert_eq!(answer.expect_status(200).body, b"");
    assert_eq!(server.get(&format!("{EXECUTIONS}/{execution}")).await["status"], "Cancelled");
    let closed = tokio::time::timeout(Duration::from_secs(1), target.closed.notified()).await;
    assert!(closed.is_ok(), "the connection was open {:?} after the cancel", asked.elapsed());
    let after = server.get(&format!("{EXECUTIONS}/{execution}")).await;
    assert_eq!((&after["status"], &after["output"]), (&json!("Cancelled"), &Value::Null));
    assert_eq!(after["attempts"][0]["outcome"], "Cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_delete_stops_what_runs() {
    let server = TestServer::start().await;
    let target = HangingTarget::start().await;
    let id = server.job_id(http_job(&target.url)).await;
    server.trigger(&id).await;
    target.connected.notified().await;
    let path = format!("{JOBS}/{id}?hardDelete=true");
    server.operator.delete(&path).await.unwrap().expect_status(204);
    let closed = tokio::time::timeout(Duration::from_secs(1), target.closed.notified()).await;
    assert!(closed.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_and_disabled_jobs_run_when_triggered() {
    let server = TestServer::start().await;
    let paused = server.job_id(json!({})).await;
    server.post_nothing(&format!("{JOBS}/{paused}/pause")).await.expect_status(200);
    server.await_status(&server.trigger(&paused).await, "Succeeded").await;
    let disabled = server.job_id(json!({"isEnabled": false})).await;
    server.await_status(&server.trigger(&disabled).await, "Succeeded").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concurrency_limit_is_what_the_second_waits_for() {
    let server = TestServer::start().await;
    let target = HangingTarget::start().await;
    let mut job = http_job(&target.url);
    job["maxConcurrency"] = json!(1);
    let id = server.job_id(job).await;
    let first = server.trigger(&id).await;
    target.connected.notified().await;
    let second = server.trigger(&id).await;
    let waiting = server.get(&format!("{EXECUTIONS}/{second}")).await;
    assert_eq!(
        (&waiting["status"], &waiting["waitReason"]),
        (&json!("Pending"), &json!("ConcurrencyLimit"))
    );
    let listed = server.get(&format!("{JOBS}/{id}/executions?status=1")).await;
    assert_eq!(listed["items"][0]["waitReason"], "ConcurrencyLimit");
    server.post_nothing(&format!("{EXECUTIONS}/{first}/cancel")).await.expect_status(200);
    target.connected.notified().await;
    server.await_status(&second, "Running").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn executions_are_filtered_by_state_and_time() {
    let server = TestServer::start().await;
    let id = server.job_id(json!({})).await;
    let done = server.await_status(&server.trigger(&id).await, "Succeeded").await;
    let started = text(&done["startedAt"]);
    let count = async |query: &str| {
        server.get(&format!("{JOBS}/{id}/executions?{query}")).await["totalCount"].clone()
    };
    assert_eq!(count("status=Failed").await, 0);
    assert_eq!(count(&format!("fromDate={started}&toDate={started}")).await, 1);
    assert_eq!(count("toDate=2020-01-01T00:00:00Z").await, 0);
    for (query, field) in [
        ("status=Sleeping", "status"),
        ("fromDate=yesterday", "fromDate"),
        ("pageSize=0", "pageSize"),
    ] {
        let path = format!("{JOBS}/{id}/executions?{query}");
        invalid(&server.viewer.get(&path).await.unwrap(), &[field]);
    }
}

/// Takes connections and never answers; tells when one comes and when it is closed.
struct HangingTarget {
    url: String,
    connected: Arc<Notify>,
    closed: Arc<Notify>,
}

impl HangingTarget {
    async fn start() -> Self {
        use tokio::io::AsyncReadExt as _;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hang", listener.local_addr().unwrap());
        let target = Self { url, connected: Arc::default(), closed: Arc::default() };
        let (connected, closed) = (target.connected.clone(), target.closed.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (connected, closed) = (connected.clone(), closed.clone());
                tokio::spawn(async move {
                    connected.notify_one();
                    let mut bytes = [0; 1024];
                    while stream.read(&mut bytes).await.is_ok_and(|n| n > 0) {}
                    closed.notify_one();
                });
            }
        });
        target
    }
}
