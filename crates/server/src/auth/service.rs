//! Logging in, staying in and leaving.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use horarium_api::auth::EMAIL_CHARS_MAX;
use horarium_core::{KeyId, UserId};
use horarium_store::{
    Hidden, OwnedKey, RefreshToken, Rotated, Rotation, SessionState, Store, User,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    authenticate::{KEY_USE_NOTED_EVERY, SEEN_MAX, STALE_MAX},
    cache::Recent,
    digest,
    error::{AuthError, Result},
    passwords::{PASSWORD_BYTES_MAX, Passwords},
    principal::{Principal, PrincipalKind, read_role},
    random,
    throttle::Throttle,
    tokens::{Signer, Subject, access_expiry},
};
use crate::settings;

/// The setting that holds the key that signs access tokens, unless the configuration gives it.
const SIGNING_SECRET: &str = "auth.signing_secret";
/// However often it is refreshed, a login ends after this.
const SESSION_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Access to the server: one per process, shared.
pub struct Auth {
    pub(super) store: Store,
    pub(super) signer: Signer,
    pub(super) passwords: Passwords,
    pub(super) sessions_seen: Recent<(UserId, Uuid), Arc<SessionState>>,
    pub(super) keys_seen: Recent<KeyId, Arc<OwnedKey>>,
    pub(super) key_uses: Recent<KeyId, ()>,
    throttle: Mutex<Throttle>,
    access_lifetime: SignedDuration,
    refresh_lifetime: SignedDuration,
}

/// What a login or a refresh gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub access_token: Hidden,
    pub access_expires_at: Timestamp,
    pub refresh_token: Hidden,
    pub refresh_expires_at: Timestamp,
    pub user: User,
}

impl Auth {
    /// Agrees with the other nodes on the key that signs tokens, or takes the configured one.
    ///
    /// # Errors
    ///
    /// `WeakSigningSecret` when the configured key is short, a pattern, or published.
    pub async fn open(store: Store, settings: &settings::Auth) -> Result<Self> {
        let secret = match &settings.jwt_secret {
            Some(secret) => Hidden::new(secret.expose()),
            None => store.get_or_insert_setting(SIGNING_SECRET, random::secret()).await?,
        };
        let refresh_days = i64::from(settings.refresh_token_days);
        Ok(Self {
            store,
            signer: Signer::new(&secret, &settings.issuer, &settings.audience)?,
            passwords: Passwords::new().await?,
            sessions_seen: Recent::new(STALE_MAX, SEEN_MAX),
            keys_seen: Recent::new(STALE_MAX, SEEN_MAX),
            key_uses: Recent::new(KEY_USE_NOTED_EVERY, SEEN_MAX),
            throttle: Mutex::default(),
            access_lifetime: SignedDuration::from_mins(i64::from(settings.access_token_minutes)),
            refresh_lifetime: SignedDuration::from_hours(refresh_days * 24),
        })
    }

