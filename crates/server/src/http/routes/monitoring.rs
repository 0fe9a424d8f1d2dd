//! The dashboard's figures, failing jobs, the timeline.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::monitoring::{read_hours, read_threshold};

use super::JOB;
use crate::http::{
    App,
    answer::{json, rendered},
    extract::{Format, RawQuery, Row},
    refusal::{Answer, refuse},
};

pub(crate) async fn stats(State(app): State<Arc<App>>, Format(format): Format) -> Answer {
    Ok(rendered(&app.monitoring.stats().await?, format))
}

pub(crate) async fn failed_jobs(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    RawQuery(query): RawQuery,
    Format(format): Format,
) -> Answer {
    let jobs = app.monitoring.failing_jobs(read_threshold(&query)?).await;
    Ok(rendered(&jobs.map_err(|fault| refuse(operation, JOB, fault))?, format))
}

pub(crate) async fn timeline(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Answer {
    let points = app.monitoring.timeline(read_hours(&query)?).await?;
    json(StatusCode::OK, &points)
}
