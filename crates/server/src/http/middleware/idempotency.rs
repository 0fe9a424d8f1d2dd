//! `Idempotency-Key`: the same call twice is done once and answered twice (F26).
//!
//! | the first call | the same again | the key with another request |
//! |---|---|---|
//! | ended well | gets its answer | 422 |
//! | was refused (4xx) or could not be taken up | is done | is done |
//! | is under way, or its end is not known (5xx, crash) | 409 | 422 |
//!
//! The last row is what the key is for: whether such a call took effect nobody knows, and to do it
//! twice would be worse than to ask somebody to look.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use horarium_api::{FieldErrors, Problem, problem::ProblemKind};
use horarium_store::{Begun, CallKey, KeptAnswer};
use sha2::{Digest as _, Sha256};
use tracing::warn;

use super::body::read_body;
use crate::{
    auth::Principal,
    http::{
        App,
        refusal::{Answer, Refusal},
    },
};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const KEY_CHARS_MAX: usize = 255;
/// Longer answers than any of these operations gives are not kept.
const ANSWER_BYTES_MAX: usize = 4 << 20;
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

pub(super) async fn call(
    app: &App,
    principal: &Principal,
    request: Request,
    next: Next,
) -> Response {
    match key(&request) {
        Ok(None) => next.run(request).await,
        Ok(Some(key)) => {
            let called = call_once(app, principal, key, request, next).await;
            called.unwrap_or_else(|refusal| refusal.into_response())
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn key(request: &Request) -> Answer<Option<String>> {
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    if key.is_empty() || key.len() > KEY_CHARS_MAX || values.next().is_some() {
        let message = format!("must be given once, as 1 to {KEY_CHARS_MAX} ASCII characters");
        return Err(FieldErrors::one("Idempotency-Key", message).into());
    }
    Ok(Some(key.to_owned()))
}

async fn call_once(
    app: &App,
    principal: &Principal,
    key: String,
    request: Request,
    next: Next,
) -> Answer {
    let (head, body) = request.into_parts();
    let bytes = read_body(body, app.settings.body_bytes_max).await?;
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let request_hash = request_hash(head.method.as_str(), target, &bytes);
    let call = CallKey { principal: principal.subject(), key, begun_at: app.clock.now() };
    match app.store.begin_call(call.clone(), request_hash).await? {
        Begun::Fresh => {
            let response = next.run(Request::from_parts(head, Body::from(bytes))).await;
            close(app, call, response).await
        }
        Begun::Replay(kept) => Ok(replay(kept)),
        Begun::Mismatch => {
            let detail = "This Idempotency-Key was used with another request.";
            Err(Problem::new(ProblemKind::Unprocessable, detail).into())
        }
        Begun::InProgress => {
            let detail = "The first request with this Idempotency-Key has not ended.";
            let problem = Problem::new(ProblemKind::Conflict, detail);
            Err(Problem { retry_after_seconds: Some(1), ..problem }.into())
        }
    }
}

fn request_hash(method: &str, target: &str, body: &[u8]) -> String {
    let mut hasher = Sha256::new();
    for part in [method.as_bytes(), target.as_bytes(), body] {
        // The length in front: no two requests have the same text.
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps the answer of a call that ended well; gives the key of a refused one back.
async fn close(app: &App, call: CallKey, response: Response) -> Answer {
    let status = response.status();
    if status.is_client_error() {
        if let Err(err) = app.store.abandon_call(call).await {
            warn!(error = %err, "giving an Idempotency-Key back failed");
        }
        return Ok(response);
    }
    if status.is_server_error() {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, ANSWER_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| Refusal::from(Problem::internal()))?;
    let text = |name: &HeaderName| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
    let headers = KEPT_HEADERS.iter();
    let kept = KeptAnswer {
        status: status.as_u16(),
        headers: headers.filter_map(|name| Some((name.to_string(), text(name)?))).collect(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    // The call did take effect: its caller is told so even when that could not be noted.
    if let Err(err) = app.store.finish_call(call, kept).await {
        warn!(error = %err, "keeping the answer to an Idempotency-Key failed");
    }
    Ok(Response::from_parts(head, Body::from(bytes)))
}

fn replay(kept: KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(kept.body));
    *response.status_mut() = StatusCode::from_u16(kept.status).unwrap_or_default();
    for (name, value) in kept.headers {
        let pair = (HeaderName::try_from(name), HeaderValue::try_from(value));
        if let (Ok(name), Ok(value)) = pair {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