    /// Exchanges an address and a password for tokens. A stranger is answered as late as a user.
    pub async fn login(
        &self,
        email: &str,
        password: &Hidden,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<Session> {
        let user = self.check_login(email, password, address, now).await?;
        self.open_session(user, now).await
    }

    /// The user with this address and this password, who now may log in.
    pub(super) async fn check_login(
        &self,
        email: &str,
        password: &Hidden,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<User> {
        let email = email.trim();
        let account = digest::sha256(email.to_lowercase().as_bytes());
        let account = account.expose();
        let begun = self.throttle().begin(account, address, now);
        begun.map_err(|retry_after| AuthError::TooManyAttempts { retry_after })?;
        let user = self.login_once(email, password, now).await;
        match &user {
            Ok(_) => self.throttle().succeeded(account, address),
            Err(AuthError::Busy | AuthError::Store(_) | AuthError::Damaged(_)) => {
                self.throttle().withdrawn(account, address);
            }
            Err(_) => {}
        }
        user
    }

    async fn login_once(&self, email: &str, password: &Hidden, now: Timestamp) -> Result<User> {
        let is_too_long =
            email.chars().count() > EMAIL_CHARS_MAX || password.expose().len() > PASSWORD_BYTES_MAX;
        if is_too_long {
            return Err(AuthError::InvalidCredentials);
        }
        let user = self.store.user_by_email(email).await?;
        let stored = user.as_ref().map(|user| user.password_hash.clone());
        let is_right = self.passwords.verify(password.clone(), stored).await?;
        let user = user.filter(|_| is_right).ok_or(AuthError::InvalidCredentials)?;
        if user.is_disabled {
            return Err(AuthError::AccountLocked);
        }
        self.store.touch_login(user.id, now).await?;
        Ok(user)
    }

    /// Exchanges a refresh token, once. Shown again, it ends the login that it came from.
    pub async fn refresh(&self, token: &Hidden, now: Timestamp) -> Result<Session> {
        let next = random::secret();
        let rotation = Rotation {
            old_hash: digest::sha256(token.expose().as_bytes()),
            new_hash: digest::sha256(next.expose().as_bytes()),
            new_expires_at: later(now, self.refresh_lifetime),
        };
        match self.store.rotate_refresh_token(rotation, now).await? {
            Rotated::Rotated { user, family, expires_at } => {
                self.session(*user, family, (next, expires_at), now)
            }
            Rotated::Reused { user_id, family } => {
                self.sessions_seen.forget(&(user_id, family));
                tracing::warn!(user.id = %user_id, session.id = %family,
                    "a refresh token of user {user_id} was shown twice: login {family} ended");
                Err(AuthError::InvalidRefreshToken)
            }
            Rotated::Expired | Rotated::Unknown => Err(AuthError::InvalidRefreshToken),
        }
    }

    /// Ends the caller's login: its refresh token at once, its access token within
    /// [`STALE_MAX`]. A key has none to end.
    pub async fn logout(&self, principal: &Principal) -> Result<()> {
        match &principal.kind {
            PrincipalKind::User { id, session, .. } => {
                self.store.revoke_family(*id, *session).await?;
                self.sessions_seen.forget(&(*id, *session));
                Ok(())
            }
            PrincipalKind::ApiKey { .. } => Ok(()),
        }
    }

    /// The person who calls; `None` for a key.
    pub async fn me(&self, principal: &Principal) -> Result<Option<User>> {
        match &principal.kind {
            PrincipalKind::User { id, .. } => Ok(self.store.user_by_id(*id).await?),
            PrincipalKind::ApiKey { .. } => Ok(None),
        }
    }

    pub(super) async fn open_session(&self, user: User, now: Timestamp) -> Result<Session> {
        let (token, family) = (random::secret(), random::id(now));
        let family_ends_at = later(now, SESSION_MAX);
        let expires_at = later(now, self.refresh_lifetime).min(family_ends_at);
        let stored = RefreshToken {
            hash: digest::sha256(token.expose().as_bytes()),
            family,
            user_id: user.id,
            issued_at: now,
            expires_at,
            family_ends_at,
        };
        // False when the password was changed, or the user locked, while we checked it.
        if !self.store.insert_refresh_token(stored, user.token_version).await? {
            return Err(AuthError::InvalidCredentials);
        }
        self.session(user, family, (token, expires_at), now)
    }

    fn session(
        &self,
        user: User,
        family: Uuid,
        (refresh_token, refresh_expires_at): (Hidden, Timestamp),
        now: Timestamp,
    ) -> Result<Session> {
        let subject = Subject { user: &user, role: read_role(&user.role)?, session: family };
        let access_expires_at = access_expiry(self.access_lifetime, now, refresh_expires_at);
        let access_token = self.signer.sign(&subject, now, access_expires_at)?;
        Ok(Session { access_token, access_expires_at, refresh_token, refresh_expires_at, user })
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `now` plus a bounded lifetime.
pub(super) fn later(now: Timestamp, lifetime: SignedDuration) -> Timestamp {
    now.checked_add(lifetime).unwrap_or(Timestamp::MAX)
}
