//! Canaries in their fields, and the jobs that print them.

use std::time::Duration;

use horarium_testkit::{Client, ServerProcess, TestDatabase, Witness, eventually};
use serde_json::{Value, json};

pub(crate) const API_KEY: &str =
    "hor_0192f0c0a0b07000800000000000000a_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const JOBS: &str = "/api/v1/scheduler/jobs";
const EXECUTIONS: &str = "/api/v1/scheduler/executions";
const SOON: Duration = Duration::from_secs(30);

/// What jobs print, in the spellings of a database.
const TATTLER: &str =
    "CREATE FUNCTION tattle(key text) RETURNS TABLE (a text, b text, c text, d jsonb) \
     LANGUAGE sql AS $$ SELECT key, encode(convert_to(key, 'UTF8'), 'base64'), \
       encode(convert_to('user:' || key, 'UTF8'), 'hex'), jsonb_build_object('k', key) $$;
     CREATE FUNCTION fail_with(key text) RETURNS void LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'the key % is not good', key; END $$";

pub(crate) struct Planted {
    client: Client,
    canaries: Vec<(String, String)>,
    jobs: Vec<(String, &'static str)>,
    sources: Vec<String>,
}

/// A canary of a field: its core, and around it what every encoding writes in another way.
fn value(core: &str) -> String {
    format!("p\"a/b+c {core} <d>'&e=f")
}

fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bytes = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let word = bytes.iter().fold(0_usize, |word, byte| word << 8 | usize::from(*byte));
        for n in 0..4 {
            let letter = char::from(ALPHABET[word >> (18 - 6 * n) & 63]);
            encoded.push(if n <= chunk.len() { letter } else { '=' });
        }
    }
    encoded
}

impl Planted {
    pub(crate) async fn new(
        server: &ServerProcess,
        witness: &Witness,
        database: &TestDatabase,
    ) -> Self {
        let client = server.client().api_key(API_KEY);
        let mut planted =
            Self { client, canaries: Vec::new(), jobs: Vec::new(), sources: Vec::new() };
        database.psql(TATTLER);
        planted.data_sources(database).await;
        planted.http_jobs(witness).await;
        planted.procedure_jobs().await;
        planted
    }

    /// A new canary.
    fn canary(&mut self, field: &str) -> String {
        let core = format!("canary{}Q7xK9vW3", self.canaries.len());
        self.canaries.push((field.to_owned(), core.clone()));
        core
    }

    /// A secret that holds a new canary, and its name.
    async fn secret(&mut self, field: &str, wrap: impl Fn(&str) -> String) -> String {
        let core = self.canary(field);
        let name = field.replace([' ', '/'], "-");
        // The first value is replaced: old versions must be gone as well.
        let old = self.canary(&format!("old {field}"));
        let new = json!({"name": name, "value": wrap(&old)});
        self.post("/api/v1/secrets", &new, 201).await;
        let path = format!("/api/v1/secrets/{name}");
        let replaced = self.client.put(&path, &json!({"value": wrap(&core)})).await.unwrap();
        replaced.expect_status(200);
        format!("secret://{name}")
    }

    async fn post(&self, path: &str, body: &Value, status: u16) -> Value {
        self.client.post(path, body).await.unwrap().expect_status(status).json()
    }

    async fn data_sources(&mut self, database: &TestDatabase) {
        let (_, rest) = database.url().split_once('@').unwrap();
        let (_, port) = rest.split_once('/').unwrap().0.split_once(':').unwrap();
        let literal = value(&self.canary("password"));
        let named = self.secret("password-by-name", value).await;
        for (name, password, to) in [
            ("Literal", literal.clone(), database.name()),
            ("Named", named, database.name()),
            ("Missing", literal, "not_there"),
        ] {
            let source = json!({
                "name": name, "kind": "PostgreSql", "host": "127.0.0.1", "port": port,
                "database": to, "user": "horarium", "password": password,
                "allowedProcedures": ["*.*"]
            });
            self.post("/api/v1/data-sources", &source, 201).await;
            self.sources.push(name.to_owned());
        }
    }

    async fn http_jobs(&mut self, witness: &Witness) {
        let authorization = format!("Bearer {}", self.canary("Authorization"));
        let basic = format!("user:{}", value(&self.canary("Basic")));
        let api_key = self.canary("X-Api-Key");
        let cookie = format!("a=1; sid={}", self.canary("Cookie"));
        let in_url = self.secret("url", value).await;
        let in_header = self.secret("header", value).await;
        let in_body = self.secret("body", value).await;
        let in_json = self.secret("json-body", value).await;
        let hook = self.secret("hook", |core| format!("{}?t={core}", witness.url("/echo"))).await;
        let headers = json!({
            "Authorization": authorization, "X-Api-Key": api_key, "Cookie": cookie,
            "X-Own": format!("x {in_header} y")
        });
        let url = format!("{}?k={in_url}", witness.url("/echo"));
        let echoed = json!({
            "url": url, "method": "POST", "headers": headers, "body": format!("k={in_body}")
        });
        self.http_job(echoed.clone(), "Succeeded").await;
        let body = json!({"k": in_json, "n": 1}).to_string();
        let basic = json!({"Authorization": format!("Basic {}", base64(&basic))});
        let as_json = json!({
            "url": witness.url("/echo"), "method": "POST", "headers": basic, "body": body
        });
        self.http_job(as_json, "Succeeded").await;
        self.http_job(json!({"url": hook}), "Succeeded").await;
        // Nobody listens at port 1, and nothing is at this path.
        let refused = json!({"url": format!("http://127.0.0.1:1/{in_url}?k={in_url}")});
        self.http_job(refused, "Failed").await;
        let mut not_found = echoed;
        not_found["url"] = json!(witness.url(&format!("/status/500?k={in_url}")));
        self.http_job(not_found, "Failed").await;
        let handler = json!({"handlerType": "SampleJob", "parameters": {"key": in_body}});
        self.job("CodeExecution", handler, "Succeeded").await;
    }

