//! Runs of workflows under kill -9: every run ends, no node is started twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use horarium_testkit::{
    Client, Phase, Seed, ServerCommand, ServerProcess, TestDatabase, WitnessProcess, eventually,
};
use serde_json::{Value, json};

use crate::{
    client::{self, API_KEY},
    rounds::{assert_none, command, n_rounds},
};

const WORKFLOWS: &str = "/api/v1/scheduler/workflows";
const RUNS: &str = "/api/v1/scheduler/workflow-runs";
/// How long a server is used before it is killed: about what a run takes.
const USED_MS: std::ops::RangeInclusive<u64> = 50..=800;
/// Runs started in one round at most.
const RUNS_PER_ROUND_MAX: usize = 4;
/// After the last round: everything must have ended by then.
const SETTLE: Duration = Duration::from_mins(2);

/// Servers of which one is killed in every round, and a workflow that is run on them.
struct Rounds {
    servers: Vec<ServerProcess>,
    witness: WitnessProcess,
    jobs: Vec<String>,
    workflow: String,
    /// Idempotency key → the run a 202 named.
    acknowledged: BTreeMap<String, String>,
    unanswered: Vec<String>,
    n_keys: u64,
}

impl Rounds {
    async fn start(commands: Vec<ServerCommand>, log: &std::path::Path) -> Self {
        let witness = WitnessProcess::start(log);
        let mut servers = Vec::new();
        for command in commands {
            servers.push(command.start().await);
        }
        let client = servers[0].client().api_key(API_KEY);
        let mut jobs = Vec::new();
        for path in ["/ok", "/slow/100", "/slow/300", "/ok", "/slow/100", "/ok"] {
            jobs.push(client::manual_job(&client, &witness.url(path)).await);
        }
        let workflow = fan(&client, &jobs).await;
        let acknowledged = BTreeMap::new();
        Self { servers, witness, jobs, workflow, acknowledged, unanswered: Vec::new(), n_keys: 0 }
    }

    fn client(&self, index: usize) -> Client {
        self.servers[index].client().api_key(API_KEY)
    }

    async fn rounds(&mut self, n: u64, seed: Seed) {
        let mut rng = seed.rng();
        for _ in 0..n {
            let victim = usize::try_from(rng.below(self.servers.len() as u64)).unwrap();
            let used = Duration::from_millis(rng.between(USED_MS));
            // Killing at a random moment is what this test is about: the one wait it has.
            let killed = tokio::time::sleep(used);
            tokio::pin!(killed);
            tokio::select! {
                () = &mut killed => {}
                () = self.use_server(victim) => killed.await,
            }
            self.servers[victim].kill_9();
            self.servers[victim].start_again().await;
        }
    }

    async fn use_server(&mut self, index: usize) {
        let client = self.client(index);
        for _ in 0..RUNS_PER_ROUND_MAX {
            let key = self.unanswered.pop().unwrap_or_else(|| {
                self.n_keys += 1;
                format!("run {}", self.n_keys)
            });
            // Noted before it is sent: this future may be dropped at the wait.
            self.unanswered.push(key.clone());
            if let Some(id) = self.ask(&client, &key).await {
                self.unanswered.pop();
                self.acknowledged.insert(key, id);
            }
        }
    }

    async fn ask(&self, client: &Client, key: &str) -> Option<String> {
        let path = format!("{WORKFLOWS}/{}/trigger", self.workflow);
        client::made(client, &path, key).await
    }

    async fn settle(&mut self) {
        let client = self.client(0);
        for key in std::mem::take(&mut self.unanswered) {
            let id = self.ask(&client, &key).await;
            self.acknowledged.insert(key, id.expect("an answer from a server that lives"));
        }
        eventually(SETTLE, "every run to end", async || {
            let of = format!("{WORKFLOWS}/{}/runs?status=", self.workflow);
            let pending = client::get(&client, &format!("{of}Pending")).await;
            let running = client::get(&client, &format!("{of}Running")).await;
            (pending["totalCount"] == 0 && running["totalCount"] == 0).then_some(())
        })
        .await;
    }

