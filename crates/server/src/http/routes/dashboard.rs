//! The dashboard: its page, its files, and the ways to it.

use std::sync::Arc;

use axum::{
    extract::{RawPathParams, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use crate::http::{
    App,
    answer::{empty, locate},
    extract::nothing_here,
    refusal::Answer,
};

const HOME: &str = "/dashboard";

pub(crate) async fn page(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    app.dashboard.answer("", &headers).ok_or_else(|| nothing_here().into())
}

pub(crate) async fn file(
    State(app): State<Arc<App>>,
    parameters: RawPathParams,
    headers: HeaderMap,
) -> Answer {
    let path = parameters.iter().next().map(|(_, path)| path).unwrap_or_default();
    app.dashboard.answer(path, &headers).ok_or_else(|| nothing_here().into())
}

/// From `/` and from where the original had its dashboard.
pub(crate) async fn leads_here() -> Response {
    let mut response = empty(StatusCode::FOUND);
    locate(&mut response, HOME);
    response
}
