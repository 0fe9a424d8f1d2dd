//! Figures for Prometheus.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};

use crate::{http::App, metrics::Moment};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(crate) async fn text(State(app): State<Arc<App>>) -> Response {
    let shared = app.engine.shared();
    let moment = Moment {
        n_running: shared.attempts.n_running(),
        n_workers: shared.slots.total(),
        skew_seconds: app.clock.offset().as_secs_f64(),
    };
    ([(header::CONTENT_TYPE, OPEN_METRICS)], app.metrics.text(&moment)).into_response()
}
