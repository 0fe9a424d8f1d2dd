//! A thousand HTTP jobs at once, beside a bare client that asks the same of the same server.

use std::time::{Duration, Instant};

use horarium_core::JobType;
use serde_json::json;

use super::{ended, enqueue_all};
use crate::{answerer::Answerer, rig::Rig};

const CONCURRENCY: u32 = 1_000;

/// Runs n calls of an HTTP job with a thousand workers, history kept; then n bare ones.
pub(super) async fn http_calls(rig: Rig, n: usize) -> String {
    let answerer = Answerer::start().await;
    let configuration = json!({ "url": answerer.url(), "method": "GET" });
    let job = rig.manual_job_of(JobType::HttpCall, configuration).await;
    enqueue_all(&rig, job, n).await;
    let since = Instant::now();
    let engine = rig.engine_with(CONCURRENCY).await;
    let all = ended(&rig, n).await;
    let jobs = since.elapsed();
    engine.stop(Duration::from_secs(5)).await;
    let calls = answerer.n_answered();
    let since = Instant::now();
    bare(&answerer.url(), n).await;
    let bare = since.elapsed();
    let per_second = |time: Duration| n as f64 / time.as_secs_f64();
    format!(
        "{:.0} jobs/s of {CONCURRENCY} workers ({calls} calls answered{}); bare client {:.0} calls/s",
        per_second(jobs),
        if all { "" } else { ", NOT ALL" },
        per_second(bare)
    )
}

async fn bare(url: &str, n: usize) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let callers = (0..CONCURRENCY).map(|_| {
        let (client, url) = (client.clone(), url.to_owned());
        tokio::spawn(async move {
            for _ in 0..n / CONCURRENCY as usize {
                let answer = client.get(&url).send().await.expect("an answer");
                answer.bytes().await.expect("a body");
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("no panic");
    }
}
