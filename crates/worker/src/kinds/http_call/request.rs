//! The request of an HTTP call: made from a job's configuration, changed by redirects.

use std::fmt;

use bytes::Bytes;
use horarium_api::{
    configuration::{HttpCallConfiguration, is_settable_header},
    time::instant_text,
};
use reqwest::{
    Client, Method, RequestBuilder, StatusCode, Url,
    header::{
        ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
    },
};

use crate::{Assignment, egress::Refusal};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const JOB: HeaderName = HeaderName::from_static("x-horarium-job");
const EXECUTION: HeaderName = HeaderName::from_static("x-horarium-execution");
const ATTEMPT: HeaderName = HeaderName::from_static("x-horarium-attempt");
const SCHEDULED_FOR: HeaderName = HeaderName::from_static("x-horarium-scheduled-for");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// A job's own headers that go along to another origin. Any other may be a secret of the first one.
const TRAVELLERS: [HeaderName; 5] =
    [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, USER_AGENT, TRACEPARENT];
/// Path of a URL in an error text.
const PATH_CHARS_MAX: usize = 200;

/// The next request to make. Displays as `calling POST http://example.com/path`, without user
/// name, password and query, which may be secrets.
#[derive(Debug)]
pub(super) struct Outbound {
    method: Method,
    url: Url,
    own_headers: HeaderMap,
    job_headers: HeaderMap,
    body: Option<Bytes>,
    pub(super) n_redirects: u8,
}

/// Why a configuration makes no request. Header values stay out of it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unsendable {
    #[error("reading jobConfiguration.url: {0}")]
    Url(url::ParseError),
    #[error("reading jobConfiguration.method: `{0}` is not an HTTP method")]
    Method(String),
    #[error("reading jobConfiguration.headers: `{0}` is set by the scheduler itself")]
    OwnHeader(String),
    #[error("reading jobConfiguration.headers: HTTP does not allow the name `{0}`")]
    HeaderName(String),
    #[error(
        "reading jobConfiguration.headers: the value of `{0}` has a line break or another control \
         character"
    )]
    HeaderValue(String),
}

/// Why a redirect is not followed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Misdirected {
    #[error("redirected to what is not a URL: {0}")]
    Url(url::ParseError),
    #[error("redirected: {0}")]
    Refused(Refusal),
}

impl Outbound {
    pub(super) fn prepare(
        call: &HttpCallConfiguration,
        assignment: &Assignment,
    ) -> Result<Self, Unsendable> {
        let url = Url::parse(call.url.trim()).map_err(Unsendable::Url)?;
        let method = Method::from_bytes(call.method.as_bytes())
            .map_err(|_| Unsendable::Method(call.method.clone()))?;
        let mut job_headers = job_headers(call)?;
        let body = call.body.as_ref().filter(|body| !body.trim().is_empty());
        if body.is_some() && !job_headers.contains_key(CONTENT_TYPE) {
            let json = HeaderValue::from_static("application/json; charset=utf-8");
            job_headers.insert(CONTENT_TYPE, json);
        }
        Ok(Self {
            method,
            url,
            own_headers: own_headers(assignment),
            job_headers,
            body: body.map(|body| Bytes::copy_from_slice(body.as_bytes())),
            n_redirects: 0,
        })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn request(&self, client: &Client) -> RequestBuilder {
        let mut headers = self.own_headers.clone();
        for (name, value) in &self.job_headers {
            headers.insert(name, value.clone());
        }
        let request = client.request(self.method.clone(), self.url.clone()).headers(headers);
        match &self.body {
            Some(body) => request.body(body.clone()),
            None => request,
        }
    }

    /// Becomes the request that `status` and its `Location` ask for (RFC 9110 §15.4).
    pub(super) fn redirect(
        &mut self,
        status: StatusCode,
        location: &[u8],
    ) -> Result<(), Misdirected> {
        let location = String::from_utf8_lossy(location);
        let mut next = self.url.join(&location).map_err(Misdirected::Url)?;
        let scheme = |next: &Url| Misdirected::Refused(Refusal::Scheme(next.scheme().to_owned()));
        if !matches!(next.scheme(), "http" | "https") {
            return Err(scheme(&next));
        }
        // A password is the job's to give, not the receiver's.
        let is_same_origin = next.origin() == self.url.origin();
        let (user, password) =
            if is_same_origin { (self.url.username(), self.url.password()) } else { ("", None) };
        next.set_username(user).map_err(|()| scheme(&next))?;
        next.set_password(password).map_err(|()| scheme(&next))?;
        if !is_same_origin {
            self.job_headers = travellers(&mut self.job_headers);
        }
        let is_get_now = match status {
            StatusCode::SEE_OTHER => self.method != Method::HEAD,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method == Method::POST,
            _ => false,
        };
        if is_get_now {
            self.method = Method::GET;
            self.body = None;
            self.job_headers.remove(CONTENT_TYPE);
        }
        self.url = next;
        self.n_redirects += 1;
        Ok(())
    }
}

impl fmt::Display for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = self.url.origin().ascii_serialization();
        let path = self.url.path();
        let shown = &path[..path.floor_char_boundary(PATH_CHARS_MAX)];
        let more = if shown.len() < path.len() { "…" } else { "" };
        write!(f, "calling {} {origin}{shown}{more}", self.method)
    }
}

/// By these a receiver knows the attempt: all but the number stay the same when it is retried.
fn own_headers(assignment: &Assignment) -> HeaderMap {
    let execution = assignment.execution_id;
    let own = [
        (IDEMPOTENCY_KEY, execution.to_string()),
        (JOB, assignment.job_id.to_string()),
        (EXECUTION, execution.to_string()),
        (ATTEMPT, assignment.attempt.to_string()),
        (TRACEPARENT, traceparent(assignment)),
        (USER_AGENT, format!("Horarium/{}", env!("CARGO_PKG_VERSION"))),
    ];
    let due = assignment.due_at.map(|due_at| (SCHEDULED_FOR, instant_text(due_at)));
    let value = |text| HeaderValue::try_from(text).expect("ids, numbers and instants are ASCII");
    own.into_iter().chain(due).map(|(name, text)| (name, value(text))).collect()
}

/// W3C trace context: the execution is the trace, the attempt the span. A span is never zero.
fn traceparent(assignment: &Assignment) -> String {
    format!("00-{}-{:016x}-01", assignment.execution_id.0.simple(), assignment.attempt.max(1))
}

fn job_headers(call: &HttpCallConfiguration) -> Result<HeaderMap, Unsendable> {
    let mut headers = HeaderMap::new();
    for (name, value) in &call.headers {
        if !is_settable_header(name) {
            return Err(Unsendable::OwnHeader(name.clone()));
        }
        let header_name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Unsendable::HeaderName(name.clone()))?;
        let mut value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| Unsendable::HeaderValue(name.clone()))?;
        value.set_sensitive(true);
        headers.insert(header_name, value);
    }
    Ok(headers)
}

fn travellers(headers: &mut HeaderMap) -> HeaderMap {
    let travel = |name: HeaderName| headers.remove(&name).map(|value| (name, value));
    TRAVELLERS.into_iter().filter_map(travel).collect()
}
