//! Takes down each call, on disk when asked to, before it is answered.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::http::request::Parts;
use tokio::sync::Notify;

use super::log::{Log, read_log};
use super::{Call, Phase};

/// Past this a call is refused with 500: a loop has run away.
const CALLS_MAX: usize = 1_000_000;

const BODY_BYTES_KEPT: usize = 4096;

pub(super) struct Recorder {
    calls: Mutex<Vec<Call>>,
    n_calls: AtomicU64,
    log: Option<Log>,
    /// Told of every line.
    pub(super) arrived: Notify,
}

impl Recorder {
    pub(super) fn new() -> Self {
        let (calls, n_calls, arrived) = (Mutex::default(), AtomicU64::new(0), Notify::new());
        Self { calls, n_calls, log: None, arrived }
    }

    pub(super) fn logging(path: &Path) -> io::Result<Self> {
        let log = Log::open(path)?;
        // Not the last line's: calls that come together are written in any order.
        let n_before = read_log(path)?.iter().map(|call| call.n).max().unwrap_or_default();
        Ok(Self { log: Some(log), n_calls: AtomicU64::new(n_before), ..Self::new() })
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.locked().clone()
    }

    pub(super) async fn started(&self, head: &Parts, body: &[u8]) -> io::Result<Call> {
        let text = |name: &str| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
        let call = Call {
            n: self.n_calls.fetch_add(1, Ordering::Relaxed) + 1,
            phase: Phase::Start,
            execution_id: text("x-horarium-execution").or_else(|| text("idempotency-key")),
            job: text("x-horarium-job"),
            attempt: text("x-horarium-attempt").and_then(|number| number.parse().ok()),
            scheduled_for: text("x-horarium-scheduled-for"),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            received_at_ns: unix_ns(),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| {
                    (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                })
                .collect(),
            body: String::from_utf8_lossy(&body[..body.len().min(BODY_BYTES_KEPT)]).into_owned(),
        };
        self.record(call.clone()).await?;
        Ok(call)
    }

    pub(super) async fn ended(&self, call: Call) -> io::Result<()> {
        self.record(Call { phase: Phase::End, received_at_ns: unix_ns(), ..call }).await
    }

    async fn record(&self, call: Call) -> io::Result<()> {
        if self.locked().len() >= CALLS_MAX {
            return Err(io::Error::other(format!("over {CALLS_MAX} calls")));
        }
        if let Some(log) = &self.log {
            log.append(&call).await?;
        }
        self.locked().push(call);
        self.arrived.notify_waiters();
        Ok(())
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::disallowed_methods, reason = "a witness has a clock of its own")]
fn unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    // 64 bits last until 2554.
    since.ok().and_then(|elapsed| u64::try_from(elapsed.as_nanos()).ok()).unwrap_or_default()
}
