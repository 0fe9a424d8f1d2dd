//! How much a request's head may hold (S15). What is far beyond, hyper refuses before we see it.

use axum::extract::Request;
use horarium_api::{Problem, problem::ProblemKind};

use crate::http::refusal::Answer;

/// Names and values together.
pub(crate) const HEADER_BYTES_MAX: usize = 16 << 10;
pub(crate) const HEADERS_MAX: usize = 100;
/// Path and query.
const URI_BYTES_MAX: usize = 8 << 10;

pub(super) fn check(request: &Request) -> Answer<()> {
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > URI_BYTES_MAX {
        let detail = format!("The path and query are longer than {URI_BYTES_MAX} bytes.");
        return Err(Problem::new(ProblemKind::UriTooLong, detail).into());
    }
    let headers = request.headers();
    let n_bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > HEADERS_MAX || n_bytes > HEADER_BYTES_MAX {
        let detail = format!(
            "The headers are more than {HEADERS_MAX}, or longer than {HEADER_BYTES_MAX} bytes."
        );
        return Err(Problem::new(ProblemKind::HeadersTooLarge, detail).into());
    }
    Ok(())
}
