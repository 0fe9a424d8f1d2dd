//! Data sources: databases whose procedures jobs may call.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::data_sources::DataSourceRequest;

use crate::http::{
    App,
    answer::{empty, json, locate},
    extract::{Body, Caller, Name, Row},
    refusal::{Answer, refuse_definition},
};

const DATA_SOURCE: &str = "Data source";

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    body: Body,
) -> Answer {
    let request = body.read(DataSourceRequest::read_create)?;
    let now = app.clock.now();
    let made = app.defined.data_sources.create(request, caller.display_name(), now).await;
    let refused = |fault| body.respell(refuse_definition(operation, DATA_SOURCE, fault));
    let dto = made.map_err(refused)?;
    let mut response = json(StatusCode::CREATED, &dto)?;
    locate(&mut response, &format!("/api/v1/data-sources/{}", dto.id));
    Ok(response)
}

pub(crate) async fn list(State(app): State<Arc<App>>, Row(operation): Row) -> Answer {
    let listed = app.defined.data_sources.list().await;
    json(StatusCode::OK, &listed.map_err(|fault| refuse_definition(operation, DATA_SOURCE, fault))?)
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Name(key): Name,
) -> Answer {
    let found = app.defined.data_sources.get(&key).await;
    json(StatusCode::OK, &found.map_err(|fault| refuse_definition(operation, DATA_SOURCE, fault))?)
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Name(key): Name,
    body: Body,
) -> Answer {
    let request = body.read(DataSourceRequest::read_update)?;
    let now = app.clock.now();
    let changed = app.defined.data_sources.update(&key, request, caller.display_name(), now).await;
    let refused = |fault| body.respell(refuse_definition(operation, DATA_SOURCE, fault));
    json(StatusCode::OK, &changed.map_err(refused)?)
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Name(key): Name,
) -> Answer {
    let gone = app.defined.data_sources.delete(&key).await;
    gone.map_err(|fault| refuse_definition(operation, DATA_SOURCE, fault))?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(crate) async fn test(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Name(key): Name,
) -> Answer {
    let tested = app.defined.data_sources.test(&key, &app.engine.shared().runner).await;
    json(StatusCode::OK, &tested.map_err(|fault| refuse_definition(operation, DATA_SOURCE, fault))?)
}
