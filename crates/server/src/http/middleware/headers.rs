//! Headers that keep browsers from doing more with an answer than showing it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const API_VERSIONS: HeaderName = HeaderName::from_static("api-supported-versions");

/// An answer may have set its own; those stay.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

pub(super) fn add(headers: &mut HeaderMap, path: &str) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
    if path.starts_with("/api/") {
        headers.insert(API_VERSIONS, HeaderValue::from_static("1.0"));
    }
}
