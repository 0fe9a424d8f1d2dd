//! Jobs: made, listed, shown, changed, rescheduled, deleted.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use horarium_api::{
    enum_format::{EnumFormat, render},
    jobs::{JobDto, JobQuery, JobRequest, RescheduleRequest, read_hard_delete},
};
use horarium_core::JobId;
use horarium_store::JobView;

use super::JOB;
use crate::http::{
    App,
    answer::{empty, json_bytes, locate, rendered, tag},
    extract::{Body, Caller, Format, Id, IfMatch, RawQuery, Row},
    once::OnceKey,
    refusal::{Answer, refuse},
};

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Format(format): Format,
    once: OnceKey,
    body: Body,
) -> Answer {
    let request = body.read(JobRequest::read_create)?;
    let refused = |fault| body.respell(refuse(operation, JOB, fault));
    let defined = app.jobs.define(request, caller.display_name()).await.map_err(refused)?;
    let shown = (defined.view.clone(), defined.dto.clone());
    let mut response = with_tag(StatusCode::CREATED, &shown, format);
    locate(&mut response, &format!("/api/v1/scheduler/jobs/{}", shown.1.id));
    let (response, once) = once.keep(response).await?;
    app.jobs.insert(defined, once).await.map_err(refused)?;
    Ok(response)
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    RawQuery(query): RawQuery,
    Format(format): Format,
) -> Answer {
    let query = JobQuery::read(&query)?;
    let page = app.jobs.list(query).await.map_err(|fault| refuse(operation, JOB, fault))?;
    Ok(rendered(&page, format))
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    Format(format): Format,
) -> Answer {
    let found = app.jobs.get(JobId(id)).await.map_err(|fault| refuse(operation, JOB, fault))?;
    Ok(with_tag(StatusCode::OK, &found, format))
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    (Format(format), IfMatch(expected)): (Format, IfMatch),
    body: Body,
) -> Answer {
    let request = body.read(JobRequest::read_update)?;
    let updating = app.jobs.update(JobId(id), request, &expected, caller.display_name());
    let updated = Box::pin(updating).await;
    let updated = updated.map_err(|fault| body.respell(refuse(operation, JOB, fault)))?;
    Ok(with_tag(StatusCode::OK, &updated, format))
}

pub(crate) async fn reschedule(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    Id(id): Id,
    (Format(format), IfMatch(expected)): (Format, IfMatch),
    body: Body,
) -> Answer {
    let request = body.read(RescheduleRequest::read)?;
    let changed = app.jobs.reschedule(JobId(id), request, &expected, caller.display_name()).await;
    let changed = changed.map_err(|fault| body.respell(refuse(operation, JOB, fault)))?;
    Ok(with_tag(StatusCode::OK, &changed, format))
}

pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Id(id): Id,
    IfMatch(expected): IfMatch,
    RawQuery(query): RawQuery,
) -> Answer {
    let id = JobId(id);
    let deleted = if read_hard_delete(&query)? {
        app.jobs.delete_for_good(id, &expected).await
    } else {
        app.jobs.delete(id, &expected).await
    };
    deleted.map_err(|fault| refuse(operation, JOB, fault))?;
    Ok(empty(StatusCode::NO_CONTENT))
}

fn with_tag(status: StatusCode, (view, dto): &(JobView, JobDto), format: EnumFormat) -> Response {
    let mut response = json_bytes(status, render(dto, format));
    tag(&mut response, view.job.version);
    response
}
