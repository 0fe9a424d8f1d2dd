//! Logins of browsers: an opaque secret in a cookie that no script can read (reliability S8).
//!
//! It is hashed under a name of its own, so that it is no refresh token and no refresh token is it.

use std::net::IpAddr;

use axum::http::HeaderMap;
use horarium_store::{BrowserSession, Hidden, RefreshToken, User};
use jiff::{SignedDuration, Timestamp};

use super::{
    authenticate::user_principal,
    credential::{Credential, read_credential},
    digest,
    error::{AuthError, Result},
    principal::Principal,
    random,
    service::{Auth, later},
};

/// A browser's login ends when it was not used for this long,
pub const BROWSER_IDLE_MAX: SignedDuration = SignedDuration::from_mins(30);
/// and after this, however much it was used.
pub const BROWSER_SESSION_MAX: SignedDuration = SignedDuration::from_hours(12);
/// A use is noted when the last noted one is older.
const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// What a browser's login gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserLogin {
    /// For the cookie, and nowhere else.
    pub secret: Hidden,
    pub user: User,
}

/// Whether what a request shows is a browser's cookie, and nothing else.
pub fn is_by_cookie(headers: &HeaderMap) -> bool {
    matches!(read_credential(headers), Ok(Credential::Cookie(_)))
}

impl Auth {
    /// Exchanges an address and a password for a cookie's secret; otherwise as [`Auth::login`].
    pub async fn login_browser(
        &self,
        email: &str,
        password: &Hidden,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<BrowserLogin> {
        let user = self.check_login(email, password, address, now).await?;
        self.open_browser_session(user, now).await
    }

    pub(super) async fn open_browser_session(
        &self,
        user: User,
        now: Timestamp,
    ) -> Result<BrowserLogin> {
        let secret = random::secret();
        let stored = RefreshToken {
            hash: hash(&secret),
            family: random::id(now),
            user_id: user.id,
            issued_at: now,
            expires_at: later(now, BROWSER_IDLE_MAX),
            family_ends_at: later(now, BROWSER_SESSION_MAX),
        };
        if !self.store.insert_refresh_token(stored, user.token_version).await? {
            return Err(AuthError::InvalidCredentials);
        }
        Ok(BrowserLogin { secret, user })
    }

    /// Whose browser sends this cookie.
    pub(super) async fn browser(&self, secret: &Hidden, now: Timestamp) -> Result<Principal> {
        let hash = hash(secret);
        let session = self.store.browser_session(&hash).await?;
        let session = session.filter(|session| now < session.expires_at);
        let session = session.ok_or(AuthError::SessionEnded)?;
        let state = self.session_of((session.user_id, session.family), now).await?;
        let principal = user_principal(&state, session.family)?;
        self.note_browser_use(&hash, &session, now).await;
        Ok(principal)
    }

    /// Notes the use, at most once a minute. A fault of it refuses nobody; the next use tries again.
    async fn note_browser_use(&self, hash: &Hidden, session: &BrowserSession, now: Timestamp) {
        let Some(expires_at) = extended(session, now) else { return };
        if let Err(err) = self.store.extend_browser_session(hash, expires_at).await {
            let id = session.family;
            tracing::debug!(session.id = %id, error = %err, "noting a use of login {id} failed");
        }
    }
}

/// Until when a login that is used now stands; `None` while that is hardly later than it was.
fn extended(session: &BrowserSession, now: Timestamp) -> Option<Timestamp> {
    let expires_at = later(now, BROWSER_IDLE_MAX).min(session.family_ends_at);
    let gained = expires_at.duration_since(session.expires_at);
    (gained >= USE_NOTED_EVERY).then_some(expires_at)
}

fn hash(secret: &Hidden) -> Hidden {
    digest::sha256(format!("browser session {}", secret.expose()).as_bytes())
}

#[cfg(test)]
mod tests {
    use horarium_core::UserId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_login_is_extended_once_a_minute_and_never_beyond_its_end() {
        let at = |minutes: i64| later(Timestamp::UNIX_EPOCH, SignedDuration::from_mins(minutes));
        let check = |expires_at: i64, now: i64, expect: Option<i64>| {
            let session = BrowserSession {
                family: Uuid::nil(),
                user_id: UserId(Uuid::nil()),
                expires_at: at(expires_at),
                family_ends_at: at(720),
            };
            assert_eq!(extended(&session, at(now)), expect.map(at), "{expires_at} {now}");
        };
        check(30, 0, None);
        check(30, 1, Some(31));
        check(31, 1, None);
        check(31, 20, Some(50));
        check(710, 695, Some(720));
        check(720, 719, None);
    }

    #[test]
    fn a_cookie_is_no_refresh_token() {
        let secret = random::secret();
        assert_ne!(hash(&secret), digest::sha256(secret.expose().as_bytes()));
    }
}
