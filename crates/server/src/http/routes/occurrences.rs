//! When a job was and will be due.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::occurrences::OccurrenceQuery;
use horarium_core::JobId;

use super::JOB;
use crate::http::{
    App,
    answer::json,
    extract::{Id, RawQuery, Row},
    refusal::{Answer, refuse},
};

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = OccurrenceQuery::read(&query)?;
    let page = app.jobs.occurrences(JobId(id), query).await;
    json(StatusCode::OK, &page.map_err(|fault| refuse(operation, JOB, fault))?)
}
