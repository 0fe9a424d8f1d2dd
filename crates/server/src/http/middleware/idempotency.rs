//! `Idempotency-Key`: the same call twice is done once and answered twice (F26).
//!
//! | the first call | the same again | the key with another request |
//! |---|---|---|
//! | ended well | gets its answer | 422 |
//! | was refused (4xx) | is done | is done |
//! | made a job or an execution, and crashed | is done, or gets its answer | is done, or 422 |
//! | is under way, or set a state and its end is not known (5xx, crash) | 409 | 422 |
//!
//! What makes something keeps its answer in the transaction that makes it ([`OnceKey`]), so that
//! nothing is ever unknown about it. The others take their key before they begin.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use horarium_api::{FieldErrors, Problem, problem::ProblemKind};
use horarium_store::{Begun, CallKey, KeptAnswer};
use sha2::{Digest as _, Sha256};
use tracing::warn;

use super::body::read_body;
use crate::{
    auth::Principal,
    http::{
        App,
        extract::Row,
        once::{OnceKey, kept},
        refusal::Answer,
    },
};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const KEY_CHARS_MAX: usize = 255;
/// Operations that make something: doing one twice would make two, so its answer is kept in the
/// transaction that makes it. All others set a state.
const MAKERS: [&str; 8] = [
    "createJob",
    "triggerJob",
    "retryExecution",
    "createWorkflow",
    "triggerWorkflow",
    "retryWorkflowRun",
    "createSchedule",
    "runSchedule",
];

pub(super) async fn call(
    app: &App,
    principal: &Principal,
    request: Request,
    next: Next,
) -> Response {
    let key = match key(&request) {
        Ok(None) => return next.run(request).await,
        Ok(Some(key)) => key,
        Err(refusal) => return refusal.into_response(),
    };
    let is_maker = request.extensions().get::<Row>().is_some_and(|row| MAKERS.contains(&row.0.id));
    let called = async {
        let (call, request_hash, request) = hashed(app, principal, key, request).await?;
        if is_maker {
            make(app, call, request_hash, request, next).await
        } else {
            set(app, call, request_hash, request, next).await
        }
    };
    called.await.unwrap_or_else(IntoResponse::into_response)
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

/// Reads the body, which is part of what the key stands for.
async fn hashed(
    app: &App,
    principal: &Principal,
    key: String,
    request: Request,
) -> Answer<(CallKey, String, Request)> {
    let (head, body) = request.into_parts();
    let row = head.extensions.get::<Row>();
    let bytes_max = row.map_or(app.settings.body_bytes_max, |row| app.body_bytes_max(row.0));
    let bytes = read_body(body, bytes_max).await?;
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let request_hash = request_hash(head.method.as_str(), target, &bytes);
    let call = CallKey { principal: principal.subject(), key, begun_at: app.clock.now() };
    Ok((call, request_hash, Request::from_parts(head, Body::from(bytes))))
}

fn request_hash(method: &str, target: &str, body: &[u8]) -> String {
    let mut hasher = Sha256::new();
    for part in [method.as_bytes(), target.as_bytes(), body] {
        // The length in front: no two requests have the same text.
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    BASE64_URL_SAFE_NO_PAD.encode(hasher.finalize())
}

async fn make(
    app: &App,
    call: CallKey,
    request_hash: String,
    mut request: Request,
    next: Next,
) -> Answer {
    if let Some(response) = answered(app, &call, &request_hash).await? {
        return Ok(response);
    }
    request.extensions_mut().insert(OnceKey(Some((call.clone(), request_hash.clone()))));
    let response = next.run(request).await;
    if response.status() != StatusCode::CONFLICT {
        return Ok(response);
    }
    // Another with this key was quicker, and nothing of this one stands.
    Ok(answered(app, &call, &request_hash).await?.unwrap_or(response))
}

async fn answered(app: &App, call: &CallKey, request_hash: &str) -> Answer<Option<Response>> {
    let CallKey { principal, key, begun_at: _ } = call.clone();
    decided(app.store.kept_answer(principal, key, request_hash.to_owned()).await?)
}

async fn set(
    app: &App,
    call: CallKey,
    request_hash: String,
    request: Request,
    next: Next,
) -> Answer {
    if let Some(response) = decided(app.store.begin_call(call.clone(), request_hash).await?)? {
        return Ok(response);
    }
    close(app, call, next.run(request).await).await
}

/// `None`: the call is to be done.
fn decided(begun: Begun) -> Answer<Option<Response>> {
    match begun {
        Begun::Fresh => Ok(None),
        Begun::Replay(kept) => Ok(Some(replay(kept))),
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
    let (response, answer) = kept(response).await?;
    // The call did take effect: its caller is told so even when that could not be noted.
    if let Err(err) = app.store.finish_call(call, answer).await {
        warn!(error = %err, "keeping the answer to an Idempotency-Key failed");
    }
    Ok(response)
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
