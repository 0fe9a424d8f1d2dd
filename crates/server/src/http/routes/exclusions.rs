//! When a job must not start.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::jobs::ExclusionsRequest;
use horarium_core::JobId;

use super::JOB;
use crate::http::{
    App,
    answer::{empty, json, tag},
    extract::{Body, Caller, Id, IfMatch, Row},
    refusal::{Answer, refuse},
};

pub(crate) async fn set(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    IfMatch(expected): IfMatch,
    body: Body,
) -> Answer {
    let request = body.read(ExclusionsRequest::read)?;
    let name = caller.display_name();
    let set = app.jobs.set_exclusions(JobId(id), request, &expected, name).await;
    let view = set.map_err(|fault| body.respell(refuse(operation, JOB, fault)))?;
    let mut response = empty(StatusCode::OK);
    tag(&mut response, view.job.version);
    Ok(response)
}

pub(crate) async fn get(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let found = app.jobs.exclusions(JobId(id)).await;
    json(StatusCode::OK, &found.map_err(|fault| refuse(operation, JOB, fault))?)
}

pub(crate) async fn clear(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    IfMatch(expected): IfMatch,
) -> Answer {
    let (none, name) = (ExclusionsRequest::default(), caller.display_name());
    let cleared = app.jobs.set_exclusions(JobId(id), none, &expected, name).await;
    cleared.map_err(|fault| refuse(operation, JOB, fault))?;
    Ok(empty(StatusCode::NO_CONTENT))
}
