//! When a schedule would fire.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::preview::PreviewRequest;

use super::JOB;
use crate::http::{
    App,
    answer::json,
    extract::{Body, Row},
    refusal::{Answer, refuse},
};

pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    body: Body,
) -> Answer {
    let request = body.read(PreviewRequest::read)?;
    let preview = app.jobs.preview(request);
    let preview = preview.map_err(|fault| body.respell(refuse(operation, JOB, fault)))?;
    json(StatusCode::OK, &preview)
}
