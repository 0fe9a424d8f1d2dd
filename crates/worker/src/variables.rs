//! `{{Today}}` and the like: what stands in a job's configuration for something known at the start
//! of an attempt.
//!
//! | variable                      | value                                     |
//! |-------------------------------|-------------------------------------------|
//! | `{{Today}}`                   | the attempt's day in UTC: `2026-01-31`    |
//! | `{{Now}}`                     | the attempt's start: `2026-01-31T09:00:00Z` |
//! | `{{Job.Id}}`, `{{Job.Name}}`  | the job                                   |
//! | `{{User.Email}}`              | who created the job; empty if unknown     |
//! | `{{ScheduledFor}}`            | when the schedule wanted the execution; empty if nobody scheduled it |
//! | `{{Execution.Id}}`            | the execution; its attempts share it      |
//! | `{{Attempt}}`                 | the attempt's number, from 1              |
//! | `{{Environment.MachineName}}` | the machine that runs the attempt         |
//!
//! `secret://name` is filled in the same pass with the secret's value.
//!
//! Every string value is filled, after the configuration was parsed, in one pass: a job named
//! `{{Now}}` stays named so. Spaces inside the braces are fine. A job with another name in braces is
//! not made; what is no name is left as it is, for the receiver may have a use for it.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write};

use horarium_api::{
    configuration::{Part, braced, is_reference, parts},
    time::instant_text,
};
use horarium_core::{ExecutionId, JobId};
use jiff::{Timestamp, tz::TimeZone};
use serde::de::IgnoredAny;
use serde_json::Value;

/// Longest string that filling may produce.
pub const FILLED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The values, borrowed from an assignment.
#[derive(Clone, Copy)]
pub struct Variables<'a> {
    pub now: Timestamp,
    pub due_at: Option<Timestamp>,
    pub execution_id: ExecutionId,
    pub attempt: u32,
    pub job_id: JobId,
    pub job_name: &'a str,
    pub user_email: &'a str,
    pub machine_name: &'a str,
    /// Values by name, put in the place of `secret://name`.
    pub secrets: &'a BTreeMap<String, String>,
}

/// Filling made a string longer than [`FILLED_BYTES_MAX`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value of jobConfiguration is longer than 4 MiB once its variables are filled in")]
pub struct TooLong;

/// How a value is written so that it cannot end what it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    Plain,
    /// Percent-encoded but for RFC 3986's unreserved characters: a job's name neither moves the
    /// request to another host nor adds a path segment or a query field.
    Url,
    /// As inside a JSON string: a quote in a job's name does not break the body.
    Json,
}

