//! Making the jobs of an export: what comes back, what is refused, and what is done about names.

use horarium_testkit::Answer;
use serde_json::{Value, json};

use crate::support::{JOBS, TestServer, body, problem, text};

const IMPORT: &str = "/api/v1/scheduler/admin/import";
const EXPORT: &str = "/api/v1/scheduler/admin/export";

async fn import(server: &TestServer, query: &str, body: &Value) -> Answer {
    server.admin.post(&format!("{IMPORT}{query}"), body).await.unwrap()
}

async fn export(server: &TestServer) -> Value {
    server.admin.get(EXPORT).await.unwrap().expect_status(200).json()
}

/// An export without what an import cannot give again, ids of prerequisites as places in the file.
fn comparable(export: &Value) -> Value {
    let mut jobs = export.clone();
    let ids: Vec<Value> = jobs.as_array().unwrap().iter().map(|job| job["id"].clone()).collect();
    for job in jobs.as_array_mut().unwrap() {
        for name in ["id", "schedulerJobId", "createdAt", "updatedAt"] {
            job[name] = Value::Null;
        }
        let wanted = job.pointer_mut("/dependencies/dependsOnJobIds");
        for id in wanted.into_iter().flat_map(|ids| ids.as_array_mut().unwrap()) {
            *id = json!(ids.iter().position(|known| known == id));
        }
    }
    jobs
}

