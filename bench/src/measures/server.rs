//! The whole server, asked over HTTP: making jobs, and starting with much stored.

use std::time::{Duration, Instant};

use horarium_core::job::{ScheduleDraft, ScheduleType};
use horarium_server::{
    Running, Server,
    settings::{Secret, Settings},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::enqueue_all;
use crate::{rig::Rig, table::percentiles};

const ADMIN_KEY: &str =
    "hor_0123456789abcdef0123456789abcdef_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const CLIENTS: usize = 64;
/// Jobs that stand in the database when the server starts.
const JOBS_STORED: usize = 100_000;

/// Sixty-four clients make n jobs, one a request.
pub(super) async fn rest(rig: Rig, n: usize) -> String {
    let running = start(&rig).await;
    let request = post("/api/v1/scheduler/jobs");
    let since = Instant::now();
    let clients = (0..CLIENTS).map(|_| {
        let (address, request) = (running.address(), request.clone());
        tokio::spawn(async move {
            let mut connection = TcpStream::connect(address).await.expect("connected");
            connection.set_nodelay(true).expect("no delay");
            let mut times_ms = Vec::with_capacity(n / CLIENTS);
            for _ in 0..n / CLIENTS {
                let since = Instant::now();
                let status = ask(&mut connection, &request).await;
                assert_eq!(status, 201, "a job was not made");
                times_ms.push(since.elapsed().as_secs_f64() * 1_000.0);
            }
            times_ms
        })
    });
    let mut times_ms = Vec::with_capacity(n);
    for client in clients.collect::<Vec<_>>() {
        times_ms.extend(client.await.expect("no panic"));
    }
    let per_second = times_ms.len() as f64 / since.elapsed().as_secs_f64();
    running.stop(Duration::from_secs(5)).await;
    format!("{per_second:.0} jobs made/s by {CLIENTS} clients, {}", percentiles(times_ms))
}

/// From nothing to the first answer of a server with 100,000 jobs and n executions stored.
pub(super) async fn starting(rig: Rig, n: usize) -> String {
    let monthly = (0..JOBS_STORED).map(|index| ScheduleDraft {
        schedule_type: Some(ScheduleType::Cron),
        expression: Some(format!("{} {} 29 2 *", index % 60, index / 60 % 24)),
        ..ScheduleDraft::default()
    });
    rig.insert(monthly.collect()).await;
    let job = rig.manual_job().await;
    // They run and end first: the server is to find history, not work.
    enqueue_all(&rig, job, n).await;
    let engine = rig.engine().await;
    rig.starts.reached(n).await;
    engine.stop(Duration::from_secs(30)).await;
    let since = Instant::now();
    let running = start(&rig).await;
    let mut connection = TcpStream::connect(running.address()).await.expect("connected");
    let status = ask(&mut connection, &get("/readyz")).await;
    let ready = since.elapsed();
    running.stop(Duration::from_secs(5)).await;
    format!("ready after {:.0} ms (status {status})", ready.as_secs_f64() * 1_000.0)
}

/// A server on the rig's database, which lets go of it.
async fn start(rig: &Rig) -> Running {
    rig.store.close().await;
    let mut settings = Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: rig.directory.join("data"),
        database_url: Some(rig.url.clone()),
        ..Settings::default()
    };
    settings.bootstrap.api_key = Some(Secret::new(ADMIN_KEY));
    Server::start(settings).await.expect("a server")
}

fn post(path: &str) -> String {
    let job = json!({
        "name": "Sync inventory feed", "jobType": "HttpCall", "scheduleType": "Cron",
        "scheduleExpression": "0 3 * * *", "timezone": "Europe/Berlin",
        "jobConfiguration": {"url": "http://127.0.0.1:9/inventory", "method": "POST"}
    })
    .to_string();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nx-api-key: {ADMIN_KEY}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{job}",
        job.len()
    )
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

/// Sends a request and reads its whole answer; the answer's status.
async fn ask(connection: &mut TcpStream, request: &str) -> u16 {
    connection.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::with_capacity(4_096);
    loop {
        let n_read = connection.read_buf(&mut answer).await.expect("read");
        assert!(n_read > 0, "the server closed the connection");
        if let Some(status) = whole(&answer) {
            return status;
        }
    }
}

/// The status of an answer that has arrived in full.
fn whole(answer: &[u8]) -> Option<u16> {
    let head_bytes = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..head_bytes]).ok()?.to_ascii_lowercase();
    let body_bytes = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let body_bytes: usize = body_bytes.map_or(Ok(0), str::parse).ok()?;
    let status = head.split_ascii_whitespace().nth(1)?.parse().ok()?;
    (answer.len() >= head_bytes + body_bytes).then_some(status)
}