impl Variables<'_> {
    /// Fills every string value of `configuration`. `url` is escaped for a URL, a `body` that is
    /// JSON for JSON; header values are refused later if they hold a line break.
    pub fn fill(&self, configuration: &mut Value) -> Result<(), TooLong> {
        let Value::Object(keys) = configuration else { return Ok(()) };
        for (key, value) in keys.iter_mut() {
            let escape = match (key.as_str(), &*value) {
                ("url", Value::String(url)) if is_reference(url) => Escape::Plain,
                ("url", _) => Escape::Url,
                // A variable in valid JSON can only stand inside a string.
                ("body", Value::String(body)) if is_template(body) && is_json(body) => Escape::Json,
                _ => Escape::Plain,
            };
            self.fill_value(value, escape)?;
        }
        Ok(())
    }

    fn fill_value(&self, value: &mut Value, escape: Escape) -> Result<(), TooLong> {
        match value {
            Value::String(text) if is_template(text) => *text = self.filled(text, escape)?,
            Value::Array(values) => {
                values.iter_mut().try_for_each(|value| self.fill_value(value, escape))?;
            }
            Value::Object(keys) => {
                keys.values_mut().try_for_each(|value| self.fill_value(value, escape))?;
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        Ok(())
    }

    fn filled(&self, template: &str, escape: Escape) -> Result<String, TooLong> {
        let mut filled = String::with_capacity(template.len());
        for part in parts(template) {
            match part {
                Part::Text(text) => self.fill_text(text, escape, &mut filled)?,
                // None is missing: they were all found before.
                Part::Secret(name) => {
                    escape.write(self.secrets.get(name).map_or("", String::as_str), &mut filled);
                }
            }
            if filled.len() > FILLED_BYTES_MAX {
                return Err(TooLong);
            }
        }
        Ok(filled)
    }

    fn fill_text(&self, text: &str, escape: Escape, filled: &mut String) -> Result<(), TooLong> {
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, from) = rest.split_at(start);
            filled.push_str(before);
            let value = braced(from).and_then(|(name, after)| Some((self.value(name)?, after)));
            if let Some((value, after)) = value {
                escape.write(&value, filled);
                rest = after;
            } else {
                // One brace only: `{{{Today}}` has a variable behind the first.
                filled.push('{');
                rest = &from[1..];
            }
            if filled.len() > FILLED_BYTES_MAX {
                return Err(TooLong);
            }
        }
        filled.push_str(rest);
        Ok(())
    }

    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "Today" => Some(self.now.to_zoned(TimeZone::UTC).date().to_string().into()),
            "Now" => Some(instant_text(self.now).into()),
            "ScheduledFor" => Some(self.due_at.map(instant_text).unwrap_or_default().into()),
            "Execution.Id" => Some(self.execution_id.to_string().into()),
            "Attempt" => Some(self.attempt.to_string().into()),
            "Job.Id" => Some(self.job_id.to_string().into()),
            "Job.Name" => Some(self.job_name.into()),
            "User.Email" => Some(self.user_email.into()),
            "Environment.MachineName" => Some(self.machine_name.into()),
            _ => None,
        }
    }
}

fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("secret://")
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

impl Escape {
    fn write(self, value: &str, to: &mut String) {
        match self {
            Self::Plain => to.push_str(value),
            Self::Url => value.bytes().for_each(|byte| push_percent_encoded(byte, to)),
            Self::Json => {
                let quoted = Value::from(value).to_string();
                to.push_str(&quoted[1..quoted.len() - 1]);
            }
        }
    }
}

pub(crate) fn push_percent_encoded(byte: u8, to: &mut String) {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        to.push(char::from(byte));
    } else {
        write!(to, "%{byte:02X}").expect("writing to a String never fails");
    }
}

#[cfg(test)]
mod tests {
    use horarium_api::configuration::VARIABLES;
    use serde_json::json;

    use super::*;

    fn fill(job_name: &str, mut configuration: Value) -> Result<Value, TooLong> {
        let secrets = [("k", "{{Now}} secret://k\"/")];
        let secrets = secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let variables = Variables {
            now: "2026-01-31T23:30:00.5Z".parse().unwrap(),
            due_at: Some("2026-01-31T23:30:00Z".parse().unwrap()),
            execution_id: "0198c0de-0000-7000-8000-0000000000e1".parse().unwrap(),
            attempt: 2,
            job_id: "0198c0de-0000-7000-8000-000000000001".parse().unwrap(),
            job_name,
            user_email: "a@example.com",
            machine_name: "node-1",
            secrets: &secrets,
        };
        variables.fill(&mut configuration).map(|()| configuration)
    }

    #[test]
    fn every_variable_has_its_value() {
        let check = |template: &str, expect: &str| {
            let filled = fill("nightly", json!({ "handlerType": template })).unwrap();
            assert_eq!(filled["handlerType"], expect, "{template}");
        };
        check("{{Today}}", "2026-01-31");
        check("{{Now}}", "2026-01-31T23:30:00.5Z");
        check("{{Job.Id}}", "0198c0de-0000-7000-8000-000000000001");
        check("{{Job.Name}}", "nightly");
        check("{{ScheduledFor}}", "2026-01-31T23:30:00Z");
        check("{{Execution.Id}}", "0198c0de-0000-7000-8000-0000000000e1");
        check("{{Attempt}}", "2");
        check("{{User.Email}}", "a@example.com");
        check("{{Environment.MachineName}}", "node-1");
        check("a {{ Today }} b {{Job.Name}}", "a 2026-01-31 b nightly");
        check("{{today}} {{Unknown}} {{}} {{", "{{today}} {{Unknown}} {{}} {{");
        check("{{{Today}}}", "{2026-01-31}");
        check("{{x {{Today}}", "{{x 2026-01-31");
        check("no variables", "no variables");
    }

