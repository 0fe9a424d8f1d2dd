//! Who is calling, and how they prove it.
//!
//! | a caller shows | it is checked by |
//! |---|---|
//! | an e-mail address and a password | [`Auth::login`]: throttled, Argon2id, same time for strangers |
//! | an access token (JWT, minutes) | [`Auth::authenticate`]: signature, then the login it came from |
//! | a refresh token (days, used once) | [`Auth::refresh`]: shown twice, its whole login ends |
//! | a cookie (hours, opaque) | [`Auth::authenticate`]: the browser's login; the gate checks where the request is from |
//! | an API key, `hor_…` | [`Auth::authenticate`] |
//! | the one-time setup token | [`Auth::set_up`]: makes the first administrator |
//!
//! Whatever ends a login, a user or a key is known on every node within [`STALE_MAX`]. Time is an
//! argument everywhere; chance comes from `random` alone.

mod api_keys;
mod authenticate;
mod browser;
mod cache;
mod change_password;
mod credential;
mod digest;
mod error;
mod passwords;
mod people;
mod principal;
mod service;
mod setup;
mod throttle;
mod tokens;
mod weak_passwords;

#[cfg(test)]
mod tests;

use crate::random;

pub use api_keys::{CreatedKey, NewKey, key_prefix};
pub use authenticate::STALE_MAX;
pub use browser::{BROWSER_IDLE_MAX, BROWSER_SESSION_MAX, BrowserLogin, is_by_cookie};
pub use credential::SESSION_COOKIE;
pub use error::{AuthError, Result};
pub use passwords::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PasswordProblem};
pub use people::PersonChange;
pub use principal::{Principal, PrincipalKind};
pub use service::{Auth, Session};
pub use setup::Bootstrapped;
pub use tokens::TokenFault;
