//! Executions of schedules: started, listed, shown, cancelled.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::schedules::{RunScheduleAnswer, ScheduleExecutionQuery};
use horarium_core::{RunId, ScheduleId};
use uuid::Uuid;

use super::{SCHEDULE, SCHEDULE_EXECUTION};
use crate::http::{
    App,
    answer::json,
    extract::{Caller, Id, RawQuery, Row},
    once::OnceKey,
    refusal::{Answer, refuse_schedule},
};

pub(crate) async fn run(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    once: OnceKey,
) -> Answer {
    let id = ScheduleId(id);
    let refused = |fault| refuse_schedule(operation, SCHEDULE, fault);
    let name = app.schedules.runnable(id).await.map_err(refused)?;
    let new = RunId(Uuid::now_v7());
    let message = format!("Schedule '{name}' started successfully");
    let answer = RunScheduleAnswer { execution_id: new.0, message };
    let (response, once) = once.keep(json(StatusCode::ACCEPTED, &answer)?).await?;
    app.schedules.run(id, new, &caller, once).await.map_err(refused)?;
    Ok(response)
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = ScheduleExecutionQuery::read(&query)?;
    let page = app.schedules.executions(query).await;
    let page = page.map_err(|fault| refuse_schedule(operation, SCHEDULE_EXECUTION, fault))?;
    json(StatusCode::OK, &page)
}

pub(crate) async fn active(State(app): State<Arc<App>>, Row(operation): Row) -> Answer {
    let active = app.schedules.active_executions().await;
    let active = active.map_err(|fault| refuse_schedule(operation, SCHEDULE_EXECUTION, fault))?;
    json(StatusCode::OK, &active)
}

pub(crate) async fn get(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let found = app.schedules.execution(RunId(id)).await;
    let found = found.map_err(|fault| unknown(operation, id, fault))?;
    json(StatusCode::OK, &found)
}

pub(crate) async fn cancel(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let cancelled = app.schedules.cancel(RunId(id)).await;
    let cancelled = cancelled.map_err(|fault| unknown(operation, id, fault))?;
    json(StatusCode::OK, &cancelled)
}

/// JIM names the id.
fn unknown(
    operation: &horarium_api::operations::Operation,
    id: Uuid,
    fault: crate::schedules::ScheduleFault,
) -> crate::http::refusal::Refusal {
    let mut refusal = refuse_schedule(operation, SCHEDULE_EXECUTION, fault);
    if refusal.0.status() == 404 {
        refusal.0.detail = format!("{SCHEDULE_EXECUTION} not found: {id}");
    }
    refusal
}
