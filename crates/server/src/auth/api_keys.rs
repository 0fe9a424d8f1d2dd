//! API keys: their text, `hor_<id>_<secret>`, and who may make, see and end which.
//!
//! The secret has 256 bits and is shown once; its SHA-256 is stored. The id in front finds the row
//! without a scan, and `hor_` lets a scanner find a key that was published by mistake.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use horarium_api::{WireEnum as _, enums::Role};
use horarium_core::{KeyId, UserId};
use horarium_store::{API_KEYS_LISTED_MAX, ApiKey, Hidden, OwnedKey};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    digest,
    error::{AuthError, Result},
    principal::{Principal, PrincipalKind},
    random::{self, SECRET_BYTES},
    service::Auth,
};

pub(super) const KEY_PREFIX: &str = "hor_";
const ID_CHARS: usize = 32;

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    pub name: String,
    pub role: Role,
    pub expires_at: Option<Timestamp>,
}

/// A key that was just made: the only time its text is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedKey {
    pub key: ApiKey,
    pub text: Hidden,
}

/// How a key's text begins: the part that is no secret, to tell it from others.
pub fn key_prefix(id: KeyId) -> String {
    format!("{KEY_PREFIX}{}", id.0.simple())
}

/// A key's text, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyText {
    pub id: KeyId,
    pub secret_hash: Hidden,
}

impl KeyText {
    /// `None` for anything but the exact form: one key has one text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(KEY_PREFIX)?.split_at_checked(ID_CHARS)?;
        let is_hex = id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let id = Uuid::try_parse(id).ok().filter(|_| is_hex)?;
        let secret = BASE64_URL_SAFE_NO_PAD.decode(secret.strip_prefix('_')?).ok()?;
        (secret.len() == SECRET_BYTES)
            .then(|| Self { id: KeyId(id), secret_hash: digest::sha256(&secret) })
    }

    fn create(now: Timestamp) -> (Self, Hidden) {
        let (id, secret) = (random::id(now), random::bytes::<SECRET_BYTES>());
        let text = BASE64_URL_SAFE_NO_PAD.encode(secret);
        let text = Hidden::new(format!("{}_{text}", key_prefix(KeyId(id))));
        (Self { id: KeyId(id), secret_hash: digest::sha256(&secret) }, text)
    }

    /// The row of a key with this text.
    pub(super) fn into_key(self, new: NewKey, owner: Option<UserId>, now: Timestamp) -> ApiKey {
        ApiKey {
            id: self.id,
            name: new.name,
            secret_hash: self.secret_hash,
            role: new.role.name().to_owned(),
            user_id: owner,
            created_at: now,
            expires_at: new.expires_at,
            last_used_at: None,
            revoked_at: None,
        }
    }
}

impl Auth {
    /// Makes a key for the caller: with at most the caller's role, owned by the caller's user, and not
    /// outliving a key that makes it.
    pub async fn create_key(
        &self,
        principal: &Principal,
        new: NewKey,
        now: Timestamp,
    ) -> Result<CreatedKey> {
        if !principal.may_grant(new.role) {
            return Err(AuthError::RoleTooHigh);
        }
        if new.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(AuthError::ExpiryInPast);
        }
        if let PrincipalKind::ApiKey { expires_at: Some(own), .. } = &principal.kind
            && new.expires_at.is_none_or(|expires_at| expires_at > *own)
        {
            return Err(AuthError::ExpiryTooLate);
        }
        let (parsed, text) = KeyText::create(now);
        let key = parsed.into_key(new, principal.owner(), now);
        self.store.insert_api_key(key.clone()).await?;
        tracing::info!(key.id = %key.id, by = %principal.subject(), "API key {} made", key.id);
        Ok(CreatedKey { key, text })
    }

    /// The live keys that the caller may see: an administrator all, others their own.
    pub async fn keys(&self, principal: &Principal, after: Option<KeyId>) -> Result<Vec<OwnedKey>> {
        if principal.role == Role::Administrator {
            return Ok(self.store.api_keys(None, after, API_KEYS_LISTED_MAX).await?);
        }
        match principal.owner() {
            Some(owner) => Ok(self.store.api_keys(Some(owner), after, API_KEYS_LISTED_MAX).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Ends a key; `false` when the caller has no such live key.
    pub async fn revoke_key(
        &self,
        principal: &Principal,
        id: KeyId,
        now: Timestamp,
    ) -> Result<bool> {
        let Some(found) = self.store.api_key_by_id(id).await? else { return Ok(false) };
        let is_own = found.key.user_id.is_some() && found.key.user_id == principal.owner();
        if principal.role != Role::Administrator && !is_own {
            return Ok(false);
        }
        let revoked = self.store.revoke_api_key(id, now).await?;
        self.keys_seen.forget(&id);
        if revoked {
            tracing::info!(key.id = %id, by = %principal.subject(), "API key {id} revoked");
        }
        Ok(revoked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_text() {
        let (made, text) = KeyText::create(Timestamp::UNIX_EPOCH);
        let text = text.expose();
        assert_eq!(text.len(), 80);
        assert_eq!(KeyText::parse(text), Some(made));

        let id = "0".repeat(32);
        // 43 characters hold 258 bits: the two spare ones must be zero.
        let secret = format!("{}A", "a".repeat(42));
        let check = |text: String, expect: bool| {
            assert_eq!(KeyText::parse(&text).is_some(), expect, "{text}");
        };
        check(format!("hor_{id}_{secret}"), true);
        check(format!("hor_{id}_{}B", "a".repeat(42)), false);
        check(format!("hor_{id}_{secret}="), false);
        check(format!("hor_{id}_{secret}a"), false);
        check(format!("hor_{id}_"), false);
        check(format!("hor_{id}{secret}"), false);
        check(format!("HOR_{id}_{secret}"), false);
        check(format!("hor_{}_{secret}", "A".repeat(32)), false);
        check(format!("hor_{}_{secret}", "g".repeat(32)), false);
        check(format!("hor_{}ü_{secret}", "0".repeat(31)), false);
        check(String::new(), false);
    }
}
