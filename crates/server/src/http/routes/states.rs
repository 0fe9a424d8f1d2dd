//! Pausing, resuming and running a job.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::jobs::PauseRequest;
use horarium_core::{ExecutionId, JobId};
use uuid::Uuid;

use super::JOB;
use crate::http::{
    App,
    answer::{empty, queued, tag},
    extract::{Body, Caller, Id, IfMatch, Row},
    once::OnceKey,
    refusal::{Answer, refuse},
};

pub(crate) async fn pause(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    IfMatch(expected): IfMatch,
    body: Body,
) -> Answer {
    let request = body.read_or_default(PauseRequest::read)?;
    let paused = app.jobs.pause(JobId(id), request, &expected, caller.display_name()).await;
    let view = paused.map_err(|fault| body.respell(refuse(operation, JOB, fault)))?;
    let mut response = empty(StatusCode::OK);
    tag(&mut response, view.job.version);
    Ok(response)
}

pub(crate) async fn resume(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    IfMatch(expected): IfMatch,
) -> Answer {
    let resumed = app.jobs.resume(JobId(id), &expected, caller.display_name()).await;
    let view = resumed.map_err(|fault| refuse(operation, JOB, fault))?;
    let mut response = empty(StatusCode::OK);
    tag(&mut response, view.job.version);
    Ok(response)
}

pub(crate) async fn trigger(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    once: OnceKey,
) -> Answer {
    let new = ExecutionId(Uuid::now_v7());
    let (response, once) = once.keep(queued(new)).await?;
    let triggered = app.jobs.trigger(JobId(id), new, &caller, once).await;
    triggered.map_err(|fault| refuse(operation, JOB, fault))?;
    Ok(response)
}
