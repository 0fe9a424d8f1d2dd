//! What a user does: makes jobs, triggers one of them, reads what became of it all.

use horarium_testkit::Client;
use serde_json::{Value, json};

pub(crate) const API_KEY: &str =
    "hor_0192f0c0a0b07000800000000000000a_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const JOBS: &str = "/api/v1/scheduler/jobs";
/// Pages read of one list at most.
const PAGES_MAX: usize = 10_000;

/// The jobs of a run, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jobs {
    /// Due every second, to `/ok` of the witness.
    pub scheduled: Vec<String>,
    /// Due every second, taking longer than that, with the overlap policy `skip`.
    pub overlapping: String,
    /// Never due by itself.
    pub manual: String,
}

fn job(name: &str, url: &str, seconds: u32) -> Value {
    json!({
        "name": name,
        "jobType": "HttpCall",
        "scheduleType": "Interval",
        "intervalSeconds": seconds,
        "jobConfiguration": { "url": url, "method": "POST" },
        "retryPolicy": { "maxAttempts": 20, "delaySeconds": 1 },
        "timeoutSeconds": 20,
    })
}

pub(crate) async fn create(client: &Client, witness: impl Fn(&str) -> String) -> Jobs {
    let post = async |body: Value| {
        let answer = client.post(JOBS, &body).await.unwrap();
        answer.expect_status(201).json()["id"].as_str().unwrap().to_owned()
    };
    let mut jobs = Jobs::default();
    for n in 0..6 {
        jobs.scheduled.push(post(job(&format!("scheduled {n}"), &witness("/ok"), 1)).await);
    }
    let mut overlapping = job("overlapping", &witness("/slow/1500"), 1);
    overlapping["overlapPolicy"] = json!("skip");
    jobs.overlapping = post(overlapping).await;
    jobs.manual = post(job("manual", &witness("/ok"), 1_000_000)).await;
    jobs
}

impl Jobs {
    pub(crate) fn all(&self) -> impl Iterator<Item = &String> {
        self.scheduled.iter().chain([&self.overlapping, &self.manual])
    }

    pub(crate) fn due(&self) -> impl Iterator<Item = &String> {
        self.scheduled.iter().chain([&self.overlapping])
    }
}

/// Triggers the manual job under a key of its own. `None`: no answer, or one that promises nothing;
/// the same key must be tried again.
pub(crate) async fn trigger(client: &Client, job: &str, key: &str) -> Option<String> {
    made(client, &format!("{JOBS}/{job}/trigger"), key).await
}

/// What a POST without a body made under a key; `None` as with [`trigger`].
pub(crate) async fn made(client: &Client, path: &str, key: &str) -> Option<String> {
    let client = client.clone().header("Idempotency-Key", key);
    let answer = client.send("POST", path, None).await.ok()?;
    (answer.status == 202).then(|| answer.json().as_str().unwrap().to_owned())
}

/// A job that is never due by itself.
pub(crate) async fn manual_job(client: &Client, url: &str) -> String {
    let answer = client.post(JOBS, &job("node", url, 1_000_000)).await.unwrap();
    answer.expect_status(201).json()["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn get(client: &Client, path: &str) -> Value {
    client.get(path).await.unwrap().expect_status(200).json()
}

pub(crate) async fn pause(client: &Client, job: &str) {
    let answer = client.send("POST", &format!("{JOBS}/{job}/pause"), None).await.unwrap();
    answer.expect_status(200);
}

/// Every execution of a job.
pub(crate) async fn executions(client: &Client, job: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1..PAGES_MAX {
        let path = format!("{JOBS}/{job}/executions?pageSize=500&pageNumber={page}");
        let items = get(client, &path).await["items"].as_array().unwrap().clone();
        let is_last = items.len() < 500;
        all.extend(items);
        if is_last {
            break;
        }
    }
    all
}

/// Every decision about a job's instants in `[from, to]`.
pub(crate) async fn occurrences(client: &Client, job: &str, from: &str, to: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let path = format!("{JOBS}/{job}/occurrences?from={from}&to={to}&limit=1000{after}");
        let page = get(client, &path).await;
        all.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    all
}
