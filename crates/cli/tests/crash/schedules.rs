//! Servers killed with -9 while schedules run: every execution ends, none twice for one instant, no
//! step starts before its group, no attempt twice, nothing acknowledged is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use horarium_testkit::{
    Call, Client, Phase, Seed, ServerCommand, ServerProcess, TestDatabase, WitnessProcess,
    eventually,
};
use serde_json::{Value, json};

use crate::{
    checker,
    client::{self, API_KEY},
    rounds::{assert_none, command, n_rounds},
};

const SCHEDULES: &str = "/api/v1/schedules";
const EXECUTIONS: &str = "/api/v1/schedule-executions";
/// How long a server is used before it is killed.
const USED_MS: std::ops::RangeInclusive<u64> = 50..=800;
const SCHEDULES_DUE: usize = 3;
const RUNS_PER_ROUND_MAX: usize = 10;
/// After the last round: everything must have ended by then.
const SETTLE: Duration = Duration::from_mins(1);

struct Run {
    servers: Vec<ServerProcess>,
    witness: WitnessProcess,
    /// Due every second.
    due: Vec<String>,
    manual: String,
    unanswered: Vec<String>,
    acknowledged: BTreeMap<String, String>,
    n_keys: u64,
}

/// Two steps side by side, then two more: jobs that call the witness.
async fn steps(client: &Client, witness: &WitnessProcess) -> Value {
    let mut steps = Vec::new();
    for (index, path) in [(0, "/ok"), (0, "/slow/150"), (1, "/slow/50"), (1, "/ok")] {
        let job = json!({
            "name": "step", "jobType": "HttpCall", "scheduleType": "Interval",
            "intervalSeconds": 1_000_000, "timeoutSeconds": 20,
            "jobConfiguration": {"url": witness.url(path), "method": "POST"},
            "retryPolicy": {"maxAttempts": 20, "delaySeconds": 1},
        });
        let made = client.post("/api/v1/scheduler/jobs", &job).await.unwrap();
        let id = made.expect_status(201).json()["id"].clone();
        steps.push(json!({"stepIndex": index, "stepType": "Job", "jobId": id}));
    }
    json!(steps)
}

async fn schedule(client: &Client, name: &str, steps: &Value, is_due: bool) -> String {
    let body = json!({
        "name": name, "steps": steps, "isEnabled": is_due, "cronExpression": "* * * * * *",
        "patternType": "Custom", "triggerType": if is_due { "Cron" } else { "Manual" },
    });
    let made = client.post(SCHEDULES, &body).await.unwrap();
    made.expect_status(201).json()["id"].as_str().unwrap().to_owned()
}

impl Run {
    async fn start(commands: Vec<ServerCommand>, log: &std::path::Path) -> Self {
        let witness = WitnessProcess::start(log);
        let mut servers = Vec::new();
        for command in commands {
            servers.push(command.start().await);
        }
        let client = servers[0].client().api_key(API_KEY);
        let steps = steps(&client, &witness).await;
        let mut due = Vec::new();
        for n in 0..SCHEDULES_DUE {
            due.push(schedule(&client, &format!("due {n}"), &steps, true).await);
        }
        let manual = schedule(&client, "manual", &steps, false).await;
        let (unanswered, acknowledged) = (Vec::new(), BTreeMap::new());
        Self { servers, witness, due, manual, unanswered, acknowledged, n_keys: 0 }
    }

    fn client(&self, index: usize) -> Client {
        self.servers[index].client().api_key(API_KEY)
    }

    async fn rounds(&mut self, n: u64, seed: Seed) {
        let mut rng = seed.rng();
        for _ in 0..n {
            let victim = usize::try_from(rng.below(self.servers.len() as u64)).unwrap();
            // Killing at a random moment is what this test is about: the one wait it has.
            let killed = tokio::time::sleep(Duration::from_millis(rng.between(USED_MS)));
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
            if let Some(id) = run(&client, &self.manual, &key).await {
                self.unanswered.pop();
                self.acknowledged.insert(key, id);
            }
        }
    }

    /// What got no answer is asked again, nothing new becomes due, everything ends.
    async fn settle(&mut self) {
        let client = self.client(0);
        for key in std::mem::take(&mut self.unanswered) {
            let id = run(&client, &self.manual, &key).await;
            self.acknowledged.insert(key, id.expect("an answer from a server that lives"));
        }
        for id in &self.due {
            let path = format!("{SCHEDULES}/{id}/disable");
            client.send("POST", &path, None).await.unwrap().expect_status(200);
        }
        eventually(SETTLE, "every execution to end", async || {
            let active = client::get(&client, &format!("{EXECUTIONS}/active")).await;
            active.as_array().unwrap().is_empty().then_some(())
        })
        .await;
    }

