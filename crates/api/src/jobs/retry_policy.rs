//! When a failed attempt is tried again. The documents and the original's client name the same two
//! numbers differently; both names are read and both are written (contract C3).

use std::ops::RangeInclusive;

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::configuration::{NAME_CHARS_MAX, status_codes};
use crate::enums::RetryBackoffType;
use crate::fields::{Fields, value};

pub const RETRY_ATTEMPTS_MAX: u32 = 100;
/// A week.
pub const RETRY_DELAY_SECONDS_MAX: u32 = 604_800;
pub const RETRY_EXCEPTIONS_MAX: usize = 100;

/// A retry policy as a client gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(
    rename_all = "camelCase",
    extend("additionalProperties" = false),
    transform = add_second_names
)]
pub struct RetryPolicyRequest {
    /// Retries after the first try: 3 means at most four tries.
    #[schemars(range(min = 0, max = RETRY_ATTEMPTS_MAX))]
    pub max_attempts: Option<u32>,
    #[schemars(range(min = 0, max = RETRY_DELAY_SECONDS_MAX))]
    pub delay_seconds: Option<u32>,
    #[schemars(rename = "retryBackoffType")]
    pub backoff: Option<RetryBackoffType>,
    /// Ceiling of a growing delay.
    #[schemars(range(min = 1, max = RETRY_DELAY_SECONDS_MAX))]
    pub max_delay_seconds: Option<u32>,
    /// Spread delays a little, so that what failed together is not retried together.
    pub jitter: Option<bool>,
    /// `HttpCall`: retry only these; empty means any.
    #[schemars(inner(range(min = 100, max = 599)))]
    pub should_retry_http_status_codes: Option<Vec<u16>>,
    /// .NET exception names: taken and not looked at.
    pub retry_on_exceptions: Option<Vec<String>>,
}

/// The documents' name, the original client's name.
const SECOND_NAMES: [(&str, &str); 2] =
    [("maxAttempts", "maxRetryAttempts"), ("delaySeconds", "retryDelaySeconds")];

fn add_second_names(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(|it| it.as_object_mut()) else {
        return;
    };
    for (name, second_name) in SECOND_NAMES {
        if let Some(mut property) = properties.get(name).cloned() {
            property["description"] = format!("The same as `{name}`.").into();
            properties.insert(second_name.to_owned(), property);
        }
    }
}

impl RetryPolicyRequest {
    pub(crate) fn read(fields: &mut Fields<'_>) -> RetryPolicyRequest {
        let [attempts, delay] = SECOND_NAMES;
        let delays = 0..=RETRY_DELAY_SECONDS_MAX;
        RetryPolicyRequest {
            max_attempts: by_either_name(fields, attempts, 0..=RETRY_ATTEMPTS_MAX),
            delay_seconds: by_either_name(fields, delay, delays),
            backoff: fields.word("retryBackoffType"),
            max_delay_seconds: fields.number("maxDelaySeconds", 1..=RETRY_DELAY_SECONDS_MAX),
            jitter: fields.flag("jitter"),
            should_retry_http_status_codes: status_codes(fields, "shouldRetryHttpStatusCodes"),
            retry_on_exceptions: fields.list("retryOnExceptions", RETRY_EXCEPTIONS_MAX, |item| {
                value::text(item, NAME_CHARS_MAX)
            }),
        }
    }
}

fn by_either_name(
    fields: &mut Fields<'_>,
    (name, second_name): (&str, &str),
    range: RangeInclusive<u32>,
) -> Option<u32> {
    let first = fields.number(name, range.clone());
    let second = fields.number(second_name, range);
    if let (Some(first), Some(second)) = (first, second)
        && first != second
    {
        fields.refuse(second_name, format!("differs from {name}, which means the same"));
    }
    first.or(second)
}

/// A retry policy as we give it, under both names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetryPolicyDto {
    /// Retries after the first try.
    pub max_attempts: u32,
    pub delay_seconds: u32,
    /// The same as `maxAttempts`.
    pub max_retry_attempts: u32,
    /// The same as `delaySeconds`.
    pub retry_delay_seconds: u32,
    pub retry_backoff_type: RetryBackoffType,
    pub max_delay_seconds: Option<u32>,
    pub jitter: bool,
    pub should_retry_http_status_codes: Vec<u16>,
    pub retry_on_exceptions: Vec<String>,
}

impl RetryPolicyDto {
    /// The two numbers under both of their names; the rest as little as possible.
    pub fn new(
        max_attempts: u32,
        delay_seconds: u32,
        retry_backoff_type: RetryBackoffType,
    ) -> RetryPolicyDto {
        RetryPolicyDto {
            max_attempts,
            delay_seconds,
            max_retry_attempts: max_attempts,
            retry_delay_seconds: delay_seconds,
            retry_backoff_type,
            max_delay_seconds: None,
            jitter: false,
            should_retry_http_status_codes: Vec::new(),
            retry_on_exceptions: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fields::read_object;
    use crate::json::Json;

    fn read(policy: &Json) -> Result<RetryPolicyRequest, crate::FieldErrors> {
        read_object(policy, RetryPolicyRequest::read)
    }

    #[test]
    fn both_names_mean_the_same_and_must_agree() {
        let check = |policy: Json, expect: Option<(Option<u32>, Option<u32>)>| {
            let got = read(&policy).ok().map(|read| (read.max_attempts, read.delay_seconds));
            assert_eq!(got, expect, "{policy}");
        };
        check(json!({}), Some((None, None)));
        check(json!({"maxAttempts": 3, "delaySeconds": 30}), Some((Some(3), Some(30))));
        check(json!({"maxRetryAttempts": 3, "retryDelaySeconds": 0}), Some((Some(3), Some(0))));
        check(json!({"maxAttempts": 3, "maxRetryAttempts": 3}), Some((Some(3), None)));
        check(json!({"maxAttempts": 3, "maxRetryAttempts": null}), Some((Some(3), None)));
        check(json!({"maxAttempts": 3, "maxRetryAttempts": 2}), None);
        check(json!({"delaySeconds": 3, "retryDelaySeconds": 2}), None);
    }

    #[test]
    fn every_number_ends_at_its_bound() {
        let check = |field: &str, most: u32| {
            assert!(read(&json!({field: most})).is_ok(), "{field}");
            assert!(read(&json!({field: most + 1})).is_err(), "{field}");
        };
        check("maxAttempts", RETRY_ATTEMPTS_MAX);
        check("retryDelaySeconds", RETRY_DELAY_SECONDS_MAX);
        check("maxDelaySeconds", RETRY_DELAY_SECONDS_MAX);
        let exceptions = |n: usize| json!({"retryOnExceptions": vec!["System.Exception"; n]});
        assert!(read(&exceptions(RETRY_EXCEPTIONS_MAX)).is_ok());
        assert!(read(&exceptions(RETRY_EXCEPTIONS_MAX + 1)).is_err());
    }

    #[test]
    fn what_is_answered_can_be_sent_back() {
        let dto = RetryPolicyDto::new(3, 60, RetryBackoffType::Linear);
        let request = read(&serde_json::to_value(&dto).unwrap()).unwrap();
        assert_eq!(request.max_attempts, Some(3));
        assert_eq!(request.backoff, Some(RetryBackoffType::Linear));
    }
}
