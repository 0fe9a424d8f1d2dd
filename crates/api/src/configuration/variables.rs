//! `{{Today}}` and the like: which names a configuration may use.
//!
//! Workers fill them in at the start of an attempt; here they are only known by name. What stands in
//! braces and is no name, such as `{{#each rows}}`, is text for whoever receives it.

use crate::field_errors::FieldErrors;
use crate::json::Json;

/// Every variable there is.
pub const VARIABLES: [&str; 9] = [
    "Today",
    "Now",
    "ScheduledFor",
    "Job.Id",
    "Job.Name",
    "User.Email",
    "Execution.Id",
    "Attempt",
    "Environment.MachineName",
];

/// Longest text from brace to brace that is looked at as a variable.
pub const VARIABLE_BYTES_MAX: usize = 64;

/// The first name in braces that is no variable.
pub(super) fn unknown_variable(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let from = &rest[start..];
        match braced(from) {
            Some((name, after)) => {
                if is_name(name) && !VARIABLES.contains(&name) {
                    return Some(name);
                }
                rest = after;
            }
            // One brace only: `{{{Today}}` has a variable behind the first.
            None => rest = &from[1..],
        }
    }
    None
}

/// What stands in the braces at the start of `from` without the spaces around it, and what follows.
/// `None` when they are not closed soon, or hold another brace.
///
/// Looks only as far as a name can reach: a megabyte of opening braces stays a linear matter.
pub fn braced(from: &str) -> Option<(&str, &str)> {
    let near = &from[2..from.floor_char_boundary(VARIABLE_BYTES_MAX).max(2)];
    let (name, _) = near.split_once("}}")?;
    (!name.contains('{')).then(|| (name.trim(), &from[2 + name.len() + 2..]))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Adds an error for every string value of `configuration` with an unknown variable in it.
pub(super) fn check(configuration: &Json, path: &str, errors: &mut FieldErrors) {
    match configuration {
        Json::String(text) => {
            if let Some(name) = unknown_variable(text) {
                let known = VARIABLES.map(|name| format!("{{{{{name}}}}}")).join(", ");
                errors.add(path, format!("{{{{{name}}}}} is not a variable; there are {known}"));
            }
        }
        Json::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                check(item, &format!("{path}[{place}]"), errors);
            }
        }
        Json::Object(keys) => {
            for (key, value) in keys {
                check(value, &format!("{path}.{key}"), errors);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_names_are_found_and_other_braces_are_text() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(unknown_variable(text), expect, "{text}");
        };
        for name in VARIABLES {
            check(&format!("a {{{{ {name} }}}} b"), None);
        }
        check("{{Yesterday}}", Some("Yesterday"));
        check("{{Today}} {{today}}", Some("today"));
        check("{{{Yesterday}}}", Some("Yesterday"));
        check("{{Job.Owner}}/x", Some("Job.Owner"));
        check("{{#each rows}} {{/each}} {{}} {{ a b }} {{", None);
        check("{\"a\": {\"b\": {}}}", None);
        check(&format!("{{{{{}}}}}", "x".repeat(VARIABLE_BYTES_MAX)), None);
        check(&"{".repeat(1_000_000), None);
    }

    #[test]
    fn every_string_value_is_looked_at() {
        let mut errors = FieldErrors::default();
        let configuration = json!({
            "url": "http://a/{{A}}", "headers": {"X": "{{B}}", "{{C}}": ""},
            "parameters": {"list": [1, "{{D}}", {"deep": "{{Now}}"}]}
        });
        check(&configuration, "jobConfiguration", &mut errors);
        let paths: Vec<&str> = errors.iter().map(|(path, _)| path).collect();
        let expect = ["url", "headers.X", "parameters.list[1]"];
        assert_eq!(paths, expect.map(|path| format!("jobConfiguration.{path}")));
        let said = &errors.messages("jobConfiguration.url")[0];
        assert!(
            said.starts_with("{{A}} is not a variable; there are {{Today}}, {{Now}}"),
            "{said}"
        );
    }
}
