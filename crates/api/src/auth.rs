//! Signing in, and the first administrator.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use uuid::Uuid;

use crate::enums::Role;
use crate::field_errors::FieldErrors;
use crate::fields::{Fields, read_object, value};
use crate::json::Json;

pub const EMAIL_CHARS_MAX: usize = 254;
pub const PASSWORD_CHARS_MIN: usize = 12;
pub const PASSWORD_CHARS_MAX: usize = 200;
pub const TOKEN_CHARS_MAX: usize = 4_096;

/// Text that no log line may show.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password" })
    }
}

fn secret(fields: &mut Fields<'_>, name: &str, chars_max: usize) -> Secret {
    fields.require(name);
    Secret(fields.text(name, chars_max).unwrap_or_default())
}

fn email(fields: &mut Fields<'_>) -> String {
    fields.require("email");
    fields.value("email", |item| value::trimmed(item, EMAIL_CHARS_MAX)).unwrap_or_default()
}

/// Credentials.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct LoginRequest {
    #[schemars(length(min = 1, max = EMAIL_CHARS_MAX))]
    pub email: String,
    #[schemars(length(max = PASSWORD_CHARS_MAX))]
    pub password: Secret,
    /// For browsers: sign in by a cookie that scripts cannot read. The tokens in the answer are then
    /// empty; false by default.
    #[schemars(default)]
    pub use_cookies: bool,
}

impl LoginRequest {
    pub fn read(body: &Json) -> Result<LoginRequest, FieldErrors> {
        read_object(body, |fields| LoginRequest {
            email: email(fields),
            password: secret(fields, "password", PASSWORD_CHARS_MAX),
            use_cookies: fields.flag("useCookies").unwrap_or(false),
        })
    }
}

/// A refresh token to be exchanged; without one, the cookie's is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct RefreshRequest {
    #[schemars(length(max = TOKEN_CHARS_MAX))]
    pub refresh_token: Option<Secret>,
    #[schemars(default)]
    pub use_cookies: bool,
}

impl RefreshRequest {
    pub fn read(body: &Json) -> Result<RefreshRequest, FieldErrors> {
        read_object(body, |fields| RefreshRequest {
            refresh_token: fields.text("refreshToken", TOKEN_CHARS_MAX).map(Secret),
            use_cookies: fields.flag("useCookies").unwrap_or(false),
        })
    }
}

/// What a login and a refresh give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenResponse {
    pub access_token: Secret,
    pub refresh_token: Secret,
    /// Seconds until the access token ends.
    pub expires_in: u32,
    /// `Bearer`, or `Cookie` when the browser got one.
    pub token_type: String,
    /// Always false: there is no second factor yet.
    pub requires_two_factor: bool,
    /// Always null.
    pub mfa_token: Option<String>,
    pub message: Option<String>,
}

impl TokenResponse {
    pub fn bearer(access_token: String, refresh_token: String, expires_in: u32) -> TokenResponse {
        TokenResponse {
            access_token: Secret(access_token),
            refresh_token: Secret(refresh_token),
            expires_in,
            token_type: "Bearer".to_owned(),
            requires_two_factor: false,
            mfa_token: None,
            message: None,
        }
    }
}

impl TokenResponse {
    /// What a browser is told that got a cookie.
    pub fn cookie(expires_in: u32) -> TokenResponse {
        let token_type = "Cookie".to_owned();
        TokenResponse {
            token_type,
            ..TokenResponse::bearer(String::new(), String::new(), expires_in)
        }
    }
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeDto {
    /// The user, or the key when a key is asking.
    pub user_id: Uuid,
    /// Null for a key.
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email_confirmed: bool,
    pub is_authenticated: bool,
    /// `Bearer`, `Cookie` or `ApiKey`.
    pub authentication_type: String,
    pub roles: Vec<Role>,
}

/// A new password in place of the present one.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct ChangePasswordRequest {
    #[schemars(length(max = PASSWORD_CHARS_MAX))]
    pub current_password: Secret,
    #[schemars(length(min = PASSWORD_CHARS_MIN, max = PASSWORD_CHARS_MAX))]
    pub new_password: Secret,
}

impl ChangePasswordRequest {
    pub fn read(body: &Json) -> Result<ChangePasswordRequest, FieldErrors> {
        read_object(body, |fields| {
            let request = ChangePasswordRequest {
                current_password: secret(fields, "currentPassword", PASSWORD_CHARS_MAX),
                new_password: secret(fields, "newPassword", PASSWORD_CHARS_MAX),
            };
            refuse_short(fields, "newPassword", &request.new_password);
            request
        })
    }
}

fn refuse_short(fields: &mut Fields<'_>, name: &str, password: &Secret) {
    if fields.has(name) && password.0.chars().count() < PASSWORD_CHARS_MIN {
        fields.refuse(name, format!("must be at least {PASSWORD_CHARS_MIN} characters"));
    }
}

/// Whether the server has its first administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetupStateDto {
    /// True until there is a user: `POST /api/v1/setup` makes one.
    pub is_needed: bool,
}

