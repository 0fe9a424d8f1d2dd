//! A whole server in this process, and clients of every role.

use std::time::Duration;

use horarium_server::{Running, Server, settings::Settings};
use horarium_testkit::{Answer, Client, eventually};
use serde_json::{Value, json};

/// An administrator's API key, as an unattended start takes it.
pub(crate) const ADMIN_KEY: &str =
    "hor_0123456789abcdef0123456789abcdef_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) struct TestServer {
    pub(crate) running: Running,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) admin: Client,
    pub(crate) operator: Client,
    pub(crate) viewer: Client,
    pub(crate) anonymous: Client,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(adjust: impl FnOnce(&mut Settings)) -> Self {
        Self::start_as(tempfile::tempdir().unwrap(), adjust).await
    }

    /// On what another has left.
    pub(crate) async fn start_in(dir: tempfile::TempDir) -> Self {
        Self::start_as(dir, |_| {}).await
    }

    async fn start_as(dir: tempfile::TempDir, adjust: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings(&dir);
        adjust(&mut settings);
        let running = Server::start(settings).await.unwrap();
        let base = format!("http://{}", running.address());
        let anonymous = Client::new(&base);
        let admin = anonymous.clone().api_key(ADMIN_KEY);
        let operator = anonymous.clone().api_key(&new_key(&admin, "Operator").await);
        let viewer = anonymous.clone().api_key(&new_key(&admin, "Viewer").await);
        Self { running, dir, admin, operator, viewer, anonymous }
    }

    /// A job of the operator's, from these fields and what it needs besides.
    pub(crate) async fn job(&self, fields: Value) -> Value {
        let created = self.operator.post(JOBS, &body(fields)).await.unwrap();
        created.expect_status(201).json()
    }

    /// Keeps a secret.
    pub(crate) async fn secret(&self, name: &str, value: &str) {
        let made = self.admin.post(SECRETS, &json!({"name": name, "value": value})).await.unwrap();
        made.expect_status(201);
    }

    /// The id of such a job.
    pub(crate) async fn job_id(&self, fields: Value) -> String {
        text(&self.job(fields).await["id"])
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.viewer.get(path).await.unwrap().expect_status(200).json()
    }

    pub(crate) async fn post(&self, path: &str, json: &Value) -> Answer {
        self.operator.post(path, json).await.unwrap()
    }

    /// Without a body and a content type, as the original's client posts.
    pub(crate) async fn post_nothing(&self, path: &str) -> Answer {
        self.operator.send("POST", path, None).await.unwrap()
    }

    /// Runs the job once and gives the execution's id.
    pub(crate) async fn trigger(&self, job: &str) -> String {
        let answer = self.post_nothing(&format!("{JOBS}/{job}/trigger")).await;
        text(&answer.expect_status(202).json())
    }

    /// The execution, once it has this status.
    pub(crate) async fn await_status(&self, execution: &str, status: &str) -> Value {
        let path = format!("{EXECUTIONS}/{execution}");
        eventually(SOON, &format!("{execution} to be {status}"), async || {
            let found = self.get(&path).await;
            (found["status"] == status).then_some(found)
        })
        .await
    }
}

pub(crate) const JOBS: &str = "/api/v1/scheduler/jobs";
pub(crate) const SECRETS: &str = "/api/v1/secrets";
pub(crate) const EXECUTIONS: &str = "/api/v1/scheduler/executions";

pub(crate) fn settings(dir: &tempfile::TempDir) -> Settings {
    let mut settings = Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: dir.path().join("data"),
        workers: 8,
        ..Settings::default()
    };
    settings.bootstrap.api_key = Some(horarium_server::settings::Secret::new(ADMIN_KEY));
    settings
}

async fn new_key(admin: &Client, role: &str) -> String {
    let request = json!({"name": role, "role": role});
    let created = admin.post("/api/v1/apikeys", &request).await.unwrap();
    text(&created.expect_status(201).json()["key"])
}

/// A request for a yearly no-op job with these fields in the place of its own.
#[expect(clippy::needless_pass_by_value, reason = "called with json!(..)")]
pub(crate) fn body(fields: Value) -> Value {
    let mut body = json!({
        "name": "no-op", "jobType": "CodeExecution", "scheduleType": "Cron",
        "scheduleExpression": "0 0 1 1 *", "jobConfiguration": {"handlerType": "noop"}
    });
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}")).to_owned()
}

/// Holds that the answer is a problem with this status and title, and gives it.
#[track_caller]
pub(crate) fn problem(answer: &Answer, status: u16, title: &str) -> Value {
    let problem = answer.expect_status(status).json();
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(problem["title"], title, "{problem}");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["message"], problem["detail"]);
    assert_eq!(problem["requestId"].as_str(), answer.header("x-request-id"));
    assert!(problem["timestamp"].is_string() && problem["instance"].is_string(), "{problem}");
    problem
}

/// Holds that the answer is a 400 that names exactly these fields.
#[track_caller]
pub(crate) fn invalid(answer: &Answer, fields: &[&str]) -> Value {
    let problem = answer.expect_status(400).json();
    let errors = problem["errors"].as_object().unwrap();
    let found: Vec<&str> = errors.keys().map(String::as_str).collect();
    assert_eq!(found, fields, "{problem}");
    problem
}