    async fn violations(&self) -> Vec<String> {
        let client = self.client(0);
        let mut found = Vec::new();
        let of = format!("{WORKFLOWS}/{}/runs?pageSize=1", self.workflow);
        let n_runs = client::get(&client, &of).await["totalCount"].as_u64().unwrap();
        eprintln!("{n_runs} runs");
        if n_runs != self.acknowledged.len() as u64 {
            found.push(format!("{} keys made {n_runs} runs", self.acknowledged.len()));
        }
        for run in self.acknowledged.values() {
            check_run(&client::get(&client, &format!("{RUNS}/{run}")).await, &mut found);
        }
        for job in &self.jobs {
            let n_executions = client::executions(&client, job).await.len() as u64;
            // A run that a parked node stopped leaves nodes that never start.
            if n_executions > n_runs {
                found.push(format!("job {job}: {n_executions} executions in {n_runs} runs"));
            }
        }
        let mut attempts = BTreeSet::new();
        let calls = self.witness.calls().unwrap();
        for call in calls.iter().filter(|call| call.phase == Phase::Start) {
            if !attempts.insert((call.execution_id.clone(), call.attempt)) {
                found.push(format!("an attempt started twice: {call:?}"));
            }
        }
        found
    }
}

/// a, then b, c and d side by side, then e, and f beside all of them.
async fn fan(client: &Client, jobs: &[String]) -> String {
    let node = |place: usize, needs: &[usize]| {
        let needs: Vec<&String> = needs.iter().map(|need| &jobs[*need]).collect();
        json!({"jobId": jobs[place], "dependsOn": needs})
    };
    let body = json!({"name": "fan", "jobs": [
        node(0, &[]), node(1, &[0]), node(2, &[0]), node(3, &[0]), node(4, &[1, 2, 3]), node(5, &[])
    ]});
    let made = client.post(WORKFLOWS, &body).await.unwrap();
    made.expect_status(200).json().as_str().unwrap().to_owned()
}

/// A run has ended well with an execution for each node, each its own; or was stopped by one that
/// took three servers down (invariant 5).
fn check_run(run: &Value, found: &mut Vec<String>) {
    let nodes = run["nodes"].as_array().unwrap();
    let is_parked = |node: &Value| {
        node["errorMessage"].as_str().is_some_and(|error| error.starts_with("parked:"))
    };
    if nodes.iter().any(is_parked) {
        return;
    }
    let mut executions = BTreeSet::new();
    for node in nodes {
        let execution = node["executionId"].as_str().unwrap_or("none");
        if node["status"] != "Succeeded" || !executions.insert(execution.to_owned()) {
            found.push(format!("run {}: node {node}", run["id"]));
        }
    }
    if run["status"] != "Succeeded" {
        found.push(format!("run {} ended {}: {}", run["id"], run["status"], run["errorMessage"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_rounds_during_workflow_runs_on_sqlite_leave_no_run_stuck() {
    let seed = Seed::from_env_or_random();
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("witness");
    let mut rounds = Rounds::start(vec![command(None, None)], &log).await;
    rounds.rounds(n_rounds(20), seed).await;
    rounds.settle().await;
    assert_none(&rounds.violations().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_rounds_during_workflow_runs_with_two_nodes_leave_no_run_stuck() {
    let seed = Seed::from_env_or_random();
    let directory = tempfile::tempdir().unwrap();
    let database = TestDatabase::create();
    let node = || command(Some(database.url()), None);
    let log = directory.path().join("witness");
    let mut rounds = Rounds::start(vec![node(), node()], &log).await;
    rounds.rounds(n_rounds(15), seed).await;
    rounds.settle().await;
    assert_none(&rounds.violations().await);
}
