//! A small HTTP/1.1 client for black-box tests: one connection per request, JSON in and out.
//!
//! Not the server's own client library, on purpose: a mistake the two share would stay unseen.

mod answer;

use std::io;
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub use answer::Answer;

/// Longer answers are an error: no test asks for more.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// ```no_run
/// # use horarium_testkit::Client;
/// # async fn example() -> std::io::Result<()> {
/// let client = Client::new("http://127.0.0.1:8080").api_key("hk_…");
/// let created = client.post("/api/v1/jobs", &serde_json::json!({ "name": "backup" })).await?;
/// assert_eq!(created.status, 201);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    /// `127.0.0.1:8080`.
    authority: String,
    /// What every path begins with; mostly nothing.
    prefix: String,
    headers: Vec<(String, String)>,
    timeout: Duration,
}

impl Client {
    /// `base` is `http://host:port`, or with a path that is put before every other.
    pub fn new(base: &str) -> Self {
        let rest = base
            .strip_prefix("http://")
            .unwrap_or_else(|| panic!("`{base}`: this client speaks http:// only"));
        let (authority, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = match prefix.trim_end_matches('/') {
            "" => String::new(),
            path => format!("/{path}"),
        };
        let timeout = Duration::from_secs(30);
        Self { authority: authority.to_owned(), prefix, headers: Vec::new(), timeout }
    }

    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    #[must_use]
    pub fn api_key(self, key: &str) -> Self {
        self.header("X-Api-Key", key)
    }

    /// Sent with every request. A name given twice is sent twice.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// For the whole of a request; 30 s otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub async fn get(&self, path: &str) -> io::Result<Answer> {
        self.send("GET", path, None).await
    }

    pub async fn delete(&self, path: &str) -> io::Result<Answer> {
        self.send("DELETE", path, None).await
    }

    pub async fn post(&self, path: &str, json: &impl Serialize) -> io::Result<Answer> {
        self.send_json("POST", path, json).await
    }

    pub async fn put(&self, path: &str, json: &impl Serialize) -> io::Result<Answer> {
        self.send_json("PUT", path, json).await
    }

    pub async fn patch(&self, path: &str, json: &impl Serialize) -> io::Result<Answer> {
        self.send_json("PATCH", path, json).await
    }

    async fn send_json(
        &self,
        method: &str,
        path: &str,
        json: &impl Serialize,
    ) -> io::Result<Answer> {
        let body = serde_json::to_vec(json)?;
        self.send(method, path, Some(("application/json", &body))).await
    }

    /// Any method, and any body with its content type. An answer that breaks off is an error: whether the
    /// server acted is then unknown.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<(&str, &[u8])>,
    ) -> io::Result<Answer> {
        let request = self.request(method, path, body);
        let exchange = exchange(&self.authority, &request);
        let bytes = tokio::time::timeout(self.timeout, exchange).await.map_err(|_elapsed| {
            let text = format!("{method} {path}: no answer within {:?}", self.timeout);
            io::Error::new(io::ErrorKind::TimedOut, text)
        })??;
        Answer::parse(&bytes, method == "HEAD")
            .map_err(|cause| io::Error::new(cause.kind(), format!("{method} {path}: {cause}")))
    }

    fn request(&self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> Vec<u8> {
        let (content_type, body) = body.unwrap_or_default();
        let mut lines = vec![
            format!("{method} {}{path} HTTP/1.1", self.prefix),
            format!("Host: {}", self.authority),
            "Connection: close".to_owned(),
        ];
        lines.extend(self.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        if !content_type.is_empty() {
            lines.push(format!("Content-Type: {content_type}"));
        }
        if !matches!(method, "GET" | "HEAD") || !body.is_empty() {
            lines.push(format!("Content-Length: {}", body.len()));
        }
        [lines.join("\r\n").as_bytes(), b"\r\n\r\n", body].concat()
    }
}

/// Everything the server says until it closes. Bytes that came before a reset are kept: a server that
/// refuses a long body answers and closes while we still write.
async fn exchange(authority: &str, request: &[u8]) -> io::Result<Vec<u8>> {
    let stream = TcpStream::connect(authority).await?;
    let (reader, mut writer) = stream.into_split();
    let mut answer = Vec::new();
    let mut bounded = reader.take(ANSWER_BYTES_MAX as u64 + 1);
    let (written, read) = tokio::join!(writer.write_all(request), bounded.read_to_end(&mut answer));
    if answer.len() > ANSWER_BYTES_MAX {
        return Err(io::Error::other(format!("the answer is over {ANSWER_BYTES_MAX} bytes")));
    }
    if answer.is_empty() {
        written?;
        read?;
    }
    Ok(answer)
}
