//! Schedules: made, listed, shown, changed, enabled, disabled, deleted.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use horarium_api::schedules::{ScheduleQuery, ScheduleRequest, read_change_reason};
use horarium_core::ScheduleId;
use serde::Serialize;

use super::SCHEDULE;
use crate::http::{
    App,
    answer::{empty, json, locate, tag},
    extract::{Body, Id, IfMatch, RawQuery, Row},
    once::OnceKey,
    refusal::{Answer, refuse_schedule, spoken},
};

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    once: OnceKey,
    body: Body,
) -> Answer {
    let request = body.read(ScheduleRequest::read_create).map_err(spoken)?;
    let refused = |fault| body.respell(refuse_schedule(operation, SCHEDULE, fault));
    let defined = app.schedules.define(request).map_err(refused)?;
    let mut response = with_tag(StatusCode::CREATED, &defined.dto, 1)?;
    locate(&mut response, &format!("/api/v1/schedules/{}", defined.view.schedule.id));
    let (response, once) = once.keep(response).await?;
    app.schedules.insert(defined, once).await.map_err(refused)?;
    Ok(response)
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = ScheduleQuery::read(&query)?;
    let page = app.schedules.list(query).await;
    let page = page.map_err(|fault| refuse_schedule(operation, SCHEDULE, fault))?;
    json(StatusCode::OK, &page)
}

pub(crate) async fn get(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    let found = app.schedules.get(ScheduleId(id)).await;
    let (view, dto) = found.map_err(|fault| refuse_schedule(operation, SCHEDULE, fault))?;
    with_tag(StatusCode::OK, &dto, view.schedule.version)
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    IfMatch(expected): IfMatch,
    body: Body,
) -> Answer {
    let request = body.read(ScheduleRequest::read_update).map_err(spoken)?;
    let updated = app.schedules.update(ScheduleId(id), request, &expected).await;
    let (view, dto) =
        updated.map_err(|fault| body.respell(refuse_schedule(operation, SCHEDULE, fault)))?;
    with_tag(StatusCode::OK, &dto, view.schedule.version)
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    IfMatch(expected): IfMatch,
    RawQuery(query): RawQuery,
) -> Answer {
    read_change_reason(&query)?;
    let deleted = app.schedules.delete(ScheduleId(id), &expected).await;
    deleted.map_err(|fault| refuse_schedule(operation, SCHEDULE, fault))?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(crate) async fn enable(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    IfMatch(expected): IfMatch,
    RawQuery(query): RawQuery,
) -> Answer {
    read_change_reason(&query)?;
    let switched = app.schedules.switch(ScheduleId(id), true, &expected).await;
    let (view, dto) = switched.map_err(|fault| refuse_schedule(operation, SCHEDULE, fault))?;
    with_tag(StatusCode::OK, &dto, view.schedule.version)
}

pub(crate) async fn disable(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    IfMatch(expected): IfMatch,
    RawQuery(query): RawQuery,
) -> Answer {
    read_change_reason(&query)?;
    let switched = app.schedules.switch(ScheduleId(id), false, &expected).await;
    let (view, dto) = switched.map_err(|fault| refuse_schedule(operation, SCHEDULE, fault))?;
    with_tag(StatusCode::OK, &dto, view.schedule.version)
}

fn with_tag(status: StatusCode, dto: &impl Serialize, version: i64) -> Answer<Response> {
    let mut response = json(status, dto)?;
    tag(&mut response, version);
    Ok(response)
}
