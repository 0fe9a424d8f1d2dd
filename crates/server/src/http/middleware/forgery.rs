//! Against requests that another site makes a browser send (reliability S8).
//!
//! Credentials in a header were put there by whoever sends the request. A cookie is sent by the
//! browser itself, whatever page asks for it; so with a cookie a request must come from our own page:
//!
//! | request | needed |
//! |---|---|
//! | reads | `Sec-Fetch-Site`, if sent, says `same-origin`, or `none` (typed by a person) |
//! | changes | `Sec-Fetch-Site: same-origin`, or from browsers without it an `Origin` that is our host |
//! | changes | `X-Horarium-Dashboard`: a header that another origin cannot set without asking us first |
//! | changes | `Content-Type: application/json`, which no form can send |

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use horarium_api::{Problem, operations::Method};

use super::body::is_json;
use crate::http::refusal::Answer;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Any value will do: that it is there shows that a page of ours, or a program, has set it.
pub(crate) const DASHBOARD: HeaderName = HeaderName::from_static("x-horarium-dashboard");

/// Refuses a request with a cookie unless our own page sent it.
pub(crate) fn check(method: Method, headers: &HeaderMap) -> Answer<()> {
    let site = headers.get(SITE).map(HeaderValue::as_bytes);
    let is_ours = match method {
        Method::Get => matches!(site, None | Some(b"same-origin" | b"none")),
        Method::Post | Method::Put | Method::Patch | Method::Delete => {
            let is_from_here = match site {
                Some(site) => site == b"same-origin",
                None => origin_is_host(headers),
            };
            is_from_here && headers.contains_key(DASHBOARD) && is_json(headers)
        }
    };
    if is_ours {
        return Ok(());
    }
    let detail = "Requests with the dashboard's cookie are taken from the dashboard alone; \
        programs sign in with an API key or a token.";
    Err(Problem::forbidden(detail).into())
}

/// Whether the page that asks was served by the host that is asked.
fn origin_is_host(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return false;
    };
    origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(method: Method, lines: &[(&'static str, &'static str)]) -> bool {
        let pairs = lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        check(method, &pairs.collect()).is_ok()
    }

    #[test]
    fn changes_come_from_our_page_alone() {
        const OURS: (&str, &str) = ("x-horarium-dashboard", "1");
        const JSON: (&str, &str) = ("content-type", "application/json");
        const HOST: (&str, &str) = ("host", "horarium.example:8080");
        let check = |lines: &[(&'static str, &'static str)], expect: bool| {
            for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
                assert_eq!(is_taken(method, lines), expect, "{method:?} {lines:?}");
            }
        };
        check(&[("sec-fetch-site", "same-origin"), OURS, JSON], true);
        check(&[("sec-fetch-site", "same-origin"), OURS], false);
        check(&[("sec-fetch-site", "same-origin"), JSON], false);
        check(&[("sec-fetch-site", "same-origin"), OURS, ("content-type", "text/plain")], false);
        check(&[("sec-fetch-site", "same-site"), OURS, JSON], false);
        check(&[("sec-fetch-site", "cross-site"), OURS, JSON], false);
        check(&[("sec-fetch-site", "none"), OURS, JSON], false);
        check(&[OURS, JSON], false);
        check(&[HOST, ("origin", "http://horarium.example:8080"), OURS, JSON], true);
        check(&[HOST, ("origin", "http://horarium.example:8081"), OURS, JSON], false);
        check(&[HOST, ("origin", "http://evil.example"), OURS, JSON], false);
        check(&[HOST, ("origin", "null"), OURS, JSON], false);
        let other_host = [HOST, ("origin", "http://horarium.example:8080"), OURS, JSON];
        let cross_site = [other_host.as_slice(), &[("sec-fetch-site", "cross-site")]].concat();
        check(&cross_site, false);
    }

    #[test]
    fn reads_come_from_our_page_or_from_a_person() {
        let check = |lines: &[(&'static str, &'static str)], expect: bool| {
            assert_eq!(is_taken(Method::Get, lines), expect, "{lines:?}");
        };
        check(&[], true);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "none")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "SAME-ORIGIN")], false);
    }
}
