//! The account of a schedule: what was due and what was done, and what is to come.

use horarium_testkit::eventually;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::{JOBS, SOON, TestServer, invalid, text};

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().clone()
}

fn instant(value: &Value) -> Timestamp {
    text(value).parse().unwrap()
}

/// A job due every second.
async fn every_second(server: &TestServer) -> String {
    server.job_id(json!({"scheduleType": "Interval", "intervalSeconds": 1})).await
}

async fn since(server: &TestServer, id: &str, from: &str, query: &str) -> Vec<Value> {
    let path = format!("{JOBS}/{id}/occurrences?from={from}&limit=1000&{query}");
    items(&server.get(&path).await)
}

const LONG_AGO: &str = "2020-01-01T00:00:00Z";

/// Until the job has fired this often.
async fn await_fired(server: &TestServer, id: &str, n: usize) -> Vec<Value> {
    eventually(SOON, "occurrences to be fired", async || {
        let fired = since(server, id, LONG_AGO, "decision=Fired").await;
        (fired.len() >= n).then_some(fired)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_occurrences_come_first_by_default_and_go_on_behind_a_cursor() {
    let server = TestServer::start().await;
    let job = server.job(json!({"scheduleExpression": "0 12 * * *"})).await;
    let path = format!("{JOBS}/{}/occurrences", text(&job["id"]));
    let page = server.get(&path).await;
    let first = items(&page);
    assert_eq!(first.len(), 20);
    assert_eq!(first[0]["dueAt"], job["nextRunAt"]);
    assert!(first.iter().all(|item| item["decision"].is_null() && item["count"] == 1));
    let next = text(&page["next"]);
    let second = items(&server.get(&format!("{path}?after={next}&limit=3")).await);
    assert_eq!(second.len(), 3);
    let day = SignedDuration::from_hours(24);
    assert_eq!(instant(&second[0]["dueAt"]), instant(&first[19]["dueAt"]) + day);
    let until = text(&first[1]["dueAt"]);
    let two = server.get(&format!("{path}?to={until}")).await;
    assert_eq!((items(&two).len(), &two["next"]), (2, &Value::Null));
    for (query, field) in [("limit=0", "limit"), ("limit=1001", "limit"), ("after=x", "after")] {
        invalid(&server.viewer.get(&format!("{path}?{query}")).await.unwrap(), &[field]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_exclusions_take_away_is_named() {
    let server = TestServer::start().await;
    let rules = json!({"excludedDaysOfWeek": ["Sunday"], "excludedDates": ["2099-06-01"]});
    let job = json!({
        "scheduleExpression": "0 12 * * *", "exclusions": rules, "startAt": "2099-05-29T00:00:00Z"
    });
    let id = server.job_id(job).await;
    let found = since(&server, &id, "2099-05-29T00:00:00Z", "to=2099-06-03T00:00:00Z").await;
    let reasons: Vec<_> = found.iter().map(|item| item["reason"].clone()).collect();
    let (sunday, date) = ("excluded weekday Sunday", "excluded date 2099-06-01");
    assert_eq!(reasons, [Value::Null, Value::Null, json!(sunday), json!(date), Value::Null]);
    assert!(found.iter().all(|item| item["decision"].is_null()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fired_leads_to_its_execution() {
    let server = TestServer::start().await;
    let id = every_second(&server).await;
    let fired = await_fired(&server, &id, 2).await;
    for item in &fired {
        let execution = server.await_status(&text(&item["executionId"]), "Succeeded").await;
        assert_eq!(execution["dueAt"], item["dueAt"]);
        assert_eq!(execution["origin"], "Schedule");
    }
    let second = SignedDuration::from_secs(1);
    assert_eq!(instant(&fired[1]["dueAt"]), instant(&fired[0]["dueAt"]) + second);
}

/// Every instant from the first on is accounted for once: none is missing, none is there twice.
fn assert_gapless(found: &[Value]) {
    let second = SignedDuration::from_secs(1);
    for pair in found.windows(2) {
        let end = pair[0].get("dueUntil").filter(|until| !until.is_null());
        let end = instant(end.unwrap_or(&pair[0]["dueAt"]));
        assert_eq!(instant(&pair[1]["dueAt"]), end + second, "{pair:#?}");
    }
    for item in found.iter().filter(|item| item["dueUntil"].is_string()) {
        let length = instant(&item["dueUntil"]).duration_since(instant(&item["dueAt"]));
        assert_eq!(item["count"], json!(length.as_secs() + 1), "{item}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_one_row_before_and_after_the_resume() {
    let server = TestServer::start().await;
    let id = every_second(&server).await;
    await_fired(&server, &id, 1).await;
    server.post_nothing(&format!("{JOBS}/{id}/pause")).await.expect_status(200);
    let paused = async || {
        let mut found = since(&server, &id, LONG_AGO, "decision=Skipped").await;
        found.pop().filter(|row| row["reason"] == "paused" && row["count"].as_u64() >= Some(2))
    };
    let open = eventually(SOON, "the pause to cover two instants", paused).await;
    let until = text(&open["dueUntil"]);
    let to_come = since(&server, &id, &until, "to=2099-01-01T00:00:00Z").await;
    assert!(to_come[1..].iter().all(|it| it["decision"].is_null() && it["reason"] == "paused"));
    server.post_nothing(&format!("{JOBS}/{id}/resume")).await.expect_status(200);
    let n_fired = since(&server, &id, LONG_AGO, "decision=Fired").await.len();
    await_fired(&server, &id, n_fired + 1).await;
    let skipped = since(&server, &id, LONG_AGO, "decision=Skipped").await;
    assert_eq!(skipped.len(), 1, "{skipped:#?}");
    assert_eq!(skipped[0]["dueAt"], open["dueAt"]);
    let now = text(&server.get("/api/v1/health").await["timestamp"]);
    assert_gapless(&since(&server, &id, LONG_AGO, &format!("to={now}")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_while_disabled_or_excluded_is_accounted_for_at_the_next_change() {
    let server = TestServer::start().await;
    let id = every_second(&server).await;
    let path = format!("{JOBS}/{id}");
    let put = async |request: Value| {
        server.operator.put(&path, &request).await.unwrap().expect_status(200);
    };
    let await_skipped = async |reason: &str| {
        eventually(SOON, reason, async || {
            let found = since(&server, &id, LONG_AGO, "decision=Skipped").await;
            let is_so = |row: &&Value| {
                text(&row["reason"]).starts_with(reason) && row["count"].as_u64() >= Some(2)
            };
            found.iter().find(is_so).cloned()
        })
        .await
    };
    await_fired(&server, &id, 1).await;
    put(json!({"isEnabled": false})).await;
    await_skipped("disabled").await;
    put(json!({"isEnabled": true})).await;
    let n_fired = since(&server, &id, LONG_AGO, "decision=Fired").await.len();
    await_fired(&server, &id, n_fired + 1).await;
    // Today and its neighbours: the test may run at midnight.
    let today = instant(&server.get("/api/v1/health").await["timestamp"])
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let dates = [today.yesterday().unwrap(), today, today.tomorrow().unwrap()];
    put(json!({"exclusions": {"excludedDates": dates}})).await;
    await_skipped("excluded date").await;
    put(json!({"name": "renamed"})).await;
    put(json!({"exclusions": {}})).await;
    let n_fired = since(&server, &id, LONG_AGO, "decision=Fired").await.len();
    await_fired(&server, &id, n_fired + 1).await;
    let now = text(&server.get("/api/v1/health").await["timestamp"]);
    assert_gapless(&since(&server, &id, LONG_AGO, &format!("to={now}")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_daylight_saving_and_exclusions_and_stores_nothing() {
    let server = TestServer::start().await;
    let path = "/api/v1/scheduler/preview";
    let request = json!({
        "scheduleType": "Cron", "scheduleExpression": "30 2 * * *", "timezone": "America/New_York",
        "from": "2026-03-07T00:00:00Z", "count": 3, "exclusions": {"excludedDates": ["2026-03-09"]}
    });
    let preview = server.viewer.post(path, &request).await.unwrap().expect_status(200).json();
    let due = items(&json!({"items": preview["occurrences"]}));
    assert_eq!(due.len(), 3);
    assert_eq!(due[0]["localTime"], "2026-03-07T02:30:00");
    assert_eq!((&due[0]["offset"], &due[0]["note"]), (&json!("-05:00"), &Value::Null));
    assert_eq!(due[1]["localTime"], "2026-03-08T03:00:00");
    assert_eq!(due[1]["note"], "moved: 02:30 does not exist on this day");
    assert_eq!(due[2]["exclusion"], "excluded date 2026-03-09");
    assert_eq!(preview["nextRunAt"], due[0]["dueAt"]);
    assert_eq!(preview["description"], "at 02:30 every day (America/New_York)");
    let interval = json!({"scheduleType": 2, "intervalSeconds": 60, "count": 1000});
    let preview = server.viewer.post(path, &interval).await.unwrap().expect_status(200).json();
    assert_eq!(preview["occurrences"].as_array().unwrap().len(), 1000);
    let check = async |request: Value, fields: &[&str]| {
        invalid(&server.viewer.post(path, &request).await.unwrap(), fields);
    };
    check(json!({"scheduleType": "Cron", "scheduleExpression": "x"}), &["scheduleExpression"])
        .await;
    check(json!({"scheduleType": "Interval", "intervalSeconds": 60, "count": 1001}), &["count"])
        .await;
    check(
        json!({"ScheduleType": "Cron", "Timezone": "x", "ScheduleExpression": "0 0 * * *"}),
        &["Timezone"],
    )
    .await;
    assert_eq!(server.get(JOBS).await["totalCount"], 0);
}
