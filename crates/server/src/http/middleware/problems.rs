//! The last touch on a problem: which request it answers, and the headers that belong to it.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use horarium_api::problem::{PROBLEM_CONTENT_TYPE, Problem, ProblemKind};
use jiff::Timestamp;

use crate::http::refusal::Refusal;

pub(super) fn finish(response: &mut Response, path: &str, id: &str, now: Timestamp) {
    let Some(Refusal(problem)) = response.extensions_mut().remove::<Refusal>() else { return };
    let problem = Problem {
        instance: Some(path.to_owned()),
        request_id: Some(id.to_owned()),
        timestamp: Some(now),
        ..*problem
    };
    add_headers(response.headers_mut(), &problem);
    *response.body_mut() = Body::from(problem.to_json());
}

fn add_headers(headers: &mut HeaderMap, problem: &Problem) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_CONTENT_TYPE));
    if problem.kind == ProblemKind::Unauthorised {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = problem.retry_after_seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}
