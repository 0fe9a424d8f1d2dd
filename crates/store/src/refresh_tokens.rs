//! Refresh tokens: each is used once and gives the next; all that came from one login are a family.
//!
//! A token shown twice was stolen, by the first or by the second who showed it: the family ends
//! (RFC 9700 §4.14.2). Every function that changes a family holds the user's row, so that a family
//! being ended cannot gain a token beside it.

use horarium_core::UserId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Hidden, Store, User, error::Result, in_tx, tx::Tx, users::lock_user, value::args};

const TABLE: &str = "refresh_tokens";
/// Most tokens that one purge forgets, so that no write is long.
pub const REFRESH_TOKENS_PURGED_MAX: u32 = 1_000;

const INSERT: &str = include_str!("../sql/shared/refresh_token_insert.sql");
const BY_HASH: &str = include_str!("../sql/shared/refresh_token_by_hash.sql");
const USE: &str = include_str!("../sql/shared/refresh_token_use.sql");
const END_FAMILY: &str = include_str!("../sql/shared/refresh_token_end_family.sql");
const END_USER: &str = include_str!("../sql/shared/refresh_token_end_user.sql");
const PURGE: &str = include_str!("../sql/shared/refresh_token_purge.sql");

/// A token as stored: the hash of its secret, never the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    pub hash: Hidden,
    /// One per login.
    pub family: Uuid,
    pub user_id: UserId,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// No token of the family lives longer, however often it is refreshed.
    pub family_ends_at: Timestamp,
}

/// A used token and the one that takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub old_hash: Hidden,
    pub new_hash: Hidden,
    /// Shortened to the end of the family.
    pub new_expires_at: Timestamp,
}

/// What became of a token that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// It was good; the new one is stored.
    Rotated {
        user: Box<User>,
        family: Uuid,
        expires_at: Timestamp,
    },
    /// It had been used before; its family has ended.
    Reused {
        user_id: UserId,
        family: Uuid,
    },
    Expired,
    /// Never issued, its family has ended, or its user may not log in.
    Unknown,
}

struct Found {
    family: Uuid,
    user_id: UserId,
    family_ends_at: Timestamp,
    used_at: Option<Timestamp>,
}

impl Store {
    /// Opens a family with its first token. `false` when the user is gone, locked, or has another
    /// token version than the one the caller checked the password of.
    pub async fn insert_refresh_token(
        &self,
        token: RefreshToken,
        token_version: i64,
    ) -> Result<bool> {
        self.write(move |tx| {
            in_tx(async move {
                let user = lock_user(tx, token.user_id).await?;
                if !user.is_some_and(|u| !u.is_disabled && u.token_version == token_version) {
                    return Ok(false);
                }
                insert(tx, &token).await.map(|()| true)
            })
        })
        .await
    }

    /// Uses a token up and stores the next, or says why not.
    pub async fn rotate_refresh_token(
        &self,
        rotation: Rotation,
        now: Timestamp,
    ) -> Result<Rotated> {
        self.write(move |tx| in_tx(async move { rotate(tx, &rotation, now).await })).await
    }

    /// Ends one login; `false` when it has ended already.
    pub async fn revoke_family(&self, user_id: UserId, family: Uuid) -> Result<bool> {
        let ended = self.write(move |tx| {
            in_tx(async move {
                lock_user(tx, user_id).await?;
                tx.execute(END_FAMILY, args![family, user_id]).await
            })
        });
        Ok(ended.await? > 0)
    }

    /// Ends every login of a user; `false` when there was none.
    pub async fn revoke_user(&self, user_id: UserId) -> Result<bool> {
        let ended = self.write(move |tx| {
            in_tx(async move {
                lock_user(tx, user_id).await?;
                tx.execute(END_USER, args![user_id]).await
            })
        });
        Ok(ended.await? > 0)
    }

    /// Forgets expired tokens and says how many; call again while it is
    /// [`REFRESH_TOKENS_PURGED_MAX`].
    pub async fn purge_refresh_tokens(&self, now: Timestamp) -> Result<u64> {
        let purge = args![now, REFRESH_TOKENS_PURGED_MAX];
        self.write(move |tx| in_tx(async move { tx.execute(PURGE, purge).await })).await
    }
}

async fn rotate(tx: &mut Tx, rotation: &Rotation, now: Timestamp) -> Result<Rotated> {
    let old_hash = rotation.old_hash.expose();
    let Some(seen) = find(tx, old_hash).await? else { return Ok(Rotated::Unknown) };
    let user = lock_user(tx, seen.user_id).await?;
    // Again, now that nobody else changes the family.
    let Some(found) = find(tx, old_hash).await? else { return Ok(Rotated::Unknown) };
    let Some(user) = user.filter(|user| !user.is_disabled) else { return Ok(Rotated::Unknown) };
    if found.used_at.is_some() {
        tx.execute(END_FAMILY, args![found.family, found.user_id]).await?;
        return Ok(Rotated::Reused { user_id: found.user_id, family: found.family });
    }
    if tx.execute(USE, args![now, old_hash]).await? == 0 {
        return Ok(Rotated::Expired);
    }
    let next = RefreshToken {
        hash: rotation.new_hash.clone(),
        family: found.family,
        user_id: found.user_id,
        issued_at: now,
        expires_at: rotation.new_expires_at.min(found.family_ends_at),
        family_ends_at: found.family_ends_at,
    };
    insert(tx, &next).await?;
    Ok(Rotated::Rotated { user: Box::new(user), family: next.family, expires_at: next.expires_at })
}

async fn insert(tx: &mut Tx, token: &RefreshToken) -> Result<()> {
    let values = args![
        token.hash.expose(),
        token.family,
        token.user_id,
        token.issued_at,
        token.expires_at,
        token.family_ends_at,
    ];
    tx.execute(INSERT, values).await.map(drop)
}

async fn find(tx: &mut Tx, hash: &str) -> Result<Option<Found>> {
    let Some(row) = tx.row(BY_HASH, args![hash]).await? else { return Ok(None) };
    Ok(Some(Found {
        family: row.get(TABLE, 0)?,
        user_id: row.get(TABLE, 1)?,
        family_ends_at: row.get(TABLE, 2)?,
        used_at: row.get(TABLE, 3)?,
    }))
}
