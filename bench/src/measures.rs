//! What is measured, one function each.

mod http_calls;
mod retention;
mod schedules;
mod server;
mod wasm_hello;
mod workflows;

use std::{
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};

use horarium_core::{
    ExecutionId, ExecutionState, JobId, Origin,
    job::{ScheduleDraft, ScheduleType},
};
use horarium_store::{ExecutionFilter, NewExecution};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::{rig::Rig, table::percentiles};

type Figures = Pin<Box<dyn Future<Output = String>>>;

pub(crate) struct Measure {
    pub name: &'static str,
    /// How many, unless the command says otherwise.
    pub n: usize,
    pub run: fn(Rig, usize) -> Figures,
}

pub(crate) const ALL: &[Measure] = &[
    Measure { name: "throughput", n: 50_000, run: |rig, n| Box::pin(throughput(rig, n)) },
    Measure { name: "enqueue", n: 20_000, run: |rig, n| Box::pin(enqueue(rig, n)) },
    Measure { name: "latency", n: 200, run: |rig, n| Box::pin(latency(rig, n)) },
    Measure { name: "lateness", n: 3_000, run: |rig, n| Box::pin(lateness(rig, n)) },
    Measure { name: "burst", n: 10_000, run: |rig, n| Box::pin(burst(rig, n)) },
    Measure { name: "idle", n: 100_000, run: |rig, n| Box::pin(idle(rig, n)) },
    Measure { name: "rest", n: 12_800, run: |rig, n| Box::pin(server::rest(rig, n)) },
    Measure {
        name: "http-calls",
        n: 20_000,
        run: |rig, n| Box::pin(http_calls::http_calls(rig, n)),
    },
    Measure { name: "workflows", n: 1_000, run: |rig, n| Box::pin(workflows::workflows(rig, n)) },
    Measure { name: "retention", n: 500_000, run: |rig, n| Box::pin(retention::retention(rig, n)) },
    Measure { name: "schedules", n: 1_000, run: |rig, n| Box::pin(schedules::schedules(rig, n)) },
    Measure {
        name: "wasm-hello",
        n: 2_000,
        run: |rig, n| Box::pin(wasm_hello::wasm_hello(rig, n)),
    },
    Measure { name: "starting", n: 100_000, run: |rig, n| Box::pin(server::starting(rig, n)) },
];

/// The measures' names, as the command takes them.
pub(crate) fn names() -> String {
    ALL.iter().map(|measure| measure.name).collect::<Vec<_>>().join("|")
}

/// Executions of the lateness measure that start each second.
const STARTS_PER_SECOND: usize = 50;
const ENQUEUED_AT_ONCE: usize = 1_000;
const IDLE_SECONDS: u64 = 20;
const PATIENCE: Duration = Duration::from_mins(3);

/// Enqueue n no-op executions in batches, then run them all; history is kept.
async fn throughput(rig: Rig, n: usize) -> String {
    let job = rig.manual_job().await;
    let since = Instant::now();
    let n = enqueue_all(&rig, job, n).await;
    let enqueued = since.elapsed();
    let engine = rig.engine().await;
    let since = Instant::now();
    let all = rig.starts.reached(n).await;
    let started = since.elapsed();
    while all && count(&rig, ExecutionState::Succeeded).await < n as u64 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let written = since.elapsed();
    engine.stop(Duration::from_secs(5)).await;
    let per_second = |time: Duration| n as f64 / time.as_secs_f64();
    format!(
        "enqueued {:.0}/s, started {:.0}/s, ended and written {:.0}/s{}",
        per_second(enqueued),
        per_second(started),
        per_second(written),
        if all { "" } else { " (NOT ALL)" }
    )
}

/// Enqueues about n executions in batches; how many they are.
async fn enqueue_all(rig: &Rig, job: JobId, n: usize) -> usize {
    let now = rig.clock.now();
    let n_batches = n.div_ceil(ENQUEUED_AT_ONCE);
    let batch_size = ENQUEUED_AT_ONCE.min(n);
    for _ in 0..n_batches {
        let new = |_| NewExecution {
            id: ExecutionId(Uuid::now_v7()),
            job,
            origin: Origin::Manual,
            now,
            triggered_by: None,
            retry_parent: None,
            claimer: None,
            once: None,
        };
        rig.store.enqueue((0..batch_size).map(new).collect()).await.expect("enqueued");
    }
    n_batches * batch_size
}

async fn count(rig: &Rig, state: ExecutionState) -> u64 {
    let filter = ExecutionFilter { state: Some(state), ..ExecutionFilter::default() };
    rig.store.executions(filter, 0, 1).await.expect("counted").1
}

