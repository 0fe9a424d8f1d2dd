//! Live events, as a stream of text.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use horarium_api::{FieldErrors, events::LAST_EVENT_ID_HEADER};
use horarium_store::Position;

use crate::{
    events::{Listener, stream},
    http::{
        App,
        extract::Caller,
        refusal::{Answer, unavailable},
    },
};

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
/// Asks nginx and its like not to collect what should be passed on at once.
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(crate) async fn listen(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    headers: HeaderMap,
) -> Answer {
    let position = match last_seen(&headers)? {
        Some(position) => position,
        None => app.store.events_end().await?,
    };
    let full = || unavailable("Too many clients listen to events.");
    let listener = Listener {
        room: app.events.enter().ok_or_else(full)?,
        events: Arc::clone(&app.events),
        auth: Arc::clone(&app.auth),
        clock: app.clock.clone(),
        headers,
        role: caller.role,
        position,
        closing: app.closing(),
    };
    let mut response = Response::new(Body::from_stream(stream(listener)));
    response.headers_mut().insert(header::CONTENT_TYPE, EVENT_STREAM);
    response.headers_mut().insert(NO_BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}

fn last_seen(headers: &HeaderMap) -> Answer<Option<Position>> {
    let Some(value) = headers.get(LAST_EVENT_ID_HEADER) else { return Ok(None) };
    let position = value.to_str().ok().and_then(|text| text.parse().ok());
    let wrong = || FieldErrors::one(LAST_EVENT_ID_HEADER, "must be the id of an event");
    position.map(Some).ok_or_else(|| wrong().into())
}
