//! A person's own new password. It ends every login they have, on every node.

use std::net::IpAddr;

use horarium_store::{Hidden, User};
use jiff::Timestamp;

use super::{
    browser::BrowserLogin,
    error::{AuthError, Result},
    passwords::check_password,
    principal::{Principal, PrincipalKind},
    service::{Auth, Session},
};

impl Auth {
    /// Changes the caller's password and gives new tokens in place of all that there were.
    pub async fn change_password(
        &self,
        principal: &Principal,
        (current, new): (&Hidden, &Hidden),
        address: IpAddr,
        now: Timestamp,
    ) -> Result<Session> {
        let user = self.changed(principal, (current, new), address, now).await?;
        self.open_session(user, now).await
    }

    /// The same for a browser, which gets a new cookie.
    pub async fn change_password_of_browser(
        &self,
        principal: &Principal,
        (current, new): (&Hidden, &Hidden),
        address: IpAddr,
        now: Timestamp,
    ) -> Result<BrowserLogin> {
        let user = self.changed(principal, (current, new), address, now).await?;
        self.open_browser_session(user, now).await
    }

    /// The user with the new password. A wrong present one counts as a failed login.
    async fn changed(
        &self,
        principal: &Principal,
        (current, new): (&Hidden, &Hidden),
        address: IpAddr,
        now: Timestamp,
    ) -> Result<User> {
        let PrincipalKind::User { id, email, session } = &principal.kind else {
            return Err(AuthError::NoPassword);
        };
        self.check_login(email, current, address, now).await?;
        check_password(new.expose(), email).map_err(AuthError::BadPassword)?;
        let hash = self.passwords.hash(new.clone()).await?;
        if !self.store.set_password(*id, hash, now).await? {
            return Err(AuthError::SessionEnded);
        }
        self.sessions_seen.forget(&(*id, *session));
        tracing::info!(user.id = %id, "user {id} changed their password: all their logins ended");
        self.store.user_by_id(*id).await?.ok_or(AuthError::SessionEnded)
    }
}