    async fn violations(&self) -> Vec<String> {
        let client = self.client(0);
        let calls = self.witness.calls().unwrap();
        let mut found = Vec::new();
        checker::check_calls(&calls, &mut found);
        let executions = executions(&client).await;
        let n_acknowledged = self.acknowledged.len();
        eprintln!(
            "{} executions, {n_acknowledged} acknowledged, {} calls",
            executions.len(),
            calls.len()
        );
        let mut seen = Seen::of(&calls);
        for execution in &executions {
            let id = execution["id"].as_str().unwrap();
            let detail = client::get(&client, &format!("{EXECUTIONS}/{id}")).await;
            seen.check(&detail, &mut found);
        }
        let ids: BTreeSet<&str> =
            executions.iter().map(|one| one["id"].as_str().unwrap()).collect();
        let lost = self.acknowledged.iter().filter(|(_, id)| !ids.contains(id.as_str()));
        found.extend(lost.map(|(key, id)| format!("execution {id} ({key}) is lost")));
        let n_manual = executions.iter().filter(|one| one["scheduleId"] == *self.manual).count();
        if n_manual != n_acknowledged {
            found.push(format!("{n_acknowledged} keys made {n_manual} executions"));
        }
        let by_times = executions.len() - n_manual;
        if by_times == 0 {
            found.push("no schedule ran by its times".to_owned());
        }
        found
    }
}

/// What the witness saw of each step's execution, and the tasks that were told already.
struct Seen {
    first_start: BTreeMap<String, u64>,
    last_start: BTreeMap<String, u64>,
    tasks: BTreeSet<String>,
}

impl Seen {
    fn of(calls: &[Call]) -> Self {
        let (mut first_start, mut last_start) = (BTreeMap::new(), BTreeMap::new());
        for call in calls.iter().filter(|call| call.phase == Phase::Start) {
            let Some(id) = &call.execution_id else { continue };
            first_start.entry(id.clone()).or_insert(call.received_at_ns);
            last_start.insert(id.clone(), call.received_at_ns);
        }
        Self { first_start, last_start, tasks: BTreeSet::new() }
    }

    /// An execution has ended well with a task of its own for each step, and its second group was
    /// begun after the last step of the first.
    fn check(&mut self, execution: &Value, found: &mut Vec<String>) {
        let id = &execution["id"];
        let steps = execution["steps"].as_array().unwrap();
        // Killed three times in the middle of it, a step is parked: that is invariant 5.
        let is_parked = |step: &Value| {
            step["errorMessage"].as_str().is_some_and(|error| error.starts_with("parked:"))
        };
        if steps.iter().any(is_parked) {
            return;
        }
        if execution["status"] != "Completed" {
            found.push(format!(
                "execution {id} ended {}: {}",
                execution["status"], execution["errorMessage"]
            ));
            return;
        }
        let (mut last_of_first, mut first_of_second) = (0, u64::MAX);
        for step in steps {
            let task = step["taskId"].as_str().unwrap_or_default();
            if step["status"] != "Completed" || !self.tasks.insert(task.to_owned()) {
                found.push(format!("execution {id}: step {step}"));
            }
            let (Some(first), Some(last)) = (self.first_start.get(task), self.last_start.get(task))
            else {
                found.push(format!("execution {id}: task {task} never reached the witness"));
                continue;
            };
            if step["stepIndex"] == 0 {
                last_of_first = last_of_first.max(*last);
            } else {
                first_of_second = first_of_second.min(*first);
            }
        }
        if first_of_second < last_of_first {
            found
                .push(format!("execution {id}: a step began before the group before it had ended"));
        }
    }
}

/// Asks for a run under a key of its own. `None`: no answer, or one that promises nothing.
async fn run(client: &Client, schedule: &str, key: &str) -> Option<String> {
    let client = client.clone().header("Idempotency-Key", key);
    let answer = client.send("POST", &format!("{SCHEDULES}/{schedule}/run"), None).await.ok()?;
    (answer.status == 202).then(|| answer.json()["executionId"].as_str().unwrap().to_owned())
}

async fn executions(client: &Client) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let path = format!("{EXECUTIONS}?pageSize=100&sortDescending=false&page={page}");
        let found = client::get(client, &path).await;
        all.extend(found["items"].as_array().unwrap().clone());
        if found["hasNextPage"] == false {
            break;
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_rounds_of_schedules_on_sqlite_end_every_execution_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut run = Run::start(vec![command(None, None)], &directory.path().join("witness")).await;
    run.rounds(n_rounds(15), Seed::from_env_or_random()).await;
    run.settle().await;
    assert_none(&run.violations().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_rounds_of_schedules_with_two_nodes_on_postgres_end_every_execution_once() {
    let directory = tempfile::tempdir().unwrap();
    let database = TestDatabase::create();
    let node = || command(Some(database.url()), None);
    let mut run = Run::start(vec![node(), node()], &directory.path().join("witness")).await;
    run.rounds(n_rounds(15), Seed::from_env_or_random()).await;
    run.settle().await;
    assert_none(&run.violations().await);
}
