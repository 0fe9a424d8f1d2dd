//! A server of a binary, and its administrator.
#![expect(clippy::unwrap_used, reason = "in a test it is an assertion")]

use std::path::Path;
use std::time::Duration;

use horarium_testkit::{Client, ServerCommand, ServerProcess, eventually};
use serde_json::{Value, json};

const ADMIN_KEY: &str =
    "hor_0123456789abcdef0123456789abcdef_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Api {
    pub(crate) server: ServerProcess,
    pub(crate) client: Client,
}

impl Api {
    /// A server of `binary` on an empty database.
    pub(crate) async fn of(binary: impl AsRef<Path>) -> Self {
        let args = ["serve", "--listen", "127.0.0.1:{port}", "--data-dir", "{data}"];
        let command = ServerCommand::new(binary.as_ref()).args(args);
        let server = command.env("HORARIUM_BOOTSTRAP_API_KEY", ADMIN_KEY).start().await;
        let client = server.client().api_key(ADMIN_KEY);
        Self { server, client }
    }

    /// Makes a `CodeExecution` job with these fields besides, runs it now and gives the execution's
    /// path.
    pub(crate) async fn run(&self, configuration: Value, timeout_seconds: u32) -> String {
        let job = json!({
            "name": "own", "jobType": "CodeExecution", "scheduleType": "Cron",
            "scheduleExpression": "0 0 1 1 *", "jobConfiguration": configuration,
            "retryPolicy": { "maxAttempts": 0, "delaySeconds": 1 },
            "timeoutSeconds": timeout_seconds,
        });
        let job = self.client.post("/api/v1/scheduler/jobs", &job).await.unwrap();
        let job = job.expect_status(201).json();
        let trigger = format!("/api/v1/scheduler/jobs/{}/trigger", job["id"].as_str().unwrap());
        let execution = self.client.post(&trigger, &json!({})).await.unwrap();
        let execution = execution.expect_status(202).json();
        format!("/api/v1/scheduler/executions/{}", execution.as_str().unwrap())
    }

    pub(crate) async fn await_status(&self, execution: &str, status: &str) -> Value {
        eventually(SOON, status, async || {
            let execution = self.client.get(execution).await.unwrap().json();
            Some(execution).filter(|execution| execution["status"] == status)
        })
        .await
    }

    pub(crate) async fn cancel(&self, execution: &str) {
        let cancel = format!("{execution}/cancel");
        self.client.post(&cancel, &json!({})).await.unwrap().expect_status(200);
    }
}
