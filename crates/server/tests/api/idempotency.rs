//! `Idempotency-Key`: done once, answered as often as asked (F26).

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{JOBS, TestServer, body, invalid, problem, text};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_gets_the_same_answer_and_is_done_once() {
    let server = TestServer::start().await;
    let client = server.operator.clone().header("Idempotency-Key", "order-66");
    let first = client.post(JOBS, &body(json!({}))).await.unwrap();
    let again = client.post(JOBS, &body(json!({}))).await.unwrap();
    assert_eq!(first.expect_status(201).body, again.expect_status(201).body);
    for header in ["location", "etag", "content-type"] {
        assert!(first.header(header).is_some());
        assert_eq!(first.header(header), again.header(header));
    }
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        (None, Some("true"))
    );
    problem(
        &client.post(JOBS, &body(json!({"name": "x"}))).await.unwrap(),
        422,
        "Unprocessable request",
    );
    let preview = json!({"scheduleType": "Interval", "intervalSeconds": 60});
    client.post("/api/v1/scheduler/preview", &preview).await.unwrap().expect_status(200);
    assert_eq!(server.get(JOBS).await["totalCount"], 1);
    let other = server.admin.clone().header("Idempotency-Key", "order-66");
    other.post(JOBS, &body(json!({}))).await.unwrap().expect_status(201);
    assert_eq!(server.get(JOBS).await["totalCount"], 2);
    let trigger = format!("{JOBS}/{}/trigger", text(&first.json()["id"]));
    let client = server.operator.clone().header("Idempotency-Key", "run-1");
    let run = client.send("POST", &trigger, None).await.unwrap();
    let again = client.send("POST", &trigger, None).await.unwrap();
    assert_eq!(run.expect_status(202).body, again.expect_status(202).body);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_make_one_job() {
    let server = TestServer::start().await;
    let client = server.operator.clone().header("Idempotency-Key", "fifty");
    let calls = (0..50).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.post(JOBS, &body(json!({}))).await.unwrap() })
    });
    let calls: Vec<_> = calls.collect();
    let mut made = BTreeSet::new();
    for call in calls {
        let answer = call.await.unwrap();
        match answer.status {
            201 => drop(made.insert(text(&answer.json()["id"]))),
            409 => assert_eq!(answer.header("retry-after"), Some("1")),
            other => panic!("{other}: {}", answer.text()),
        }
    }
    assert_eq!(made.len(), 1);
    assert_eq!(server.get(JOBS).await["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_gives_its_key_back() {
    let server = TestServer::start().await;
    let client = server.operator.clone().header("Idempotency-Key", "mend-it");
    invalid(&client.post(JOBS, &body(json!({"name": ""}))).await.unwrap(), &["name"]);
    client.post(JOBS, &body(json!({}))).await.unwrap().expect_status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_a_length() {
    let server = TestServer::start().await;
    let with = |key: &str| server.operator.clone().header("Idempotency-Key", key);
    with(&"x".repeat(255)).post(JOBS, &body(json!({}))).await.unwrap().expect_status(201);
    let long = with(&"x".repeat(256)).post(JOBS, &body(json!({}))).await.unwrap();
    invalid(&long, &["Idempotency-Key"]);
    let two = with("a").header("Idempotency-Key", "b").post(JOBS, &body(json!({}))).await.unwrap();
    invalid(&two, &["Idempotency-Key"]);
}
