//! Names: only addresses that the guard lets pass are connected to, whatever the name says when.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use horarium_worker::{
    EgressGuard, EgressPolicy, Ending, Handlers, HttpCall, Runner, Stop,
    resolver::{GuardedResolver, LookingUp, Lookup, ResolveError},
};
use serde_json::json;

use crate::support::{Target, answer, error, http, limits, runner_with};

/// Answers each lookup with the next list, and the last one for ever.
struct Scripted(Mutex<Vec<Vec<IpAddr>>>);

impl Scripted {
    fn new(answers: &[&[&str]]) -> Self {
        let parse = |ips: &&[&str]| ips.iter().map(|ip| ip.parse().unwrap()).collect();
        Self(Mutex::new(answers.iter().map(parse).collect()))
    }
}

impl Lookup for Scripted {
    fn lookup(&self, name: &str) -> LookingUp {
        let mut answers = self.0.lock().unwrap();
        let ips = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        let is_known = name == "a.test";
        Box::pin(async move {
            if is_known {
                Ok(ips.into_iter().map(|ip| SocketAddr::new(ip, 0)).collect())
            } else {
                Err(io::Error::other("no such name"))
            }
        })
    }
}

fn public() -> EgressGuard {
    EgressGuard::new(EgressPolicy::Public { allow: vec![] }, vec![])
}

async fn resolve(
    guard: EgressGuard,
    name: &str,
    ips: &[&str],
) -> Result<Vec<SocketAddr>, ResolveError> {
    GuardedResolver::new(Arc::new(guard), Arc::new(Scripted::new(&[ips]))).resolve(name, 80).await
}

#[tokio::test]
async fn of_a_mixed_answer_only_the_allowed_addresses_are_left() {
    let ips =
        ["10.0.0.1", "8.8.8.8", "::1", "64:ff9b::a00:1", "2606:4700::1111", "169.254.169.254"];
    let allowed = resolve(public(), "a.test", &ips).await.unwrap();
    let expect = ["8.8.8.8:80", "[2606:4700::1111]:80"].map(|address| address.parse().unwrap());
    assert_eq!(allowed, expect);
}

#[tokio::test]
async fn an_answer_without_an_allowed_address_is_a_refusal_that_names_one() {
    let refused = resolve(public(), "a.test", &["10.0.0.1", "::1"]).await.unwrap_err();
    assert!(matches!(refused, ResolveError::Refused(_)));
    let text = "address 10.0.0.1:80 is refused by the egress policy: private network";
    assert_eq!(refused.to_string(), text);
}

#[tokio::test]
async fn a_name_without_addresses_says_so() {
    let empty = resolve(public(), "a.test", &[]).await.unwrap_err();
    assert_eq!(empty.to_string(), "looking up `a.test`: it has no address");
    let unknown = resolve(public(), "a.example", &[]).await.unwrap_err();
    assert_eq!(unknown.to_string(), "looking up `a.example`: no such name");
}

fn runner(own: SocketAddr, answers: &[&[&str]]) -> Runner {
    let guard = EgressGuard::new(EgressPolicy::Internal, vec![own]);
    let http_call = HttpCall::with_lookup(guard, limits(), Scripted::new(answers));
    runner_with(http_call, Handlers::builtin())
}

#[tokio::test]
async fn a_call_goes_to_the_address_that_was_checked() {
    let target = Target::answering(|_| answer("200 OK", "")).await;
    let runner = runner("0.0.0.0:1".parse().unwrap(), &[&["169.254.169.254", "127.0.0.1"]]);
    let url = format!("http://a.test:{}/", target.address.port());
    let attempted = runner.run(http(json!({ "url": url })), Stop::new()).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    assert!(target.request().contains("\r\nhost: a.test:"), "the name is still asked for");
}

#[tokio::test]
async fn a_name_that_turns_to_the_scheduler_itself_does_not_reach_it() {
    let sentinel = Target::answering(|_| answer("200 OK", "reached")).await;
    let runner = runner(sentinel.address, &[&["192.0.2.1", "127.0.0.1"], &["127.0.0.1"], &["::1"]]);
    let url = format!("http://a.test:{}/", sentinel.address.port());
    // The first has an allowed address, which does not answer in time.
    let mut slow = http(json!({ "url": url }));
    slow.timeout = std::time::Duration::from_millis(100);
    assert_ne!(runner.run(slow, Stop::new()).await.ending, Ending::Succeeded);
    for _ in 0..2 {
        let attempted = runner.run(http(json!({ "url": url })), Stop::new()).await;
        assert!(matches!(attempted.ending, Ending::Failed { retryable: false, .. }));
        assert!(error(&attempted).ends_with("the scheduler itself listens there"));
    }
    assert!(sentinel.requests().is_empty());
}

#[tokio::test]
async fn an_unknown_name_is_worth_another_try() {
    let runner = runner("0.0.0.0:1".parse().unwrap(), &[&[]]);
    let attempted = runner.run(http(json!({"url": "http://a.example/"})), Stop::new()).await;
    let said = "calling GET http://a.example/: looking up `a.example`: no such name";
    assert_eq!(error(&attempted), said);
    assert!(matches!(attempted.ending, Ending::Failed { retryable: true, .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_at_once_all_know_where_they_go() {
    const N_CALLS: usize = 200;
    let target = Target::answering(|_| answer("200 OK", "")).await;
    let runner = Arc::new(runner("0.0.0.0:1".parse().unwrap(), &[&["127.0.0.1"]]));
    let url = format!("http://a.test:{}/", target.address.port());
    let calls = (0..N_CALLS).map(|_| {
        let (runner, call) = (Arc::clone(&runner), http(json!({ "url": url })));
        tokio::spawn(async move { runner.run(call, Stop::new()).await.ending })
    });
    let endings = futures_util::future::join_all(calls.collect::<Vec<_>>()).await;
    for ending in endings {
        assert_eq!(ending.unwrap(), Ending::Succeeded);
    }
    assert_eq!(target.requests().len(), N_CALLS);
}
