//! The dashboard's figures, failing jobs, the timeline, queues.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use horarium_api::monitoring::{read_forecast_hours, read_hours, read_job_ids, read_threshold};

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

pub(crate) async fn forecast(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Answer {
    let hours = app.monitoring.forecast(read_forecast_hours(&query)?).await?;
    json(StatusCode::OK, &hours)
}

pub(crate) async fn outcomes(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    Format(format): Format,
) -> Answer {
    let jobs = app.monitoring.outcomes(&read_job_ids(&query)?).await?;
    Ok(rendered(&jobs, format))
}

pub(crate) async fn queues(State(app): State<Arc<App>>) -> Answer {
    json(StatusCode::OK, &app.monitoring.queues().await?)
}
