//! Workflows: made, listed, shown, deleted, run.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::workflows::{WorkflowRequest, read_page};
use horarium_core::{RunId, WorkflowId};
use uuid::Uuid;

use super::WORKFLOW;
use crate::http::{
    App,
    answer::{empty, json, run_made},
    extract::{Body, Caller, Id, RawQuery, Row},
    once::OnceKey,
    refusal::{Answer, refuse},
};

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    once: OnceKey,
    body: Body,
) -> Answer {
    let request = body.read(WorkflowRequest::read)?;
    let id = WorkflowId(Uuid::now_v7());
    let (response, once) = once.keep(json(StatusCode::OK, &id.0)?).await?;
    let made = app.workflows.create(id, &request, caller.display_name(), once).await;
    made.map_err(|fault| body.respell(refuse(operation, WORKFLOW, fault)))?;
    Ok(response)
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    RawQuery(query): RawQuery,
) -> Answer {
    let page = app.workflows.list(read_page(&query)?).await;
    json(StatusCode::OK, &page.map_err(|fault| refuse(operation, WORKFLOW, fault))?)
}

pub(crate) async fn get(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let found = app.workflows.get(WorkflowId(id)).await;
    json(StatusCode::OK, &found.map_err(|fault| refuse(operation, WORKFLOW, fault))?)
}

pub(crate) async fn delete(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let deleted = app.workflows.delete(WorkflowId(id)).await;
    deleted.map_err(|fault| refuse(operation, WORKFLOW, fault))?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(crate) async fn trigger(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    once: OnceKey,
) -> Answer {
    let run = RunId(Uuid::now_v7());
    let (response, once) = once.keep(run_made(run)).await?;
    let started = app.workflows.trigger(WorkflowId(id), run, &caller, once).await;
    started.map_err(|fault| refuse(operation, WORKFLOW, fault))?;
    Ok(response)
}
