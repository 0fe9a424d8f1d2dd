//! Holds what the server says against what the witness saw and what the clock demands.

use std::collections::{BTreeMap, BTreeSet};

use horarium_testkit::{Call, Client, Phase};
use jiff::Timestamp;
use serde_json::Value;

use crate::client::{self, Jobs};

/// What a run did, as its client knows.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Idempotency key → the execution a 202 named.
    pub acknowledged: BTreeMap<String, String>,
}

/// Every violation found, in words.
pub(crate) async fn violations(
    client: &Client,
    jobs: &Jobs,
    told: &Told,
    calls: &[Call],
) -> Vec<String> {
    let mut found = Vec::new();
    for job in jobs.due() {
        check_instants(client, job, &mut found).await;
    }
    for job in jobs.all() {
        check_executions(client, job, calls, &mut found).await;
    }
    check_acknowledged(client, jobs, told, &mut found).await;
    check_calls(calls, &mut found);
    found
}

fn instant(value: &Value) -> i64 {
    let at: Timestamp = value.as_str().unwrap().parse().unwrap();
    at.as_second()
}

/// Every instant of the grid from the job's creation to its pause has exactly one decision.
async fn check_instants(client: &Client, job: &str, found: &mut Vec<String>) {
    let view = client::get(client, &format!("/api/v1/scheduler/jobs/{job}")).await;
    let anchor = instant(&view["createdAt"]);
    let paused = instant(&view["updatedAt"]).max(anchor);
    let rows = client::occurrences(
        client,
        job,
        view["createdAt"].as_str().unwrap(),
        &Timestamp::from_second(paused + 3_600).unwrap().to_string(),
    )
    .await;
    let mut decided: BTreeMap<i64, u32> = BTreeMap::new();
    let mut fired = BTreeSet::new();
    for row in rows.iter().filter(|row| !row["decision"].is_null()) {
        let first = instant(&row["dueAt"]);
        let last = if row["dueUntil"].is_null() { first } else { instant(&row["dueUntil"]) };
        for at in first..=last {
            *decided.entry(at).or_default() += 1;
        }
        if let Some(execution) = row["executionId"].as_str()
            && !fired.insert(execution.to_owned())
        {
            found.push(format!("job {job}: execution {execution} stands for two instants"));
        }
    }
    let last_decided = decided.keys().last().copied().unwrap_or(anchor);
    for at in anchor + 1..=last_decided {
        match decided.get(&at) {
            Some(1) => {}
            Some(n) => found.push(format!("job {job}: {n} decisions about second {at}")),
            None => found.push(format!("job {job}: no decision about second {at}")),
        }
    }
    if decided.is_empty() {
        found.push(format!("job {job}: nothing was ever decided"));
    }
}

/// Every execution has ended well, was seen by the witness, and no two stand for one instant.
async fn check_executions(client: &Client, job: &str, calls: &[Call], found: &mut Vec<String>) {
    let seen: BTreeSet<&str> =
        calls.iter().filter_map(|call| call.execution_id.as_deref()).collect();
    let mut due = BTreeSet::new();
    for execution in client::executions(client, job).await {
        let id = execution["id"].as_str().unwrap();
        let (status, error) = (&execution["status"], &execution["errorMessage"]);
        // Killed three times in the middle of it, an execution is parked: that is invariant 5.
        let is_parked = error.as_str().is_some_and(|error| error.starts_with("parked:"));
        if status != "Succeeded" && !is_parked {
            found.push(format!("job {job}: execution {id} ended {status}: {error}"));
        }
        if !seen.contains(id) && !is_parked {
            found.push(format!("job {job}: execution {id} never reached the witness"));
        }
        if let Some(at) = execution["dueAt"].as_str()
            && !due.insert(at.to_owned())
        {
            found.push(format!("job {job}: two executions for {at}"));
        }
    }
}

/// Every 202 is still true, and every key made one execution.
async fn check_acknowledged(client: &Client, jobs: &Jobs, told: &Told, found: &mut Vec<String>) {
    let there: BTreeSet<String> = client::executions(client, &jobs.manual)
        .await
        .iter()
        .map(|execution| execution["id"].as_str().unwrap().to_owned())
        .collect();
    for (key, id) in &told.acknowledged {
        if !there.contains(id) {
            found.push(format!("execution {id} was acknowledged (key {key}) and is lost"));
        }
    }
    let named: BTreeSet<&String> = told.acknowledged.values().collect();
    for id in there.iter().filter(|id| !named.contains(id)) {
        found.push(format!("execution {id} came of no key: one key made two"));
    }
}

/// Nothing started early, no attempt started twice, no instant under two executions.
pub(crate) fn check_calls(calls: &[Call], found: &mut Vec<String>) {
    let mut attempts = BTreeSet::new();
    let mut instants: BTreeMap<(String, String), String> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.phase == Phase::Start) {
        let (Some(id), Some(attempt)) = (&call.execution_id, &call.attempt) else {
            found.push(format!("a call without execution or attempt: {call:?}"));
            continue;
        };
        if !attempts.insert((id.clone(), *attempt)) {
            found.push(format!("execution {id}: attempt {attempt} started twice"));
        }
        let (Some(job), Some(due)) = (&call.job, &call.scheduled_for) else { continue };
        let at: Timestamp = due.parse().unwrap();
        if i128::from(call.received_at_ns) < at.as_nanosecond() {
            found.push(format!("execution {id} started before {due}"));
        }
        let first = instants.entry((job.clone(), due.clone())).or_insert_with(|| id.clone());
        if first != id {
            found.push(format!("job {job}: {due} fired as {first} and as {id}"));
        }
    }
}
