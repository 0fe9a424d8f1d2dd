//! `/metrics`: what dashboards and alerts ask for is shown, and what is shown is true.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::TestServer;

const DASHBOARD: &str = include_str!("../../../../deploy/grafana.json");
const ALERTS: &str = include_str!("../../../../deploy/alerts.yml");

/// The names that samples may have, from the lines that say what they are.
fn shown(metrics: &str) -> BTreeSet<String> {
    let types = metrics.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let names = types.flat_map(|line| {
        let (name, kind) = line.split_once(' ').unwrap();
        let endings: &[&str] = match kind {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_sum", "_count"],
            "info" => &["_info"],
            "gauge" => &[""],
            other => panic!("no such kind of metric: {other}"),
        };
        endings.iter().map(|ending| format!("{name}{ending}")).collect::<Vec<_>>()
    });
    names.collect()
}

/// Every `horarium_…` in a text.
fn named(text: &str) -> BTreeSet<String> {
    let is_of_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let words = text.split(|c: char| !is_of_name(c));
    words.filter(|word| word.starts_with("horarium_")).map(str::to_owned).collect()
}

async fn metrics(server: &TestServer) -> String {
    server.anonymous.get("/metrics").await.unwrap().expect_status(200).text().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_of_the_dashboard_and_the_alerts_is_one_that_is_shown() {
    let server = TestServer::start().await;
    let shown = shown(&metrics(&server).await);
    for (file, text) in [("grafana.json", DASHBOARD), ("alerts.yml", ALERTS)] {
        let named = named(text);
        assert!(named.len() > 5, "{file} names {named:?}");
        let unknown: Vec<_> = named.difference(&shown).collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?} of {shown:?}");
    }
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() > 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_and_metrics_tell_what_waits() {
    let server = TestServer::start_with(|settings| settings.workers = 1).await;
    let id = server.job_id(json!({"jobConfiguration": {"handlerType": "noop"}})).await;
    let execution = server.trigger(&id).await;
    server.await_status(&execution, "Succeeded").await;
    let queues = server.get("/api/v1/scheduler/queues").await;
    assert_eq!(queues[0]["name"], "default");
    for (name, expect) in
        [("ready", 0), ("later", 0), ("limited", 0), ("dependent", 0), ("running", 0)]
    {
        assert_eq!(queues[0][name], expect, "{name} of {queues}");
    }
    assert_eq!(queues[0]["oldestReadyAt"], Value::Null);
    let metrics = metrics(&server).await;
    for line in [
        "horarium_jobs{status=\"Enabled\"} 1",
        "horarium_queue_depth{waits_for=\"worker\"} 0",
        "horarium_workers 1",
        "horarium_executions_total{outcome=\"succeeded\",job_type=\"CodeExecution\"} 1",
    ] {
        assert!(metrics.lines().any(|shown| shown == line), "{line}: {metrics}");
    }
    assert!(metrics.ends_with("# EOF\n"));
    server.anonymous.get("/api/v1/scheduler/queues").await.unwrap().expect_status(401);
    assert!(!metrics.contains(&id), "no label grows with the jobs");
}
