//! People, as an administrator makes and changes them. Somebody always remains who can.

use horarium_api::{WireEnum as _, enums::Role};
use horarium_core::UserId;
use horarium_store::{Hidden, USERS_LISTED_MAX, User};
use jiff::Timestamp;

use super::{
    error::{AuthError, Result},
    passwords::check_password,
    principal::Principal,
    random,
    service::Auth,
    setup::check_new_user,
};

/// What to change about a person; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonChange {
    pub role: Option<Role>,
    pub is_disabled: Option<bool>,
    pub password: Option<Hidden>,
}

impl Auth {
    /// The first [`USERS_LISTED_MAX`] people, oldest first.
    pub async fn people(&self) -> Result<Vec<User>> {
        Ok(self.store.users(None, USERS_LISTED_MAX).await?)
    }

    pub async fn add_person(
        &self,
        email: &str,
        password: &Hidden,
        role: Role,
        now: Timestamp,
    ) -> Result<User> {
        let email = check_new_user(email, password)?;
        if self.store.user_by_email(email).await?.is_some() {
            return Err(AuthError::EmailTaken);
        }
        let user = User {
            id: UserId(random::id(now)),
            email: email.to_owned(),
            name: email.split('@').next().unwrap_or(email).to_owned(),
            password_hash: self.passwords.hash(password.clone()).await?,
            role: role.name().to_owned(),
            is_disabled: false,
            token_version: 1,
            created_at: now,
            updated_at: now,
            last_login_at: None,
        };
        self.store.insert_user(user.clone()).await?;
        Ok(user)
    }

    /// `None` for nobody. Nobody changes their own role or locks themselves out: so one administrator
    /// remains, whatever happens.
    pub async fn change_person(
        &self,
        caller: &Principal,
        id: UserId,
        change: PersonChange,
        now: Timestamp,
    ) -> Result<Option<User>> {
        let Some(user) = self.store.user_by_id(id).await? else { return Ok(None) };
        let is_own = caller.owner() == Some(id);
        if is_own && (change.role.is_some() || change.is_disabled.is_some()) {
            return Err(AuthError::OwnAccount);
        }
        if let Some(password) = &change.password {
            check_password(password.expose(), &user.email).map_err(AuthError::BadPassword)?;
            let hash = self.passwords.hash(password.clone()).await?;
            self.store.set_password(id, hash, now).await?;
        }
        if let Some(role) = change.role {
            self.store.set_role(id, role.name().to_owned(), now).await?;
        }
        match change.is_disabled {
            Some(true) => drop(self.store.disable_user(id, now).await?),
            Some(false) => drop(self.store.enable_user(id, now).await?),
            None => {}
        }
        Ok(self.store.user_by_id(id).await?)
    }
}
