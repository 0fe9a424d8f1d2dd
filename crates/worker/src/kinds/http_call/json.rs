//! One call with a JSON answer, under the same guard and from the same connections as a job's.

use std::str::FromStr;

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;
use url::Url;

use super::{HttpCall, failure};
use crate::dial::{DIAL, Dial};

/// Longest answer that is read.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// Of an answer that is no success, so much is shown.
const SHOWN_CHARS_MAX: usize = 300;

/// Why there is no answer to go on with.
#[derive(Debug)]
pub(crate) struct Unanswered {
    pub(crate) text: String,
    /// The status, when there was an answer at all.
    pub(crate) status: Option<u16>,
    /// Whether the other side may have done what it was asked.
    pub(crate) may_be_done: bool,
}

impl HttpCall {
    /// Calls `url` and reads the JSON of a 2xx answer; an empty one is null.
    pub(crate) async fn json(
        &self,
        method: Method,
        url: &str,
        headers: &[(String, String)],
    ) -> Result<Value, Unanswered> {
        let what = format!("{method} {}", shown(url));
        let refused = |text: String| Unanswered {
            text: format!("{what}: {text}"),
            status: None,
            may_be_done: false,
        };
        let url = Url::parse(url).map_err(|error| refused(error.to_string()))?;
        self.guard.check_url(&url).map_err(|refusal| refused(refusal.to_string()))?;
        if let (Some(cause), "https") = (&self.tls_missing, url.scheme()) {
            return Err(refused(format!("preparing TLS: {cause}")));
        }
        let headers = header_map(headers).map_err(refused)?;
        let dial = Dial {
            port: url.port_or_known_default().unwrap_or_default(),
            limit: self.limits.connect,
        };
        let request = self.client.request(method, url).headers(headers);
        let sending = request.timeout(self.limits.total).send();
        let response = DIAL.scope(dial, sending).await.map_err(|error| Unanswered {
            text: format!("{what}: {}", failure::cause(&error)),
            status: None,
            may_be_done: !error.is_connect(),
        })?;
        let status = response.status();
        let read = read(response).await;
        if !status.is_success() {
            let said = read.map(|bytes| said(&bytes)).unwrap_or_default();
            return Err(Unanswered {
                text: format!("{what}: answered {status}{said}"),
                status: Some(status.as_u16()),
                // A proxy may have lost what the server behind it answered.
                may_be_done: status.is_server_error(),
            });
        }
        let unread = |text: String| Unanswered {
            text: format!("{what}: reading the answer: {text}"),
            status: None,
            may_be_done: true,
        };
        match read {
            Ok(bytes) if bytes.is_empty() => Ok(Value::Null),
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unread(error.to_string())),
            Err(error) => Err(unread(error)),
        }
    }
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, String> {
    let pair = |(name, value): &(String, String)| {
        let known = HeaderName::from_str(name).map_err(|_| format!("`{name}` is no header"))?;
        let mut value =
            HeaderValue::from_str(value).map_err(|_| format!("the value of header `{name}`"))?;
        value.set_sensitive(true);
        Ok((known, value))
    };
    headers.iter().map(pair).collect()
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::cause(&error))? {
        if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(format!("it is longer than {ANSWER_BYTES_MAX} bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The message in an error body, as a JIM and many others write it.
fn said(bytes: &[u8]) -> String {
    let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let message = ["/message", "/detail", "/title", "/error"]
        .into_iter()
        .find_map(|at| body.pointer(at)?.as_str().filter(|text| !text.is_empty()));
    match message {
        Some(text) => format!(": {}", text.chars().take(SHOWN_CHARS_MAX).collect::<String>()),
        None => String::new(),
    }
}

/// Without what may be a secret.
fn shown(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}