    #[test]
    fn every_name_that_may_be_used_is_filled() {
        for name in VARIABLES {
            let filled = fill("nightly", json!({ "body": format!("{{{{{name}}}}}") })).unwrap();
            assert!(!filled["body"].as_str().unwrap().contains('{'), "{name}");
        }
    }

    #[test]
    fn string_values_are_filled_at_any_depth_and_nothing_else_is_touched() {
        let template = json!({
            "headers": {"X-{{Today}}": "{{Today}}"}, "timeoutSeconds": 5,
            "parameters": {"list": ["{{Job.Name}}", 1, null, {"deep": "{{Job.Name}}"}]}
        });
        let expect = json!({
            "headers": {"X-{{Today}}": "2026-01-31"}, "timeoutSeconds": 5,
            "parameters": {"list": ["nightly", 1, null, {"deep": "nightly"}]}
        });
        assert_eq!(fill("nightly", template), Ok(expect));
        assert_eq!(fill("nightly", json!(null)), Ok(json!(null)));
    }

    #[test]
    fn a_value_is_not_filled_again() {
        let filled = fill("{{User.Email}}", json!({"body": "{{Job.Name}}"})).unwrap();
        assert_eq!(filled["body"], "{{User.Email}}");
    }

    #[test]
    fn a_secret_stands_in_its_place_escaped_and_is_not_filled_again() {
        let check = |key: &str, template: &str, expect: &str| {
            let filled = fill("secret://k", json!({ key: template })).unwrap();
            assert_eq!(filled[key], expect, "{template}");
        };
        check("handlerType", "a secret://k {{Job.Name}}", "a {{Now}} secret://k\"/ secret://k");
        check("body", "{\"k\": \"secret://k\"}", "{\"k\": \"{{Now}} secret://k\\\"/\"}");
        check("body", "k=secret://k", "k={{Now}} secret://k\"/");
        check(
            "url",
            "http://h/?k=secret://k",
            "http://h/?k=%7B%7BNow%7D%7D%20secret%3A%2F%2Fk%22%2F",
        );
        check("url", "secret://k", "{{Now}} secret://k\"/");
    }

    #[test]
    fn a_value_cannot_end_what_it_stands_in() {
        let name = "a/b?c=\"ü\"@\r\n";
        let template = json!({
            "url": "http://h/{{Job.Name}}?by={{User.Email}}",
            "body": "{\"name\": \"{{Job.Name}}\"}", "headers": {"X-Job": "{{Job.Name}}"}
        });
        let filled = fill(name, template).unwrap();
        let url = "http://h/a%2Fb%3Fc%3D%22%C3%BC%22%40%0D%0A?by=a%40example.com";
        assert_eq!(filled["url"], url);
        let body: Value = serde_json::from_str(filled["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["name"], name);
        assert_eq!(filled["headers"]["X-Job"], name, "refused when the header is made");
    }

    #[test]
    fn a_body_that_is_not_json_is_filled_plainly() {
        let filled = fill("a \"b\"", json!({"body": "name={{Job.Name}}"})).unwrap();
        assert_eq!(filled["body"], "name=a \"b\"");
    }

    #[test]
    fn filling_ends_at_its_bound() {
        let fits = json!({"body": "{{Job.Name}}".repeat(FILLED_BYTES_MAX / 256)});
        assert!(fill(&"x".repeat(256), fits.clone()).is_ok());
        assert_eq!(fill(&"x".repeat(257), fits), Err(TooLong));
    }
}
