//! `secret://name`: a stored secret, named wherever a configuration has text.
//!
//! It may stand alone or inside other text (`Bearer secret://billing`, `{"token": "secret://crm.key"}`).
//! A name is letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit; in a text it
//! goes as far as that allows.

use crate::json::Json;

pub const SECRET_NAME_CHARS_MAX: usize = 100;

pub(crate) const SCHEME: &str = "secret://";
/// What may stand before a reference in a secret header without being a secret: `Bearer secret://billing`.
const AUTH_SCHEMES: [&str; 4] = ["bearer", "basic", "token", "apikey"];

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    Text(&'a str),
    /// The name of a secret.
    Secret(&'a str),
}

/// A place in a configuration that names a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretReference {
    /// `headers.X-Api-Key`, `parameters.list[0]`
    pub path: String,
    /// `None` when what follows `secret://` is no name.
    pub name: Option<String>,
}

pub fn is_secret_name(name: &str) -> bool {
    name.len() <= SECRET_NAME_CHARS_MAX && leading_name(name) == Some(name)
}

/// Whether the text is a reference and nothing else.
pub fn is_reference(text: &str) -> bool {
    text.strip_prefix(SCHEME).is_some_and(is_secret_name)
}

/// Whether the value only names a stored secret: `secret://billing`, `Bearer secret://billing`.
pub fn is_secret_reference(value: &str) -> bool {
    match value.split_once(' ') {
        Some((scheme, rest)) if AUTH_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) => {
            is_reference(rest)
        }
        _ => is_reference(value),
    }
}

/// The text in pieces, whose order is the text's. `secret://` without a name stays text.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut done, mut at) = (0, 0);
    while let Some(found) = text[at..].find(SCHEME) {
        let start = at + found;
        let name_at = start + SCHEME.len();
        at = name_at;
        if let Some(name) = leading_name(&text[name_at..]) {
            if done < start {
                parts.push(Part::Text(&text[done..start]));
            }
            parts.push(Part::Secret(name));
            at = name_at + name.len();
            done = at;
        }
    }
    if done < text.len() {
        parts.push(Part::Text(&text[done..]));
    }
    parts
}

/// The longest name that the text begins with.
fn leading_name(text: &str) -> Option<&str> {
    let end = text.bytes().position(|b| !b.is_ascii_alphanumeric() && !b"-_.".contains(&b));
    let run = &text[..end.unwrap_or(text.len())];
    let name = run.trim_end_matches(['-', '_', '.']);
    let begins_well = name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
    (begins_well && name.len() <= SECRET_NAME_CHARS_MAX).then_some(name)
}

/// Every secret that a configuration names, and every `secret://` that names none.
pub fn references(configuration: &Json) -> Vec<SecretReference> {
    let mut found = Vec::new();
    collect(configuration, "", &mut found);
    found
}

fn collect(value: &Json, path: &str, found: &mut Vec<SecretReference>) {
    match value {
        Json::String(text) if text.contains(SCHEME) => {
            for part in parts(text) {
                let name = match part {
                    Part::Secret(name) => Some(name.to_owned()),
                    Part::Text(text) if text.contains(SCHEME) => None,
                    Part::Text(_) => continue,
                };
                found.push(SecretReference { path: path.to_owned(), name });
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{path}[{index}]"), found);
            }
        }
        Json::Object(object) => {
            for (key, item) in object {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect(item, &path, found);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_names_a_secret_and_shows_none() {
        let check = |value: &str, expect: bool| {
            assert_eq!(is_secret_reference(value), expect, "{value}");
        };
        check("secret://billing", true);
        check("secret://team.billing_key-2", true);
        check("Bearer secret://billing", true);
        check("basic secret://billing", true);
        check("hunter2 secret://billing", false);
        check("secret://billing hunter2", false);
        check("secret://a/b", false);
        check("secret://", false);
        check("hunter2", false);
        check("", false);
    }

    #[test]
    fn a_name_ends_at_its_bound() {
        let check = |name: &str, expect: bool| assert_eq!(is_secret_name(name), expect, "{name}");
        check(&"x".repeat(SECRET_NAME_CHARS_MAX), true);
        check(&"x".repeat(SECRET_NAME_CHARS_MAX + 1), false);
        check("a", true);
        for bad in ["", "-a", "a.", "a b", "ä", "a/b", "a\n"] {
            check(bad, false);
        }
    }

    #[test]
    fn a_text_falls_into_its_parts() {
        use Part::{Secret, Text};
        let check = |text: &str, expect: &[Part<'_>]| assert_eq!(parts(text), expect, "{text}");
        check("", &[]);
        check("plain", &[Text("plain")]);
        check("secret://a", &[Secret("a")]);
        check("Bearer secret://a", &[Text("Bearer "), Secret("a")]);
        check("{\"k\": \"secret://a.b-c\"}", &[Text("{\"k\": \""), Secret("a.b-c"), Text("\"}")]);
        check("secret://a.", &[Secret("a"), Text(".")]);
        check("secret://asecret://b", &[Secret("asecret"), Text("://b")]);
        check("secret://a,secret://b", &[Secret("a"), Text(","), Secret("b")]);
        check("secret://", &[Text("secret://")]);
        check("secret:// secret://a", &[Text("secret:// "), Secret("a")]);
        check("SECRET://a", &[Text("SECRET://a")]);
    }

    #[test]
    fn references_are_found_wherever_they_stand() {
        let found = |configuration: Json| {
            let found = references(&configuration).into_iter();
            found.map(|it| (it.path, it.name.unwrap_or_default())).collect::<Vec<_>>()
        };
        let check = |configuration: Json, expect: &[(&str, &str)]| {
            let expect: Vec<_> = expect.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
            assert_eq!(found(configuration), expect);
        };
        check(json!({"headers": {"X-Api-Key": "secret://a"}}), &[("headers.X-Api-Key", "a")]);
        check(
            json!({"parameters": {"l": [1, {"k": "secret://x"}]}}),
            &[("parameters.l[1].k", "x")],
        );
        check(json!({"body": "see secret://x for more"}), &[("body", "x")]);
        check(json!({"body": "secret://x secret://y"}), &[("body", "x"), ("body", "y")]);
        check(json!({"url": "http://h/?k=secret://"}), &[("url", "")]);
        check(json!({"url": "http://example.com", "timeoutSeconds": 5}), &[]);
    }
}
