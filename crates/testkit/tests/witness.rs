//! The witness: every way it answers, and that what it answered is on disk.

use std::io;
use std::time::Duration;

use horarium_testkit::{Client, Phase, Witness, WitnessProcess, eventually, read_log};
use serde_json::json;

const SOON: Duration = Duration::from_secs(10);

async fn started() -> (Witness, Client) {
    let witness = Witness::start().await;
    let client = Client::new(&witness.url("")).timeout(SOON);
    (witness, client)
}

#[tokio::test]
async fn a_call_is_taken_down_with_what_horarium_says_of_it() {
    let (witness, client) = started().await;
    let client = client
        .header("X-Horarium-Execution", "e1")
        .header("X-Horarium-Job", "backup")
        .header("X-Horarium-Attempt", "3")
        .header("X-Horarium-Scheduled-For", "2026-11-22T02:00:00Z");
    assert_eq!(client.post("/ok?a=b", &json!({ "x": 1 })).await.unwrap().text(), "ok");
    let calls = witness.await_calls(1, SOON).await;
    let call = &calls[0];
    assert_eq!((call.n, call.phase, call.attempt), (1, Phase::Start, Some(3)));
    assert_eq!(call.execution_id.as_deref(), Some("e1"));
    assert_eq!(call.job.as_deref(), Some("backup"));
    assert_eq!(call.scheduled_for.as_deref(), Some("2026-11-22T02:00:00Z"));
    assert_eq!(
        (call.method.as_str(), call.path.as_str(), call.query.as_str()),
        ("POST", "/ok", "a=b")
    );
    assert_eq!(call.body, r#"{"x":1}"#);
    assert!(call.received_at_ns > 1_700_000_000_000_000_000);
}

#[tokio::test]
async fn the_idempotency_key_stands_in_for_the_execution() {
    let (witness, client) = started().await;
    client.header("Idempotency-Key", "k1").get("/nowhere").await.unwrap().expect_status(404);
    assert_eq!(witness.calls()[0].execution_id.as_deref(), Some("k1"));
}

#[tokio::test]
async fn it_answers_as_the_path_says() {
    let (_witness, client) = started().await;
    let status = async |path: &str| client.get(path).await.unwrap().status;
    assert_eq!(status("/status/503").await, 503);
    assert_eq!(status("/status/999999").await, 400);
    assert_eq!(status("/fail-times/a/2").await, 500);
    assert_eq!(status("/fail-times/a/2").await, 500);
    assert_eq!(status("/fail-times/b/0").await, 200);
    assert_eq!(status("/fail-times/a/2").await, 200);
    let redirect = client.get("/redirect?to=http%3A%2F%2F127.0.0.1%3A1%2F").await.unwrap();
    assert_eq!(redirect.expect_status(302).header("location"), Some("http://127.0.0.1:1/"));
    assert_eq!(client.get("/flood/200000").await.unwrap().body.len(), 200_000);
    let echo = client.put("/echo?q", &json!([1])).await.unwrap().json();
    assert_eq!(
        (&echo["method"], &echo["query"], &echo["body"]),
        (&json!("PUT"), &json!("q"), &json!("[1]"))
    );
    assert_eq!(echo["headers"]["content-type"], "application/json");
}

#[tokio::test]
async fn a_slow_call_leaves_two_lines_and_one_given_up_leaves_one() {
    let (witness, client) = started().await;
    client.get("/slow/20").await.unwrap().expect_status(200);
    let phases: Vec<_> = witness.calls().iter().map(|call| (call.n, call.phase)).collect();
    assert_eq!(phases, [(1, Phase::Start), (1, Phase::End)]);
    let impatient = client.timeout(Duration::from_millis(50));
    assert_eq!(impatient.get("/slow/600000").await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    witness.await_calls(2, SOON).await;
    assert_eq!(witness.calls().len(), 3);
}

#[tokio::test]
async fn it_can_stay_silent_and_break_off() {
    let (_witness, client) = started().await;
    let kind = async |client: &Client, path: &str| {
        client.get(path).await.map(|answer| answer.status).map_err(|cause| cause.kind())
    };
    let impatient = client.clone().timeout(Duration::from_millis(50));
    assert_eq!(kind(&impatient, "/hang").await, Err(io::ErrorKind::TimedOut));
    assert_eq!(kind(&impatient, "/drip").await, Err(io::ErrorKind::TimedOut));
    assert_eq!(kind(&client, "/close").await, Err(io::ErrorKind::UnexpectedEof));
    assert_eq!(kind(&client, "/break").await, Err(io::ErrorKind::UnexpectedEof));
}

#[tokio::test]
async fn a_dropped_witness_refuses_connections() {
    let (witness, client) = started().await;
    drop(witness);
    eventually(SOON, "a refusal", async || {
        let cause = client.get("/ok").await.err()?;
        (cause.kind() == io::ErrorKind::ConnectionRefused).then_some(())
    })
    .await;
}

#[tokio::test]
#[should_panic(expected = "in vain for 2 calls")]
async fn it_says_which_calls_never_came() {
    let (witness, client) = started().await;
    client.get("/ok").await.unwrap();
    witness.await_calls(2, Duration::from_millis(50)).await;
}

#[tokio::test]
async fn what_the_process_answered_is_in_its_log_after_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("calls");
    let witness = WitnessProcess::start(&log);
    let client = Client::new(&witness.url(""));
    let calls = (0..50).map(|n| {
        let client = client.clone();
        tokio::spawn(async move { client.get(&format!("/ok?{n}")).await.unwrap().status })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), 200);
    }
    // Dropping kills by SIGKILL: nothing is flushed on the way out.
    drop(witness);
    let mut seen: Vec<u64> = read_log(&log).unwrap().iter().map(|call| call.n).collect();
    seen.sort_unstable();
    assert_eq!(seen, (1..=50).collect::<Vec<_>>());

    let witness = WitnessProcess::start(&log);
    Client::new(&witness.url("")).get("/ok").await.unwrap();
    assert_eq!(witness.calls().unwrap().last().unwrap().n, 51);
}