    async fn http_job(&mut self, configuration: Value, status: &'static str) {
        self.job("HttpCall", configuration, status).await;
    }

    async fn procedure_jobs(&mut self) {
        let parameter = self.secret("parameter", value).await;
        for source in ["Literal", "Named"] {
            for (procedure, status) in [("tattle", "Succeeded"), ("fail_with", "Failed")] {
                let configuration = json!({
                    "storedProcedureName": procedure, "parameters": {"key": parameter},
                    "databaseConnectionStringName": source
                });
                self.job("StoredProcedure", configuration, status).await;
            }
        }
        let configuration = json!({
            "storedProcedureName": "tattle", "databaseConnectionStringName": "Missing"
        });
        self.job("StoredProcedure", configuration, "Failed").await;
    }

    async fn job(&mut self, job_type: &str, configuration: Value, status: &'static str) {
        let job = json!({
            "name": format!("job {}", self.jobs.len()), "jobType": job_type,
            "scheduleType": "Cron", "scheduleExpression": "0 0 1 1 *",
            "jobConfiguration": configuration,
            "retryPolicy": {"maxAttempts": 1, "delaySeconds": 0}
        });
        let made = self.post(JOBS, &job, 201).await;
        self.jobs.push((made["id"].as_str().unwrap().to_owned(), status));
    }

    /// Runs every job to its end.
    pub(crate) async fn run(&self) {
        for (job, status) in &self.jobs {
            let path = format!("{JOBS}/{job}/trigger");
            let id = self.client.send("POST", &path, None).await.unwrap();
            let id = id.expect_status(202).json().as_str().unwrap().to_owned();
            let ended = eventually(SOON, &format!("{id} to be {status}"), async || {
                let found = self.client.get(&format!("{EXECUTIONS}/{id}")).await.unwrap().json();
                let is_over = ["Succeeded", "Failed"].iter().any(|end| found["status"] == *end);
                is_over.then_some(found)
            })
            .await;
            assert_eq!(ended["status"], *status, "{ended}");
        }
    }

    /// The jobs really had the canaries in their hands.
    pub(crate) fn assert_arrived(&self, witness: &Witness) {
        let received: Vec<String> = witness
            .calls()
            .iter()
            .map(|call| format!("{} {:?} {}", call.query, call.headers, call.body))
            .collect();
        let received = received.join(" ");
        for field in ["Authorization", "X-Api-Key", "Cookie", "url", "header", "body", "hook"] {
            let (_, core) = self.canaries.iter().find(|(known, _)| known == field).unwrap();
            assert!(received.contains(core.as_str()), "{field} did not arrive");
        }
    }

    pub(crate) fn canaries(&self) -> &[(String, String)] {
        &self.canaries
    }

    /// What every GET answers that shows anything of it all.
    pub(crate) async fn answers(&self) -> Vec<(String, String)> {
        let mut paths: Vec<String> = [
            JOBS,
            "/api/v1/scheduler/jobs/failed?threshold=1",
            "/api/v1/scheduler/admin/export",
            "/api/v1/scheduler/dashboard/stats",
            "/api/v1/scheduler/executions/timeline",
            "/api/v1/secrets",
            "/api/v1/data-sources",
            "/metrics",
        ]
        .map(str::to_owned)
        .to_vec();
        for (job, _) in &self.jobs {
            let listed = format!("{JOBS}/{job}/executions");
            let found = self.client.get(&listed).await.unwrap().expect_status(200).json();
            for execution in found["items"].as_array().unwrap() {
                let id = execution["id"].as_str().unwrap();
                paths.push(format!("{EXECUTIONS}/{id}"));
            }
            paths.extend([format!("{JOBS}/{job}"), listed]);
        }
        let mut answers = Vec::new();
        let mut n_masks = 0;
        for path in paths {
            let text = self.client.get(&path).await.unwrap().expect_status(200).text();
            n_masks += text.matches("***").count();
            answers.push((path, text));
        }
        assert!(n_masks > 30, "only {n_masks} values were hidden: did the jobs print them?");
        for source in &self.sources {
            let path = format!("/api/v1/data-sources/{source}/test");
            let tested = self.client.send("POST", &path, None).await.unwrap();
            answers.push((path, tested.expect_status(200).text()));
        }
        answers
    }
}
