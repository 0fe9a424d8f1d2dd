//! Secrets: values that jobs name as `secret://name`. They go in and never come out.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::auth::Secret;
use crate::configuration::{SECRET_NAME_CHARS_MAX, is_secret_name};
use crate::field_errors::FieldErrors;
use crate::fields::{Change, Fields, read_complete, value};
use crate::json::Json;

/// Shorter ones could not be hidden in what jobs print.
pub const SECRET_VALUE_BYTES_MIN: usize = 4;
pub const SECRET_VALUE_BYTES_MAX: usize = 32_768;
pub const SECRET_DESCRIPTION_CHARS_MAX: usize = 500;

/// A secret to be made.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct SecretRequest {
    /// Letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit.
    #[schemars(length(min = 1, max = SECRET_NAME_CHARS_MAX))]
    pub name: String,
    /// Encrypted at rest; never shown again.
    pub value: Secret,
    #[schemars(length(max = SECRET_DESCRIPTION_CHARS_MAX))]
    pub description: Option<String>,
}

/// The next version of a secret.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct SecretValueRequest {
    pub value: Secret,
    /// Absent or null keeps it, the empty string takes it away.
    #[schemars(with = "Option<String>")]
    pub description: Change<String>,
}

impl SecretRequest {
    pub fn read(body: &Json) -> Result<SecretRequest, FieldErrors> {
        read_complete(body, |fields| {
            let name = fields.needed("name", name);
            let value = fields.needed("value", secret_value);
            let description = description(fields).apply(None);
            Some(SecretRequest { name: name?, value: value?, description })
        })
    }
}

impl SecretValueRequest {
    pub fn read(body: &Json) -> Result<SecretValueRequest, FieldErrors> {
        read_complete(body, |fields| {
            fields.ignore(&[
                "id",
                "name",
                "version",
                "createdAt",
                "updatedAt",
                "updatedBy",
                "lastUsedAt",
            ]);
            let value = fields.needed("value", secret_value);
            let description = description(fields);
            Some(SecretValueRequest { value: value?, description })
        })
    }
}

fn name(item: &Json) -> Result<String, String> {
    let name = item.as_str().unwrap_or_default();
    if is_secret_name(name) {
        return Ok(name.to_owned());
    }
    Err(format!(
        "must be 1 to {SECRET_NAME_CHARS_MAX} letters, digits, `-`, `_` and `.`, \
         beginning and ending with a letter or digit"
    ))
}

fn secret_value(item: &Json) -> Result<Secret, String> {
    let text = item.as_str().ok_or("must be text")?;
    if !(SECRET_VALUE_BYTES_MIN..=SECRET_VALUE_BYTES_MAX).contains(&text.len()) {
        return Err(format!(
            "must have {SECRET_VALUE_BYTES_MIN} to {SECRET_VALUE_BYTES_MAX} bytes"
        ));
    }
    Ok(Secret(text.to_owned()))
}

fn description(fields: &mut Fields<'_>) -> Change<String> {
    fields.change("description", |item| value::text(item, SECRET_DESCRIPTION_CHARS_MAX))
}

/// A secret, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretDto {
    pub id: Uuid,
    /// What jobs call it: `secret://name`.
    pub name: String,
    pub description: Option<String>,
    /// Grows with every value.
    pub version: i64,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "crate::time::instant")]
    pub updated_at: Timestamp,
    pub updated_by: String,
    /// To the minute.
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub last_used_at: Option<Timestamp>,
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn sample() -> SecretDto {
        SecretDto {
            id: Uuid::from_u128(1),
            name: "billing".to_owned(),
            description: Some("The billing system's key".to_owned()),
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            updated_by: "ops@example.com".to_owned(),
            last_used_at: Some(Timestamp::UNIX_EPOCH),
        }
    }

    #[test]
    fn a_secret_has_a_name_and_a_value_within_bounds() {
        let check = |body: Json, expect: bool| {
            assert_eq!(SecretRequest::read(&body).is_ok(), expect);
        };
        let value = |bytes: usize| json!({"name": "a", "value": "x".repeat(bytes)});
        check(value(SECRET_VALUE_BYTES_MIN), true);
        check(value(SECRET_VALUE_BYTES_MIN - 1), false);
        check(value(SECRET_VALUE_BYTES_MAX), true);
        check(value(SECRET_VALUE_BYTES_MAX + 1), false);
        let described = |chars: usize| json!({"name": "a", "value": "hunter2", "description": "x".repeat(chars)});
        check(described(SECRET_DESCRIPTION_CHARS_MAX), true);
        check(described(SECRET_DESCRIPTION_CHARS_MAX + 1), false);
        check(json!({"name": "a"}), false);
        check(json!({"value": "hunter2"}), false);
        check(json!({"name": "a/b", "value": "hunter2"}), false);
        check(json!({"name": "a", "value": 12345}), false);
    }

    #[test]
    fn a_value_is_not_shown_by_debug() {
        let read = SecretRequest::read(&json!({"name": "a", "value": "hunter2"}));
        assert!(!format!("{:?}", read.unwrap()).contains("hunter2"));
        let read = SecretValueRequest::read(&json!({"value": "hunter2", "version": 3}));
        assert!(!format!("{:?}", read.unwrap()).contains("hunter2"));
    }
}
