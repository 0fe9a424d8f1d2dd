//! A panic is a problem of one request, not of the process (S18).

use std::{any::Any, panic::AssertUnwindSafe};

use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use horarium_api::Problem;
use tracing::error;

use crate::http::refusal::Refusal;

pub(super) async fn caught(answer: impl Future<Output = Response>) -> Response {
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|panic| answered(panic.as_ref()))
}

/// Nothing of it reaches the caller.
pub(super) fn answered(panic: &(dyn Any + Send)) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    error!("answering 500: a route panicked: {}", text.unwrap_or("no message"));
    Refusal::from(Problem::internal()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        // Unwinds as a panic does, and prints nothing.
        let route = async { std::panic::resume_unwind(Box::new("broken on request")) };
        assert_eq!(caught(route).await.status(), 500);
    }
}
