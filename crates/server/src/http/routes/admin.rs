//! What an administrator does to all jobs.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
};
use horarium_api::{
    FieldErrors, Problem,
    admin::{ClearLogsRequest, EXPORT_FILE, ImportOptions, PayloadError, import_items},
    enum_format::{EnumFormat, NumberEnums as _},
    jobs::JobDto,
    operations::Operation,
};

use super::JOB;
use crate::{
    admin::Import,
    http::{
        App,
        answer::{empty, json, json_bytes},
        extract::{Body, Caller, Format, RawQuery, Row},
        refusal::{Answer, Refusal, problem, refuse},
    },
    jobs::JobFault,
};

pub(crate) async fn pause_all(State(app): State<Arc<App>>, Row(operation): Row) -> Answer {
    app.admin.pause_all().await.map_err(|fault| refuse(operation, JOB, fault))?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn resume_all(State(app): State<Arc<App>>, Row(operation): Row) -> Answer {
    app.admin.resume_all().await.map_err(|fault| refuse(operation, JOB, fault))?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn clear_logs(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    RawQuery(query): RawQuery,
    body: Body,
) -> Answer {
    let refused = |errors| titled(operation, "Not a number of days.", errors);
    let in_query = ClearLogsRequest::read_query(&query).map_err(refused)?;
    let in_body = body.0.as_ref().map(ClearLogsRequest::read).transpose().map_err(refused)?;
    let days = in_body.and_then(|body| body.older_than_days).or(in_query.older_than_days);
    let n_deleted = app.admin.clear_logs(days).await;
    json(StatusCode::OK, &n_deleted.map_err(|fault| refuse(operation, JOB, fault))?)
}

pub(crate) async fn export(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Format(format): Format,
) -> Answer {
    let jobs = app.admin.export().await.map_err(|fault| refuse(operation, JOB, fault))?;
    let bytes = indented(&jobs, format).map_err(|err| {
        tracing::error!(error = %err, "answering 500: writing an export");
        Problem::internal()
    })?;
    let mut response = json_bytes(StatusCode::OK, bytes);
    // The same twice, as the original writes it: RFC 6266 for those who know it, the first for others.
    let disposition = format!("attachment; filename={EXPORT_FILE}; filename*=UTF-8''{EXPORT_FILE}");
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

pub(crate) async fn import(
    State(app): State<Arc<App>>,
    Row(operation): Row,
    Caller(caller): Caller,
    RawQuery(query): RawQuery,
    body: Body,
) -> Answer {
    let options = ImportOptions::read(&query)?;
    let items = body.0.as_ref().map_or(Err(PayloadError::Empty), import_items);
    let items = items.map_err(|fault| not_jobs(operation, fault))?;
    let import = Import { items, options, by: caller.display_name().to_owned() };
    let report = Box::pin(app.admin.import(import)).await.map_err(|fault| match fault {
        JobFault::Invalid(errors) => {
            titled(operation, "Jobs of the import payload are not valid.", errors)
        }
        fault => refuse(operation, JOB, fault),
    })?;
    if options.wants_details {
        return json(StatusCode::OK, &report);
    }
    json(StatusCode::OK, &report.imported)
}

fn indented(jobs: &Vec<JobDto>, format: EnumFormat) -> serde_json::Result<Vec<u8>> {
    match format {
        EnumFormat::Names => serde_json::to_vec_pretty(jobs),
        EnumFormat::Numbers => {
            let mut numbered = serde_json::to_value(jobs)?;
            Vec::<JobDto>::number_enums(&mut numbered);
            serde_json::to_vec_pretty(&numbered)
        }
    }
}

fn not_jobs(operation: &Operation, fault: PayloadError) -> Refusal {
    match fault {
        PayloadError::Malformed(err) => {
            let detail = format!("The import payload is no JSON: {err}.");
            titled(operation, &detail, FieldErrors::one("jsonPayload", err.to_string()))
        }
        PayloadError::Invalid(errors) => titled(operation, "There is no import payload.", errors),
        PayloadError::Empty => {
            problem(operation, "No jobs were found in the import payload.").into()
        }
    }
}

fn titled(operation: &Operation, detail: &str, errors: FieldErrors) -> Refusal {
    Problem { errors, ..problem(operation, detail) }.into()
}
