//! Figures for Prometheus.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use tracing::debug;

use crate::{http::App, metrics::Moment};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers also while the database does not, without what only that knows.
pub(crate) async fn text(State(app): State<Arc<App>>) -> Response {
    let shared = app.engine.shared();
    let now = app.clock.now();
    let stored = async { Ok((app.store.queue_figures(now).await?, app.store.job_counts().await?)) };
    let stored: horarium_store::Result<_> = stored.await;
    let moment = Moment {
        now,
        n_running: shared.attempts.n_running(),
        n_workers: shared.slots.total(),
        n_listeners: app.events.n_listeners(),
        skew_seconds: app.clock.offset().as_secs_f64(),
        stored: stored
            .inspect_err(|err| debug!(error = %err, "metrics without the database's"))
            .ok(),
    };
    ([(header::CONTENT_TYPE, OPEN_METRICS)], app.metrics.text(&moment)).into_response()
}
