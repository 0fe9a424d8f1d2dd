//! Answers that are no problems.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use horarium_api::enum_format::{EnumFormat, NumberEnums, render};
use horarium_core::{ExecutionId, RunId};
use serde::Serialize;

use super::refusal::Answer;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// 200 with a body whose enums may stand as numbers.
pub(super) fn rendered<T: NumberEnums>(answer: &T, format: EnumFormat) -> Response {
    json_bytes(StatusCode::OK, render(answer, format))
}

/// A body of our own types.
pub(super) fn json<T: Serialize>(status: StatusCode, answer: &T) -> Answer {
    let bytes = serde_json::to_vec(answer);
    let bytes = bytes.map_err(|err| {
        tracing::error!(error = %err, "answering 500: writing JSON");
        horarium_api::Problem::internal()
    })?;
    Ok(json_bytes(status, bytes))
}

pub(super) fn json_bytes(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

/// A status and nothing else.
pub(super) fn empty(status: StatusCode) -> Response {
    status.into_response()
}

/// 202 for an execution that was queued: its id, and where to look at it.
pub(super) fn queued(id: ExecutionId) -> Response {
    let mut response = json_bytes(StatusCode::ACCEPTED, format!("\"{id}\"").into_bytes());
    locate(&mut response, &format!("/api/v1/scheduler/executions/{id}"));
    response
}

/// 202 for a run of a workflow that was made: its id, and where to look at it.
pub(super) fn run_made(id: RunId) -> Response {
    let mut response = json_bytes(StatusCode::ACCEPTED, format!("\"{id}\"").into_bytes());
    locate(&mut response, &format!("/api/v1/scheduler/workflow-runs/{id}"));
    response
}

pub(super) fn locate(response: &mut Response, path: &str) {
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, path);
    }
}

/// The `ETag` of a job: the version of its definition.
pub(super) fn tag(response: &mut Response, version: i64) {
    if let Ok(tag) = HeaderValue::from_str(&etag(version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
}

pub(super) fn etag(version: i64) -> String {
    format!("\"v{version}\"")
}
