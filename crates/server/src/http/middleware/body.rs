//! Bodies: of the one content type that the operation reads, and no longer than they may be.

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, header},
};
use horarium_api::{
    Problem,
    operations::{Operation, RequestBody},
};

use crate::http::refusal::Answer;

const JSON: &str = "application/json";

/// Refuses a body from its head alone, so that it need not be read.
pub(super) fn check_head(
    operation: &Operation,
    headers: &HeaderMap,
    bytes_max: usize,
) -> Answer<()> {
    if content_length(headers).is_some_and(|length| length > bytes_max as u64) {
        return Err(Problem::payload_too_large(bytes_max).into());
    }
    let has_none = matches!(operation.request, RequestBody::None);
    if has_none || content_length(headers) == Some(0) || is_bodyless(headers) {
        return Ok(());
    }
    if headers.contains_key(header::CONTENT_ENCODING) || !is_json(headers) {
        return Err(Problem::unsupported_media_type().into());
    }
    Ok(())
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// RFC 9112 §6.3: neither a length nor chunks, so there is no body.
fn is_bodyless(headers: &HeaderMap) -> bool {
    !headers.contains_key(header::CONTENT_LENGTH)
        && !headers.contains_key(header::TRANSFER_ENCODING)
        && !headers.contains_key(header::CONTENT_TYPE)
}

/// One content type, and that one; parameters such as `charset=utf-8` are let pass.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (types.next(), types.next()) else { return false };
    let value = value.to_str().unwrap_or_default();
    value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(JSON))
}

pub(crate) async fn read_body(body: Body, bytes_max: usize) -> Answer<Bytes> {
    to_bytes(body, bytes_max).await.map_err(|err| {
        // Too long for its chunks, or broken off; whoever broke it off reads no answer.
        tracing::debug!(error = %err, "a request's body was not read to its end");
        Problem::payload_too_large(bytes_max).into()
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use horarium_api::operations::operation;

    use super::*;

    #[test]
    fn bodies_are_json_or_not_looked_at() {
        let check = |id: &str, length: &'static str, content_type: &'static str, expect: u16| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static(length));
            if !content_type.is_empty() {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            }
            let checked = check_head(operation(id).unwrap(), &headers, 100);
            let got = checked.err().map_or(200, |refusal| refusal.0.status());
            assert_eq!(got, expect, "{id} {length} {content_type}");
        };
        check("createJob", "5", "application/json", 200);
        check("createJob", "5", "Application/JSON; charset=utf-8", 200);
        check("createJob", "5", "", 415);
        check("createJob", "5", "text/plain", 415);
        check("createJob", "5", "application/jsonp", 415);
        check("createJob", "5", "application/x-www-form-urlencoded", 415);
        check("createJob", "101", "application/json", 413);
        check("pauseJob", "0", "text/plain", 200);
        check("pauseJob", "5", "text/plain", 415);
        check("triggerJob", "5", "text/plain", 200);
        check("triggerJob", "101", "text/plain", 413);
    }
}
