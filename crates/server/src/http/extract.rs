//! What routes take from a request.

use std::{net::SocketAddr, str::FromStr, sync::Arc};

use axum::{
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{header, request::Parts},
};
use horarium_api::{
    FieldErrors, Problem,
    enum_format::{ENUM_FORMAT_HEADER, EnumFormat},
    json::{self, Json},
    operations::Operation,
};
use uuid::Uuid;

use super::{
    App,
    middleware::body::read_body,
    refusal::{Answer, Refusal, respelled},
};
use crate::{auth::Principal, jobs::Expected};

/// If-Match lists no more tags than this; others are not looked at.
const TAGS_MAX: usize = 16;

/// The row of the table that this request matched.
#[derive(Clone, Copy)]
pub(super) struct Row(pub(super) &'static Operation);

/// Who calls; there only behind the gate of an operation that is not public.
#[derive(Clone)]
pub(super) struct Caller(pub(super) Arc<Principal>);

/// The other end of the connection.
#[derive(Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// The one id in the path. Anything but a UUID is nothing that we have: 404.
pub(super) struct Id(pub(super) Uuid);

/// The one name in the path, decoded.
pub(super) struct Name(pub(super) String);

/// What stands behind the `?`, not decoded.
pub(super) struct RawQuery(pub(super) String);

/// How enums are to be written: as the header says, else as the setting.
pub(super) struct Format(pub(super) EnumFormat);

/// `If-Match`, as versions of a job.
pub(super) struct IfMatch(pub(super) Expected);

/// The body as JSON; white space and nothing else is `None`.
pub(super) struct Body(pub(super) Option<Json>);

pub(super) fn nothing_here() -> Problem {
    Problem::not_found("Not found", "There is nothing at this path.")
}

impl<S: Sync> FromRequestParts<S> for Row {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| nothing_here().into())
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::unauthorised("Authentication is required.").into())
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        Ok(peer(&parts.extensions))
    }
}

/// Nobody knows a request's peer that came through no connection, as in a test.
pub(super) fn peer(extensions: &axum::http::Extensions) -> Peer {
    let unknown = || Peer(SocketAddr::from(([0, 0, 0, 0], 0)));
    extensions.get::<Peer>().copied().unwrap_or_else(unknown)
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| nothing_here())?;
        let text = parameters.iter().next().map(|(_, text)| text).unwrap_or_default();
        // With or without hyphens, as .NET takes them; neither `urn:uuid:` nor braces.
        let id = Uuid::from_str(text).ok().filter(|_| matches!(text.len(), 32 | 36));
        id.map(Id).ok_or_else(|| nothing_here().into())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| nothing_here())?;
        let text = parameters.iter().next().map(|(_, text)| text).unwrap_or_default();
        Ok(Self(text.to_owned()))
    }
}

impl<S: Sync> FromRequestParts<S> for RawQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        Ok(Self(parts.uri.query().unwrap_or_default().to_owned()))
    }
}

impl FromRequestParts<Arc<App>> for Format {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Answer<Self> {
        let Some(value) = parts.headers.get(ENUM_FORMAT_HEADER) else {
            return Ok(Self(app.settings.enum_format));
        };
        let format = value.to_str().ok().and_then(EnumFormat::parse);
        let wrong = || FieldErrors::one(ENUM_FORMAT_HEADER, "must be name or number");
        format.map(Self).ok_or_else(|| wrong().into())
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        let mut values = parts.headers.get_all(header::IF_MATCH).iter().peekable();
        if values.peek().is_none() {
            return Ok(Self(Expected::Any));
        }
        let tags = values.filter_map(|value| value.to_str().ok());
        let tags = tags.flat_map(|value| value.split(',')).map(str::trim).take(TAGS_MAX);
        Ok(Self(expected(tags)))
    }
}

/// RFC 9110 §13.1.1: compared strongly, so a weak tag matches nothing.
fn expected<'a>(tags: impl Iterator<Item = &'a str>) -> Expected {
    let mut versions = Vec::new();
    for tag in tags {
        if tag == "*" {
            return Expected::Any;
        }
        let version = tag.strip_prefix("\"v").and_then(|tag| tag.strip_suffix('"'));
        versions.extend(version.and_then(|version| version.parse::<i64>().ok()));
    }
    Expected::Versions(versions)
}

impl FromRequest<Arc<App>> for Body {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Arc<App>) -> Answer<Self> {
        let row = request.extensions().get::<Row>();
        let bytes_max = row.map_or(app.settings.body_bytes_max, |row| app.body_bytes_max(row.0));
        let bytes = read_body(request.into_body(), bytes_max).await?;
        Ok(Self(json::parse_optional(&bytes)?))
    }
}

impl Body {
    /// The body as `T`, or its faults, fields spelled as the client spelled them.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Json) -> Result<T, FieldErrors>) -> Answer<T> {
        let Some(body) = &self.0 else {
            let problem = Problem::bad_request("Malformed JSON", "The request has no body.");
            return Err(problem.into());
        };
        Ok(read(body)?)
    }

    /// The same for a body that need not be there.
    pub(super) fn read_or_default<T: Default>(
        &self,
        read: impl FnOnce(&Json) -> Result<T, FieldErrors>,
    ) -> Answer<T> {
        self.0.as_ref().map_or_else(|| Ok(T::default()), |body| Ok(read(body)?))
    }

    /// A refusal whose fields are spelled as they are in this body.
    pub(super) fn respell(&self, refusal: Refusal) -> Refusal {
        match &self.0 {
            Some(body) => respelled(refusal, body),
            None => refusal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strong_tags_of_ours_match() {
        let check = |value: &str, expect: Expected| {
            assert_eq!(expected(value.split(',').map(str::trim)), expect, "{value}");
        };
        check("*", Expected::Any);
        check("\"v3\"", Expected::Versions(vec![3]));
        check("\"x\", \"v3\" , \"v4\"", Expected::Versions(vec![3, 4]));
        check("W/\"v3\"", Expected::Versions(vec![]));
        check("v3", Expected::Versions(vec![]));
    }
}
