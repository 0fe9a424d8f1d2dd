//! Runs of workflows: listed, shown, stopped, tried again.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::workflows::RunQuery;
use horarium_core::{RunId, WorkflowId};
use uuid::Uuid;

use super::WORKFLOW_RUN;
use crate::http::{
    App,
    answer::{empty, json, run_made},
    extract::{Caller, Id, RawQuery, Row},
    once::OnceKey,
    refusal::{Answer, refuse},
};

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    RawQuery(query): RawQuery,
) -> Answer {
    let page = app.workflows.runs(WorkflowId(id), RunQuery::read(&query)?).await;
    json(StatusCode::OK, &page.map_err(|fault| refuse(operation, WORKFLOW_RUN, fault))?)
}

pub(crate) async fn get(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let found = app.workflows.run(RunId(id)).await;
    json(StatusCode::OK, &found.map_err(|fault| refuse(operation, WORKFLOW_RUN, fault))?)
}

pub(crate) async fn cancel(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let cancelled = app.workflows.cancel(RunId(id)).await;
    cancelled.map_err(|fault| refuse(operation, WORKFLOW_RUN, fault))?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn retry(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    once: OnceKey,
) -> Answer {
    let run = RunId(Uuid::now_v7());
    let (response, once) = once.keep(run_made(run)).await?;
    let made = app.workflows.retry(RunId(id), run, &caller, once).await;
    made.map_err(|fault| refuse(operation, WORKFLOW_RUN, fault))?;
    Ok(response)
}
