//! People who can log in.
//!
//! An address belongs to one person, whatever its case. `token_version` is part of every access
//! token: what ends them all (a new password, another role, a lock) raises it.

use horarium_core::UserId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Hidden, Store,
    error::{Result, StoreError},
    in_tx,
    tx::{Dialect, Tx},
    value::{Row, Value, args},
};

const TABLE: &str = "users";
/// Most people that one call lists.
pub const USERS_LISTED_MAX: u32 = 1_000;

const INSERT: &str = include_str!("../sql/shared/user_insert.sql");
const FIRST: &str = include_str!("../sql/shared/user_first.sql");
const LOCK_TABLE: &str = include_str!("../sql/postgres/user_lock_table.sql");
const BY_EMAIL: &str = include_str!("../sql/shared/user_by_email.sql");
const BY_ID: &str = include_str!("../sql/shared/user_by_id.sql");
const LOCKED_SQLITE: &str = include_str!("../sql/sqlite/user_locked.sql");
const LOCKED_POSTGRES: &str = include_str!("../sql/postgres/user_locked.sql");
const SESSION: &str = include_str!("../sql/shared/user_session.sql");
const LIST: &str = include_str!("../sql/shared/user_list.sql");
const COUNT: &str = include_str!("../sql/shared/user_count.sql");
const SET_PASSWORD: &str = include_str!("../sql/shared/user_set_password.sql");
const SET_ROLE: &str = include_str!("../sql/shared/user_set_role.sql");
const DISABLE: &str = include_str!("../sql/shared/user_disable.sql");
const ENABLE: &str = include_str!("../sql/shared/user_enable.sql");
const TOUCH_LOGIN: &str = include_str!("../sql/shared/user_touch_login.sql");
const END_SESSIONS: &str = include_str!("../sql/shared/refresh_token_end_user.sql");

/// A person who can log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// As typed; compared in lower case.
    pub email: String,
    pub name: String,
    /// A PHC string, `$argon2id$…`.
    pub password_hash: Hidden,
    /// The role's word on the wire; the server knows what it allows.
    pub role: String,
    pub is_disabled: bool,
    pub token_version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub last_login_at: Option<Timestamp>,
}

/// What an access token is worth now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionState {
    pub user: User,
    /// The login that the token came from was neither ended nor forgotten.
    pub is_open: bool,
}

impl Store {
    /// # Errors
    ///
    /// `Duplicate` when the address belongs to somebody.
    pub async fn insert_user(&self, user: User) -> Result<()> {
        let added =
            self.write(move |tx| in_tx(async move { tx.execute(INSERT, user_args(&user)).await }));
        match added.await? {
            0 => Err(StoreError::Duplicate("a user with this email")),
            _ => Ok(()),
        }
    }

