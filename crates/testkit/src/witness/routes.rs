//! How the witness answers: well, badly, late, endlessly, or not at all.
//!
//! | path | answer |
//! |------|--------|
//! | `/ok` | 200 `ok` |
//! | `/status/{code}` | that status |
//! | `/fail-times/{key}/{n}` | 500 to the first `n` calls with `key`, then 200 |
//! | `/slow/{ms}` | 200 after `ms`, at most 10 min; the log gets a line at start and one at end |
//! | `/hang` | nothing for 10 min, then 504 |
//! | `/drip` | 200, then a byte a second for 10 min |
//! | `/flood/{bytes}` | 200 and that many bytes, chunked |
//! | `/redirect?to=URL` | 302 |
//! | `/echo` | 200, JSON of `method`, `path`, `query`, `headers`, `body` |
//! | `/close` | the connection is closed without an answer |
//! | `/break` | 200, half a body, then the connection is closed |

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::any;
use futures_util::stream;
use serde_json::json;

use super::Call;
use super::recorder::Recorder;

const WAIT_MAX: Duration = Duration::from_mins(10);
const REQUEST_BYTES_MAX: usize = 64 << 20;
const FLOOD_CHUNK_BYTES: usize = 64 << 10;
const FAIL_KEYS_MAX: usize = 100_000;

type FailsByKey = Arc<Mutex<HashMap<String, u32>>>;

pub(super) fn routes(recorder: Arc<Recorder>) -> Router {
    Router::new()
        .route("/ok", any(async || "ok"))
        .route("/status/{code}", any(status))
        .route("/fail-times/{key}/{n}", any(fail_times))
        .route("/slow/{ms}", any(slow))
        .route("/hang", any(hang))
        .route("/drip", any(drip))
        .route("/flood/{bytes}", any(flood))
        .route("/redirect", any(redirect))
        .route("/echo", any(echo))
        .route("/close", any(close))
        .route("/break", any(break_off))
        .layer(from_fn_with_state(recorder.clone(), record))
        .layer(Extension(recorder))
        .with_state(FailsByKey::default())
}

/// Every call is taken down before anything else happens, also one that no route knows.
async fn record(State(recorder): State<Arc<Recorder>>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = match to_bytes(body, REQUEST_BYTES_MAX).await {
        Ok(body) => body,
        Err(cause) => return (StatusCode::BAD_REQUEST, cause.to_string()).into_response(),
    };
    match recorder.started(&head, &body).await {
        Ok(call) => {
            let mut request = Request::from_parts(head, Body::from(body));
            request.extensions_mut().insert(call);
            next.run(request).await
        }
        Err(cause) => unwritten(&cause),
    }
}

fn unwritten(cause: &io::Error) -> Response {
    eprintln!("the witness could not write its log: {cause}");
    (StatusCode::INTERNAL_SERVER_ERROR, format!("the witness could not write: {cause}"))
        .into_response()
}

async fn status(Path(code): Path<u16>) -> Response {
    match StatusCode::from_u16(code) {
        Ok(code) => (code, format!("status {code}")).into_response(),
        Err(_) => (StatusCode::BAD_REQUEST, "no such status").into_response(),
    }
}

async fn fail_times(
    State(fails): State<FailsByKey>,
    Path((key, n)): Path<(String, u32)>,
) -> Response {
    let mut fails = fails.lock().unwrap_or_else(PoisonError::into_inner);
    if fails.len() >= FAIL_KEYS_MAX && !fails.contains_key(&key) {
        return (StatusCode::INSUFFICIENT_STORAGE, "too many keys").into_response();
    }
    let n_calls = fails.entry(key).or_default();
    *n_calls = n_calls.saturating_add(1);
    if *n_calls <= n {
        let text = format!("failure {n_calls} of {n}");
        return (StatusCode::INTERNAL_SERVER_ERROR, text).into_response();
    }
    format!("call {n_calls} after {n} failures").into_response()
}

async fn slow(
    Extension(recorder): Extension<Arc<Recorder>>,
    Extension(call): Extension<Call>,
    Path(ms): Path<u64>,
) -> Response {
    tokio::time::sleep(Duration::from_millis(ms).min(WAIT_MAX)).await;
    match recorder.ended(call).await {
        Ok(()) => format!("after {ms} ms").into_response(),
        Err(cause) => unwritten(&cause),
    }
}

async fn hang() -> StatusCode {
    tokio::time::sleep(WAIT_MAX).await;
    StatusCode::GATEWAY_TIMEOUT
}

async fn drip() -> Body {
    let drops = stream::unfold(WAIT_MAX.as_secs(), async |left| {
        let left = left.checked_sub(1)?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, io::Error>("."), left))
    });
    Body::from_stream(Box::pin(drops))
}

async fn flood(Path(bytes): Path<u64>) -> Body {
    let chunk = Bytes::from(vec![b'x'; FLOOD_CHUNK_BYTES]);
    let chunks = stream::unfold(bytes, move |left| {
        let size = FLOOD_CHUNK_BYTES.min(usize::try_from(left).unwrap_or(usize::MAX));
        let next =
            (size > 0).then(|| (Ok::<_, io::Error>(chunk.slice(..size)), left - size as u64));
        std::future::ready(next)
    });
    Body::from_stream(chunks)
}

async fn redirect(Query(query): Query<HashMap<String, String>>) -> Response {
    match query.get("to") {
        Some(to) => (StatusCode::FOUND, [(header::LOCATION, to.clone())]).into_response(),
        None => (StatusCode::BAD_REQUEST, "to is missing").into_response(),
    }
}

async fn echo(Extension(call): Extension<Call>, body: Bytes) -> Json<serde_json::Value> {
    let Call { method, path, query, headers, .. } = call;
    let body = String::from_utf8_lossy(&body);
    Json(
        json!({ "method": method, "path": path, "query": query, "headers": headers, "body": body }),
    )
}

/// Unwinds the connection's task, which closes its socket. Unlike `panic!` it prints nothing.
async fn close() -> StatusCode {
    std::panic::resume_unwind(Box::new("closed on request"))
}

async fn break_off() -> Response {
    let parts = [Ok("half a bo"), Err(io::Error::other("broken off on request"))];
    ([(header::CONTENT_LENGTH, "18")], Body::from_stream(stream::iter(parts))).into_response()
}
