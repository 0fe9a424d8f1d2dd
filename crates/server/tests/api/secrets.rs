//! Secrets through the API, in jobs of every kind, and at rest.

use std::time::Duration;

use horarium_server::{Server, settings::Settings, vault};
use horarium_store::{Store, StoreOptions};
use horarium_testkit::Witness;
use serde_json::{Value, json};

use crate::support::{JOBS, SECRETS, TestServer, body, invalid, problem, settings, text};

#[expect(clippy::needless_pass_by_value, reason = "called with json!(..)")]
fn http_call(configuration: Value) -> Value {
    json!({
        "jobType": "HttpCall", "jobConfiguration": configuration,
        "retryPolicy": {"maxAttempts": 0, "delaySeconds": 1}
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_goes_in_and_never_comes_out() {
    let server = TestServer::start().await;
    let new = json!({"name": "billing", "value": "hunter2-one", "description": "the key"});
    let made = server.admin.post(SECRETS, &new).await.unwrap();
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(path, format!("{SECRETS}/billing"));
    let dto = made.expect_status(201).json();
    assert_eq!((&dto["version"], &dto["lastUsedAt"]), (&json!(1), &Value::Null));
    problem(&server.admin.post(SECRETS, &new).await.unwrap(), 409, "Create secret failed");

    let next = server.admin.put(&path, &json!({"value": "hunter2-two"})).await.unwrap();
    let next = next.expect_status(200).json();
    assert_eq!((&next["version"], &next["description"]), (&json!(2), &json!("the key")));
    for path in [SECRETS, path.as_str()] {
        let shown = server.operator.get(path).await.unwrap();
        assert!(!shown.expect_status(200).text().contains("hunter2"), "{}", shown.text());
    }
    server.admin.delete(&path).await.unwrap().expect_status(204);
    problem(&server.admin.get(&path).await.unwrap(), 404, "Secret not found");
    problem(&server.admin.delete(&path).await.unwrap(), 404, "Delete secret failed");
    let unknown = server.admin.put(&path, &json!({"value": "hunter2"})).await.unwrap();
    problem(&unknown, 404, "Replace secret failed");
    let short = server.admin.post(SECRETS, &json!({"name": "a/b", "value": "abc"})).await.unwrap();
    invalid(&short, &["name", "value"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_uses_the_present_value_and_its_use_is_noted() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    server.secret("billing", "first-value").await;
    let job = server
        .job_id(http_call(json!({
            "url": witness.url("/ok"), "headers": {"Authorization": "Bearer secret://billing"}
        })))
        .await;
    let shown = server.get(&format!("{JOBS}/{job}")).await;
    let headers = &shown["jobConfiguration"]["headers"];
    assert_eq!(headers["Authorization"], "Bearer secret://billing");
    let path = format!("{SECRETS}/billing");
    for (n, value) in ["first-value", "second-value"].into_iter().enumerate() {
        server.admin.put(&path, &json!({"value": value})).await.unwrap().expect_status(200);
        let execution = server.trigger(&job).await;
        server.await_status(&execution, "Succeeded").await;
        assert_eq!(witness.calls()[n].headers["authorization"], format!("Bearer {value}"));
    }
    let used = server.admin.get(&path).await.unwrap().json();
    assert!(used["lastUsedAt"].is_string(), "{used}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_known_is_refused_by_field_and_fails_by_name() {
    let server = TestServer::start().await;
    let unknown = http_call(json!({
        "url": "http://x.test/?k=secret://nothing", "headers": {"X-Api-Key": "secret://nothing"},
        "body": "secret:// is no name"
    }));
    let answer = server.post(JOBS, &body(unknown)).await;
    let keys = ["url", "headers.X-Api-Key", "body"].map(|key| format!("jobConfiguration.{key}"));
    let problem = invalid(&answer, &keys.each_ref().map(String::as_str));
    let text_of = &problem["errors"]["jobConfiguration.url"][0];
    assert_eq!(text_of, "There is no secret named `nothing`.");

    server.secret("passing", "value").await;
    let job = server
        .job_id(json!({"jobConfiguration": {
        "handlerType": "noop", "parameters": {"deep": [{"key": "secret://passing"}]}
    }, "retryPolicy": {"maxAttempts": 0, "delaySeconds": 1}}))
        .await;
    server.admin.delete(&format!("{SECRETS}/passing")).await.unwrap().expect_status(204);
    let execution = server.trigger(&job).await;
    let failed = server.await_status(&execution, "Failed").await;
    let expect = "secret `passing` is not known (jobConfiguration.parameters.deep[0].key)";
    assert_eq!(failed["errorMessage"], expect);
    let change = json!({"jobConfiguration": {"handlerType": "noop", "methodName": "secret://no"}});
    let refused = server.operator.put(&format!("{JOBS}/{job}"), &change).await.unwrap();
    invalid(&refused, &["jobConfiguration.methodName"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_url_may_be_the_secret() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    server.secret("hook", &witness.url("/echo/T0000000?key=hunter2")).await;
    server.secret("echo", &witness.url("/echo?key=hunter2")).await;
    for (name, status) in [("echo", "Succeeded"), ("hook", "Failed")] {
        let url = format!("secret://{name}");
        let job = server.job_id(http_call(json!({"url": url}))).await;
        let execution = server.trigger(&job).await;
        let ended = server.await_status(&execution, status).await;
        assert!(!ended.to_string().contains("hunter2"), "{ended}");
        assert!(!ended.to_string().contains("T0000000"), "{ended}");
    }
    assert_eq!(witness.calls()[0].query, "key=hunter2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masked_value_that_is_sent_back_still_works() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let job = server
        .job(http_call(json!({
            "url": witness.url("/echo"), "headers": {"X-Api-Key": "literal-canary"}
        })))
        .await;
    let path = format!("{JOBS}/{}", text(&job["id"]));
    let mut sent_back = job.clone();
    sent_back["jobConfiguration"]["headers"] = json!({"x-api-key": "***"});
    server.operator.put(&path, &sent_back).await.unwrap().expect_status(200);
    let execution = server.trigger(&text(&job["id"])).await;
    let ended = server.await_status(&execution, "Succeeded").await;
    assert_eq!(witness.calls()[0].headers["x-api-key"], "literal-canary");
    assert!(text(&ended["output"]).contains("\"x-api-key\":\"***\""), "{ended}");
}

async fn open(settings: &Settings) -> Store {
    Store::open(&settings.database(), &StoreOptions::default()).await.unwrap()
}

fn files_contain(dir: &tempfile::TempDir, text: &str) -> bool {
    let files = std::fs::read_dir(dir.path().join("data")).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

/// A server that was stopped; what it stored stays.
async fn stopped(server: TestServer) -> tempfile::TempDir {
    let TestServer { running, dir, .. } = server;
    running.stop(Duration::ZERO).await;
    dir
}

async fn restarted(dir: tempfile::TempDir) -> TestServer {
    TestServer::start_in(dir).await
}

#[tokio::test(flavor = "multi_thread")]
async fn values_from_before_there_was_encryption_are_sealed_at_a_start() {
    let witness = Witness::start().await;
    let server = TestServer::start().await;
    let job = server
        .job_id(http_call(json!({
            "url": witness.url("/ok"), "headers": {"Authorization": "Bearer legacy-canary"}
        })))
        .await;
    let dir = stopped(server).await;
    let store = open(&settings(&dir)).await;
    let (id, sealed) = store.configurations_with_headers(None).await.unwrap().pop().unwrap();
    let mut plain: Value = serde_json::from_str(&sealed).unwrap();
    assert!(plain["headers"]["Authorization"]["sealed"].is_string(), "{plain}");
    plain["headers"]["Authorization"] = json!("Bearer legacy-canary");
    assert!(store.reseal_configuration(id, sealed, plain.to_string()).await.unwrap());
    let marked = horarium_store::Hidden::new("yes");
    assert!(store.take_setting("encryption.headers_sealed", marked).await.unwrap());
    drop(store);
    assert!(files_contain(&dir, "legacy-canary"), "this test would not see it");

    let server = restarted(dir).await;
    assert!(!files_contain(&server.dir, "legacy-canary"));
    let execution = server.trigger(&job).await;
    server.await_status(&execution, "Succeeded").await;
    assert_eq!(witness.calls()[0].headers["authorization"], "Bearer legacy-canary");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_seals_everything_under_a_new_key() {
    let witness = Witness::start().await;
    let server = TestServer::start().await;
    server.secret("billing", "billing-value").await;
    let job = server
        .job_id(http_call(json!({
            "url": witness.url("/ok"),
            "headers": {"X-Api-Key": "literal-value", "X-Other": "secret://billing"}
        })))
        .await;
    let source = json!({"name": "Reports", "kind": "MySql", "host": "127.0.0.1", "port": 1,
        "database": "app", "user": "u", "password": "password-value"});
    server.admin.post("/api/v1/data-sources", &source).await.unwrap().expect_status(201);
    let dir = stopped(server).await;
    let file = dir.path().join("data/encryption.key");
    let old_key = std::fs::read_to_string(&file).unwrap();

    let settings = settings(&dir);
    let store = open(&settings).await;
    let rotated = vault::rotate(&settings, &store).await.unwrap();
    let n_sealed = (rotated.n_secrets, rotated.n_passwords, rotated.n_configurations);
    assert_eq!(n_sealed, (1, 1, 1));
    drop(store);
    let new_key = std::fs::read_to_string(&file).unwrap();
    assert_eq!(new_key.trim().lines().count(), 1);
    assert!(!new_key.contains(old_key.trim()));

    let server = restarted(dir).await;
    let execution = server.trigger(&job).await;
    server.await_status(&execution, "Succeeded").await;
    let headers = &witness.calls()[0].headers;
    assert_eq!((&*headers["x-api-key"], &*headers["x-other"]), ("literal-value", "billing-value"));
    let tested = server.admin.send("POST", "/api/v1/data-sources/Reports/test", None).await;
    let tested = tested.unwrap().expect_status(200).json();
    assert!(text(&tested["error"]).contains("connection refused"), "{tested}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_without_the_old_key_changes_nothing() {
    let server = TestServer::start().await;
    server.secret("billing", "billing-value").await;
    let dir = stopped(server).await;
    let file = dir.path().join("data/encryption.key");
    let key = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let settings = settings(&dir);
    let store = open(&settings).await;
    let refused = vault::rotate(&settings, &store).await.unwrap_err().to_string();
    assert!(refused.contains("this server has no key") && !file.exists(), "{refused}");
    drop(store);
    std::fs::write(&file, key).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&file, mode).unwrap();
    Server::start(settings).await.unwrap().stop(Duration::ZERO).await;
}
