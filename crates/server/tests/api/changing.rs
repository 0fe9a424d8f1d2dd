//! Changing jobs: what PUT keeps, what takes effect when, versions, pausing, deleting.

use horarium_testkit::eventually;
use serde_json::{Value, json};

use crate::support::{EXECUTIONS, JOBS, SOON, TestServer, body, invalid, problem, text};

const NOBODYS_ID: &str = "0198c0de-7a3b-7c4d-8e5f-001122334455";

#[tokio::test(flavor = "multi_thread")]
async fn put_keeps_what_it_leaves_out_and_what_is_null() {
    let server = TestServer::start().await;
    let job = server
        .job(json!({
            "description": "as it was", "tags": ["a", "b"], "timeoutSeconds": 77,
            "timezone": "Europe/Berlin", "endAt": "2099-01-01T00:00:00Z", "maxConcurrency": 3
        }))
        .await;
    let path = format!("{JOBS}/{}", text(&job["id"]));
    let put = async |request: Value| {
        server.operator.put(&path, &request).await.unwrap().expect_status(200).json()
    };
    let kept = put(json!({"name": "new name", "description": null, "tags": null})).await;
    for field in ["description", "tags", "timeoutSeconds", "timezone", "endAt", "nextRunAt"] {
        assert_eq!(kept[field], job[field], "{field}");
    }
    assert_eq!(kept["name"], "new name");
    assert_eq!(put(json!({})).await["name"], "new name");
    let changed = put(json!({"scheduleExpression": "30 12 2 2 *"})).await;
    assert!(text(&changed["nextRunAt"]).contains("-02-02T11:30:00Z"), "{changed}");
    let typed = put(json!({"jobType": "HttpCall", "jobConfiguration": {"url": "http://x.test"}}));
    assert_eq!(typed.await["jobType"], "HttpCall");
    let cleared = put(json!({"endAt": "", "maxConcurrency": ""})).await;
    assert_eq!((&cleared["endAt"], &cleared["maxConcurrency"]), (&Value::Null, &Value::Null));
    let off = put(json!({"isEnabled": false})).await;
    assert_eq!((&off["status"], &off["nextRunAt"]), (&json!("Disabled"), &Value::Null));
    let on = put(json!({"isEnabled": true})).await;
    assert_eq!(on["status"], "Enabled");
    assert_eq!(put(on.clone()).await["nextRunAt"], on["nextRunAt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn reschedule_needs_a_type_and_changes_nothing_but_times() {
    let server = TestServer::start().await;
    let job = server.job(json!({"tags": ["kept"]})).await;
    let path = format!("{JOBS}/{}/reschedule", text(&job["id"]));
    let reschedule = async |request: Value| server.operator.patch(&path, &request).await.unwrap();
    invalid(&reschedule(json!({"intervalSeconds": 60})).await, &["scheduleType"]);
    invalid(&reschedule(json!({"scheduleType": "Interval"})).await, &["intervalSeconds"]);
    let bad = json!({"scheduleType": "Cron", "scheduleExpression": "x"});
    invalid(&reschedule(bad).await, &["scheduleExpression"]);
    let hourly = json!({"scheduleType": "Interval", "intervalSeconds": 3600});
    let job = reschedule(hourly).await.expect_status(200).json();
    assert_eq!((&job["scheduleType"], &job["tags"]), (&json!("Interval"), &json!(["kept"])));
    assert_eq!(job["scheduleExpression"], Value::Null);
    let later = json!({
        "scheduleType": "Interval", "intervalSeconds": 60, "effectiveFrom": "2090-01-01T00:00:00Z"
    });
    let job = reschedule(later).await.expect_status(200).json();
    assert_eq!(job["nextRunAt"], "2090-01-01T00:01:00Z");
    let once = json!({"scheduleType": 3, "runAt": "2091-01-01T00:00:00+01:00"});
    let job = reschedule(once).await.expect_status(200).json();
    assert_eq!(job["runAt"], "2090-12-31T23:00:00Z");
    assert_eq!(job["nextRunAt"], "2090-12-31T23:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_have_the_titles_of_their_endpoints() {
    let server = TestServer::start().await;
    let unknown = format!("{JOBS}/{NOBODYS_ID}");
    let execution = format!("{EXECUTIONS}/{NOBODYS_ID}");
    let check = async |method: &str, path: &str, request: &Value, status: u16, title: &str| {
        let bytes = request.to_string();
        let body = (!request.is_null()).then_some(("application/json", bytes.as_bytes()));
        let answer = server.operator.send(method, path, body).await.unwrap();
        problem(&answer, status, title)
    };
    let none = Value::Null;
    let once = json!({"scheduleType": "Interval", "intervalSeconds": 60});
    let dependencies = json!({"dependsOnJobIds": [NOBODYS_ID], "condition": "AllSucceeded"});
    let of = |rest: &str| format!("{unknown}/{rest}");
    let got = check("GET", &unknown, &none, 404, "Job not found").await;
    assert_eq!(got["detail"], "Job was not found.");
    check("PUT", &unknown, &json!({}), 400, "Update job failed").await;
    check("DELETE", &unknown, &none, 400, "Delete job failed").await;
    check("DELETE", &format!("{unknown}?hardDelete=true"), &none, 400, "Delete job failed").await;
    check("PATCH", &of("reschedule"), &once, 400, "Reschedule job failed").await;
    check("POST", &of("pause"), &none, 400, "Pause job failed").await;
    check("POST", &of("resume"), &none, 400, "Resume job failed").await;
    check("POST", &of("trigger"), &none, 400, "Trigger job failed").await;
    check("POST", &of("exclusions"), &json!({}), 400, "Add exclusions failed").await;
    check("GET", &of("exclusions"), &none, 404, "Job not found").await;
    check("DELETE", &of("exclusions"), &none, 404, "Clear exclusions failed").await;
    check("POST", &of("dependencies"), &dependencies, 400, "Add dependencies failed").await;
    check("GET", &of("dependencies"), &none, 404, "Job not found").await;
    check("DELETE", &of("dependencies"), &none, 404, "Clear dependencies failed").await;
    check("GET", &of("occurrences"), &none, 404, "Job not found").await;
    check("GET", &execution, &none, 404, "Execution not found").await;
    let of = |rest: &str| format!("{execution}/{rest}");
    check("POST", &of("cancel"), &none, 409, "Cancel execution failed").await;
    check("POST", &of("retry"), &none, 400, "Retry execution failed").await;
    let page = server.get(&format!("{unknown}/executions")).await;
    assert_eq!((&page["items"], &page["totalCount"]), (&json!([]), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_version_that_was_seen_is_changed() {
    let server = TestServer::start().await;
    let id = server.job_id(json!({})).await;
    let path = format!("{JOBS}/{id}");
    let seen = server.viewer.get(&path).await.unwrap();
    let seen = seen.header("etag").unwrap().to_owned();
    let guarded = server.operator.clone().header("If-Match", &seen);
    let changed = guarded.put(&path, &json!({"name": "first"})).await.unwrap();
    let tag = changed.expect_status(200).header("etag").unwrap().to_owned();
    assert_ne!(tag, seen);
    for (method, rest, request) in [
        ("PUT", "", json!({"name": "second"})),
        ("PATCH", "/reschedule", json!({"scheduleType": "Interval", "intervalSeconds": 60})),
        ("POST", "/pause", json!({})),
        ("POST", "/resume", json!({})),
        ("POST", "/exclusions", json!({})),
        ("DELETE", "/exclusions", json!({})),
        ("DELETE", "/dependencies", json!({})),
        ("DELETE", "", json!({})),
        ("DELETE", "?hardDelete=true", json!({})),
    ] {
        let bytes = request.to_string();
        let body = Some(("application/json", bytes.as_bytes()));
        let answer = guarded.send(method, &format!("{path}{rest}"), body).await.unwrap();
        problem(&answer, 412, "Precondition failed");
    }
    assert_eq!(server.get(&path).await["name"], "first");
    let current = server.operator.clone().header("If-Match", &tag);
    let paused = current.send("POST", &format!("{path}/pause"), None).await.unwrap();
    assert_ne!(paused.expect_status(200).header("etag"), Some(tag.as_str()));
    let any = server.operator.clone().header("If-Match", "*");
    any.put(&path, &json!({"name": "third"})).await.unwrap().expect_status(200);
    let weak = server.operator.clone().header("If-Match", "W/\"v4\"");
    problem(&weak.put(&path, &json!({})).await.unwrap(), 412, "Precondition failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_refused_twice_and_so_is_a_resume() {
    let server = TestServer::start().await;
    let path = format!("{JOBS}/{}", server.job_id(json!({})).await);
    let (pause, resume) = (format!("{path}/pause"), format!("{path}/resume"));
    problem(&server.post_nothing(&resume).await, 400, "Resume job failed");
    let past = json!({"until": "2020-01-01T00:00:00Z"});
    invalid(&server.post(&pause, &past).await, &["until"]);
    let until = json!({"until": "2099-01-01T00:00:00Z", "reason": "maintenance"});
    let paused = server.post(&pause, &until).await;
    assert_eq!(paused.expect_status(200).body, b"");
    let job = server.get(&path).await;
    assert_eq!((&job["status"], &job["isPaused"]), (&json!("Paused"), &json!(true)));
    assert_eq!((&job["currentStatus"], &job["isEnabled"]), (&json!("Paused"), &json!(true)));
    assert_eq!(job["pausedUntil"], "2099-01-01T00:00:00Z");
    assert_eq!(job["pauseReason"], "maintenance");
    assert_eq!(job["nextRunAt"], Value::Null);
    problem(&server.post_nothing(&pause).await, 400, "Pause job failed");
    let again = server.operator.put(&path, &json!({"isEnabled": true})).await.unwrap();
    assert_eq!(again.json()["status"], "Paused");
    server.post_nothing(&resume).await.expect_status(200);
    assert_eq!(server.get(&path).await["status"], "Enabled");
    server.operator.put(&path, &json!({"isEnabled": false})).await.unwrap().expect_status(200);
    problem(&server.post_nothing(&pause).await, 400, "Pause job failed");
    problem(&server.post_nothing(&resume).await, 400, "Resume job failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_job_is_hidden_and_its_history_stays_until_it_goes_for_good() {
    let server = TestServer::start().await;
    let id = server.job_id(json!({})).await;
    let path = format!("{JOBS}/{id}");
    let execution = server.trigger(&id).await;
    server.await_status(&execution, "Succeeded").await;
    let deleted = server.operator.delete(&path).await.unwrap();
    assert_eq!(deleted.expect_status(204).body, b"");
    problem(&server.viewer.get(&path).await.unwrap(), 404, "Job not found");
    assert_eq!(server.get(JOBS).await["totalCount"], 0);
    problem(&server.operator.delete(&path).await.unwrap(), 400, "Delete job failed");
    problem(&server.post_nothing(&format!("{path}/trigger")).await, 400, "Trigger job failed");
    assert_eq!(server.get(&format!("{path}/executions")).await["totalCount"], 1);
    let retry = server.post_nothing(&format!("{EXECUTIONS}/{execution}/retry")).await;
    problem(&retry, 400, "Retry execution failed");
    let hard = format!("{path}?hardDelete=true");
    server.operator.delete(&hard).await.unwrap().expect_status(204);
    assert_eq!(server.get(&format!("{path}/executions")).await["totalCount"], 0);
    let gone = server.viewer.get(&format!("{EXECUTIONS}/{execution}")).await.unwrap();
    problem(&gone, 404, "Execution not found");
    invalid(
        &server.operator.delete(&format!("{path}?hardDelete=2")).await.unwrap(),
        &["hardDelete"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn exclusions_replace_each_other_and_nothing_clears_them() {
    let server = TestServer::start().await;
    let job = server.job(json!({"scheduleExpression": "0 9 * * *"})).await;
    let path = format!("{JOBS}/{}", text(&job["id"]));
    let rules = format!("{path}/exclusions");
    let set = json!({
        "excludedDates": ["2030-12-25"], "excludedDaysOfWeek": ["Saturday", 0],
        "timeRange": {"start": "22:00", "end": "06:00"}
    });
    assert_eq!(server.post(&rules, &set).await.expect_status(200).body, b"");
    let got = server.get(&rules).await;
    assert_eq!(got["excludedDaysOfWeek"], json!(["Sunday", "Saturday"]));
    assert_eq!(got["timeRange"], set["timeRange"]);
    assert_eq!(server.get(&path).await["exclusions"], got);
    let every_day = json!({"excludedDaysOfWeek": [0, 1, 2, 3, 4, 5, 6]});
    invalid(&server.post(&rules, &every_day).await, &["exclusions"]);
    let bad = json!({"excludedDates": ["25.12.2030"], "timeRange": {"start": "7"}});
    invalid(
        &server.post(&rules, &bad).await,
        &["excludedDates[0]", "timeRange.start", "timeRange.end"],
    );
    server.post(&rules, &json!({})).await.expect_status(200);
    assert_eq!(server.get(&path).await["exclusions"], Value::Null);
    server.post(&rules, &set).await.expect_status(200);
    server.operator.delete(&rules).await.unwrap().expect_status(204);
    assert_eq!(server.get(&rules).await["excludedDates"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn dependencies_are_checked_by_name() {
    let server = TestServer::start().await;
    let one = server.job_id(json!({"name": "one"})).await;
    let two = server.job_id(json!({"name": "two"})).await;
    let depend = async |job: &str, on: &[&str], condition: &str| {
        let request = json!({"dependsOnJobIds": on, "condition": condition});
        server.post(&format!("{JOBS}/{job}/dependencies"), &request).await
    };
    assert_eq!(depend(&one, &[&two], "AnySucceeded").await.expect_status(200).body, b"");
    let got = server.get(&format!("{JOBS}/{one}/dependencies")).await;
    assert_eq!(got, json!({"dependsOnJobIds": [two], "condition": "AnySucceeded"}));
    assert_eq!(server.get(&format!("{JOBS}/{one}")).await["dependencies"], got);
    let listed = server.get(&format!("{JOBS}?search=one")).await;
    assert_eq!(listed["items"][0]["dependencies"], got);
    invalid(&depend(&one, &[&one], "AllSucceeded").await, &["dependsOnJobIds[0]"]);
    invalid(&depend(&one, &[NOBODYS_ID], "AllSucceeded").await, &["dependsOnJobIds[0]"]);
    invalid(&depend(&one, &[], "AllSucceeded").await, &["dependsOnJobIds"]);
    invalid(&depend(&one, &[&two], "OnSuccess").await, &["condition"]);
    let cycle = invalid(&depend(&two, &[&one], "AllSucceeded").await, &["dependsOnJobIds"]);
    let message = text(&cycle["errors"]["dependsOnJobIds"][0]);
    assert!(message.contains("two → one → two"), "{message}");
    let own = json!({"dependencies": {"dependsOnJobIds": [one], "condition": "AllSucceeded"}});
    assert_eq!(server.job(own.clone()).await["dependencies"], own["dependencies"]);
    let clear = server.operator.delete(&format!("{JOBS}/{one}/dependencies")).await.unwrap();
    clear.expect_status(204);
    assert_eq!(server.get(&format!("{JOBS}/{one}")).await["dependencies"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_paged_filtered_searched_and_sorted() {
    let server = TestServer::start().await;
    for (name, tag, description) in
        [("Beta", "x", "nightly import"), ("alpha", "x", "weekly"), ("Gamma", "y", "100% import_")]
    {
        server.job(json!({"name": name, "tags": [tag], "description": description})).await;
    }
    let http = body(json!({"jobType": 1, "jobConfiguration": {"url": "http://x.test"}}));
    let paused = text(&server.post(JOBS, &http).await.expect_status(201).json()["id"]);
    server.post_nothing(&format!("{JOBS}/{paused}/pause")).await.expect_status(200);
    let names = async |query: &str| {
        let page = server.get(&format!("{JOBS}?{query}")).await;
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|job| text(&job["name"])).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("").await, "no-op Gamma alpha Beta");
    assert_eq!(names("sortBy=name&sortDirection=asc").await, "alpha Beta Gamma no-op");
    assert_eq!(names("sortBy=createdAt&sortDirection=asc&pageSize=2").await, "Beta alpha");
    assert_eq!(
        names("sortBy=createdAt&sortDirection=asc&pageSize=2&pageNumber=2").await,
        "Gamma no-op"
    );
    assert_eq!(names("tag=y").await, "Gamma");
    assert_eq!(names("search=IMPORT").await, "Gamma Beta");
    assert_eq!(names("search=%25%20import_").await, "Gamma");
    assert_eq!(names("status=Paused").await, "no-op");
    assert_eq!(
        names("status=active&jobType=3&sortBy=name&sortDirection=asc").await,
        "alpha Beta Gamma"
    );
    assert_eq!(names("jobType=1").await, "no-op");
    assert_eq!(names("status=Deleted").await, "");
    let page = server.get(&format!("{JOBS}?pageSize=3&pageNumber=9")).await;
    assert_eq!((&page["items"], &page["totalCount"]), (&json!([]), &json!(4)));
    assert_eq!((&page["totalPages"], &page["pageSize"]), (&json!(2), &json!(3)));
    for (query, field) in [
        ("pageSize=0", "pageSize"),
        ("pageSize=501", "pageSize"),
        ("pageNumber=0", "pageNumber"),
        ("pageNumber=99999999999", "pageNumber"),
        ("status=Sleeping", "status"),
        ("jobType=Shell", "jobType"),
        ("sortBy=colour", "sortBy"),
        ("sortDirection=up", "sortDirection"),
    ] {
        invalid(&server.viewer.get(&format!("{JOBS}?{query}")).await.unwrap(), &[field]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_time_job_that_ran_is_completed_until_it_gets_another_time() {
    let server = TestServer::start().await;
    let job = json!({"scheduleType": "OneTime", "runAt": "2020-01-01T00:00:00Z"});
    let id = server.job_id(job).await;
    let path = format!("{JOBS}/{id}");
    let done = eventually(SOON, "the one-time job to run", async || {
        let job = server.get(&path).await;
        (job["lastExecutionStatus"] == "Succeeded").then_some(job)
    });
    let done = done.await;
    assert_eq!((&done["status"], &done["nextRunAt"]), (&json!("Completed"), &Value::Null));
    let sent_back = server.operator.put(&path, &done).await.unwrap();
    assert_eq!(sent_back.expect_status(200).json()["status"], "Completed");
    let zone = server.operator.put(&path, &json!({"timezone": "Asia/Tokyo"})).await.unwrap();
    assert_eq!(zone.expect_status(200).json()["status"], "Completed");
    let later = json!({"runAt": "2099-01-01T00:00:00Z"});
    let again = server.operator.put(&path, &later).await.unwrap().expect_status(200).json();
    assert_eq!((&again["status"], &again["nextRunAt"]), (&json!("Enabled"), &later["runAt"]));
    assert_eq!(server.get(&format!("{path}/executions")).await["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_once_do_not_undo_each_other() {
    let server = TestServer::start().await;
    let job = json!({"scheduleType": "Interval", "intervalSeconds": 1, "tags": ["kept"]});
    let path = format!("{JOBS}/{}", server.job_id(job).await);
    let changes = (0..20).map(|n| {
        let (client, path) = (server.operator.clone(), path.clone());
        let request = json!({"description": format!("change {n}")});
        tokio::spawn(async move { client.put(&path, &request).await.unwrap() })
    });
    let changes: Vec<_> = changes.collect();
    let mut n_changed = 0;
    for change in changes {
        let answer = change.await.unwrap();
        match answer.status {
            200 => n_changed += 1,
            409 => drop(problem(&answer, 409, "Update job failed")),
            other => panic!("{other}: {}", answer.text()),
        }
    }
    let after = server.viewer.get(&path).await.unwrap();
    assert_eq!(after.header("etag"), Some(format!("\"v{}\"", n_changed + 1).as_str()));
    assert_eq!(after.json()["tags"], json!(["kept"]));
}
