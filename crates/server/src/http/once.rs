//! A call under an `Idempotency-Key` whose answer is kept in the transaction that does its work.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    extract::FromRequestParts,
    http::{HeaderName, header, request::Parts},
    response::Response,
};
use horarium_api::Problem;
use horarium_store::{CallKey, KeptAnswer, Once};

use super::refusal::{Answer, Refusal};

/// Longer answers than any operation gives are not kept.
const ANSWER_BYTES_MAX: usize = 4 << 20;
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// The key of a call, if it came with one.
#[derive(Clone, Debug, Default)]
pub(super) struct OnceKey(pub(super) Option<(CallKey, String)>);

impl<S: Sync> FromRequestParts<S> for OnceKey {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

impl OnceKey {
    /// What is to be stored beside the work, so that `response` answers this call for a day.
    pub(super) async fn keep(self, response: Response) -> Answer<(Response, Option<Once>)> {
        let Some((call, request_hash)) = self.0 else { return Ok((response, None)) };
        let (response, answer) = kept(response).await?;
        Ok((response, Some(Once { call, request_hash, answer })))
    }
}

/// A response, and the part of it that is kept.
pub(super) async fn kept(response: Response) -> Answer<(Response, KeptAnswer)> {
    let (head, body) = response.into_parts();
    let bytes: Bytes = axum::body::to_bytes(body, ANSWER_BYTES_MAX)
        .await
        .map_err(|_| Refusal::from(Problem::internal()))?;
    let text = |name: &HeaderName| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
    let headers = KEPT_HEADERS.iter();
    let answer = KeptAnswer {
        status: head.status.as_u16(),
        headers: headers.filter_map(|name| Some((name.to_string(), text(name)?))).collect(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    Ok((Response::from_parts(head, Body::from(bytes)), answer))
}
