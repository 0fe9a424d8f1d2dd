//! Around everything: a request's id, its bounds in size and time, and the last word on its answer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tracing::{Instrument as _, debug, debug_span, warn};
use uuid::Uuid;

use super::{headers, limits, panics, problems};
use crate::http::{
    App,
    refusal::{Refusal, unavailable},
};

/// Longest time an answer may take.
pub(crate) const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the edge keeps of a request while others have it.
struct Seen {
    id: String,
    method: Method,
    path: String,
    began: Instant,
}

pub(crate) async fn edge(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let seen = Seen {
        id: Uuid::now_v7().to_string(),
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        began: Instant::now(),
    };
    let span = debug_span!("request", id = %seen.id);
    let mut response = match limits::check(&request) {
        Ok(()) => timed(panics::caught(next.run(request))).instrument(span).await,
        Err(refusal) => refusal.into_response(),
    };
    problems::finish(&mut response, &seen.path, &seen.id, app.clock.now());
    headers::add(response.headers_mut(), &seen.path);
    if let Ok(id) = HeaderValue::from_str(&seen.id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    record(&app, &seen, &response);
    response
}

/// What is under way in the database goes on; its caller is told to ask again.
async fn timed(answer: impl Future<Output = Response>) -> Response {
    let Ok(response) = tokio::time::timeout(REQUEST_TIME_MAX, answer).await else {
        let seconds = REQUEST_TIME_MAX.as_secs();
        warn!("answering 503: no answer within {seconds} s");
        let detail = format!("There was no answer within {seconds} s.");
        return Refusal::from(unavailable(&detail)).into_response();
    };
    response
}

fn record(app: &App, seen: &Seen, response: &Response) {
    let status = response.status().as_u16();
    app.metrics.answered(status);
    let elapsed_us = seen.began.elapsed().as_micros();
    let Seen { id, method, path, began: _ } = seen;
    debug!(request.id = %id, %method, path, status, elapsed_us, "{method} {path}: {status}");
}
