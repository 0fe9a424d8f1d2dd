//! Executions: listed by job or searched across jobs, shown, stopped, tried again.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::{execution_log::ExecutionLogQuery, executions::ExecutionQuery};
use horarium_core::{ExecutionId, JobId};
use uuid::Uuid;

use super::EXECUTION;
use crate::http::{
    App,
    answer::{empty, queued, rendered},
    extract::{Caller, Format, Id, RawQuery, Row},
    once::OnceKey,
    refusal::{Answer, refuse},
};

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    RawQuery(query): RawQuery,
    Format(format): Format,
) -> Answer {
    let query = ExecutionQuery::read(&query)?;
    let page = app.jobs.executions(JobId(id), query).await;
    let page = page.map_err(|fault| refuse(operation, EXECUTION, fault))?;
    Ok(rendered(&page, format))
}

pub(crate) async fn search(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    RawQuery(query): RawQuery,
    Format(format): Format,
) -> Answer {
    let query = ExecutionLogQuery::read(&query)?;
    let page = app.jobs.execution_log(query).await;
    let page = page.map_err(|fault| refuse(operation, EXECUTION, fault))?;
    Ok(rendered(&page, format))
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    Format(format): Format,
) -> Answer {
    let found = app.jobs.execution(ExecutionId(id)).await;
    Ok(rendered(&found.map_err(|fault| refuse(operation, EXECUTION, fault))?, format))
}

pub(crate) async fn cancel(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let cancelled = app.jobs.cancel(ExecutionId(id)).await;
    cancelled.map_err(|fault| refuse(operation, EXECUTION, fault))?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn retry(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    once: OnceKey,
) -> Answer {
    let new = ExecutionId(Uuid::now_v7());
    let (response, once) = once.keep(queued(new)).await?;
    let retried = app.jobs.retry(ExecutionId(id), new, &caller, once).await;
    retried.map_err(|fault| refuse(operation, EXECUTION, fault))?;
    Ok(response)
}
