//! What a request may hold, and what every answer carries.

use serde_json::json;

use crate::support::{JOBS, TestServer, body, problem};

#[tokio::test(flavor = "multi_thread")]
async fn bodies_end_at_their_bound() {
    let server = TestServer::start_with(|settings| settings.api.body_bytes_max = 2048).await;
    let padded = |length: usize| {
        let mut text = body(json!({})).to_string();
        text.push_str(&" ".repeat(length - text.len()));
        text
    };
    let send = async |text: String| {
        let json = Some(("application/json", text.as_bytes()));
        server.operator.send("POST", JOBS, json).await.unwrap()
    };
    send(padded(2048)).await.expect_status(201);
    problem(&send(padded(2049)).await, 413, "Payload too large");
    problem(&send(padded(3 << 20)).await, 413, "Payload too large");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_is_read() {
    let server = TestServer::start().await;
    let text = body(json!({})).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
    ] {
        let sent = server.operator.send("POST", JOBS, Some((content_type, text.as_bytes())));
        problem(&sent.await.unwrap(), 415, "Unsupported media type");
    }
    let zipped = server.operator.clone().header("Content-Encoding", "gzip");
    problem(&zipped.post(JOBS, &body(json!({}))).await.unwrap(), 415, "Unsupported media type");
    let named = Some(("application/json; charset=utf-8", text.as_bytes()));
    let id = server.operator.send("POST", JOBS, named).await.unwrap().expect_status(201).json();
    let trigger = format!("{JOBS}/{}/trigger", id["id"].as_str().unwrap());
    for body in
        [None, Some(("text/plain", b"x".as_slice())), Some(("application/json", b"{".as_slice()))]
    {
        server.operator.send("POST", &trigger, body).await.unwrap().expect_status(202);
    }
    let pause = trigger.replace("/trigger", "/pause");
    server
        .operator
        .send("POST", &pause, Some(("text/plain", b"")))
        .await
        .unwrap()
        .expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_end_at_their_bounds() {
    let server = TestServer::start().await;
    let long = server.viewer.clone().header("X-Long", &"x".repeat(17 << 10));
    problem(&long.get(JOBS).await.unwrap(), 431, "Headers too large");
    let many =
        (0..101).fold(server.viewer.clone(), |client, n| client.header(&format!("X-{n}"), "x"));
    problem(&many.get(JOBS).await.unwrap(), 431, "Headers too large");
    let path = format!("{JOBS}?search={}", "x".repeat(9 << 10));
    problem(&server.viewer.get(&path).await.unwrap(), 414, "URI too long");
    let absurd = server.viewer.clone().header("X-Long", &"x".repeat(1 << 20));
    assert!(
        matches!(absurd.get(JOBS).await, Ok(answer) if answer.status == 431)
            || absurd.get(JOBS).await.is_err()
    );
    server.viewer.get(JOBS).await.unwrap().expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_its_headers() {
    let server = TestServer::start().await;
    let mut ids = Vec::new();
    for (path, status) in [(JOBS, 200), ("/api/v1/nothing", 404), ("/api/v1/health", 200)] {
        let answer = server.viewer.get(path).await.unwrap();
        answer.expect_status(status);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("api-supported-versions"), Some("1.0"));
        ids.push(answer.header("x-request-id").unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
}
