//! Health, figures, and the API's description of itself.

use std::time::Duration;

use horarium_api::operations::OPERATIONS;
use serde_json::json;

use crate::support::{TestServer, text};

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_to_anybody_in_every_documented_form() {
    let server = TestServer::start().await;
    let get =
        async |path: &str| server.anonymous.get(path).await.unwrap().expect_status(200).clone();
    assert_eq!(get("/health").await.text(), "Healthy");
    assert_eq!(get("/livez").await.text(), "alive");
    assert_eq!(get("/readyz").await.text(), "ready");
    assert_eq!(get("/api/v1/health").await.json()["status"], "healthy");
    assert_eq!(get("/api/v1/health/ready").await.json()["status"], "ready");
    assert_eq!(get("/api/v1/health/live").await.json()["status"], "alive");
    assert_eq!(get("/api/v1/health/version").await.json()["product"], "Horarium");
    let metrics = get("/metrics").await;
    assert!(metrics.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    assert!(metrics.text().contains("horarium_workers 8") && metrics.text().ends_with("# EOF\n"));
    let nodes = server.get("/api/v1/scheduler/nodes").await;
    assert_eq!((&nodes[0]["isAlive"], &nodes[0]["capacity"]), (&json!(true), &json!(8)));
    assert!(!text(&nodes[0]["name"]).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_whole_and_need_not_be_sent_twice() {
    let server = TestServer::start().await;
    let answer = server.anonymous.get("/api/openapi.json").await.unwrap();
    let document = answer.expect_status(200).json();
    for operation in OPERATIONS {
        let described =
            &document["paths"][operation.described_path()][operation.method.name().to_lowercase()];
        assert_eq!(described["operationId"], operation.id);
    }
    let known = server.anonymous.clone().header("If-None-Match", answer.header("etag").unwrap());
    known.get("/api/openapi.json").await.unwrap().expect_status(304);
    let root = server.anonymous.get("/").await.unwrap();
    assert_eq!(root.expect_status(302).header("location"), Some("/dashboard"));
    let page = server.anonymous.get("/api/docs").await.unwrap();
    assert!(page.expect_status(200).text().contains("Sync inventory feed"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_lets_what_runs_end_and_answers_no_more() {
    let server = TestServer::start().await;
    let id = server.job_id(json!({})).await;
    server.await_status(&server.trigger(&id).await, "Succeeded").await;
    server.running.stop(Duration::from_secs(5)).await;
    server.running.finished().await;
    assert!(server.anonymous.get("/livez").await.is_err());
}
