//! The reference as a page: plain HTML, made once from the OpenAPI document.

use axum::body::Bytes;
use horarium_api::json::Json;

pub(super) struct Page {
    pub(super) html: Bytes,
    pub(super) content_security_policy: String,
}

impl Page {
    pub(super) fn render(_document: &Json) -> Self {
        Self { html: Bytes::new(), content_security_policy: "default-src 'none'".to_owned() }
    }
}
