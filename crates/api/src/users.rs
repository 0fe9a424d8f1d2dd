//! People: who may sign in, and as what.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::auth::{EMAIL_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, Secret};
use crate::enums::Role;
use crate::field_errors::FieldErrors;
use crate::fields::{read_object, value};
use crate::json::Json;

/// A person to be made.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct NewUserRequest {
    #[schemars(length(min = 3, max = EMAIL_CHARS_MAX))]
    pub email: String,
    #[schemars(length(min = PASSWORD_CHARS_MIN, max = PASSWORD_CHARS_MAX))]
    pub password: Secret,
    pub role: Role,
}

impl NewUserRequest {
    pub fn read(body: &Json) -> Result<NewUserRequest, FieldErrors> {
        read_object(body, |fields| {
            for name in ["email", "password", "role"] {
                fields.require(name);
            }
            let email = fields.value("email", |item| value::trimmed(item, EMAIL_CHARS_MAX));
            NewUserRequest {
                email: email.unwrap_or_default(),
                password: Secret(fields.text("password", PASSWORD_CHARS_MAX).unwrap_or_default()),
                role: fields.word("role").unwrap_or(Role::Viewer),
            }
        })
    }
}

/// What to change about a person; what is absent or null stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct UserRequest {
    pub role: Option<Role>,
    /// A disabled person's logins end at once, and their keys stop working.
    pub is_disabled: Option<bool>,
    /// A new password ends all logins of the person.
    #[schemars(length(min = PASSWORD_CHARS_MIN, max = PASSWORD_CHARS_MAX))]
    pub password: Option<Secret>,
}

impl UserRequest {
    pub fn read(body: &Json) -> Result<UserRequest, FieldErrors> {
        read_object(body, |fields| UserRequest {
            role: fields.word("role"),
            is_disabled: fields.flag("isDisabled"),
            password: fields.text("password", PASSWORD_CHARS_MAX).map(Secret),
        })
    }
}

/// A person as an administrator sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonDto {
    pub id: Uuid,
    pub email: String,
    pub role: Role,
    pub is_disabled: bool,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "crate::time::optional_instant")]
    pub last_login_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_new_person_needs_address_password_and_role() {
        let check = |body: Json, expect: &[&str]| {
            let errors = NewUserRequest::read(&body).err().unwrap_or_default();
            assert_eq!(errors.iter().map(|(path, _)| path).collect::<Vec<_>>(), expect, "{body}");
        };
        check(json!({"email": "a@b", "password": "x", "role": "viewer"}), &[]);
        check(json!({}), &["email", "password", "role"]);
        check(json!({"email": "a@b", "password": "x", "role": "Root"}), &["role"]);
        let long = "x".repeat(PASSWORD_CHARS_MAX + 1);
        check(json!({"email": "a@b", "password": long, "role": "Viewer"}), &["password"]);
    }

    #[test]
    fn a_change_may_say_little() {
        assert_eq!(UserRequest::read(&json!({})), Ok(UserRequest::default()));
        let request = UserRequest::read(&json!({"role": 1, "isDisabled": "x"})).unwrap_err();
        assert_eq!(
            request.iter().map(|(path, _)| path).collect::<Vec<_>>(),
            ["role", "isDisabled"]
        );
    }
}
