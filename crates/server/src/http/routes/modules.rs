//! WebAssembly modules.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::{
    Problem,
    modules::{ModuleQuery, ModuleRequest},
    operations::Operation,
};
use horarium_core::ModuleId;
use tracing::error;

use crate::{
    engine::service::Chain,
    http::{
        App,
        answer::{empty, json, locate},
        extract::{Body, Caller, Id, RawQuery, Row},
        refusal::{Answer, Refusal, problem, unavailable},
    },
    modules::{UploadFault, Uploaded},
};

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    body: Body,
) -> Answer {
    let request = body.read(ModuleRequest::read)?;
    let uploaded = app.modules.upload(request, caller.display_name()).await;
    match uploaded.map_err(|fault| body.respell(refuse(operation, fault)))? {
        Uploaded::New(module) => {
            let mut response = json(StatusCode::CREATED, &module)?;
            locate(&mut response, &format!("/api/v1/modules/{}", module.id));
            Ok(response)
        }
        Uploaded::Present(module) => json(StatusCode::OK, &module),
    }
}

pub(crate) async fn list(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Answer {
    let query = ModuleQuery::read(&query)?;
    json(StatusCode::OK, &app.modules.list(query.name.as_deref()).await?)
}

pub(crate) async fn get(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    match app.modules.get(ModuleId(id)).await? {
        Some(module) => json(StatusCode::OK, &module),
        None => Err(unknown(operation)),
    }
}

pub(crate) async fn delete(State(app): State<Arc<App>>, Row(operation): Row, Id(id): Id) -> Answer {
    if app.modules.delete(ModuleId(id)).await? {
        return Ok(empty(StatusCode::NO_CONTENT));
    }
    Err(unknown(operation))
}

fn unknown(operation: &Operation) -> Refusal {
    problem(operation, "Module was not found.").into()
}

fn refuse(operation: &Operation, fault: UploadFault) -> Refusal {
    let title = operation.title_or("Conflict");
    match fault {
        UploadFault::Invalid(errors) => errors.into(),
        UploadFault::TooMany(n) => {
            let detail =
                format!("There are {n} versions of modules, and no more are kept. Delete some.");
            Problem::conflict(title, detail).into()
        }
        UploadFault::NoSandbox => {
            Problem::conflict(title, "This server cannot run modules; its log says why.").into()
        }
        UploadFault::Sandbox(err) => {
            error!(error = %Chain(&err), "answering 503: a module could not be checked");
            unavailable("The module could not be checked. Try again soon.").into()
        }
        UploadFault::Store(err) => err.into(),
    }
}
