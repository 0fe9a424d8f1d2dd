//! The API's own description: for programs, and as a page for people.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::http::{App, app::Document};

/// May be kept, must be asked about.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

pub(crate) async fn openapi(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let document = &app.document;
    if is_known(&headers, document) {
        return with_tag(StatusCode::NOT_MODIFIED.into_response(), document);
    }
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    with_tag((content_type, document.openapi.clone()).into_response(), document)
}

pub(crate) async fn docs(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let document = &app.document;
    if is_known(&headers, document) {
        return with_tag(StatusCode::NOT_MODIFIED.into_response(), document);
    }
    let page = &document.page;
    let content_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let mut response = (content_type, page.html.clone()).into_response();
    if let Ok(policy) = HeaderValue::from_str(&page.content_security_policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    with_tag(response, document)
}

/// RFC 9110 §13.1.2: compared weakly.
fn is_known(headers: &HeaderMap, document: &Document) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut tags = values.filter_map(|value| value.to_str().ok()).flat_map(|it| it.split(','));
    tags.any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == document.etag
    })
}

fn with_tag(mut response: Response, document: &Document) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, REVALIDATE);
    if let Ok(etag) = HeaderValue::from_str(&document.etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}
