//! `secret://name` in a configuration. Secrets are not stored yet, so every reference is to one
//! that is not known.

use horarium_api::configuration::is_secret_reference;
use serde_json::Value;

/// The name of the first secret that `configuration` refers to.
///
/// Looked for before variables are filled: a job's name is text, never a reference.
pub(crate) fn first_reference(configuration: &Value) -> Option<&str> {
    match configuration {
        Value::String(text) if is_secret_reference(text) => {
            text.split_once("secret://").map(|(_, name)| name)
        }
        Value::Array(values) => values.iter().find_map(first_reference),
        Value::Object(keys) => keys.values().find_map(first_reference),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_wherever_they_stand() {
        let check = |configuration: Value, expect: Option<&str>| {
            assert_eq!(first_reference(&configuration), expect, "{configuration}");
        };
        check(json!({"headers": {"X-Api-Key": "secret://billing"}}), Some("billing"));
        check(json!({"headers": {"Authorization": "Bearer secret://a/b"}}), Some("a/b"));
        check(json!({"parameters": {"list": [{"key": "secret://x"}]}}), Some("x"));
        check(json!({"body": "see secret://x for more"}), None);
        check(json!({"url": "http://example.com", "timeoutSeconds": 5}), None);
    }
}
