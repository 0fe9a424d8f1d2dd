//! Secrets: values go in and never come out.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::secrets::{SecretRequest, SecretValueRequest};

use crate::http::{
    App,
    answer::{empty, json, locate},
    extract::{Body, Caller, Name, Row},
    refusal::{Answer, refuse_definition},
};

const SECRET: &str = "Secret";

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    body: Body,
) -> Answer {
    let request = body.read(SecretRequest::read)?;
    let made = app.defined.secrets.create(request, caller.display_name()).await;
    let dto = made.map_err(|fault| refuse_definition(operation, SECRET, fault))?;
    let mut response = json(StatusCode::CREATED, &dto)?;
    locate(&mut response, &format!("/api/v1/secrets/{}", dto.name));
    Ok(response)
}

pub(crate) async fn list(State(app): State<Arc<App>>, Row(operation): Row) -> Answer {
    let listed = app.defined.secrets.list().await;
    json(StatusCode::OK, &listed.map_err(|fault| refuse_definition(operation, SECRET, fault))?)
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Name(name): Name,
) -> Answer {
    let found = app.defined.secrets.get(&name).await;
    json(StatusCode::OK, &found.map_err(|fault| refuse_definition(operation, SECRET, fault))?)
}

pub(crate) async fn replace(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Name(name): Name,
    body: Body,
) -> Answer {
    let request = body.read(SecretValueRequest::read)?;
    let replaced = app.defined.secrets.replace(&name, request, caller.display_name()).await;
    json(StatusCode::OK, &replaced.map_err(|fault| refuse_definition(operation, SECRET, fault))?)
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Name(name): Name,
) -> Answer {
    let gone = app.defined.secrets.delete(&name).await;
    gone.map_err(|fault| refuse_definition(operation, SECRET, fault))?;
    Ok(empty(StatusCode::NO_CONTENT))
}
