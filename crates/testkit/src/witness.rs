//! The witness: an HTTP target that knows, apart from the server, what was called and when.
//!
//! [`Witness`] runs inside the test. [`WitnessProcess`] is a process of its own with a log on disk: it
//! outlives every kill -9 of the server under test, and nothing it has answered is missing from its log.

mod log;
mod process;
mod recorder;
mod routes;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use log::read_log;
pub use process::{WITNESS_ENV, WitnessProcess};
use recorder::Recorder;

/// One line of the log. Headers as Horarium sends them; `None` when a caller sends others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Counts calls from 1, in the order they came; both lines of a slow call carry the same. Lines of
    /// calls that came together may stand in another order.
    pub n: u64,
    pub phase: Phase,
    /// `X-Horarium-Execution`, else `Idempotency-Key`.
    pub execution_id: Option<String>,
    /// `X-Horarium-Job`.
    pub job: Option<String>,
    /// `X-Horarium-Attempt`.
    pub attempt: Option<u32>,
    /// `X-Horarium-Scheduled-For`.
    pub scheduled_for: Option<String>,
    pub method: String,
    pub path: String,
    /// Without the question mark.
    pub query: String,
    /// By the witness's own clock, in nanoseconds since 1970.
    pub received_at_ns: u64,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its first 4 KiB.
    pub body: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    Start,
    /// Only `/slow` writes it. Missing when the caller went away before.
    End,
}

/// ```no_run
/// # use std::time::Duration;
/// # async fn example() {
/// let witness = horarium_testkit::Witness::start().await;
/// // … a job that calls witness.url("/status/500") …
/// let calls = witness.await_calls(3, Duration::from_secs(5)).await;
/// assert_eq!(calls[2].attempt, Some(3));
/// # }
/// ```
pub struct Witness {
    recorder: Arc<Recorder>,
    port: u16,
    serving: JoinHandle<()>,
}

impl Witness {
    /// Remembers calls, writes none.
    pub async fn start() -> Self {
        Self::serve(Recorder::new(), 0).await.expect("listening on 127.0.0.1:0")
    }

    /// Also writes every call to `log`, synced to disk before it is answered. Lines already there stay.
    pub async fn start_logging(log: &Path, port: u16) -> io::Result<Self> {
        Self::serve(Recorder::logging(log)?, port).await
    }

    async fn serve(recorder: Recorder, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let port = listener.local_addr()?.port();
        let recorder = Arc::new(recorder);
        let routes = routes::routes(recorder.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("axum::serve answers errors itself");
        });
        Ok(Self { recorder, port, serving })
    }

    /// `url("/ok")` is `http://127.0.0.1:PORT/ok`. The paths are those of `routes.rs`.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Every line so far.
    pub fn calls(&self) -> Vec<Call> {
        self.recorder.calls()
    }

    /// Returns when `n` calls have come, with all there are; panics after `within`.
    pub async fn await_calls(&self, n: usize, within: Duration) -> Vec<Call> {
        let enough =
            |calls: &[Call]| calls.iter().filter(|call| call.phase == Phase::Start).count() >= n;
        self.await_until(&format!("{n} calls"), within, enough).await
    }

    /// The same for any condition on the lines so far.
    pub async fn await_until(
        &self,
        what: &str,
        within: Duration,
        mut enough: impl FnMut(&[Call]) -> bool,
    ) -> Vec<Call> {
        let wait = async {
            loop {
                // Register before looking: a call between the look and the wait would be lost.
                let arrived = self.recorder.arrived.notified();
                tokio::pin!(arrived);
                arrived.as_mut().enable();
                let calls = self.calls();
                if enough(&calls) {
                    return calls;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(within, wait).await.unwrap_or_else(|_elapsed| {
            panic!("waited {within:?} in vain for {what}; came: {:#?}", self.calls())
        })
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
