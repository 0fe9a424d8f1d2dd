//! The log of executions: every filter, pages and cursors, and what is refused.

use serde_json::{Value, json};

use crate::support::{EXECUTIONS, TestServer, invalid, text};

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn executions_of_all_jobs_are_found_by_what_is_known_of_them() {
    let server = TestServer::start().await;
    let good = server.job_id(json!({"name": "Feed import", "tags": ["nightly"]})).await;
    let bad = json!({
        "name": "Ledger", "jobConfiguration": {"handlerType": "nobody's"},
        "retryPolicy": {"maxAttempts": 0}
    });
    let bad = server.job_id(bad).await;
    let first = server.trigger(&good).await;
    server.await_status(&first, "Succeeded").await;
    let second = server.trigger(&bad).await;
    let failed = server.await_status(&second, "Failed").await;
    let word = text(&failed["errorMessage"]).split_whitespace().next().unwrap().to_owned();
    let check = async |query: String, expect: &[&String]| {
        let page = server.get(&format!("{EXECUTIONS}?{query}")).await;
        let expect: Vec<String> = expect.iter().map(|id| (*id).clone()).collect();
        assert_eq!(ids(&page), expect, "{query}: {page}");
        assert_eq!(page["totalCount"], expect.len(), "{query}");
        assert_eq!((&page["totalIsExact"], &page["next"]), (&json!(true), &Value::Null));
    };
    check(String::new(), &[&second, &first]).await;
    check("search=feed".into(), &[&first]).await;
    check(format!("search={word}+ledger"), &[&second]).await;
    check(format!("jobId={good}"), &[&first]).await;
    check("jobType=CodeExecution".into(), &[&second, &first]).await;
    check("jobType=HttpCall".into(), &[]).await;
    check("status=Failed".into(), &[&second]).await;
    check("status=Cancelled".into(), &[]).await;
    check("tag=nightly".into(), &[&first]).await;
    check("origin=Manual&minDurationMs=0".into(), &[&second, &first]).await;
    check("origin=Schedule".into(), &[]).await;
    check("minDurationMs=600000".into(), &[]).await;
    check("fromDate=2020-01-01T00:00:00Z&toDate=2020-01-02T00:00:00Z".into(), &[]).await;
    check(format!("fromDate={}", text(&failed["createdAt"])), &[&second]).await;
    check(format!("toDate={}&status=Failed", text(&failed["createdAt"])), &[&second]).await;

    let page = server.get(&format!("{EXECUTIONS}?pageSize=1")).await;
    assert_eq!((ids(&page), &page["totalPages"]), (vec![second.clone()], &json!(2)));
    let page = server.get(&format!("{EXECUTIONS}?pageSize=1&after={}", text(&page["next"]))).await;
    assert_eq!((ids(&page), &page["totalCount"]), (vec![first.clone()], &Value::Null));
    assert_eq!(page["next"], Value::Null);
    let page = server.get(&format!("{EXECUTIONS}?pageSize=1&pageNumber=2")).await;
    assert_eq!((ids(&page), &page["next"]), (vec![first], &Value::Null));
    let numbers = server.viewer.clone().header("X-Enum-Format", "number");
    let page = numbers.get(&format!("{EXECUTIONS}?status=4")).await.unwrap().json();
    assert_eq!(page["items"][0]["status"], 4);
    assert_eq!(page["items"][0]["jobName"], "Ledger");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_filters_are_named() {
    let server = TestServer::start().await;
    let check = async |query: &str, fields: &[&str]| {
        let answer = server.viewer.get(&format!("{EXECUTIONS}?{query}")).await.unwrap();
        invalid(&answer, fields);
    };
    check("jobId=x&status=Done&fromDate=yesterday", &["jobId", "status", "fromDate"]).await;
    check("minDurationMs=5&maxDurationMs=4", &["maxDurationMs"]).await;
    check("pageNumber=501&pageSize=20", &["pageNumber"]).await;
    check("after=last", &["after"]).await;
    let long = "x".repeat(201);
    check(&format!("search={long}"), &["search"]).await;
    server.anonymous.get(EXECUTIONS).await.unwrap().expect_status(401);
}
