//! What `HttpCall` sends, and what it makes of each answer.

use std::time::Duration;

use horarium_worker::{
    Assignment, Ending, Handlers, HttpCall, HttpCallLimits, OUTPUT_BYTES_MAX, Stop,
};
use serde_json::{Value, json};

use crate::support::{
    EXECUTION_ID, JOB_ID, Target, answer, error, header, http, internal, limits, run, runner,
    runner_with,
};

fn failed(status: u16, retryable: bool) -> impl Fn(&Ending) -> bool {
    move |ending| {
        matches!(ending, Ending::Failed { retryable: is, http_status: Some(code), .. }
            if (*is, *code) == (retryable, status))
    }
}

#[tokio::test]
async fn the_status_decides() {
    async fn check(status: u16, rules: Value, expect: impl Fn(&Ending) -> bool) {
        let answer = answer(&format!("{status} Word"), "the body");
        let target = Target::answering(move |_| answer.clone()).await;
        let mut configuration = rules;
        configuration["url"] = target.url("/").into();
        let attempted = run(http(configuration.clone())).await;
        assert!(expect(&attempted.ending), "{status} under {configuration}: {attempted:?}");
        assert_eq!(target.requests().len(), 1);
        // The body is kept whatever the status, but for those that have none.
        let body = if matches!(status, 204 | 304) { "" } else { "the body" };
        assert_eq!(attempted.output.text, body);
    }
    let succeeded = |ending: &Ending| *ending == Ending::Succeeded;
    for status in [200, 201, 299] {
        check(status, json!({}), succeeded).await;
    }
    check(302, json!({}), failed(302, true)).await;
    check(304, json!({}), failed(304, true)).await;
    check(404, json!({}), failed(404, true)).await;
    check(503, json!({}), failed(503, true)).await;
    check(409, json!({"successStatusCodes": [200, 409]}), succeeded).await;
    check(302, json!({"successStatusCodes": [302]}), succeeded).await;
    check(302, json!({"successStatusCodes": [302], "followRedirects": true}), succeeded).await;
    check(201, json!({"successStatusCodes": [200]}), failed(201, true)).await;
    check(503, json!({"retryOnStatusCodes": [503]}), failed(503, true)).await;
    check(500, json!({"retryOnStatusCodes": [503]}), failed(500, false)).await;
}

#[tokio::test]
async fn a_failed_call_says_what_was_answered_to_what() {
    let target = Target::answering(|_| answer("503 Service Unavailable", "busy")).await;
    let attempted =
        run(http(json!({"url": target.url("/a?token=hunter2"), "method": "POST"}))).await;
    let expect = format!("calling POST {}: answered 503 Service Unavailable", target.url("/a"));
    assert_eq!(error(&attempted), expect);
}

#[tokio::test]
async fn a_receiver_can_tell_the_attempt() {
    let target = Target::answering(|_| answer("200 OK", "")).await;
    let configuration =
        json!({"url": target.url("/hook?a=1"), "method": "post", "body": "{\"a\": 1}"});
    let attempted = run(http(configuration)).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    let request = target.request();
    assert!(request.starts_with("POST /hook?a=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"a\": 1}"), "{request}");
    let check =
        |name: &str, expect: &str| assert_eq!(header(&request, name), Some(expect), "{name}");
    check("Idempotency-Key", EXECUTION_ID);
    check("X-Horarium-Execution", EXECUTION_ID);
    check("X-Horarium-Job", JOB_ID);
    check("X-Horarium-Attempt", "2");
    check("X-Horarium-Scheduled-For", "2026-01-31T09:00:00Z");
    check("traceparent", "00-0198c0de0000700080000000000000e1-0000000000000002-01");
    check("User-Agent", concat!("Horarium/", env!("CARGO_PKG_VERSION")));
    check("Content-Type", "application/json; charset=utf-8");
    check("Host", &target.address.to_string());
}

