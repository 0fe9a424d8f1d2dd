//! The rounds themselves: start, use, kill -9, start again.

use std::time::Duration;

use horarium_testkit::{
    Client, PostgresServer, Seed, ServerCommand, ServerProcess, TestDatabase, WitnessProcess,
    eventually,
};

use crate::{
    checker::{self, Told},
    client::{self, API_KEY, Jobs},
};

/// How long a server is used before it is killed.
const USED_MS: std::ops::RangeInclusive<u64> = 50..=800;
/// Triggers tried in one round at most.
const TRIGGERS_PER_ROUND_MAX: u64 = 50;
/// After the last round: everything must have ended by then.
const SETTLE: Duration = Duration::from_mins(1);

pub(crate) fn n_rounds(usual: u64) -> u64 {
    let asked = std::env::var("HORARIUM_TEST_ROUNDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The nodes of one database share their key.
pub(crate) const SHARED_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

pub(crate) fn command(database: Option<&str>, fault: Option<&str>) -> ServerCommand {
    let mut command = ServerCommand::new(env!("CARGO_BIN_EXE_horarium"))
        .args(["serve", "--listen", "127.0.0.1:{port}", "--data-dir", "{data}"])
        .env("HORARIUM_BOOTSTRAP_API_KEY", API_KEY)
        .env("HORARIUM_LOG__FILTER", "warn");
    if let Some(url) = database {
        command = command.env("HORARIUM_DATABASE_URL", url);
        command = command.env("HORARIUM_ENCRYPTION__KEY", SHARED_KEY);
    }
    if let Some(fault) = fault {
        command = command.env("HORARIUM_TEST_FAULT", fault);
    }
    command
}

/// A run over some servers, of which one is killed in every round.
struct Run {
    servers: Vec<ServerProcess>,
    witness: WitnessProcess,
    jobs: Jobs,
    told: Told,
    /// Keys whose trigger got no answer, to be tried again.
    unanswered: Vec<String>,
    n_keys: u64,
}

impl Run {
    async fn start(commands: Vec<ServerCommand>, log: &std::path::Path) -> Self {
        let witness = WitnessProcess::start(log);
        let mut servers = Vec::new();
        for command in commands {
            servers.push(command.start().await);
        }
        let client = servers[0].client().api_key(API_KEY);
        let jobs = client::create(&client, |path| witness.url(path)).await;
        Self { servers, witness, jobs, told: Told::default(), unanswered: Vec::new(), n_keys: 0 }
    }

    fn client(&self, index: usize) -> Client {
        self.servers[index].client().api_key(API_KEY)
    }

    async fn rounds(&mut self, n: u64, seed: Seed) {
        let mut rng = seed.rng();
        for round in 0..n {
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
            assert!(round < n);
        }
    }

    /// What a client does until its server is gone: first the keys that got no answer, then new ones.
    async fn use_server(&mut self, index: usize) {
        let client = self.client(index);
        for _ in 0..TRIGGERS_PER_ROUND_MAX {
            let key = self.unanswered.pop().unwrap_or_else(|| {
                self.n_keys += 1;
                format!("key {}", self.n_keys)
            });
            // Noted before it is sent: this future may be dropped at the wait.
            self.unanswered.push(key.clone());
            if let Some(id) = client::trigger(&client, &self.jobs.manual, &key).await {
                self.unanswered.pop();
                self.told.acknowledged.insert(key, id);
            }
        }
    }

    /// Ends the run: what got no answer is asked again, nothing new becomes due, all work ends.
    async fn settle(&mut self) {
        let client = self.client(0);
        for key in std::mem::take(&mut self.unanswered) {
            let id = client::trigger(&client, &self.jobs.manual, &key).await;
            self.told.acknowledged.insert(key, id.expect("an answer from a server that lives"));
        }
        for job in self.jobs.due() {
            client::pause(&client, job).await;
        }
        for job in self.jobs.all() {
            let what = format!("the executions of job {job} to end");
            eventually(SETTLE, &what, async || {
                let waiting = format!("/api/v1/scheduler/jobs/{job}/executions?status=");
                let pending = client::get(&client, &format!("{waiting}Pending")).await;
                let running = client::get(&client, &format!("{waiting}Running")).await;
                (pending["totalCount"] == 0 && running["totalCount"] == 0).then_some(())
            })
            .await;
        }
    }

    async fn violations(&self) -> Vec<String> {
        let calls = self.witness.calls().unwrap();
        eprintln!(
            "{} acknowledged triggers, {} calls seen by the witness",
            self.told.acknowledged.len(),
            calls.len()
        );
        checker::violations(&self.client(0), &self.jobs, &self.told, &calls).await
    }
}

pub(crate) fn assert_none(violations: &[String]) {
    let shown: Vec<&String> = violations.iter().take(20).collect();
    assert!(violations.is_empty(), "{} violations, such as {shown:#?}", violations.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_rounds_on_sqlite_lose_nothing_and_fire_nothing_twice() {
    let seed = Seed::from_env_or_random();
    let directory = tempfile::tempdir().unwrap();
    let mut run = Run::start(vec![command(None, None)], &directory.path().join("witness")).await;
    run.rounds(n_rounds(100), seed).await;
    run.settle().await;
    assert_none(&run.violations().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_rounds_with_three_nodes_on_postgres_lose_nothing_and_fire_nothing_twice() {
    let seed = Seed::from_env_or_random();
    let directory = tempfile::tempdir().unwrap();
    let database = TestDatabase::create();
    let node = || command(Some(database.url()), None);
    let log = directory.path().join("witness");
    let mut run = Run::start(vec![node(), node(), node()], &log).await;
    run.rounds(n_rounds(40), seed).await;
    run.settle().await;
    assert_none(&run.violations().await);
}

/// The proof that the rounds see what they claim to see: with one defence off they go red.
#[tokio::test(flavor = "multi_thread")]
async fn crash_rounds_go_red_when_writes_are_acknowledged_before_their_commit() {
    let seed = Seed::from_env_or_random();
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("witness");
    let fault = command(None, Some("acknowledge-before-commit"));
    let mut run = Run::start(vec![fault], &log).await;
    let mut found = Vec::new();
    for part in 0..10 {
        run.rounds(10, seed.part(part)).await;
        let client = run.client(0);
        found = lost(&client, &run).await;
        if !found.is_empty() {
            break;
        }
    }
    assert!(!found.is_empty(), "a hundred kills took nothing although nothing was committed first");
}

/// Acknowledged executions that are not there.
async fn lost(client: &Client, run: &Run) -> Vec<String> {
    let there = client::executions(client, &run.jobs.manual).await;
    let there: Vec<&str> = there.iter().filter_map(|one| one["id"].as_str()).collect();
    let lost = run.told.acknowledged.values().filter(|id| !there.contains(&id.as_str()));
    lost.cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_restarts_under_a_running_node_and_nothing_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let mut postgres = PostgresServer::start();
    let log = directory.path().join("witness");
    let mut run = Run::start(vec![command(Some(&postgres.url()), None)], &log).await;
    for _ in 0..5 {
        run.use_server(0).await;
        postgres.stop_immediate();
        let away = run.client(0).get("/readyz").await.unwrap();
        assert_eq!(away.status, 503, "not ready without its database");
        let answer = run.client(0).get("/api/v1/scheduler/jobs").await.unwrap();
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert_eq!(answer.json()["code"], "SERVICE_UNAVAILABLE");
        postgres.restart();
        let client = run.client(0);
        eventually(Duration::from_secs(20), "the node to be ready again", async || {
            let answer = client.get("/readyz").await.ok()?;
            (answer.status == 200).then_some(())
        })
        .await;
    }
    run.settle().await;
    assert_none(&run.violations().await);
}
