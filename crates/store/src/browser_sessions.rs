//! Logins of browsers: families of refresh tokens that have one token, which is never exchanged but
//! lives on while it is used. Whatever ends a family ends them.

use horarium_core::UserId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Hidden, Store, error::Result, in_tx, value::args};

const TABLE: &str = "refresh_tokens";

const BY_HASH: &str = include_str!("../sql/shared/browser_session_by_hash.sql");
const EXTEND: &str = include_str!("../sql/shared/browser_session_extend.sql");

/// A browser's login as stored; begun by [`Store::insert_refresh_token`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserSession {
    pub family: Uuid,
    pub user_id: UserId,
    /// When it ends unless it is used before.
    pub expires_at: Timestamp,
    /// When it ends however much it is used.
    pub family_ends_at: Timestamp,
}

impl Store {
    /// The login whose cookie's secret has this hash.
    pub async fn browser_session(&self, hash: &Hidden) -> Result<Option<BrowserSession>> {
        let hash = args![hash.expose()];
        let row = self.read(|tx| in_tx(async move { tx.row(BY_HASH, hash).await })).await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(BrowserSession {
            family: row.get(TABLE, 0)?,
            user_id: row.get(TABLE, 1)?,
            expires_at: row.get(TABLE, 2)?,
            family_ends_at: row.get(TABLE, 3)?,
        }))
    }

    /// Lets it stand until `expires_at`; `false` when it has ended, or stands that long already.
    pub async fn extend_browser_session(
        &self,
        hash: &Hidden,
        expires_at: Timestamp,
    ) -> Result<bool> {
        let extend = args![expires_at, hash.expose()];
        let extended = self.write(move |tx| in_tx(async move { tx.execute(EXTEND, extend).await }));
        Ok(extended.await? == 1)
    }
}
