//! API keys: what programs sign in with.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::auth::Secret;
use crate::enums::Role;
use crate::field_errors::FieldErrors;
use crate::fields::{read_complete, value};
use crate::json::Json;

pub const API_KEY_NAME_CHARS_MAX: usize = 100;

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct ApiKeyRequest {
    #[schemars(length(min = 1, max = API_KEY_NAME_CHARS_MAX))]
    pub name: String,
    /// At most the caller's own.
    pub role: Role,
    /// Never by default.
    pub expires_at: Option<Timestamp>,
}

impl ApiKeyRequest {
    pub fn read(body: &Json) -> Result<ApiKeyRequest, FieldErrors> {
        read_complete(body, |fields| {
            let name = |item: &Json| value::trimmed(item, API_KEY_NAME_CHARS_MAX);
            let name = fields.needed("name", name);
            let role = fields.needed("role", value::word);
            let expires_at = fields.instant("expiresAt");
            Some(ApiKeyRequest { name: name?, role: role?, expires_at })
        })
    }
}

/// A key, without the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyDto {
    pub id: Uuid,
    pub name: String,
    pub role: Role,
    /// How the key begins, to tell it from others.
    pub prefix: String,
    /// The e-mail address of the user who made it.
    pub created_by: Option<String>,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub expires_at: Option<Timestamp>,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub last_used_at: Option<Timestamp>,
}

/// A key that was just made: the only time it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedApiKeyDto {
    #[serde(flatten)]
    pub api_key: ApiKeyDto,
    /// What goes into the header `X-Api-Key`.
    pub key: Secret,
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn sample() -> CreatedApiKeyDto {
        let at = Some(Timestamp::UNIX_EPOCH);
        CreatedApiKeyDto {
            api_key: ApiKeyDto {
                id: Uuid::from_u128(1),
                name: "ci".into(),
                role: Role::Operator,
                prefix: "hor_0198".into(),
                created_by: Some("ops@example.com".into()),
                created_at: Timestamp::UNIX_EPOCH,
                expires_at: at,
                last_used_at: at,
            },
            key: Secret("hor_0198_s3cret".into()),
        }
    }

    #[test]
    fn a_key_has_a_name_and_a_role() {
        let check = |body: Json, expect: bool| {
            assert_eq!(ApiKeyRequest::read(&body).is_ok(), expect, "{body}");
        };
        check(json!({"name": "ci", "role": "Operator", "expiresAt": "2030-01-01T00:00:00Z"}), true);
        check(json!({"name": "ci"}), false);
        check(json!({"role": "Viewer"}), false);
        check(json!({"name": "x".repeat(API_KEY_NAME_CHARS_MAX), "role": "viewer"}), true);
        check(json!({"name": "x".repeat(API_KEY_NAME_CHARS_MAX + 1), "role": "viewer"}), false);
        check(json!({"name": "ci", "role": "Root"}), false);
    }

    #[test]
    fn the_key_is_not_shown_by_debug() {
        assert!(!format!("{:?}", sample()).contains("s3cret"));
    }
}
