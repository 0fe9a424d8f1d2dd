//! Schedules over the wire: JIM's requests, words and refusals (contract J9, J12, J13).

use horarium_testkit::Answer;
use serde_json::{Value, json};

use crate::support::{TestServer, invalid, problem, text};

pub(crate) const SCHEDULES: &str = "/api/v1/schedules";

impl TestServer {
    pub(crate) async fn schedule(&self, fields: Value) -> Value {
        let created = self.admin.post(SCHEDULES, &named(fields)).await.unwrap();
        created.expect_status(201).json()
    }

    pub(crate) async fn admin_get(&self, path: &str) -> Value {
        self.admin.get(path).await.unwrap().expect_status(200).json()
    }

    async fn put_schedule(&self, id: &Value, fields: Value) -> Answer {
        self.admin.put(&format!("{SCHEDULES}/{}", text(id)), &fields).await.unwrap()
    }
}

/// The fields, and a name where they have none.
#[expect(clippy::needless_pass_by_value, reason = "called with json!(..)")]
pub(crate) fn named(fields: Value) -> Value {
    let mut body = json!({"name": "Nightly"});
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn program(step_index: u32) -> Value {
    json!({"stepIndex": step_index, "stepType": "Executable", "executablePath": "/bin/true"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_made_from_a_pattern_and_answers_every_field() {
    let server = TestServer::start().await;
    let request = json!({
        "name": "Weekdays", "triggerType": "Cron", "patternType": "SpecificTimes",
        "runTimes": "09:15,17:45", "daysOfWeek": "1,2,3,4,5", "isEnabled": true, "steps": [],
        "timezone": "Europe/Berlin"
    });
    let answer = server.admin.post(SCHEDULES, &request).await.unwrap();
    let schedule = answer.expect_status(201).json();
    let path = format!("{SCHEDULES}/{}", text(&schedule["id"]));
    assert_eq!(answer.header("location"), Some(path.as_str()));
    assert_eq!(answer.header("etag"), Some("\"v1\""));
    assert_eq!(schedule["cronExpression"], "15 9 * * 1,2,3,4,5 | 45 17 * * 1,2,3,4,5");
    assert!(schedule["nextRunTime"].as_str().unwrap().ends_with('Z'));
    assert_eq!(schedule.as_object().unwrap().len(), 26);
    for field in ["description", "intervalValue", "intervalUnit", "lastUpdated", "lastRunTime"] {
        assert!(schedule[field].is_null(), "{field}");
    }
    assert_eq!(server.admin_get(&path).await, schedule);
    assert_eq!(server.admin_get(&path.replace("/v1/", "/v1.0/")).await, schedule);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_schedule_has_jims_defaults() {
    let server = TestServer::start().await;
    let schedule = server.schedule(json!({})).await;
    assert_eq!(schedule["triggerType"], "Manual");
    assert_eq!(schedule["patternType"], "SpecificTimes");
    assert_eq!(schedule["isEnabled"], false);
    assert_eq!(schedule["timezone"], "UTC");
    assert_eq!((&schedule["stepCount"], &schedule["steps"]), (&json!(0), &json!([])));
    assert!(schedule["nextRunTime"].is_null() && schedule["cronExpression"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_keeps_what_it_leaves_out() {
    let server = TestServer::start().await;
    let made = server
        .schedule(json!({
            "triggerType": "Cron", "runTimes": "02:00", "isEnabled": true,
            "description": "all", "steps": [program(0), program(5)]
        }))
        .await;
    let changed = server.put_schedule(&made["id"], json!({"name": "Nightly 2"})).await;
    assert_eq!(changed.header("etag"), Some("\"v2\""));
    let changed = changed.expect_status(200).json();
    let mut expect = made.clone();
    expect["name"] = json!("Nightly 2");
    expect["lastUpdated"] = changed["lastUpdated"].clone();
    assert_eq!(changed, expect);
    assert_eq!(changed["steps"][1]["stepIndex"], 1, "gaps are closed");
    let back = server.put_schedule(&made["id"], changed.clone()).await.expect_status(200).json();
    assert_eq!(back["steps"], changed["steps"], "what was answered can be sent back");
    let manual = json!({"triggerType": "Manual"});
    let manual = server.put_schedule(&made["id"], manual).await.expect_status(200).json();
    assert!(manual["nextRunTime"].is_null() && manual["cronExpression"].is_null());
    let cron = json!({"triggerType": "Cron", "cronExpression": "0 3 1-7 * 1"});
    let cron = server.put_schedule(&made["id"], cron).await.expect_status(200).json();
    assert_eq!(
        (&cron["cronExpression"], &cron["patternType"]),
        (&json!("0 3 1-7 * 1"), &json!("Custom"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn jims_texts_say_what_is_wrong() {
    let server = TestServer::start().await;
    let check = async |fields: Value, field: &str, message: &str| {
        let answer = server.admin.post(SCHEDULES, &named(fields)).await.unwrap();
        let refused = problem(&answer, 400, "Validation failed");
        assert_eq!(refused["code"], "VALIDATION_ERROR");
        assert_eq!(refused["message"], message, "{refused}");
        invalid(&answer, &[field]);
    };
    let cron = json!({"triggerType": "Cron"});
    check(cron, "cronExpression", "Cron expression is required for scheduled triggers").await;
    let step = |fields: Value| json!({"Steps": [fields]});
    let check_step = async |fields: Value, field: &str, message: &str| {
        check(step(fields), &format!("Steps[0].{field}"), message).await;
    };
    check_step(
        json!({"stepType": "RunProfile", "runProfileId": 1}),
        "connectedSystemId",
        "Connected System ID is required for RunProfile steps",
    )
    .await;
    check_step(
        json!({"stepType": 0, "connectedSystemId": 1, "RunProfileId": 0}),
        "RunProfileId",
        "Run Profile ID is required for RunProfile steps",
    )
    .await;
    let needs = "Script path is required for PowerShell steps";
    check_step(json!({"stepType": "PowerShell"}), "scriptPath", needs).await;
    let needs = "Executable path is required for Executable steps";
    check_step(json!({"stepType": "Executable"}), "executablePath", needs).await;
    let needs = "Connection string is required for SqlScript steps";
    check_step(json!({"stepType": 3, "sqlScriptPath": "/a"}), "sqlConnectionString", needs).await;
    let needs = "SQL script path is required for SqlScript steps";
    check_step(json!({"stepType": 3, "sqlConnectionString": "a"}), "sqlScriptPath", needs).await;
    let unknown = "Unknown step type: TemporalScopeReconciliation";
    check_step(json!({"stepType": "TemporalScopeReconciliation"}), "stepType", unknown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_fields_are_named_at_their_path() {
    let server = TestServer::start().await;
    let check = async |fields: Value, expect: &[&str]| {
        let answer = server.admin.post(SCHEDULES, &named(fields)).await.unwrap();
        invalid(&answer, expect);
    };
    check(json!({"triggerType": "Cron", "cronExpression": "99 * * * *"}), &["cronExpression"])
        .await;
    check(json!({"triggerType": "Cron", "cronExpression": "0 0 31 2 *"}), &["cronExpression"])
        .await;
    check(json!({"runTimes": "25:00", "daysOfWeek": "7"}), &["runTimes"]).await;
    check(json!({"timezone": "Mars/Base"}), &["timezone"]).await;
    check(json!({"name": " "}), &["name"]).await;
    check(json!({"colour": 1}), &["colour"]).await;
    check(json!({"intervalValue": 60}), &["intervalValue"]).await;
    check(json!({"steps": [{"stepIndex": 1001, "x": 1}]}), &["steps[0].stepIndex", "steps[0].x"])
        .await;
    check(json!({"steps": {}}), &["steps"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_belongs_to_one_schedule() {
    let server = TestServer::start().await;
    server.schedule(json!({"name": "A"})).await;
    let second = server.schedule(json!({"name": "B"})).await;
    let again = server.admin.post(SCHEDULES, &json!({"name": "A"})).await.unwrap();
    let refused = problem(&again, 409, "Create schedule failed");
    assert_eq!(refused["code"], "CONFLICT");
    let renamed = server.put_schedule(&second["id"], json!({"name": "A"})).await;
    problem(&renamed, 409, "Update schedule failed");
    server.schedule(json!({"name": "a"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enable_and_disable_take_an_empty_body_of_json() {
    let server = TestServer::start().await;
    let made = server
        .schedule(
            json!({"triggerType": "Cron", "cronExpression": "0 5 * * *", "steps": [program(0)]}),
        )
        .await;
    let path = format!("{SCHEDULES}/{}", text(&made["id"]));
    let post = async |verb: &str| {
        let path = format!("{path}/{verb}?changeReason=because");
        let sent = server.admin.send("POST", &path, Some(("application/json", b"")));
        sent.await.unwrap().expect_status(200).json()
    };
    assert!(made["nextRunTime"].is_null());
    let enabled = post("enable").await;
    assert_eq!((&enabled["isEnabled"], &enabled["stepCount"]), (&json!(true), &json!(1)));
    assert!(enabled["nextRunTime"].is_string() && enabled.get("steps").is_none());
    let disabled = post("disable").await;
    assert_eq!(disabled["isEnabled"], false);
    assert!(disabled["nextRunTime"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_etag_changes_nothing() {
    let server = TestServer::start().await;
    let made = server.schedule(json!({})).await;
    let path = format!("{SCHEDULES}/{}", text(&made["id"]));
    let first = server.admin.clone().header("If-Match", "\"v1\"");
    first.put(&path, &json!({"name": "B"})).await.unwrap().expect_status(200);
    let late = first.put(&path, &json!({"name": "C"})).await.unwrap();
    problem(&late, 412, "Precondition failed");
    let late = first.send("DELETE", &path, None).await.unwrap();
    problem(&late, 412, "Precondition failed");
    assert_eq!(server.admin_get(&path).await["name"], "B");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_404_and_others_than_administrators_are_403() {
    let server = TestServer::start().await;
    let nobody = format!("{SCHEDULES}/0198c0de-7a3b-7c4d-8e5f-001122334455");
    let get = server.admin.get(&nobody).await.unwrap();
    let missing = problem(&get, 404, "Schedule not found");
    assert_eq!(missing["code"], "NOT_FOUND");
    for (method, path) in [
        ("PUT", nobody.clone()),
        ("DELETE", nobody.clone()),
        ("POST", format!("{nobody}/enable")),
        ("POST", format!("{nobody}/disable")),
        ("POST", format!("{nobody}/run")),
        ("GET", format!("{SCHEDULES}/not-a-guid")),
    ] {
        let body = (method == "PUT").then_some(("application/json", b"{}".as_slice()));
        let answer = server.admin.send(method, &path, body).await.unwrap();
        assert_eq!(answer.expect_status(404).json()["code"], "NOT_FOUND", "{method} {path}");
    }
    for client in [&server.operator, &server.viewer] {
        let answer = client.get(SCHEDULES).await.unwrap();
        assert_eq!(problem(&answer, 403, "Forbidden")["code"], "FORBIDDEN");
    }
    let answer = server.anonymous.get(SCHEDULES).await.unwrap();
    assert_eq!(problem(&answer, 401, "Unauthorised")["code"], "UNAUTHORISED");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_paged_sorted_and_searched() {
    let server = TestServer::start().await;
    for n in 0..5 {
        server
            .schedule(json!({"name": format!("Schedule {n}"), "isEnabled": n == 3,
                "description": if n == 2 { "needle_%" } else { "hay" }}))
            .await;
    }
    let names = async |query: &str| {
        let page = server.admin_get(&format!("{SCHEDULES}?{query}")).await;
        let names: Vec<String> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| text(&item["name"]).replace("Schedule ", ""))
            .collect();
        (names.concat(), page)
    };
    assert_eq!(names("").await.0, "01234");
    assert_eq!(names("sortBy=name&sortDescending=true").await.0, "43210");
    assert_eq!(names("sortBy=isEnabled&sortDescending=true").await.0, "34210");
    assert_eq!(names("search=NEEDLE_%25").await.0, "2");
    assert_eq!(names("search=nowhere").await.0, "");
    let (found, page) = names("page=2&pageSize=2").await;
    assert_eq!(found, "23");
    assert_eq!(page["totalCount"], 5);
    assert_eq!(
        (&page["totalPages"], &page["page"], &page["pageSize"]),
        (&json!(3), &json!(2), &json!(2))
    );
    assert_eq!((&page["hasNextPage"], &page["hasPreviousPage"]), (&json!(true), &json!(true)));
    let (found, page) = names("page=9&pageSize=2").await;
    assert_eq!((found.as_str(), &page["totalCount"]), ("", &json!(5)));
    let bad = server.admin.get(&format!("{SCHEDULES}?page=0&pageSize=101&sortBy=size")).await;
    invalid(&bad.unwrap(), &["page", "pageSize", "sortBy"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_with_a_key_makes_one_schedule() {
    let server = TestServer::start().await;
    let keyed = server.admin.clone().header("Idempotency-Key", "k1");
    let first = keyed.post(SCHEDULES, &named(json!({}))).await.unwrap().expect_status(201).json();
    let again = keyed.post(SCHEDULES, &named(json!({}))).await.unwrap().expect_status(201).json();
    assert_eq!(first, again);
    assert_eq!(server.admin_get(SCHEDULES).await["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_of_a_connection_string_is_never_shown() {
    let server = TestServer::start().await;
    let sql = json!({"stepType": "SqlScript", "sqlScriptPath": "/a.sql",
        "sqlConnectionString": "postgres://app:hunter2@db/reports"});
    let made = server.schedule(json!({"steps": [sql]})).await;
    let shown = "postgres://app:***@db/reports";
    assert_eq!(made["steps"][0]["sqlConnectionString"], shown);
    let back = server.put_schedule(&made["id"], made.clone()).await;
    back.expect_status(200);
    assert!(!back.text().contains("hunter2"));
    assert_eq!(back.json()["steps"][0]["sqlConnectionString"], shown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_schedule_is_gone_and_its_name_is_free() {
    let server = TestServer::start().await;
    let made = server.schedule(json!({"triggerType": "Cron", "runTimes": "02:00"})).await;
    let path = format!("{SCHEDULES}/{}?changeReason=over", text(&made["id"]));
    server.admin.send("DELETE", &path, None).await.unwrap().expect_status(204);
    server.admin.send("DELETE", &path, None).await.unwrap().expect_status(404);
    server.schedule(json!({})).await;
}
