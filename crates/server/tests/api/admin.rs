//! What an administrator does to all jobs: pausing, resuming, clearing, exporting.

use serde_json::{Value, json};

use crate::support::{EXECUTIONS, JOBS, TestServer, problem, text};

const ADMIN: &str = "/api/v1/scheduler/admin";

async fn post(server: &TestServer, what: &str) {
    let path = format!("{ADMIN}/{what}");
    let answer = server.admin.send("POST", &path, None).await.unwrap();
    assert!(answer.expect_status(200).body.is_empty());
}

async fn status(server: &TestServer, job: &str) -> Value {
    server.get(&format!("{JOBS}/{job}")).await["status"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_administer() {
    let server = TestServer::start().await;
    for client in [&server.viewer, &server.operator] {
        for (method, path) in [
            ("POST", "pause-all"),
            ("POST", "resume-all"),
            ("DELETE", "clear-logs"),
            ("GET", "export"),
            ("POST", "import"),
        ] {
            let answer = client.send(method, &format!("{ADMIN}/{path}"), None).await.unwrap();
            problem(&answer, 403, "Forbidden");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_all_silences_every_schedule_and_resume_all_wakes_the_paused_ones() {
    let server = TestServer::start().await;
    let every_second = json!({
        "scheduleType": "Interval", "intervalSeconds": 1, "scheduleExpression": null
    });
    let busy = server.job_id(every_second).await;
    let yearly = server.job_id(json!({})).await;
    let disabled = server.job_id(json!({"isEnabled": false})).await;
    post(&server, "pause-all").await;
    for (job, expect) in [(&busy, "Paused"), (&yearly, "Paused"), (&disabled, "Disabled")] {
        assert_eq!(status(&server, job).await, expect);
        assert_eq!(server.get(&format!("{JOBS}/{job}")).await["nextRunAt"], Value::Null);
    }
    post(&server, "pause-all").await;
    // Triggers by hand still work.
    let execution = server.trigger(&yearly).await;
    server.await_status(&execution, "Succeeded").await;
    post(&server, "resume-all").await;
    for (job, expect) in [(&busy, "Enabled"), (&yearly, "Enabled"), (&disabled, "Disabled")] {
        assert_eq!(status(&server, job).await, expect);
    }
    assert!(server.get(&format!("{JOBS}/{yearly}")).await["nextRunAt"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn clear_logs_counts_what_it_deletes() {
    let server = TestServer::start().await;
    let job = server.job_id(json!({})).await;
    let execution = server.trigger(&job).await;
    server.await_status(&execution, "Succeeded").await;
    let path = format!("{ADMIN}/clear-logs");
    let clear = async |query: &str, body: Option<&str>| {
        let body = body.map(|body| ("application/json", body.as_bytes()));
        server.admin.send("DELETE", &format!("{path}{query}"), body).await.unwrap()
    };
    for kept in [
        clear("", None).await,
        clear("", Some(r#"{"olderThanDays": 60}"#)).await,
        clear("?olderThanDays=1", None).await,
        clear("?olderThanDays=0", Some(r#"{"olderThanDays": 1}"#)).await,
    ] {
        assert_eq!(kept.expect_status(200).json(), 0);
    }
    for bad in [
        clear("", Some(r#"{"olderThanDays": -1}"#)).await,
        clear("?olderThanDays=-1", None).await,
        clear("?olderThanDays=x", None).await,
        clear("", Some(r#"{"days": 1}"#)).await,
    ] {
        problem(&bad, 400, "Clear logs failed");
    }
    assert_eq!(clear("", Some(r#"{"olderThanDays": 0}"#)).await.expect_status(200).json(), 1);
    let gone = server.viewer.get(&format!("{EXECUTIONS}/{execution}")).await.unwrap();
    gone.expect_status(404);
    assert_eq!(clear("?olderThanDays=0", None).await.json(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_an_indented_file_without_secrets() {
    let server = TestServer::start().await;
    server.secret("x", "value of x").await;
    let call = json!({
        "name": "call", "jobType": "HttpCall",
        "jobConfiguration": {"url": "http://x.test", "headers": {
            "Authorization": "Bearer hunter2", "X-Api-Key": "secret://x"
        }}
    });
    server.job(call).await;
    server.job(json!({"name": "second"})).await;
    let path = format!("{ADMIN}/export");
    let answer = server.admin.get(&path).await.unwrap();
    assert_eq!(answer.expect_status(200).header("content-type"), Some("application/json"));
    let name = "scheduler-jobs-export.json";
    let disposition = format!("attachment; filename={name}; filename*=UTF-8''{name}");
    assert_eq!(answer.header("content-disposition"), Some(disposition.as_str()));
    assert!(answer.text().starts_with("[\n  {\n    \"id\""), "{}", answer.text());
    assert!(!answer.text().contains("hunter2"));
    let jobs = answer.json();
    let headers = &jobs[0]["jobConfiguration"]["headers"];
    assert_eq!(
        (&headers["Authorization"], &headers["X-Api-Key"]),
        (&json!("***"), &json!("secret://x"))
    );
    assert_eq!(jobs[1]["name"], "second");
    let one = server.get(&format!("{JOBS}/{}", text(&jobs[1]["id"]))).await;
    assert_eq!(jobs[1], one);
    let numbers = server.admin.clone().header("X-Enum-Format", "number");
    assert_eq!(numbers.get(&path).await.unwrap().json()[0]["jobType"], 1);
}
