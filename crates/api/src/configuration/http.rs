//! Shape of the keys of an HTTP call.

use super::references::is_reference;
use crate::configuration::{HEADER_VALUE_CHARS_MAX, NAME_CHARS_MAX, URL_CHARS_MAX};
use crate::fields::value;
use crate::json::Json;

pub const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

pub(crate) const URL_NEEDED: &str = "A valid URL is required for HTTP call jobs.";

/// Headers that are ours to set: the connection's, and those by which a receiver knows the attempt.
const OWN_HEADERS: [&str; 12] = [
    "host",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "connection",
    "keep-alive",
    "proxy-connection",
    "upgrade",
    "expect",
    "http2-settings",
    "idempotency-key",
];
const OWN_HEADER_PREFIX: &str = "x-horarium-";

pub(super) fn url(value: &Json) -> Result<String, String> {
    let url = value::text(value, URL_CHARS_MAX)?;
    if url.is_empty() || is_reference(&url) { Ok(url) } else { check_url(&url).map(|()| url) }
}

/// Absolute, http or https, a host, no user name. The worker parses it in full; this finds the
/// mistakes worth a message at once. `{{Today}}` and the like may stand behind the host.
fn check_url(url: &str) -> Result<(), String> {
    let invalid = || URL_NEEDED.to_owned();
    let (scheme, rest) = url.split_once("://").ok_or_else(invalid)?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(invalid());
    }
    if url.chars().any(|char| char.is_control() || char == ' ') {
        return Err(invalid());
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("The URL must not hold a user name; use an Authorization header.".to_owned());
    }
    if has_host_and_port(authority) { Ok(()) } else { Err(invalid()) }
}

fn has_host_and_port(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, port)) if host.parse::<std::net::Ipv6Addr>().is_ok() => (host, port),
            _ => return false,
        },
        None => match authority.find(':') {
            Some(colon) => authority.split_at(colon),
            None => (authority, ""),
        },
    };
    let is_port_good = match port.strip_prefix(':') {
        Some(digits) => {
            digits.is_empty()
                || value::whole_number(digits).is_some_and(|p| (0..=65_535).contains(&p))
        }
        None => port.is_empty(),
    };
    !host.is_empty() && is_port_good && !host.contains(['[', ']', '<', '>', '^', '|', '%', '"'])
}

pub(super) fn method(value: &Json) -> Result<String, String> {
    let method = value.as_str().unwrap_or_default().trim().to_ascii_uppercase();
    if METHODS.contains(&method.as_str()) {
        return Ok(method);
    }
    Err("HTTP method must be GET, POST, PUT, DELETE, PATCH, HEAD, or OPTIONS.".to_owned())
}

pub(super) fn header(name: &str, value: &Json) -> Result<String, String> {
    if name.is_empty() || NAME_CHARS_MAX < name.len() || !name.bytes().all(is_token_byte) {
        return Err("is not a header name".to_owned());
    }
    if !is_settable_header(name) {
        return Err("is set by the scheduler itself".to_owned());
    }
    let value = value::text(value, HEADER_VALUE_CHARS_MAX)?;
    if value.chars().any(|char| char.is_control() && char != '\t') {
        return Err("must not contain line breaks or other control characters".to_owned());
    }
    Ok(value)
}

/// Whether a job's own headers may name it.
pub fn is_settable_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !OWN_HEADERS.contains(&name.as_str()) && !name.starts_with(OWN_HEADER_PREFIX)
}

/// RFC 9110 §5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn urls_are_absolute_http_with_a_host_and_no_password() {
        let check = |url: &str, expect: bool| {
            assert_eq!(check_url(url).is_ok(), expect, "{url}");
        };
        check("https://example.com", true);
        check("HTTP://example.com:8080/a?b=c#d", true);
        check("http://localhost:3000", true);
        check("http://192.0.2.1/", true);
        check("http://[::1]:8080/x", true);
        check("https://bücher.example/", true);
        check("https://example.com/report/{{Today}}", true);
        check("https://example.com/@user", true);
        check("https://user:secret@example.com/", false);
        check("https://example.com:99999/", false);
        check("https://example.com:port/", false);
        check("https://", false);
        check("https:///path", false);
        check("https://:80/", false);
        check("http://[::1", false);
        check("http://[nonsense]/", false);
        check("/relative", false);
        check("example.com", false);
        check("ftp://example.com/", false);
        check("file:///etc/passwd", false);
        check("javascript://example.com", false);
        check("https://exa mple.com/", false);
        check("https://example.com/\n", false);
    }

    #[test]
    fn the_url_ends_at_its_bound() {
        let url_of = |chars: usize| {
            let start = "https://example.com/";
            json!(format!("{start}{}", "x".repeat(chars - start.len())))
        };
        assert!(url(&url_of(URL_CHARS_MAX)).is_ok());
        assert!(url(&url_of(URL_CHARS_MAX + 1)).is_err());
    }

    #[test]
    fn methods_come_in_any_case() {
        assert_eq!(method(&json!("post")).as_deref(), Ok("POST"));
        assert_eq!(method(&json!("Options")).as_deref(), Ok("OPTIONS"));
        for bad in [json!("TRACE"), json!("CONNECT"), json!(""), json!(1)] {
            assert!(method(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn headers_have_token_names_single_line_values_and_are_not_ours() {
        let check = |name: &str, value: &str, expect: bool| {
            assert_eq!(header(name, &json!(value)).is_ok(), expect, "{name}: {value:?}");
        };
        check("X-Api-Key", "abc", true);
        check("Accept", "text/plain;\tq=1, ü", true);
        check("", "x", false);
        check("X Y", "x", false);
        check("X:Y", "x", false);
        check("Höhe", "x", false);
        check("X-A", "a\r\nHost: b", false);
        check("X-A", "a\u{7f}", false);
        check("HOST", "example.com", false);
        check("Content-Length", "1", false);
        check("te", "trailers", false);
        check("Idempotency-Key", "x", false);
        check("X-Horarium-Attempt", "1", false);
        check("X-Horarius", "1", true);
    }

    #[test]
    fn a_header_value_ends_at_its_bound() {
        let value_of = |chars: usize| json!("x".repeat(chars));
        assert!(header("X-A", &value_of(HEADER_VALUE_CHARS_MAX)).is_ok());
        assert!(header("X-A", &value_of(HEADER_VALUE_CHARS_MAX + 1)).is_err());
    }
}