#[tokio::test]
async fn a_run_that_somebody_asked_for_was_not_scheduled() {
    let target = Target::answering(|_| answer("200 OK", "")).await;
    run(Assignment { due_at: None, ..http(json!({"url": target.url("/")})) }).await;
    assert_eq!(header(&target.request(), "X-Horarium-Scheduled-For"), None);
}

#[tokio::test]
async fn a_body_is_sent_only_if_there_is_one_and_its_type_is_the_jobs() {
    let target = Target::answering(|_| answer("200 OK", "")).await;
    run(http(json!({"url": target.url("/"), "method": "PUT", "body": " \n"}))).await;
    let headers = json!({"content-type": "text/plain", "User-Agent": "probe"});
    run(http(json!({"url": target.url("/"), "method": "PUT", "body": "x", "headers": headers})))
        .await;
    let requests = target.requests();
    assert_eq!(header(&requests[0], "Content-Type"), None);
    assert_eq!(header(&requests[1], "Content-Type"), Some("text/plain"));
    assert_eq!(header(&requests[1], "User-Agent"), Some("probe"));
    assert!(requests[1].ends_with("\r\n\r\nx"));
}

#[tokio::test]
async fn variables_are_filled_into_url_headers_and_body() {
    let target = Target::answering(|_| answer("200 OK", "")).await;
    let mut assignment = http(json!({
        "url": target.url("/{{Today}}?job={{Job.Name}}"), "method": "POST",
        "headers": {"X-On": "{{Environment.MachineName}}"},
        "body": "{\"job\": \"{{Job.Name}}\", \"by\": \"{{User.Email}}\"}"
    }));
    assignment.job_name = "a&b \"c\"".to_owned();
    run(assignment).await;
    let request = target.request();
    assert!(request.starts_with("POST /2026-01-31?job=a%26b%20%22c%22 HTTP"), "{request}");
    assert_eq!(header(&request, "X-On"), Some("node-1"));
    assert!(request.ends_with(r#"{"job": "a&b \"c\"", "by": "a@example.com"}"#), "{request}");
}

#[tokio::test]
async fn what_cannot_be_sent_fails_for_good_and_sends_nothing() {
    async fn check(configuration: Value, expect: &str) {
        let target = Target::answering(|_| answer("200 OK", "")).await;
        let mut configuration = configuration;
        if configuration.get("url").is_none() {
            configuration["url"] = target.url("/").into();
        }
        let mut assignment = http(configuration);
        assignment.job_name = "a\r\nX-Evil: 1".to_owned();
        let attempted = run(assignment).await;
        assert!(matches!(attempted.ending, Ending::Failed { retryable: false, .. }));
        assert_eq!(error(&attempted), expect);
        assert!(target.requests().is_empty());
    }
    let headers = "reading jobConfiguration.headers";
    check(
        json!({"headers": {"X-Job": "{{Job.Name}}"}}),
        &format!("{headers}: the value of `X-Job` has a line break or another control character"),
    )
    .await;
    check(
        json!({"headers": {"Host": "b"}}),
        &format!("{headers}: `Host` is set by the scheduler itself"),
    )
    .await;
    check(
        json!({"headers": {"a b": "c"}}),
        &format!("{headers}: HTTP does not allow the name `a b`"),
    )
    .await;
    check(
        json!({"headers": {"X-Api-Key": "secret://billing"}}),
        "secret `billing` is not known (jobConfiguration.headers.X-Api-Key)",
    )
    .await;
    check(json!({"url": "/relative"}), "reading jobConfiguration.url: relative URL without a base")
        .await;
    check(
        json!({"url": "ftp://example.com/a"}),
        "calling GET ftp://example.com/a: only http and https URLs are called, not `ftp`",
    )
    .await;
    check(
        json!({"url": 5}),
        "reading jobConfiguration: invalid type: integer `5`, expected a string",
    )
    .await;
}

#[tokio::test]
async fn nobody_there_is_worth_another_try() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://user:hunter2@{}/a", listener.local_addr().unwrap());
    drop(listener);
    let headers = json!({"Authorization": "Bearer hunter2"});
    let attempted = run(http(json!({"url": url, "method": "POST", "headers": headers}))).await;
    let shown = url.replace("user:hunter2@", "");
    assert_eq!(error(&attempted), format!("calling POST {shown}: connection refused"));
    assert!(matches!(attempted.ending, Ending::Failed { retryable: true, http_status: None, .. }));
    assert!(!format!("{attempted:?}").contains("hunter2"));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_worth_another_try() {
    async fn check(answer: &'static str, expect: &str) {
        let target = Target::speaking(move |mut connection| async move {
            connection.request().await;
            connection.send(answer).await;
        })
        .await;
        let attempted = run(http(json!({"url": target.url("/")}))).await;
        let ending = &attempted.ending;
        assert!(matches!(ending, Ending::Failed { retryable: true, http_status: None, .. }));
        assert!(error(&attempted).contains(expect), "{}", error(&attempted));
    }
    check("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "reading the response: ").await;
    check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "reading the")
        .await;
    check("HTTP/1.1 200", "connection closed before message completed").await;
    check("not HTTP at all\r\n\r\n", "invalid HTTP version parsed").await;
}

#[tokio::test]
async fn a_reset_in_the_middle_keeps_what_came_before() {
    let target = Target::speaking(|mut connection| async move {
        connection.request().await;
        connection.send("HTTP/1.1 500 Broken\r\nContent-Length: 10\r\n\r\nhalf").await;
        connection.reset();
    })
    .await;
    let attempted = run(http(json!({"url": target.url("/")}))).await;
    assert!(failed(500, true)(&attempted.ending), "{attempted:?}");
}

#[tokio::test]
async fn a_large_body_is_cut_and_counted() {
    let body = "x".repeat(3 * OUTPUT_BYTES_MAX);
    let answer = answer("200 OK", &body);
    let target = Target::answering(move |_| answer.clone()).await;
    let attempted = run(http(json!({"url": target.url("/")}))).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    assert!(attempted.output.cut && attempted.output.text.len() <= OUTPUT_BYTES_MAX);
    assert_eq!(attempted.output.bytes, body.len() as u64);
    assert!(attempted.output.text.contains("[output cut: 3145728 bytes in total]"));
}

#[tokio::test]
async fn an_endless_body_is_left_at_the_bound() {
    let (left, mut is_left) = tokio::sync::mpsc::channel(1);
    let target = Target::speaking(move |mut connection| {
        let left = left.clone();
        async move {
            connection.request().await;
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
            while connection.try_send(chunk.as_bytes()).await.is_ok() {}
            left.send(()).await.unwrap();
        }
    })
    .await;
    let limits = HttpCallLimits { response_bytes_max: 4_000_000, ..limits() };
    let runner = runner_with(HttpCall::new(internal(), limits), Handlers::builtin());
    let attempted = runner.run(http(json!({"url": target.url("/")})), Stop::new()).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    assert!((4_000_000..6_000_000).contains(&attempted.output.bytes), "{}", attempted.output.bytes);
    assert!(attempted.output.cut && attempted.output.text.len() <= OUTPUT_BYTES_MAX);
    let said = "[the response is longer than 4000000 bytes; reading stopped there]";
    assert!(attempted.output.text.ends_with(said));
    let closed = tokio::time::timeout(Duration::from_secs(5), is_left.recv()).await;
    assert_eq!(closed, Ok(Some(())), "the connection was dropped");
}

#[tokio::test]
async fn connections_are_reused() {
    let (opened, mut connections) = tokio::sync::mpsc::unbounded_channel();
    let target = Target::speaking(move |mut connection| {
        opened.send(()).unwrap();
        async move {
            while connection.request().await.is_some() {
                connection.send(&answer("200 OK", "")).await;
            }
        }
    })
    .await;
    let runner = runner();
    for _ in 0..3 {
        runner.run(http(json!({"url": target.url("/")})), Stop::new()).await;
    }
    assert_eq!(target.requests().len(), 3);
    assert_eq!((connections.recv().await, connections.try_recv().is_err()), (Some(()), true));
}