    /// Adds `user` only while there is nobody; of many at once, one wins and gets `true`.
    pub async fn first_user(&self, user: User) -> Result<bool> {
        let added = self.write(move |tx| {
            in_tx(async move {
                if tx.dialect() == Dialect::Postgres {
                    tx.execute(LOCK_TABLE, args![]).await?;
                }
                tx.execute(FIRST, user_args(&user)).await
            })
        });
        Ok(added.await? == 1)
    }

    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        let key = email_key(email);
        self.read(|tx| in_tx(async move { one(tx, BY_EMAIL, args![key]).await })).await
    }

    pub async fn user_by_id(&self, id: UserId) -> Result<Option<User>> {
        self.read(move |tx| in_tx(async move { one(tx, BY_ID, args![id]).await })).await
    }

    /// The person behind an access token, and whether its login still stands.
    pub async fn session_state(&self, id: UserId, family: Uuid) -> Result<Option<SessionState>> {
        let row =
            self.read(move |tx| in_tx(async move { tx.row(SESSION, args![family, id]).await }));
        let state =
            |row: &Row| Ok(SessionState { user: read_user(row)?, is_open: row.get(TABLE, 10)? });
        row.await?.as_ref().map(state).transpose()
    }

    /// People in the order of their creation, at most [`USERS_LISTED_MAX`], after `after`.
    pub async fn users(&self, after: Option<UserId>, n_max: u32) -> Result<Vec<User>> {
        let n_max = n_max.min(USERS_LISTED_MAX);
        let rows =
            self.read(move |tx| in_tx(async move { tx.rows(LIST, args![after, n_max]).await }));
        rows.await?.iter().map(read_user).collect()
    }

    pub async fn count_users(&self) -> Result<u64> {
        let row = self.read(|tx| in_tx(async move { tx.row(COUNT, args![]).await })).await?;
        row.map_or(Ok(0), |row| row.get(TABLE, 0))
    }

    /// Changes a password and ends all of the user's tokens; `false` when there is no such user.
    pub async fn set_password(&self, id: UserId, hash: Hidden, now: Timestamp) -> Result<bool> {
        self.change_and_end_sessions(SET_PASSWORD, id, args![hash.expose(), now, id]).await
    }

    /// Changes a role and ends the user's access tokens: the next refresh brings the new role.
    pub async fn set_role(&self, id: UserId, role: String, now: Timestamp) -> Result<bool> {
        self.change(SET_ROLE, args![role, now, id]).await
    }

    /// Locks a user out at once; `false` when that is so already, or for nobody.
    pub async fn disable_user(&self, id: UserId, now: Timestamp) -> Result<bool> {
        self.change_and_end_sessions(DISABLE, id, args![now, id]).await
    }

    /// Lets a user log in again; `false` when that is so already, or for nobody.
    pub async fn enable_user(&self, id: UserId, now: Timestamp) -> Result<bool> {
        self.change(ENABLE, args![now, id]).await
    }

    /// Notes a login; `false` when a newer one is noted.
    pub async fn touch_login(&self, id: UserId, now: Timestamp) -> Result<bool> {
        self.change(TOUCH_LOGIN, args![now, id]).await
    }

    async fn change(&self, sql: &'static str, args: Vec<Value>) -> Result<bool> {
        let changed = self.write(move |tx| in_tx(async move { tx.execute(sql, args).await }));
        Ok(changed.await? == 1)
    }

    async fn change_and_end_sessions(
        &self,
        sql: &'static str,
        id: UserId,
        args: Vec<Value>,
    ) -> Result<bool> {
        let changed = self.write(move |tx| {
            in_tx(async move {
                // The user's row first: who rotates a token holds it too (refresh_tokens.rs).
                let changed = tx.execute(sql, args).await?;
                if changed == 1 {
                    tx.execute(END_SESSIONS, args![id]).await?;
                }
                Ok(changed == 1)
            })
        });
        changed.await
    }
}

/// The user, held as read until the transaction ends: logins of one person change one at a time.
pub(crate) async fn lock_user(tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => LOCKED_SQLITE,
        Dialect::Postgres => LOCKED_POSTGRES,
    };
    one(tx, sql, args![id]).await
}

async fn one(tx: &mut Tx, sql: &str, args: Vec<Value>) -> Result<Option<User>> {
    tx.row(sql, args).await?.as_ref().map(read_user).transpose()
}

/// An address as compared.
fn email_key(email: &str) -> String {
    email.to_lowercase()
}

fn user_args(user: &User) -> Vec<Value> {
    args![
        user.id,
        user.email.as_str(),
        email_key(&user.email),
        user.name.as_str(),
        user.password_hash.expose(),
        user.role.as_str(),
        user.is_disabled,
        user.token_version,
        user.created_at,
        user.updated_at,
        user.last_login_at,
    ]
}

fn read_user(row: &Row) -> Result<User> {
    Ok(User {
        id: row.get(TABLE, 0)?,
        email: row.get(TABLE, 1)?,
        name: row.get(TABLE, 2)?,
        password_hash: Hidden::new(row.get::<String>(TABLE, 3)?),
        role: row.get(TABLE, 4)?,
        is_disabled: row.get(TABLE, 5)?,
        token_version: row.get(TABLE, 6)?,
        created_at: row.get(TABLE, 7)?,
        updated_at: row.get(TABLE, 8)?,
        last_login_at: row.get(TABLE, 9)?,
    })
}
