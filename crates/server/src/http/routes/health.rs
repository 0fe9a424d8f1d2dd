//! Whether the server is there, alive, and can take requests (contract J15).

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use horarium_api::{
    FieldErrors, Problem,
    monitoring::{HealthDto, VersionDto},
    problem::ProblemKind,
};
use horarium_store::MigrationState;

use crate::{
    engine::service::Chain,
    http::{App, answer::json, extract::Row, refusal::Answer},
};

/// A database that needs longer for a word is no database to serve from.
const DATABASE_TIME_MAX: Duration = Duration::from_secs(1);

pub(crate) async fn health(State(app): State<Arc<App>>) -> Answer {
    json(StatusCode::OK, &dto(&app, "healthy", None))
}

pub(crate) async fn health_live(State(app): State<Arc<App>>) -> Answer {
    json(StatusCode::OK, &dto(&app, "alive", None))
}

pub(crate) async fn health_ready(State(app): State<Arc<App>>) -> Answer {
    let failed = failed_checks(&app).await;
    if failed.is_empty() {
        return json(StatusCode::OK, &dto(&app, "ready", None));
    }
    let reasons = failed.iter().flat_map(|(_, reasons)| reasons.iter().map(String::as_str));
    let reason = reasons.collect::<Vec<_>>().join("; ");
    json(StatusCode::SERVICE_UNAVAILABLE, &dto(&app, "not_ready", Some(reason)))
}

pub(crate) async fn version() -> Answer {
    let version = VersionDto {
        product: "Horarium".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    json(StatusCode::OK, &version)
}

pub(crate) async fn health_text() -> Response {
    text("Healthy")
}

pub(crate) async fn livez() -> Response {
    text("alive")
}

pub(crate) async fn readyz(State(app): State<Arc<App>>, Row(operation): Row) -> Answer {
    let errors = failed_checks(&app).await;
    if errors.is_empty() {
        return Ok(text("ready"));
    }
    let problem = Problem::new(ProblemKind::Unavailable, "The server cannot take requests now.");
    Err(Problem { errors, ..problem.titled(operation.title_or("Not ready")) }.into())
}

fn text(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn dto(app: &App, status: &str, reason: Option<String>) -> HealthDto {
    HealthDto { status: status.to_owned(), reason, timestamp: app.clock.now() }
}

/// By name of the check; none when all is well.
async fn failed_checks(app: &App) -> FieldErrors {
    let mut failed = FieldErrors::default();
    if app.is_draining() {
        failed.add("draining", "the server is stopping");
    }
    if !app.engine.shared().lease.is_valid() {
        failed.add("lease", "the node could not renew its lease");
    }
    match tokio::time::timeout(DATABASE_TIME_MAX, app.store.migration_state()).await {
        Ok(Ok(MigrationState::Current)) => {}
        Ok(Ok(MigrationState::Pending(_) | MigrationState::Newer { .. })) => {
            failed.add("schema", "the database's schema is another version's");
        }
        Ok(Err(err)) => {
            tracing::debug!(error = %Chain(&err), "not ready: the database does not answer");
            failed.add("database", "the database does not answer");
        }
        Err(_elapsed) => failed.add("database", "the database did not answer within 1 s"),
    }
    failed
}
