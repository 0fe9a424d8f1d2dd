//! Making jobs: what is taken, what is refused, and what comes back.

use serde_json::{Value, json};

use crate::support::{JOBS, TestServer, body, invalid, problem, text};

/// The example of the original's documentation, word for word.
fn documented_example() -> Value {
    json!({
        "name": "Sync inventory feed",
        "description": "Calls the upstream inventory API every weekday morning.",
        "jobType": "HttpCall",
        "scheduleType": "Cron",
        "scheduleExpression": "0 7 * * 1-5",
        "intervalSeconds": null,
        "runAt": null,
        "jobConfiguration": {
            "url": "https://your-service.example.com/api/sync",
            "method": "POST",
            "headers": { "X-Api-Key": "abc123" },
            "body": null
        },
        "retryPolicy": { "maxAttempts": 3, "delaySeconds": 30 },
        "timeoutSeconds": 120,
        "timezone": "America/New_York",
        "isEnabled": true,
        "tags": ["inventory", "weekday"],
        "createdBy": "ops-team"
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_example_becomes_a_job() {
    let server = TestServer::start().await;
    let answer = server.post(JOBS, &documented_example()).await;
    let job = answer.expect_status(201).json();
    let path = format!("{JOBS}/{}", text(&job["id"]));
    assert_eq!(answer.header("location"), Some(path.as_str()));
    assert_eq!(answer.header("etag"), Some("\"v1\""));
    assert_eq!(answer.header("api-supported-versions"), Some("1.0"));
    for (field, value) in documented_example().as_object().unwrap() {
        if !matches!(field.as_str(), "jobConfiguration" | "retryPolicy") {
            assert_eq!(job[field], *value, "{field}");
        }
    }
    assert_eq!(job["status"], "Enabled");
    assert_eq!(job["currentStatus"], "Active");
    assert_eq!(job["retryPolicy"]["maxAttempts"], 3);
    assert_eq!(job["retryPolicy"]["maxRetryAttempts"], 3);
    assert_eq!(job["retryPolicy"]["retryDelaySeconds"], 30);
    assert!(job["nextRunAt"].as_str().unwrap().ends_with('Z'));
    assert!(job["createdAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!(server.get(&path).await, job);
    assert_eq!(server.get(&path.replace("/v1/", "/v1.0/")).await, job);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_in_headers_are_never_shown_and_survive_being_sent_back() {
    let server = TestServer::start().await;
    let job = server.post(JOBS, &documented_example()).await.json();
    let path = format!("{JOBS}/{}", text(&job["id"]));
    for shown in [&job, &server.get(&path).await, &server.get(JOBS).await["items"][0]] {
        assert_eq!(shown["jobConfiguration"]["headers"]["X-Api-Key"], "***");
        assert!(!shown.to_string().contains("abc123"));
    }
    let updated = server.operator.put(&path, &job).await.unwrap();
    assert_eq!(updated.expect_status(200).json()["jobConfiguration"], job["jobConfiguration"]);
    let mut other = job.clone();
    other["jobConfiguration"]["headers"] = json!({"Authorization": "***"});
    let refused = server.operator.put(&path, &other).await.unwrap();
    invalid(&refused, &["jobConfiguration.headers.Authorization"]);
    let mut masked = documented_example();
    masked["jobConfiguration"]["headers"]["X-Api-Key"] = json!("***");
    invalid(&server.post(JOBS, &masked).await, &["jobConfiguration.headers.X-Api-Key"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_field_is_there_with_its_type() {
    let server = TestServer::start().await;
    let job = server.job(json!({})).await;
    let check = |field: &str, is_so: fn(&Value) -> bool| {
        let value = job.get(field).unwrap_or_else(|| panic!("{field} is missing"));
        assert!(is_so(value), "{field} is {value}");
    };
    let documented = ["id", "name", "jobType", "scheduleType", "status", "nextRunAt", "createdAt"];
    let original = ["timezone", "createdBy", "lastModifiedBy", "schedulerJobId", "currentStatus"];
    for field in documented.into_iter().chain(original).chain(["updatedAt", "scheduleExpression"]) {
        check(field, Value::is_string);
    }
    for field in ["isEnabled", "isPaused", "isDeleted"] {
        check(field, Value::is_boolean);
    }
    for field in ["timeoutSeconds", "consecutiveFailures"] {
        check(field, Value::is_number);
    }
    for field in ["jobConfiguration", "retryPolicy"] {
        check(field, Value::is_object);
    }
    check("tags", Value::is_array);
    let none = ["description", "intervalSeconds", "runAt", "lastExecutedAt", "lastExecutionStatus"];
    for field in none {
        check(field, Value::is_null);
    }
    assert_eq!(job["jobConfiguration"].as_object().unwrap().len(), 26);
    assert_eq!(job["timeoutSeconds"], 300);
    assert_eq!(job["createdBy"], "Operator");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_numbers_and_field_names_are_read_in_every_documented_form() {
    let server = TestServer::start().await;
    let job = server
        .post(
            JOBS,
            &json!({
                "Name": "  Pascal  ", "JobType": 3, "ScheduleType": "2", "IntervalSeconds": "3600",
                "JobConfiguration": {"HandlerType": "noop"},
                "RetryPolicy": {"MaxRetryAttempts": 2, "RetryBackoffType": 3}
            }),
        )
        .await;
    let job = job.expect_status(201).json();
    assert_eq!(job["name"], "Pascal");
    assert_eq!(job["jobType"], "CodeExecution");
    assert_eq!(job["scheduleType"], "Interval");
    assert_eq!(job["intervalSeconds"], 3600);
    assert_eq!(job["retryPolicy"]["retryBackoffType"], "Exponential");
    let path = format!("{JOBS}/{}", text(&job["id"]));
    let numbers = server.viewer.clone().header("X-Enum-Format", "number");
    let numbered = numbers.get(&path).await.unwrap().json();
    assert_eq!(numbered["jobType"], 3);
    assert_eq!(numbered["scheduleType"], 2);
    assert_eq!(numbered["retryPolicy"]["retryBackoffType"], 3);
    let listed = numbers.get(JOBS).await.unwrap().json();
    assert_eq!(listed["items"][0]["jobType"], 3);
    let wrong = server.viewer.clone().header("X-Enum-Format", "roman");
    invalid(&wrong.get(&path).await.unwrap(), &["X-Enum-Format"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_as_it_was_sent() {
    let server = TestServer::start().await;
    let check = async |request: Value, fields: &[&str]| {
        let answer = server.post(JOBS, &request).await;
        problem(&answer, 400, "Validation failed");
        invalid(&answer, fields);
    };
    check(json!({}), &["name", "jobType", "scheduleType"]).await;
    check(body(json!({"scheduleExpression": "99 * * * *"})), &["scheduleExpression"]).await;
    check(body(json!({"scheduleExpression": "0 0 31 2 *"})), &["scheduleExpression"]).await;
    check(body(json!({"scheduleExpression": null})), &["scheduleExpression"]).await;
    check(body(json!({"timezone": "Mars/Base"})), &["timezone"]).await;
    check(body(json!({"scheduleType": "Interval"})), &["intervalSeconds"]).await;
    check(body(json!({"scheduleType": "OneTime"})), &["runAt"]).await;
    check(body(json!({"name": " "})), &["name"]).await;
    check(body(json!({"colour": 1})), &["colour"]).await;
    check(
        body(json!({"jobConfiguration": {"handlerType": "noop", "colour": 1}})),
        &["jobConfiguration.colour"],
    )
    .await;
    check(body(json!({"jobConfiguration": {}})), &["jobConfiguration.handlerType"]).await;
    let both = json!({"jobType": "HttpCall", "jobConfiguration": {}, "timezone": "x", "name": "x"});
    check(body(both), &["jobConfiguration.url", "timezone"]).await;
    let mut pascal = body(json!({}));
    pascal.as_object_mut().unwrap().remove("scheduleExpression");
    pascal["ScheduleExpression"] = json!("bad cron");
    check(pascal, &["ScheduleExpression"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_of_ours_is_refused_with_its_place() {
    let server = TestServer::start().await;
    let check = async |bytes: Vec<u8>, field: &str| {
        let sent = server.operator.send("POST", JOBS, Some(("application/json", &bytes)));
        let answer = sent.await.unwrap();
        problem(&answer, 400, "Malformed JSON");
        invalid(&answer, &[field]);
    };
    check(b"{".to_vec(), "$").await;
    check(b"not json".to_vec(), "$").await;
    check(br#"{"name":"x","Name":"y"}"#.to_vec(), "Name").await;
    check(br#"{"timeoutSeconds":1e400}"#.to_vec(), "timeoutSeconds").await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let sent = server.operator.send("POST", JOBS, Some(("application/json", deep.as_bytes())));
    problem(&sent.await.unwrap(), 400, "Malformed JSON");
    problem(&server.post_nothing(JOBS).await, 400, "Malformed JSON");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setting_chooses_numbers_and_the_header_wins() {
    let numbers = horarium_server::settings::EnumFormat::Number;
    let server = TestServer::start_with(|settings| settings.api.enum_format = numbers).await;
    let job = server.job(json!({})).await;
    assert_eq!(job["jobType"], 3);
    let names = server.viewer.clone().header("X-Enum-Format", "name");
    let listed = names.get(JOBS).await.unwrap().json();
    assert_eq!(listed["items"][0]["jobType"], "CodeExecution");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_variable_is_refused_where_it_stands_whatever_the_job_type() {
    let server = TestServer::start().await;
    let check = async |job_type: &str, configuration: Value, path: &str| {
        let fields = json!({ "jobType": job_type, "jobConfiguration": configuration });
        let answer = server.post(JOBS, &body(fields)).await;
        let problem = answer.expect_status(400).json();
        let said = problem["errors"][format!("jobConfiguration.{path}")].to_string();
        assert!(said.contains("{{Yesterday}} is not a variable"), "{problem}");
    };
    check("HttpCall", json!({ "url": "http://a.example/{{Yesterday}}" }), "url").await;
    check(
        "CodeExecution",
        json!({ "handlerType": "noop", "parameters": { "a": ["{{Now}} {{Yesterday}}"] } }),
        "parameters.a[0]",
    )
    .await;
    check(
        "StoredProcedure",
        json!({ "storedProcedureName": "p", "parameters": { "a": "{{Yesterday}}" } }),
        "parameters.a",
    )
    .await;
    check(
        "FileOperation",
        json!({ "operation": "Delete", "sourcePath": "/a/{{Yesterday}}" }),
        "sourcePath",
    )
    .await;
}