async fn names(server: &TestServer) -> Vec<String> {
    let jobs = export(server).await;
    jobs.as_array().unwrap().iter().map(|job| text(&job["name"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_trip_loses_nothing() {
    let server = TestServer::start().await;
    let first = server
        .job(json!({
            "name": "all of it", "description": "Ünïcode", "tags": ["a", "b"], "createdBy": "ops",
            "scheduleExpression": "30 2 1 1 *", "timezone": "Europe/Berlin", "timeoutSeconds": 77,
            "cronDialect": "hangfire", "misfirePolicy": "skip", "overlapPolicy": "queue",
            "lostAttemptPolicy": "fail", "maxConcurrency": 3, "maxLatenessSeconds": 60,
            "jitterSeconds": 5, "endAt": "2199-01-01T00:00:00Z",
            "retryPolicy": {"maxAttempts": 7, "delaySeconds": 8, "retryBackoffType": "Linear",
                "maxDelaySeconds": 90, "jitter": true, "shouldRetryHttpStatusCodes": [503]},
            "exclusions": {"excludedDates": ["2030-12-25"], "excludedDaysOfWeek": ["Sunday"],
                "timeRange": {"start": "22:00", "end": "23:00"}}
        }))
        .await;
    let needs = json!({"dependsOnJobIds": [first["id"]], "condition": "AnySucceeded"});
    server.job(json!({"name": "second", "dependencies": needs})).await;
    let paused = server.job_id(json!({"name": "paused"})).await;
    let pause = json!({"until": "2199-01-01T00:00:00Z", "reason": "maintenance"});
    server.post(&format!("{JOBS}/{paused}/pause"), &pause).await.expect_status(200);
    server.job(json!({"name": "off", "isEnabled": false})).await;
    server.secret("x", "value of x").await;
    let call = json!({
        "name": "call", "jobType": "HttpCall",
        "jobConfiguration": {"url": "http://x.test", "headers": {"X-Api-Key": "secret://x"}}
    });
    server.job(call).await;
    let exported = export(&server).await;

    for form in [
        json!({"jsonPayload": exported.to_string()}),
        json!({"jsonPayload": exported}),
        exported.clone(),
    ] {
        let other = TestServer::start().await;
        other.secret("x", "another value").await;
        let answer = import(&other, "?atomic=true", &form).await;
        assert_eq!(answer.expect_status(200).json(), 5);
        assert_eq!(comparable(&export(&other).await), comparable(&exported));
    }
    let numbers = server.admin.clone().header("X-Enum-Format", "number");
    let numbers = numbers.get(EXPORT).await.unwrap().json();
    let other = TestServer::start().await;
    other.secret("x", "another value").await;
    assert_eq!(import(&other, "", &numbers).await.expect_status(200).json(), 5);
    assert_eq!(comparable(&export(&other).await), comparable(&exported));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_run_does_not_run_again() {
    let server = TestServer::start().await;
    let mut job = body(json!({
        "name": "done", "scheduleType": "OneTime", "runAt": "2020-01-01T00:00:00Z",
        "scheduleExpression": null, "status": "Completed", "createdAt": "2019-01-01T00:00:00Z"
    }));
    assert_eq!(import(&server, "", &json!([job])).await.expect_status(200).json(), 1);
    job["endAt"] = json!("2020-06-01T00:00:00Z");
    job["status"] = json!("Paused");
    job["isPaused"] = json!(true);
    assert_eq!(import(&server, "", &json!([job])).await.expect_status(200).json(), 1);
    let jobs = export(&server).await;
    assert_eq!((&jobs[0]["status"], &jobs[1]["status"]), (&json!("Completed"), &json!("Paused")));
    for job in jobs.as_array().unwrap() {
        let runs = server.get(&format!("{JOBS}/{}/executions", text(&job["id"]))).await;
        assert_eq!(runs["totalCount"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_no_jobs_is_refused() {
    let server = TestServer::start().await;
    for empty in [json!([]), json!({"jsonPayload": "[]"}), json!({"jsonPayload": ""})] {
        let refused = problem(&import(&server, "", &empty).await, 400, "Import jobs failed");
        assert_eq!(refused["detail"], "No jobs were found in the import payload.");
    }
    let malformed = json!({"jsonPayload": "[\n  {\"name\": }\n]"});
    let refused = problem(&import(&server, "", &malformed).await, 400, "Import jobs failed");
    assert!(text(&refused["detail"]).contains("line 2"), "{refused}");
    for bad in [json!({}), json!({"jsonPayload": 7}), json!({"jsonPayload": "[]", "x": 1})] {
        problem(&import(&server, "", &bad).await, 400, "Import jobs failed");
    }
    for query in ["?atomic=maybe", "?onConflict=replace", "?atomic=true&onConflict=update"] {
        import(&server, query, &json!([body(json!({}))])).await.expect_status(400);
    }
    assert!(names(&server).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn good_jobs_are_made_and_bad_ones_named() {
    let server = TestServer::start().await;
    let a = "0198c0de-7a3b-7c4d-8e5f-00000000000a";
    let b = "0198c0de-7a3b-7c4d-8e5f-00000000000b";
    let on = |id: &str| json!({"dependsOnJobIds": [id], "condition": "AllSucceeded"});
    let file = json!([
        body(json!({"name": "good"})),
        body(json!({"name": "bad", "id": a, "scheduleExpression": "x"})),
        body(json!({"name": "needs bad", "id": b, "dependencies": on(a)})),
        body(json!({"name": "needs needs bad", "dependencies": on(b)})),
        body(json!({"name": "itself", "id": server_id(7), "dependencies": on(&server_id(7))})),
        {"name": "nothing else"},
    ]);
    let atomic = import(&server, "?atomic=true", &file).await;
    let refused = problem(&atomic, 400, "Import jobs failed");
    assert!(refused["errors"]["[1].scheduleExpression"].is_array(), "{refused}");
    assert!(refused["errors"]["[5].jobType"].is_array(), "{refused}");
    assert!(names(&server).await.is_empty());
    let dry = import(&server, "?dryRun=true&details=true", &file).await.expect_status(200).json();
    assert!(names(&server).await.is_empty());
    let real = import(&server, "?details=true", &file).await.expect_status(200).json();
    assert_eq!(names(&server).await, ["good"]);
    for (report, is_dry) in [(&dry, true), (&real, false)] {
        assert_eq!((&report["imported"], &report["failed"]), (&json!(1), &json!(5)), "{report}");
        assert_eq!(report["dryRun"], is_dry);
        let outcomes: Vec<&Value> =
            report["jobs"].as_array().unwrap().iter().map(|job| &job["outcome"]).collect();
        assert_eq!(outcomes, ["Created", "Failed", "Failed", "Failed", "Failed", "Failed"]);
        assert_eq!(report["jobs"][0]["id"].is_null(), is_dry);
        assert_eq!(report["jobs"][5]["name"], "nothing else");
    }
    let masked =
        json!([body(json!({"name": "masked", "jobType": "HttpCall", "jobConfiguration": {
            "url": "http://x.test", "headers": {"Authorization": "***"}
        }}))]);
    let refused = problem(&import(&server, "", &masked).await, 400, "Import jobs failed");
    let field = "[0].jobConfiguration.headers.Authorization";
    assert!(refused["errors"][field].is_array(), "{refused}");
}

fn server_id(n: u32) -> String {
    format!("0198c0de-7a3b-7c4d-8e5f-{n:012}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_is_added_to_skipped_or_updated() {
    let server = TestServer::start().await;
    let id = server.job_id(json!({"name": "taken", "description": "old"})).await;
    let file = json!([body(json!({"name": "taken", "description": "new", "isPaused": true}))]);
    assert_eq!(import(&server, "?onConflict=skip", &file).await.json(), 0);
    assert_eq!(server.get(&format!("{JOBS}/{id}")).await["description"], "old");
    let report = import(&server, "?onConflict=update&details=true", &file).await.json();
    assert_eq!((&report["updated"], &report["jobs"][0]["id"]), (&json!(1), &json!(id)));
    let job = server.get(&format!("{JOBS}/{id}")).await;
    assert_eq!((&job["description"], &job["status"]), (&json!("new"), &json!("Paused")));
    assert_eq!(import(&server, "", &file).await.json(), 1);
    assert_eq!(names(&server).await, ["taken", "taken"]);
    let refused = import(&server, "?onConflict=update", &file).await;
    let refused = problem(&refused, 400, "Import jobs failed");
    assert!(refused["errors"]["[0].name"].is_array(), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_may_be_longer_than_other_bodies() {
    let server = TestServer::start().await;
    let description = "x".repeat(2_000);
    let job = body(json!({"name": "long", "description": description}));
    let file = json!(vec![job; 700]);
    assert!(file.to_string().len() > 1 << 20);
    assert_eq!(import(&server, "", &file).await.expect_status(200).json(), 700);
}
