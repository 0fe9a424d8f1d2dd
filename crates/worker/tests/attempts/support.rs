//! Targets on 127.0.0.1 that speak raw HTTP/1.1, and attempts to run against them.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use horarium_core::{ExecutionId, JobId, JobType};
use horarium_worker::{
    Assignment, Attempted, EgressGuard, EgressPolicy, Ending, Handlers, HttpCall, HttpCallLimits,
    Kinds, Runner, RunnerSettings, Stop,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server that records what it was sent.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Target {
    /// Gives each connection to `speak`, with what records a request.
    pub(crate) async fn speaking<F, S>(speak: S) -> Self
    where
        S: Fn(Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&requests);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(speak(Connection { stream, requests: Arc::clone(&recorded) }));
            }
        });
        Self { address, requests }
    }

    /// Answers every request with what `answer` makes of it.
    pub(crate) async fn answering(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        Self::speaking(move |mut connection| {
            let answer = Arc::clone(&answer);
            async move {
                while let Some(request) = connection.request().await {
                    connection.send(&answer(&request)).await;
                }
            }
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The only request there was.
    pub(crate) fn request(&self) -> String {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }
}

pub(crate) struct Connection {
    stream: TcpStream,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Connection {
    /// Head and body of the next request; `None` when the other side closed.
    pub(crate) async fn request(&mut self) -> Option<String> {
        let mut request = Vec::new();
        while !is_whole(&request) {
            let mut byte = [0];
            match self.stream.read(&mut byte).await {
                Ok(1) => request.push(byte[0]),
                _ => return None,
            }
        }
        let request = String::from_utf8_lossy(&request).into_owned();
        self.requests.lock().unwrap().push(request.clone());
        Some(request)
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.try_send(text.as_bytes()).await.unwrap();
    }

    pub(crate) async fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Waits until the other side has closed.
    pub(crate) async fn closed(&mut self) {
        while !matches!(self.stream.read(&mut [0]).await, Ok(0) | Err(_)) {}
    }

    /// Closes with RST.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.map_or(0, |length| length.parse().unwrap()) <= body.len()
}

/// The value of a header in a recorded request.
pub(crate) fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = request.lines().take_while(|line| !line.is_empty());
    lines.find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}

pub(crate) fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

pub(crate) fn redirect(status: &str, location: &str) -> String {
    format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
}

pub(crate) const EXECUTION_ID: &str = "0198c0de-0000-7000-8000-0000000000e1";
pub(crate) const JOB_ID: &str = "0198c0de-0000-7000-8000-0000000000b1";

pub(crate) fn assignment(job_type: JobType, configuration: Value) -> Assignment {
    Assignment {
        execution_id: EXECUTION_ID.parse::<ExecutionId>().unwrap(),
        job_id: JOB_ID.parse::<JobId>().unwrap(),
        job_name: "nightly".to_owned(),
        created_by: Some("a@example.com".to_owned()),
        job_type,
        configuration,
        attempt: 2,
        due_at: Some("2026-01-31T09:00:00Z".parse().unwrap()),
        now: "2026-01-31T09:00:01Z".parse().unwrap(),
        timeout: Duration::from_secs(20),
    }
}

pub(crate) fn http(configuration: Value) -> Assignment {
    assignment(JobType::HttpCall, configuration)
}

pub(crate) fn code(handler_type: &str) -> Assignment {
    assignment(JobType::CodeExecution, json!({ "handlerType": handler_type }))
}

pub(crate) fn internal() -> EgressGuard {
    EgressGuard::new(EgressPolicy::Internal, vec![])
}

pub(crate) fn limits() -> HttpCallLimits {
    HttpCallLimits::default()
}

pub(crate) fn runner_with(http_call: HttpCall, handlers: Handlers) -> Runner {
    let settings = RunnerSettings { machine_name: "node-1".to_owned(), ..Default::default() };
    Runner::new(Kinds::builtin(http_call, handlers), settings)
}

pub(crate) fn runner() -> Runner {
    runner_with(HttpCall::new(internal(), limits()), Handlers::builtin())
}

pub(crate) async fn run(assignment: Assignment) -> Attempted {
    runner().run(assignment, Stop::new()).await
}

/// The error text of an attempt that did not succeed.
pub(crate) fn error(attempted: &Attempted) -> &str {
    match &attempted.ending {
        Ending::Failed { error, .. } | Ending::TimedOut { error } => error,
        Ending::Succeeded | Ending::Warned { .. } | Ending::Cancelled | Ending::Interrupted => {
            panic!("no error: {attempted:?}")
        }
    }
}
