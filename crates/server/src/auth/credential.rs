//! What a request shows to say who sends it.

use axum::http::{
    HeaderMap, HeaderName,
    header::{AUTHORIZATION, COOKIE},
};
use horarium_store::Hidden;

use super::{
    api_keys::KEY_PREFIX,
    error::{AuthError, Result},
};

/// Longer ones are refused unread.
pub(super) const CREDENTIAL_BYTES_MAX: usize = 4_096;
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const SCHEME: &str = "Bearer";
/// `__Host-`: set by this host alone, over a connection that browsers trust, for all its paths.
pub const SESSION_COOKIE: &str = "__Host-horarium";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    Token(Hidden),
    Key(Hidden),
    /// Sent by a browser without being asked; whatever it is good for, somebody else's page may have
    /// caused the request.
    Cookie(Hidden),
}

/// The one credential of a request: `Authorization: Bearer <token or key>`, `X-Api-Key: <key>`, or,
/// without these, a browser's cookie.
///
/// As in the original, a token may stand in quotes or after a second `Bearer `. Two credentials are
/// refused: whichever we took, somebody in between might have meant the other.
pub(super) fn read_credential(headers: &HeaderMap) -> Result<Credential> {
    let bearer = headers.get_all(AUTHORIZATION).iter().map(|value| (value, true));
    let key = headers.get_all(&API_KEY).iter().map(|value| (value, false));
    let mut shown = bearer.chain(key);
    let Some((value, is_bearer)) = shown.next() else { return read_cookie(headers) };
    if shown.next().is_some() {
        return Err(AuthError::UnreadableCredentials("more than one"));
    }
    if value.len() > CREDENTIAL_BYTES_MAX {
        return Err(AuthError::UnreadableCredentials("too long"));
    }
    let text = value.to_str().map_err(|_| AuthError::UnreadableCredentials("not ASCII"))?;
    let text = if is_bearer {
        after_scheme(text).ok_or(AuthError::UnreadableCredentials("not `Bearer`"))?
    } else {
        text.trim()
    };
    let text = Hidden::new(text);
    if !is_bearer || text.expose().starts_with(KEY_PREFIX) {
        Ok(Credential::Key(text))
    } else {
        Ok(Credential::Token(text))
    }
}

/// A second cookie of this name was planted: which of the two is ours cannot be told.
fn read_cookie(headers: &HeaderMap) -> Result<Credential> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    let mut ours = pairs.filter(|(name, _)| name.trim() == SESSION_COOKIE).map(|(_, text)| text);
    let text = ours.next().ok_or(AuthError::NoCredentials)?;
    if ours.next().is_some() {
        return Err(AuthError::UnreadableCredentials("more than one"));
    }
    if text.len() > CREDENTIAL_BYTES_MAX {
        return Err(AuthError::UnreadableCredentials("too long"));
    }
    Ok(Credential::Cookie(Hidden::new(text.trim())))
}

fn after_scheme(text: &str) -> Option<&str> {
    let text = strip_scheme(unquoted(text))?;
    let text = unquoted(text);
    Some(unquoted(strip_scheme(text).unwrap_or(text)))
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_at_checked(SCHEME.len())?;
    let is_apart = rest.starts_with(' ');
    (scheme.eq_ignore_ascii_case(SCHEME) && is_apart).then(|| rest.trim())
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.map_or(text, str::trim)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        let mut map = HeaderMap::new();
        for (name, value) in lines.iter().map(line) {
            map.append(name, value);
        }
        map
    }

    #[test]
    fn a_token_is_found_however_it_is_dressed() {
        let check = |value: &str, expect: Option<&str>| {
            let found = read_credential(&headers(&[("authorization", value)])).ok();
            let expect = expect.map(|text| Credential::Token(Hidden::new(text)));
            assert_eq!(found, expect, "{value}");
        };
        check("Bearer a.b.c", Some("a.b.c"));
        check("bearer   a.b.c ", Some("a.b.c"));
        check("Bearer \"a.b.c\"", Some("a.b.c"));
        check("\"Bearer a.b.c\"", Some("a.b.c"));
        check("Bearer Bearer a.b.c", Some("a.b.c"));
        check("Bearer \"Bearer a.b.c\"", Some("a.b.c"));
        check("Bearer Bearer Bearer a.b.c", Some("Bearer a.b.c"));
        check("Basic YTpi", None);
        check("a.b.c", None);
        check("Bearera.b.c", None);
        check("", None);
    }

    #[test]
    fn a_key_comes_in_either_header() {
        let key = Credential::Key(Hidden::new("hor_1_2"));
        for line in [("authorization", "Bearer hor_1_2"), ("x-api-key", "hor_1_2")] {
            assert_eq!(read_credential(&headers(&[line])).unwrap(), key);
        }
    }

    #[test]
    fn none_and_several_are_told_apart() {
        let err = |lines| read_credential(&headers(lines)).unwrap_err();
        assert!(matches!(err(&[]), AuthError::NoCredentials));
        let two = [("authorization", "Bearer a"), ("x-api-key", "b")];
        assert!(matches!(err(&two), AuthError::UnreadableCredentials("more than one")));
        let two = [("authorization", "Bearer a"), ("authorization", "Bearer a")];
        assert!(matches!(err(&two), AuthError::UnreadableCredentials("more than one")));
    }

    #[test]
    fn a_cookie_counts_when_no_header_is_shown() {
        let check = |lines: &[(&'static str, &str)], expect: Option<Credential>| {
            assert_eq!(read_credential(&headers(lines)).ok(), expect, "{lines:?}");
        };
        let cookie = |text: &str| Some(Credential::Cookie(Hidden::new(text)));
        check(&[("cookie", "__Host-horarium=abc")], cookie("abc"));
        check(&[("cookie", "a=b; __Host-horarium=abc; c=d")], cookie("abc"));
        check(&[("cookie", "a=b"), ("cookie", "__Host-horarium=abc")], cookie("abc"));
        check(&[("cookie", "horarium=abc")], None);
        check(&[("cookie", "__host-horarium=abc")], None);
        check(&[("cookie", "__Host-horarium=abc; __Host-horarium=def")], None);
        let key = Some(Credential::Key(Hidden::new("hor_1_2")));
        check(&[("cookie", "__Host-horarium=abc"), ("x-api-key", "hor_1_2")], key);
        let long = format!("__Host-horarium={}", "a".repeat(CREDENTIAL_BYTES_MAX + 1));
        check(&[("cookie", &long)], None);
    }

    #[test]
    fn a_huge_credential_is_refused_unread() {
        let text = format!("Bearer {}", "a".repeat(CREDENTIAL_BYTES_MAX));
        let err = read_credential(&headers(&[("authorization", &text)])).unwrap_err();
        assert!(matches!(err, AuthError::UnreadableCredentials("too long")));
    }
}