/// Waits until n executions have succeeded and are written; false when patience ends.
async fn ended(rig: &Rig, n: usize) -> bool {
    let waiting = async {
        while count(rig, ExecutionState::Succeeded).await < n as u64 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.is_ok()
}

/// Single enqueues by 64 callers at once.
async fn enqueue(rig: Rig, n: usize) -> String {
    let job = rig.manual_job().await;
    let since = Instant::now();
    let callers = (0..64).map(|_| {
        let (store, clock) = (rig.store.clone(), rig.clock.clone());
        tokio::spawn(async move {
            for _ in 0..n / 64 {
                let new = NewExecution {
                    id: ExecutionId(Uuid::now_v7()),
                    job,
                    origin: Origin::Manual,
                    now: clock.now(),
                    triggered_by: None,
                    retry_parent: None,
                    claimer: None,
                    once: None,
                };
                store.enqueue_one(new).await.expect("enqueued");
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("no panic");
    }
    format!("{:.0}/s", (n / 64 * 64) as f64 / since.elapsed().as_secs_f64())
}

/// One after the other: from the call of trigger to the start of the handler.
async fn latency(rig: Rig, n: usize) -> String {
    let job = rig.manual_job().await;
    let engine = rig.engine().await;
    let mut times_ms = Vec::with_capacity(n);
    for n_before in 0..n {
        let since = Instant::now();
        engine.enqueue(ExecutionId(Uuid::now_v7()), job, None, None).await.expect("enqueued");
        rig.starts.reached(n_before + 1).await;
        let started = rig.starts.last_at().expect("it has started");
        times_ms.push(started.duration_since(since).as_secs_f64() * 1_000.0);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    engine.stop(Duration::from_secs(5)).await;
    percentiles(times_ms)
}

/// Fifty interval jobs of one second, for n starts: how late they start.
async fn lateness(rig: Rig, n: usize) -> String {
    let engine = rig.engine().await;
    rig.insert(spread(&rig, n)).await;
    engine.wake();
    let all = rig.starts.reached(n).await;
    engine.stop(Duration::from_secs(5)).await;
    let late = rig.starts.lateness_ms();
    let earliest = late.iter().copied().fold(f64::INFINITY, f64::min);
    format!(
        "{}, earliest {earliest:.2} ms{}",
        percentiles(late),
        if all { "" } else { " (NOT ALL)" }
    )
}

/// n one-time jobs spread over each second, so that fifty starts a second are fifty instants.
fn spread(rig: &Rig, n: usize) -> Vec<ScheduleDraft> {
    let start = rig.clock.now() + SignedDuration::from_secs(3);
    let spread = (0..n).map(|index| {
        let after_ms = index as i64 * 1_000 / STARTS_PER_SECOND as i64;
        ScheduleDraft {
            schedule_type: Some(ScheduleType::OneTime),
            run_at: Some(start + SignedDuration::from_millis(after_ms)),
            ..ScheduleDraft::default()
        }
    });
    spread.collect()
}

/// n one-time jobs due at one instant: how late the last of them starts.
async fn burst(rig: Rig, n: usize) -> String {
    let engine = rig.engine().await;
    let at = rig.clock.now() + SignedDuration::from_secs(6);
    let due = ScheduleDraft {
        schedule_type: Some(ScheduleType::OneTime),
        run_at: Some(at),
        ..ScheduleDraft::default()
    };
    rig.insert(vec![due; n]).await;
    engine.wake();
    let all = rig.starts.reached(n).await;
    engine.stop(Duration::from_secs(5)).await;
    format!("{}{}", percentiles(rig.starts.lateness_ms()), if all { "" } else { " (NOT ALL)" })
}

/// n enabled cron jobs of which none is due: processor time and memory while nothing happens.
async fn idle(rig: Rig, n: usize) -> String {
    let monthly = (0..n).map(|index| ScheduleDraft {
        schedule_type: Some(ScheduleType::Cron),
        expression: Some(format!("{} {} 29 2 *", index % 60, index / 60 % 24)),
        ..ScheduleDraft::default()
    });
    rig.insert(monthly.collect()).await;
    let engine = rig.engine().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = (usage::own(), rig.server.map(usage::family));
    tokio::time::sleep(Duration::from_secs(IDLE_SECONDS)).await;
    let after = (usage::own(), rig.server.map(usage::family));
    engine.stop(Duration::from_secs(5)).await;
    let percent = |ticks: u64| ticks as f64 / IDLE_SECONDS as f64;
    let own = percent(after.0 - before.0);
    let server = match (before.1, after.1) {
        (Some(before), Some(after)) => format!(", database {:.2} %", percent(after - before)),
        _ => String::new(),
    };
    format!("process {own:.2} % of one core{server}, RSS {:.0} MiB", usage::rss_mib())
}

/// Processor time and memory as Linux tells them.
mod usage {
    use std::fs;

    /// Clock ticks (100 a second) used by this process.
    pub(super) fn own() -> u64 {
        ticks("self")
    }

    /// Clock ticks used by a process and its children, ended ones included.
    pub(super) fn family(pid: u32) -> u64 {
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let children = children.unwrap_or_default();
        let children = children.split_whitespace().map(ticks);
        ticks(&pid.to_string()) + children.sum::<u64>()
    }

    fn ticks(process: &str) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // The command may hold spaces; the fields after it do not.
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let field = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok());
        field(11).unwrap_or(0) + field(12).unwrap_or(0)
    }

    pub(super) fn rss_mib() -> f64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
        let kib = line.split_whitespace().nth(1).and_then(|text| text.parse::<f64>().ok());
        kib.unwrap_or(0.0) / 1_024.0
    }
}
