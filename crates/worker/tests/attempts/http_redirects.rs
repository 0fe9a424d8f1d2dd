//! Which redirects `HttpCall` follows, and what goes along.

use std::sync::atomic::{AtomicUsize, Ordering};

use horarium_worker::{Attempted, EgressGuard, EgressPolicy, Ending, Handlers, HttpCall, Stop};
use serde_json::{Value, json};

use crate::support::{Target, answer, error, header, http, limits, redirect, run, runner_with};

async fn redirecting(status: &'static str, location: String) -> Target {
    Target::answering(move |request| {
        let is_first = request.split(' ').nth(1) == Some("/from");
        if is_first { redirect(status, &location) } else { answer("200 OK", "arrived") }
    })
    .await
}

fn follow(target: &Target, more: Value) -> Value {
    let mut configuration = more;
    configuration["url"] = target.url("/from").into();
    configuration["followRedirects"] = true.into();
    configuration
}

#[tokio::test]
async fn a_redirect_is_a_status_unless_the_job_follows() {
    let target = redirecting("302 Found", "/to".to_owned()).await;
    for follows in [json!(null), json!(false)] {
        let configuration = json!({"url": target.url("/from"), "followRedirects": follows});
        let attempted = run(http(configuration)).await;
        assert!(matches!(attempted.ending, Ending::Failed { http_status: Some(302), .. }));
    }
    let attempted = run(http(follow(&target, json!({})))).await;
    assert_eq!((attempted.ending, attempted.output.text.as_str()), (Ending::Succeeded, "arrived"));
}

#[tokio::test]
async fn the_status_says_which_method_goes_on() {
    async fn check(status: &'static str, method: &str, expect: &str) {
        let target = redirecting(status, "/to".to_owned()).await;
        run(http(follow(&target, json!({"method": method, "body": "{}"})))).await;
        let requests = target.requests();
        let second = requests.get(1).unwrap();
        assert!(second.starts_with(&format!("{expect} /to ")), "{status} {method}: {second}");
        let keeps_body = expect == method;
        assert_eq!(second.ends_with("{}"), keeps_body, "{second}");
        assert_eq!(header(second, "Content-Type").is_some(), keeps_body, "{second}");
    }
    for status in ["301 Moved", "302 Found"] {
        check(status, "POST", "GET").await;
        check(status, "PUT", "PUT").await;
    }
    check("303 See Other", "PUT", "GET").await;
    check("307 Temporary", "POST", "POST").await;
    check("308 Permanent", "PATCH", "PATCH").await;
}

#[tokio::test]
async fn a_jobs_headers_stay_with_their_origin() {
    let other = Target::answering(|_| answer("200 OK", "")).await;
    let target = redirecting("307 Temporary", other.url("/to")).await;
    let headers = json!({
        "Authorization": "Bearer hunter2", "Cookie": "hunter2", "X-Api-Key": "hunter2",
        "X-Custom": "hunter2", "Accept": "text/plain"
    });
    let body = json!({"headers": headers, "method": "POST", "body": "{}"});
    run(http(follow(&target, body.clone()))).await;
    let request = other.request();
    assert!(!request.contains("hunter2"), "{request}");
    assert_eq!(header(&request, "Accept"), Some("text/plain"));
    assert!(header(&request, "Idempotency-Key").is_some());

    let target = redirecting("307 Temporary", "/to".to_owned()).await;
    run(http(follow(&target, body))).await;
    assert_eq!(header(&target.requests()[1], "X-Api-Key"), Some("hunter2"), "same origin");
}

#[tokio::test]
async fn a_password_in_the_url_stays_with_its_origin_and_none_is_taken() {
    let other = Target::answering(|_| answer("200 OK", "")).await;
    let planted = other.url("/to").replace("http://", "http://evil:evil@");
    let target = redirecting("302 Found", planted).await;
    let mut configuration = follow(&target, json!({}));
    configuration["url"] = target.url("/from").replace("http://", "http://user:hunter2@").into();
    run(http(configuration)).await;
    assert!(header(&target.request(), "Authorization").is_some());
    assert_eq!(header(&other.request(), "Authorization"), None);
}

#[tokio::test]
async fn redirects_end_at_their_bound() {
    async fn check(more: Value, expect: usize) {
        let n = AtomicUsize::new(0);
        let target = Target::answering(move |_| {
            redirect("302 Found", &format!("/{}", n.fetch_add(1, Ordering::Relaxed)))
        })
        .await;
        let attempted = run(http(follow(&target, more))).await;
        assert_eq!(target.requests().len(), expect + 1);
        let said = format!("redirected more than {expect} times (jobConfiguration.maxRedirects)");
        assert!(error(&attempted).ends_with(&said), "{}", error(&attempted));
    }
    check(json!({}), 5).await;
    check(json!({"maxRedirects": 0}), 0).await;
    check(json!({"maxRedirects": 3}), 3).await;
    check(json!({"maxRedirects": 20}), 10).await;
}

#[tokio::test]
async fn every_hop_goes_through_the_guard() {
    async fn check(location: &str, expect: &str) {
        let target = redirecting("302 Found", location.to_owned()).await;
        let attempted = run(http(follow(&target, json!({})))).await;
        assert!(matches!(attempted.ending, Ending::Failed { retryable: false, .. }), "{location}");
        assert!(error(&attempted).ends_with(expect), "{location}: {}", error(&attempted));
    }
    let link_local = "169.254.169.254:80 is refused by the egress policy: link-local";
    check("http://169.254.169.254/latest/", link_local).await;
    check("//0xa9fea9fe/latest/", link_local).await;
    check("http://[fe80::1]/", "link-local").await;
    check("http://0/", "not an address to connect to").await;
    check("file:///etc/passwd", "only http and https URLs are called, not `file`").await;
    check("mailto:a@example.com", "only http and https URLs are called, not `mailto`").await;
    check("http://[", "redirected to what is not a URL: invalid IPv6 address").await;
}

#[tokio::test]
async fn no_hop_reaches_the_scheduler_itself() {
    async fn follow_to(sentinel: &Target, location: String) -> Attempted {
        let target = redirecting("302 Found", location).await;
        let guard = EgressGuard::new(EgressPolicy::Internal, vec![sentinel.address]);
        let runner = runner_with(HttpCall::new(guard, limits()), Handlers::builtin());
        runner.run(http(follow(&target, json!({}))), Stop::new()).await
    }
    let sentinel = Target::answering(|_| answer("200 OK", "reached")).await;
    let port = sentinel.address.port();
    for host in ["127.0.0.1", "localhost", "127.1", "0x7f.1", "[::ffff:7f00:1]"] {
        let attempted = follow_to(&sentinel, format!("http://{host}:{port}/")).await;
        assert!(matches!(attempted.ending, Ending::Failed { retryable: false, .. }), "{host}");
        let said = error(&attempted);
        assert!(said.ends_with("the scheduler itself listens there"), "{host}: {said}");
    }
    assert!(sentinel.requests().is_empty());
}
