//! The four calls by which a JIM is driven.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Request, State as Shared},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::state::State;

type Known = Shared<Arc<State>>;

pub(super) fn router(state: Arc<State>) -> Router {
    let execute =
        "/api/v1/synchronisation/connected-systems/{system}/run-profiles/{profile}/execute";
    Router::new()
        .route(execute, post(execute_profile))
        .route("/api/v1/activities/{id}/progress", get(progress))
        .route("/api/v1/worker-tasks/{id}/cancel", post(cancel))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), only_with_key))
        .with_state(state)
}

async fn only_with_key(state: Known, request: Request, next: Next) -> Response {
    let key = request.headers().get("x-api-key").and_then(|key| key.to_str().ok());
    if key == Some(state.api_key.as_str()) {
        return next.run(request).await;
    }
    let body = json!({ "error": "Unauthorized", "message": "Authentication required" });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

fn refusal(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({
        "code": "", "message": message, "details": null, "validationErrors": null,
        "timestamp": "2026-01-31T09:00:00Z"
    });
    (status, Json(body)).into_response()
}

async fn execute_profile(state: Known, Path((system, profile)): Path<(i64, i64)>) -> Response {
    let mut inner = state.lock();
    if let Some(status) = inner.refuse_execute.take() {
        return refusal(status, "the run profile's partition is not selected");
    }
    if !inner.knows(system, profile) {
        return refusal(404, "Run profile not found");
    }
    let activity = inner.begin(system, profile);
    if let Some(status) = inner.lose_execute_answer.take() {
        return refusal(status, "bad gateway");
    }
    let body = json!({
        "activityId": activity.id, "taskId": activity.task, "warnings": [],
        "message": format!("Run Profile '{profile}' has been queued for execution.")
    });
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

async fn progress(state: Known, Path(id): Path<String>) -> Response {
    let mut inner = state.lock();
    if inner.progress_faults > 0 {
        inner.progress_faults -= 1;
        return refusal(503, "the database is away");
    }
    let Some(activity) = inner.look(&id) else { return refusal(404, "Activity not found") };
    let processed = 10 * activity.n_polls;
    let body: Value = json!({
        "id": activity.id, "status": activity.status, "message": activity.plan.message,
        "objectsProcessed": processed, "objectsToProcess": 100, "percentComplete": processed,
        "elapsedSeconds": activity.n_polls, "objectsPerSecond": 10.0,
        "estimatedSecondsRemaining": null, "targetType": "ConnectedSystemRunProfile",
        "runType": "DeltaImport", "operationCounts": {}, "totalErrors": 0,
        "retrievedAt": "2026-01-31T09:00:00Z", "phases": [], "currentPhase": null,
        "currentPhaseNumber": null, "totalPhases": 0
    });
    Json(body).into_response()
}

async fn cancel(state: Known, Path(id): Path<String>) -> Response {
    if state.lock().cancel(&id) {
        StatusCode::ACCEPTED.into_response()
    } else {
        refusal(404, "Worker task not found")
    }
}
