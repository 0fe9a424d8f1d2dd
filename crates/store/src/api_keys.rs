//! API keys: for programs, shown once, stored as a hash.

use horarium_core::{KeyId, UserId};
use jiff::Timestamp;

use crate::{
    Hidden, Store,
    error::{Result, StoreError},
    in_tx,
    tx::Dialect,
    value::{Row, Value, args},
};

const TABLE: &str = "api_keys";
/// Most keys that one call lists.
pub const API_KEYS_LISTED_MAX: u32 = 1_000;

const INSERT: &str = include_str!("../sql/shared/api_key_insert.sql");
const FIRST: &str = include_str!("../sql/shared/api_key_first.sql");
const LOCK_TABLE: &str = include_str!("../sql/postgres/api_key_lock_table.sql");
const BY_ID: &str = include_str!("../sql/shared/api_key_by_id.sql");
const LIST: &str = include_str!("../sql/shared/api_key_list.sql");
const REVOKE: &str = include_str!("../sql/shared/api_key_revoke.sql");
const TOUCH: &str = include_str!("../sql/shared/api_key_touch.sql");

/// A key as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: KeyId,
    pub name: String,
    /// SHA-256 of the secret, which has 256 bits: a slow hash would add nothing.
    pub secret_hash: Hidden,
    /// The role's word on the wire.
    pub role: String,
    /// Who made it; `None` for the key of an unattended start.
    pub user_id: Option<UserId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// What the owner of a key may do now: a key is worth no more than its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOwner {
    pub email: String,
    pub role: String,
    pub is_disabled: bool,
}

/// A key and its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedKey {
    pub key: ApiKey,
    /// `None` when nobody owns it, and when the user is gone: `key.user_id` tells which.
    pub owner: Option<KeyOwner>,
}

impl Store {
    /// # Errors
    ///
    /// `Duplicate` when the id is taken.
    pub async fn insert_api_key(&self, key: ApiKey) -> Result<()> {
        let added =
            self.write(move |tx| in_tx(async move { tx.execute(INSERT, key_args(&key)).await }));
        match added.await? {
            0 => Err(StoreError::Duplicate("an API key with this id")),
            _ => Ok(()),
        }
    }

    /// Adds `key` only while there is none, not even a revoked one; of many at once, one wins.
    pub async fn first_api_key(&self, key: ApiKey) -> Result<bool> {
        let added = self.write(move |tx| {
            in_tx(async move {
                if tx.dialect() == Dialect::Postgres {
                    tx.execute(LOCK_TABLE, args![]).await?;
                }
                tx.execute(FIRST, key_args(&key)).await
            })
        });
        Ok(added.await? == 1)
    }

    /// A key, revoked and expired ones too: the caller judges.
    pub async fn api_key_by_id(&self, id: KeyId) -> Result<Option<OwnedKey>> {
        let row = self.read(move |tx| in_tx(async move { tx.row(BY_ID, args![id]).await })).await?;
        row.as_ref().map(read_owned).transpose()
    }

    /// Keys of `owner`, or of everybody, that are not revoked, in the order of their creation, after
    /// `after`; at most [`API_KEYS_LISTED_MAX`].
    pub async fn api_keys(
        &self,
        owner: Option<UserId>,
        after: Option<KeyId>,
        n_max: u32,
    ) -> Result<Vec<OwnedKey>> {
        let listed = args![owner, after, n_max.min(API_KEYS_LISTED_MAX)];
        let rows = self.read(|tx| in_tx(async move { tx.rows(LIST, listed).await })).await?;
        rows.iter().map(read_owned).collect()
    }

    /// Ends a key; `false` when it is revoked already, or when there is none.
    pub async fn revoke_api_key(&self, id: KeyId, now: Timestamp) -> Result<bool> {
        let ended =
            self.write(move |tx| in_tx(async move { tx.execute(REVOKE, args![now, id]).await }));
        Ok(ended.await? == 1)
    }

    /// Notes a use; `false` when a newer one is noted. The caller decides how often.
    pub async fn touch_api_key(&self, id: KeyId, now: Timestamp) -> Result<bool> {
        let noted =
            self.write(move |tx| in_tx(async move { tx.execute(TOUCH, args![now, id]).await }));
        Ok(noted.await? == 1)
    }
}

fn key_args(key: &ApiKey) -> Vec<Value> {
    args![
        key.id,
        key.name.as_str(),
        key.secret_hash.expose(),
        key.role.as_str(),
        key.user_id,
        key.created_at,
        key.expires_at,
        key.last_used_at,
        key.revoked_at,
    ]
}

fn read_owned(row: &Row) -> Result<OwnedKey> {
    let email: Option<String> = row.get(TABLE, 9)?;
    let owner = match email {
        Some(email) => {
            Some(KeyOwner { email, role: row.get(TABLE, 10)?, is_disabled: row.get(TABLE, 11)? })
        }
        None => None,
    };
    Ok(OwnedKey { key: read_key(row)?, owner })
}

fn read_key(row: &Row) -> Result<ApiKey> {
    Ok(ApiKey {
        id: row.get(TABLE, 0)?,
        name: row.get(TABLE, 1)?,
        secret_hash: Hidden::new(row.get::<String>(TABLE, 2)?),
        role: row.get(TABLE, 3)?,
        user_id: row.get(TABLE, 4)?,
        created_at: row.get(TABLE, 5)?,
        expires_at: row.get(TABLE, 6)?,
        last_used_at: row.get(TABLE, 7)?,
        revoked_at: row.get(TABLE, 8)?,
    })
}
