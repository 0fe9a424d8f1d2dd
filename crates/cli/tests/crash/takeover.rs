//! Two nodes on one PostgreSQL, one of them killed in the middle of its work.

use std::{collections::BTreeMap, time::Duration};

use horarium_testkit::{Phase, ServerCommand, TestDatabase, WitnessProcess, eventually};
use serde_json::{Value, json};

use crate::client::{self, API_KEY};

/// Long enough that a node dies in the middle of it.
const WORK_MS: u64 = 4_000;
const EXECUTIONS: usize = 20;
/// Invariant 5's bound, and the work itself.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(15);

fn node(database: &TestDatabase) -> ServerCommand {
    ServerCommand::new(env!("CARGO_BIN_EXE_horarium"))
        .args(["serve", "--listen", "127.0.0.1:{port}", "--data-dir", "{data}", "--workers", "10"])
        .env("HORARIUM_DATABASE_URL", database.url())
        .env("HORARIUM_ENCRYPTION__KEY", crate::rounds::SHARED_KEY)
        .env("HORARIUM_BOOTSTRAP_API_KEY", API_KEY)
        .env("HORARIUM_LOG__FILTER", "info")
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_one_of_two_nodes_hands_its_executions_to_the_other_and_none_runs_twice() {
    let directory = tempfile::tempdir().unwrap();
    let witness = WitnessProcess::start(&directory.path().join("witness"));
    let database = TestDatabase::create();
    let mut first = node(&database).start().await;
    let second = node(&database).start().await;
    let client = second.client().api_key(API_KEY);
    let body = json!({
        "name": "slow",
        "jobType": "HttpCall",
        "scheduleType": "Interval",
        "intervalSeconds": 1_000_000,
        "jobConfiguration": { "url": witness.url(&format!("/slow/{WORK_MS}")), "method": "POST" },
        "retryPolicy": { "maxAttempts": 0, "delaySeconds": 1 },
    });
    let job = client.post("/api/v1/scheduler/jobs", &body).await.unwrap();
    let job = job.expect_status(201).json()["id"].as_str().unwrap().to_owned();
    let other = first.client().api_key(API_KEY);
    for n in 0..EXECUTIONS {
        let client = if n % 2 == 0 { &client } else { &other };
        client::trigger(client, &job, &format!("key {n}")).await.unwrap();
    }
    eventually(Duration::from_secs(10), "all to have started", async || {
        let started = witness.calls().ok()?.iter().filter(|c| c.phase == Phase::Start).count();
        (started >= EXECUTIONS).then_some(())
    })
    .await;
    first.kill_9();
    let killed_at_ns = witness.calls().unwrap().iter().map(|c| c.received_at_ns).max().unwrap();
    let executions = eventually(Duration::from_mins(1), "all to have succeeded", async || {
        let executions = client::executions(&client, &job).await;
        let done = executions.iter().all(|one| one["status"] == "Succeeded");
        (done && executions.len() == EXECUTIONS).then_some(executions)
    })
    .await;

    let taken_over: Vec<&Value> =
        executions.iter().filter(|one| one["attempt"].as_u64() > Some(1)).collect();
    assert!(!taken_over.is_empty(), "the killed node ran something");
    let mut starts: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for call in witness.calls().unwrap().into_iter().filter(|call| call.phase == Phase::Start) {
        starts.entry(call.execution_id.clone().unwrap()).or_default().push(call);
    }
    for one in &executions {
        let id = one["id"].as_str().unwrap();
        let calls = &starts[id];
        let expected = one["attempt"].as_u64().unwrap();
        assert_eq!(calls.len() as u64, expected, "execution {id} ran once per attempt");
        if let [_, again] = calls.as_slice() {
            let waited_ns = again.received_at_ns.saturating_sub(killed_at_ns);
            let waited = Duration::from_nanos(waited_ns);
            eprintln!("execution {id} was taken over after {waited:?}");
            assert!(waited <= TAKEN_OVER_WITHIN, "execution {id} waited {waited:?}");
        }
    }
}
