//! What must have succeeded before a job starts.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::jobs::Dependencies;
use horarium_core::JobId;

use super::JOB;
use crate::http::{
    App,
    answer::{empty, json},
    extract::{Body, Id, IfMatch, Row},
    refusal::{Answer, refuse},
};

pub(crate) async fn set(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    IfMatch(expected): IfMatch,
    body: Body,
) -> Answer {
    let wanted = body.read(Dependencies::read)?;
    let set = app.jobs.set_dependencies(JobId(id), &wanted, &expected).await;
    set.map_err(|fault| body.respell(refuse(operation, JOB, fault)))?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn get(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let found = app.jobs.dependencies(JobId(id)).await;
    json(StatusCode::OK, &found.map_err(|fault| refuse(operation, JOB, fault))?)
}

pub(crate) async fn clear(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    IfMatch(expected): IfMatch,
) -> Answer {
    let cleared = app.jobs.clear_dependencies(JobId(id), &expected).await;
    cleared.map_err(|fault| refuse(operation, JOB, fault))?;
    Ok(empty(StatusCode::NO_CONTENT))
}
