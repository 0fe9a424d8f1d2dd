//! Secret header values never come back: `***` goes out, and `***` in a PUT keeps what is stored
//! (contract D7).

use serde_json::Map;

use super::references::is_secret_reference;
use crate::field_errors::FieldErrors;
use crate::json::Json;

/// What stands for a value that is not shown.
pub const MASK: &str = "***";

const SECRET_HEADERS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];
/// With or without a dash before: `X-Api-Key`, `ApiKey`. To mask one too many does no harm.
const SECRET_SUFFIXES: [&str; 4] = ["key", "token", "secret", "password"];
/// Whether a literal value of this header is encrypted at rest and masked in answers.
pub fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_HEADERS.contains(&name.as_str())
        || SECRET_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// The configuration with its secret header values replaced by [`MASK`].
pub fn mask(configuration: &Json) -> Json {
    let mut masked = configuration.clone();
    for (_, value) in secret_headers_mut(&mut masked) {
        *value = MASK.into();
    }
    masked
}

/// The secret headers whose values are more than references: what is masked in answers and sealed at rest.
pub fn secret_headers_mut(configuration: &mut Json) -> impl Iterator<Item = (&String, &mut Json)> {
    let is_shown = |value: &Json| value.as_str().is_some_and(is_secret_reference);
    headers_mut(configuration)
        .filter(move |(name, value)| is_secret_header(name) && !is_shown(value))
}

/// The configuration with each [`MASK`] of a secret header replaced by the stored value.
///
/// # Errors
/// A mask with nothing stored under that name. On create, `stored` is null.
pub fn unmask(mut configuration: Json, stored: &Json) -> Result<Json, FieldErrors> {
    let mut errors = FieldErrors::default();
    for (name, value) in headers_mut(&mut configuration) {
        if !is_secret_header(name) || *value != MASK {
            continue;
        }
        match stored_header(stored, name) {
            Some(kept) => *value = kept.clone(),
            None => errors.add(
                &format!("jobConfiguration.headers.{name}"),
                "*** keeps a stored value, and none is stored; give the value",
            ),
        }
    }
    errors.into_result(configuration)
}

fn headers_mut(configuration: &mut Json) -> impl Iterator<Item = (&String, &mut Json)> {
    let headers = configuration.get_mut("headers").and_then(Json::as_object_mut);
    headers.into_iter().flat_map(Map::iter_mut)
}

fn stored_header<'a>(stored: &'a Json, name: &str) -> Option<&'a Json> {
    let mut headers = stored["headers"].as_object()?.iter();
    headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn which_headers_are_secret() {
        let check = |name: &str, expect: bool| assert_eq!(is_secret_header(name), expect, "{name}");
        check("Authorization", true);
        check("proxy-authorization", true);
        check("COOKIE", true);
        check("X-Api-Key", true);
        check("Ocp-Apim-Subscription-Key", true);
        check("X-Auth-Token", true);
        check("Client-Secret", true);
        check("ApiKey", true);
        check("token", true);
        check("Accept", false);
        check("X-Keyboard", false);
        check("Keyed", false);
    }

    #[test]
    fn what_was_masked_comes_back_unharmed() {
        let stored = json!({"url": "https://example.com", "headers": {
            "X-Api-Key": "abc", "Accept": "*/*", "Authorization": "Bearer secret://billing"
        }});
        let masked = mask(&stored);
        assert_eq!(masked["headers"]["X-Api-Key"], "***");
        assert_eq!(masked["headers"]["Accept"], "*/*");
        assert_eq!(masked["headers"]["Authorization"], "Bearer secret://billing");
        assert_eq!(unmask(masked, &stored), Ok(stored));
    }

    #[test]
    fn a_mask_keeps_the_value_of_the_same_name_in_any_case() {
        let stored = json!({"headers": {"X-Api-Key": "abc"}});
        let kept = unmask(json!({"headers": {"x-api-key": "***"}}), &stored).unwrap();
        assert_eq!(kept["headers"]["x-api-key"], "abc");
        let changed = unmask(json!({"headers": {"X-Api-Key": "new"}}), &stored).unwrap();
        assert_eq!(changed["headers"]["X-Api-Key"], "new");
    }

    #[test]
    fn a_mask_of_nothing_is_an_error() {
        let new = json!({"headers": {"Authorization": "***", "Accept": "***"}});
        let errors = unmask(new, &Json::Null).unwrap_err();
        let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["jobConfiguration.headers.Authorization"]);
    }

    #[test]
    fn without_headers_there_is_nothing_to_mask() {
        for configuration in [json!({}), json!({"headers": null}), json!(null)] {
            assert_eq!(mask(&configuration), configuration);
            assert_eq!(unmask(configuration.clone(), &json!({})), Ok(configuration));
        }
    }
}
