//! The first administrator: by a one-time token that the server prints, or unattended, from the
//! configuration. There is no default password and no default key.

use horarium_api::{WireEnum as _, auth::EMAIL_CHARS_MAX, enums::Role};
use horarium_core::UserId;
use horarium_store::{Hidden, User};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    api_keys::{KeyText, NewKey},
    digest,
    error::{AuthError, Result},
    passwords::check_password,
    random,
    service::{Auth, later},
};
use crate::settings;

/// The setting that holds the hash of the setup token.
const SETUP_TOKEN: &str = "auth.setup_token";
const SETUP_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
const BOOTSTRAP_KEY_NAME: &str = "bootstrap";

/// What an unattended start made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bootstrapped {
    pub user: bool,
    pub key: bool,
}

/// The setup token as stored.
#[derive(Serialize, Deserialize)]
struct StoredToken {
    hash: String,
    expires_at: Timestamp,
}

impl Auth {
    /// A new setup token, in place of any older, to be shown to whoever starts the server; `None` once
    /// there is a user. Good for an hour and for one use.
    pub async fn renew_setup_token(&self, now: Timestamp) -> Result<Option<Hidden>> {
        if self.store.count_users().await? > 0 {
            return Ok(None);
        }
        let token = random::secret();
        let stored = StoredToken {
            hash: digest::sha256(token.expose().as_bytes()).expose().to_owned(),
            expires_at: later(now, SETUP_TOKEN_LIFETIME),
        };
        let stored = serde_json::to_string(&stored);
        let stored = stored.map_err(|err| AuthError::Damaged(format!("writing JSON: {err}")))?;
        self.store.set_setting(SETUP_TOKEN, Hidden::new(stored)).await?;
        Ok(Some(token))
    }

    /// Whether there is nobody yet who could sign in.
    pub async fn needs_set_up(&self) -> Result<bool> {
        Ok(self.store.count_users().await? == 0)
    }

    /// Makes the first administrator. Of many calls with the right token, one gets through.
    pub async fn set_up(
        &self,
        token: &Hidden,
        email: &str,
        password: &Hidden,
        now: Timestamp,
    ) -> Result<User> {
        if self.store.count_users().await? > 0 {
            return Err(AuthError::AlreadySetUp);
        }
        let stored = self.store.setting(SETUP_TOKEN).await?.ok_or(AuthError::BadSetupToken)?;
        check_token(&stored, token, now)?;
        let email = check_new_user(email, password)?;
        // The token goes last: a caller who hangs up half-way leaves it good, and once there is a user
        // it opens nothing.
        let user = self.make_first_user(email, password, now).await?;
        self.store.take_setting(SETUP_TOKEN, stored).await?;
        user.ok_or(AuthError::AlreadySetUp)
    }

    /// Makes the configured administrator while there is no user, and the configured key while there
    /// is no key; later starts with the same configuration change nothing.
    pub async fn bootstrap(
        &self,
        settings: &settings::Bootstrap,
        now: Timestamp,
    ) -> Result<Bootstrapped> {
        let mut made = Bootstrapped::default();
        if let (Some(email), Some(password)) = (&settings.admin_email, &settings.admin_password)
            && self.store.count_users().await? == 0
        {
            let password = Hidden::new(password.expose());
            let email = check_new_user(email, &password)?;
            made.user = self.make_first_user(email, &password, now).await?.is_some();
        }
        if let Some(text) = &settings.api_key {
            let text = KeyText::parse(text.expose()).ok_or(AuthError::BadBootstrapKey)?;
            let name = BOOTSTRAP_KEY_NAME.to_owned();
            let new = NewKey { name, role: Role::Administrator, expires_at: None };
            made.key = self.store.first_api_key(text.into_key(new, None, now)).await?;
        }
        Ok(made)
    }

    /// `None` when somebody was first.
    async fn make_first_user(
        &self,
        email: &str,
        password: &Hidden,
        now: Timestamp,
    ) -> Result<Option<User>> {
        let user = User {
            id: UserId(random::id(now)),
            email: email.to_owned(),
            name: email.split('@').next().unwrap_or(email).to_owned(),
            password_hash: self.passwords.hash(password.clone()).await?,
            role: Role::Administrator.name().to_owned(),
            is_disabled: false,
            token_version: 1,
            created_at: now,
            updated_at: now,
            last_login_at: None,
        };
        let is_first = self.store.first_user(user.clone()).await?;
        if is_first {
            tracing::info!(user.id = %user.id, "user {} is the first administrator", user.id);
        }
        Ok(is_first.then_some(user))
    }
}

/// One answer for a wrong token and for a late one.
fn check_token(stored: &Hidden, token: &Hidden, now: Timestamp) -> Result<()> {
    let stored: StoredToken = serde_json::from_str(stored.expose())
        .map_err(|_| AuthError::Damaged(format!("setting `{SETUP_TOKEN}` is not ours")))?;
    let shown = digest::sha256(token.expose().as_bytes());
    let is_same = digest::is_same(&Hidden::new(stored.hash), &shown);
    if is_same && now < stored.expires_at { Ok(()) } else { Err(AuthError::BadSetupToken) }
}

/// The address as it will be stored, when it and the password will do.
pub(super) fn check_new_user<'a>(email: &'a str, password: &Hidden) -> Result<&'a str> {
    let email = email.trim();
    let is_address = email.split_once('@').is_some_and(|(local_part, domain)| {
        !local_part.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    let is_clean = !email.chars().any(|char| char.is_whitespace() || char.is_control());
    if !is_address || !is_clean || email.chars().count() > EMAIL_CHARS_MAX {
        return Err(AuthError::BadEmail);
    }
    check_password(password.expose(), email).map_err(AuthError::BadPassword)?;
    Ok(email)
}
