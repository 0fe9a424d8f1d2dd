//! From a request's headers to its principal.

use std::sync::Arc;

use axum::http::HeaderMap;
use horarium_core::UserId;
use horarium_store::{OwnedKey, SessionState};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    api_keys::KeyText,
    credential::{Credential, read_credential},
    digest,
    error::{AuthError, Result},
    principal::{Principal, PrincipalKind, lower, read_role},
    service::Auth,
    tokens::Verified,
};

/// How long after it was ended a login, a user or a key may still be believed, on any node.
pub const STALE_MAX: SignedDuration = SignedDuration::from_secs(1);
/// Logins, and keys, that are remembered for that long.
pub(super) const SEEN_MAX: usize = 10_000;
/// A key's last use is noted at most this often.
pub(super) const KEY_USE_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

impl Auth {
    /// Who sends a request with these headers.
    pub async fn authenticate(&self, headers: &HeaderMap, now: Timestamp) -> Result<Principal> {
        match read_credential(headers)? {
            Credential::Token(token) => {
                let verified =
                    self.signer.verify(token.expose(), now).map_err(AuthError::BadToken)?;
                self.user(verified, now).await
            }
            Credential::Cookie(secret) => self.browser(&secret, now).await,
            Credential::Key(text) => {
                let text = KeyText::parse(text.expose()).ok_or(AuthError::BadKey)?;
                self.key(&text, now).await
            }
        }
    }

    async fn user(&self, token: Verified, now: Timestamp) -> Result<Principal> {
        let state = self.session_of((token.user_id, token.session), now).await?;
        if state.user.token_version != token.token_version {
            return Err(AuthError::SessionEnded);
        }
        user_principal(&state, token.session)
    }

    /// The login, as it was less than [`STALE_MAX`] ago.
    pub(super) async fn session_of(
        &self,
        seen: (UserId, Uuid),
        now: Timestamp,
    ) -> Result<Arc<SessionState>> {
        match self.sessions_seen.get(&seen, now) {
            Some(state) => Ok(state),
            None => self.read_session(seen, now).await,
        }
    }

    async fn read_session(
        &self,
        seen: (UserId, Uuid),
        now: Timestamp,
    ) -> Result<Arc<SessionState>> {
        let state = self.store.session_state(seen.0, seen.1).await?;
        let state = Arc::new(state.ok_or(AuthError::SessionEnded)?);
        self.sessions_seen.put(seen, Arc::clone(&state), now);
        Ok(state)
    }

    async fn key(&self, text: &KeyText, now: Timestamp) -> Result<Principal> {
        let found = match self.keys_seen.get(&text.id, now) {
            Some(found) => found,
            None => self.read_key(text, now).await?,
        };
        let principal = key_principal(&found, text, now)?;
        self.note_key_use(&found, now).await;
        Ok(principal)
    }

    async fn read_key(&self, text: &KeyText, now: Timestamp) -> Result<Arc<OwnedKey>> {
        let found = self.store.api_key_by_id(text.id).await?;
        let found = Arc::new(found.ok_or(AuthError::BadKey)?);
        self.keys_seen.put(text.id, Arc::clone(&found), now);
        Ok(found)
    }

    /// Notes the use, at most once a minute. That is for people: a fault of it refuses nobody.
    async fn note_key_use(&self, found: &OwnedKey, now: Timestamp) {
        let id = found.key.id;
        let is_due = |used_at: Timestamp| now.duration_since(used_at) >= KEY_USE_NOTED_EVERY;
        if !found.key.last_used_at.is_none_or(is_due) || self.key_uses.get(&id, now).is_some() {
            return;
        }
        self.key_uses.put(id, (), now);
        if let Err(err) = self.store.touch_api_key(id, now).await {
            tracing::debug!(key.id = %id, error = %err, "noting a use of API key {id} failed");
        }
    }
}

/// Whoever opened a login, while it stands.
pub(super) fn user_principal(state: &SessionState, session: Uuid) -> Result<Principal> {
    let user = &state.user;
    if !state.is_open || user.is_disabled {
        return Err(AuthError::SessionEnded);
    }
    let kind = PrincipalKind::User { id: user.id, email: user.email.clone(), session };
    Ok(Principal { kind, role: read_role(&user.role)? })
}

/// What a key is worth now: nothing when revoked, expired or its owner is locked or gone; and never
/// more than its owner.
fn key_principal(found: &OwnedKey, text: &KeyText, now: Timestamp) -> Result<Principal> {
    let key = &found.key;
    let is_genuine = digest::is_same(&key.secret_hash, &text.secret_hash);
    let has_ended = key.revoked_at.is_some() || key.expires_at.is_some_and(|end| end <= now);
    let role = read_role(&key.role)?;
    let role = match (key.user_id, &found.owner) {
        (None, _) => Some(role),
        (Some(_), Some(owner)) if !owner.is_disabled => Some(lower(role, read_role(&owner.role)?)),
        (Some(_), _) => None,
    };
    let Some(role) = role.filter(|_| is_genuine && !has_ended) else {
        return Err(AuthError::BadKey);
    };
    let kind = PrincipalKind::ApiKey {
        id: key.id,
        name: key.name.clone(),
        owner: key.user_id,
        expires_at: key.expires_at,
    };
    Ok(Principal { kind, role })
}
