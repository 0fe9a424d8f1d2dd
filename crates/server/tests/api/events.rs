//! Live events: what a listener is told, also after having been away, and when a stream ends.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{ADMIN_KEY, SOON, TestServer, invalid};

const EVENTS: &str = "/api/v1/events";

/// An open stream.
struct Listening {
    stream: TcpStream,
    /// What came and was not looked at yet.
    text: String,
    last_id: String,
}

impl Listening {
    async fn open(server: &TestServer, last_id: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(server.running.address()).await.unwrap();
        let last = last_id.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        let request =
            format!("GET {EVENTS} HTTP/1.1\r\nHost: x\r\nX-Api-Key: {ADMIN_KEY}\r\n{last}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut listening = Self { stream, text: String::new(), last_id: String::new() };
        let head = listening.until("\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        assert!(head.contains("cache-control: no-store"), "{head}");
        listening
    }

    /// Everything up to and with `end`. Chunk sizes stand on lines of their own, between events.
    async fn until(&mut self, end: &str) -> String {
        let reading = async {
            loop {
                if let Some(at) = self.text.find(end) {
                    let rest = self.text.split_off(at + end.len());
                    return std::mem::replace(&mut self.text, rest);
                }
                let mut bytes = [0; 4096];
                let n = self.stream.read(&mut bytes).await.unwrap();
                assert!(n > 0, "the stream has ended: {}", self.text);
                self.text.push_str(std::str::from_utf8(&bytes[..n]).unwrap());
            }
        };
        tokio::time::timeout(SOON, reading).await.unwrap_or_else(|_| panic!("no {end:?}"))
    }

    /// The next event's name and data.
    async fn next(&mut self) -> (String, Value) {
        loop {
            let frame = self.until("\n\n").await;
            let line = |name: &str| {
                let mut lines = frame.lines();
                lines.find_map(|line| line.strip_prefix(name)).map(str::to_owned)
            };
            self.last_id = line("id: ").unwrap_or_else(|| self.last_id.clone());
            if let (Some(event), Some(data)) = (line("event: "), line("data: ")) {
                return (event, serde_json::from_str(&data).unwrap());
            }
        }
    }

    /// Reads on until `wanted` says that this is the one.
    async fn find(&mut self, wanted: impl Fn(&str, &Value) -> bool) -> Value {
        loop {
            let (event, data) = self.next().await;
            if wanted(&event, &data) {
                return data;
            }
        }
    }
}

fn is_created(event: &str, data: &Value, job: &str) -> bool {
    event == "jobs" && data["change"] == "created" && data["jobIds"] == json!([job])
}

fn has_status(data: &Value, execution: &str, status: &str) -> bool {
    let executions = data["executions"].as_array().into_iter().flatten();
    let mut of_it = executions.filter(|one| one["id"] == execution);
    of_it.any(|one| one["status"] == status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_is_told_of_jobs_and_executions_and_misses_nothing_while_away() {
    let server = TestServer::start().await;
    let mut listening = Listening::open(&server, None).await;
    let job = server.job_id(json!({"name": "first"})).await;
    let created = listening.find(|event, data| is_created(event, data, &job)).await;
    assert_eq!((&created["changed"], &created["isComplete"]), (&json!(1), &json!(true)));
    let execution = server.trigger(&job).await;
    let done = |event: &str, data: &Value| {
        event == "executions" && has_status(data, &execution, "Succeeded")
    };
    let done = listening.find(done).await;
    assert_eq!(done["jobIds"], json!([job]));
    let last_id = listening.last_id.clone();
    drop(listening);

    let missed = server.job_id(json!({"name": "second"})).await;
    let mut again = Listening::open(&server, Some(&last_id)).await;
    let (event, data) = again.next().await;
    assert!(is_created(&event, &data, &missed), "{event} {data}");
    server.post_nothing(&format!("/api/v1/scheduler/jobs/{missed}/pause")).await.expect_status(200);
    let paused = again.find(|event, data| event == "jobs" && data["change"] == "paused").await;
    assert_eq!(paused["jobIds"], json!([missed]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_nowhere_is_refused_or_begins_anew() {
    let server = TestServer::start().await;
    let check = async |id: &str| {
        let client = server.viewer.clone().header("Last-Event-ID", id);
        invalid(&client.get(EVENTS).await.unwrap(), &["Last-Event-ID"]);
    };
    check("first").await;
    check("1").await;
    let mut listening = Listening::open(&server, Some("8000000000000000000-1")).await;
    assert_eq!(listening.next().await, ("reset".to_owned(), json!({})));
    let job = server.job_id(json!({})).await;
    listening.find(|event, data| is_created(event, data, &job)).await;
    server.anonymous.get(EVENTS).await.unwrap().expect_status(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_the_server_stops() {
    let server = TestServer::start().await;
    let mut listening = Listening::open(&server, None).await;
    listening.until("\n\n").await;
    let (stopped, read) = tokio::join!(
        tokio::time::timeout(SOON, server.running.stop(Duration::ZERO)),
        tokio::time::timeout(SOON, listening.stream.read_to_string(&mut listening.text)),
    );
    stopped.unwrap();
    read.unwrap().unwrap();
    assert!(listening.text.ends_with("0\r\n\r\n"), "ended, not broken off: {}", listening.text);
}