/// Makes the first administrator; works once, with the token that the server printed.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase", extend("additionalProperties" = false))]
pub struct SetupRequest {
    #[schemars(length(max = TOKEN_CHARS_MAX))]
    pub token: Secret,
    #[schemars(length(min = 3, max = EMAIL_CHARS_MAX))]
    pub email: String,
    #[schemars(length(min = PASSWORD_CHARS_MIN, max = PASSWORD_CHARS_MAX))]
    pub password: Secret,
}

impl SetupRequest {
    pub fn read(body: &Json) -> Result<SetupRequest, FieldErrors> {
        read_object(body, |fields| {
            let request = SetupRequest {
                token: secret(fields, "token", TOKEN_CHARS_MAX),
                email: email(fields),
                password: secret(fields, "password", PASSWORD_CHARS_MAX),
            };
            if fields.has("email") && !is_email(&request.email) {
                fields.refuse("email", "must be an e-mail address");
            }
            refuse_short(fields, "password", &request.password);
            request
        })
    }
}

/// Something on both sides of one `@`; only a sent mail proves more.
fn is_email(text: &str) -> bool {
    let is_clean = !text.chars().any(|char| char.is_whitespace() || char.is_control());
    let parts = text.rsplit_once('@');
    is_clean && parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDto {
    pub id: Uuid,
    pub email: String,
    pub roles: Vec<Role>,
    #[serde(serialize_with = "crate::time::instant")]
    pub created_at: Timestamp,
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn sample_me() -> MeDto {
        MeDto {
            user_id: Uuid::from_u128(1),
            email: Some("ops@example.com".into()),
            first_name: None,
            last_name: None,
            email_confirmed: true,
            is_authenticated: true,
            authentication_type: "Bearer".into(),
            roles: vec![Role::Operator],
        }
    }

    #[test]
    fn no_secret_is_shown_by_debug() {
        let body =
            json!({"email": "a@example.com", "password": "hunter2hunter2", "token": "t0ken"});
        let setup = SetupRequest::read(&body).unwrap();
        let shown = format!("{setup:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("t0ken"), "{shown}");
    }

    #[test]
    fn a_login_needs_both_credentials() {
        let check = |body: Json, expect: &[&str]| {
            let errors = LoginRequest::read(&body).err().unwrap_or_default();
            let paths: Vec<_> = errors.iter().map(|(path, _)| path).collect();
            assert_eq!(paths, expect, "{body}");
        };
        check(json!({"email": "a@example.com", "password": "x"}), &[]);
        check(json!({"Email": "a", "Password": "x", "useCookies": true}), &[]);
        check(json!({}), &["email", "password"]);
        check(json!({"email": "", "password": 1}), &["email", "password"]);
        check(json!({"email": "a", "password": "x".repeat(PASSWORD_CHARS_MAX)}), &[]);
        let long = "x".repeat(PASSWORD_CHARS_MAX + 1);
        check(json!({"email": "a", "password": long}), &["password"]);
        let long = "x".repeat(EMAIL_CHARS_MAX + 1);
        check(json!({"email": long, "password": "x"}), &["email"]);
    }

    #[test]
    fn the_first_administrator_has_a_real_address_and_a_long_password() {
        let check = |email: &str, password_chars: usize, expect: bool| {
            let password = "x".repeat(password_chars);
            let body = json!({"token": "t", "email": email, "password": password});
            assert_eq!(SetupRequest::read(&body).is_ok(), expect, "{email} {password_chars}");
        };
        check("a@example.com", PASSWORD_CHARS_MIN, true);
        check("a@example.com", PASSWORD_CHARS_MIN - 1, false);
        check("a@example.com", PASSWORD_CHARS_MAX + 1, false);
        check("a", PASSWORD_CHARS_MIN, false);
        check("@example.com", PASSWORD_CHARS_MIN, false);
        check("a@", PASSWORD_CHARS_MIN, false);
        check("a b@example.com", PASSWORD_CHARS_MIN, false);
    }

    #[test]
    fn a_refresh_may_leave_the_token_to_the_cookie() {
        assert_eq!(RefreshRequest::read(&json!({})), Ok(RefreshRequest::default()));
        let check = |chars: usize, expect: bool| {
            let body = json!({"refreshToken": "x".repeat(chars)});
            assert_eq!(RefreshRequest::read(&body).is_ok(), expect, "{chars}");
        };
        check(TOKEN_CHARS_MAX, true);
        check(TOKEN_CHARS_MAX + 1, false);
    }

    #[test]
    fn tokens_come_as_the_original_gave_them() {
        let token = TokenResponse::bearer("a".into(), "r".into(), 900);
        let expect = json!({
            "accessToken": "a", "refreshToken": "r", "expiresIn": 900, "tokenType": "Bearer",
            "requiresTwoFactor": false, "mfaToken": null, "message": null
        });
        assert_eq!(serde_json::to_value(token).unwrap(), expect);
    }
}
