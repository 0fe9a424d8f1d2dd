//! Why access was not given.

use horarium_store::StoreError;
use jiff::SignedDuration;

use super::{passwords::PasswordProblem, tokens::TokenFault};

pub type Result<T, E = AuthError> = std::result::Result<T, E>;

/// Everything that [`super::Auth`] can answer instead of what was asked. [`AuthError::detail`] is for
/// the caller; the error's own text and its causes are for the log.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// No such address, or not its password: never told apart.
    #[error("the credentials are not valid")]
    InvalidCredentials,
    /// The password was right; somebody locked the account.
    #[error("the account is locked")]
    AccountLocked,
    #[error("too many failed logins; next try in {} s", .retry_after.as_secs())]
    TooManyAttempts { retry_after: SignedDuration },
    /// More passwords wait to be checked than this machine checks in a few seconds.
    #[error("too many passwords wait to be checked")]
    Busy,
    /// Unknown, used before, expired, or its login has ended.
    #[error("the refresh token is not valid")]
    InvalidRefreshToken,
    /// The request shows no credentials.
    #[error("no credentials")]
    NoCredentials,
    /// The request shows two credentials, or one that cannot be read.
    #[error("the credentials cannot be read: {0}")]
    UnreadableCredentials(&'static str),
    #[error("the access token is refused")]
    BadToken(#[source] TokenFault),
    /// The token is genuine; its user or its login is not what it was.
    #[error("the login has ended")]
    SessionEnded,
    /// Unknown, revoked, expired, not its secret, or its owner may not log in.
    #[error("the API key is refused")]
    BadKey,
    /// A key has no password to change.
    #[error("a key has no password")]
    NoPassword,
    #[error("the e-mail address is somebody's already")]
    EmailTaken,
    /// Somebody wants to change their own role, or lock themselves out.
    #[error("nobody changes their own standing")]
    OwnAccount,
    /// There is an administrator already.
    #[error("the server is set up already")]
    AlreadySetUp,
    /// Not the token, or not any more.
    #[error("the setup token is not valid")]
    BadSetupToken,
    #[error("the e-mail address is not valid")]
    BadEmail,
    #[error("the password is not good enough: {0}")]
    BadPassword(PasswordProblem),
    #[error("a key may not have a role above its maker's")]
    RoleTooHigh,
    #[error("a key may not outlive the key that makes it")]
    ExpiryTooLate,
    #[error("the key would have expired already")]
    ExpiryInPast,
    /// The configured key is not one.
    #[error("the key that signs access tokens is not usable: {0}")]
    WeakSigningSecret(&'static str),
    /// The configured first API key is not one.
    #[error("the first API key is not of the form hor_<id>_<secret>")]
    BadBootstrapKey,
    /// Something stored does not read back; a defect, or another program's work.
    #[error("{0}")]
    Damaged(String),
    #[error("the database did not answer")]
    Store(#[from] StoreError),
}

impl AuthError {
    /// What the caller is told; the original's words where it had some (alphabet.md §4).
    pub fn detail(&self) -> String {
        match self {
            Self::InvalidCredentials => "Invalid credentials.".to_owned(),
            Self::AccountLocked => "Account is currently locked.".to_owned(),
            Self::TooManyAttempts { .. } => "Too many failed logins. Try again later.".to_owned(),
            Self::Busy => "The server is busy. Try again later.".to_owned(),
            Self::InvalidRefreshToken => "Refresh token is invalid.".to_owned(),
            Self::NoCredentials => "Authentication is required.".to_owned(),
            Self::UnreadableCredentials(_) | Self::BadToken(_) | Self::SessionEnded => {
                "The access token is invalid or has expired.".to_owned()
            }
            Self::BadKey => "The API key is invalid, has expired or was revoked.".to_owned(),
            Self::NoPassword => "A key has no password; sign in as a person.".to_owned(),
            Self::EmailTaken => "Somebody has this e-mail address already.".to_owned(),
            Self::OwnAccount => {
                "Your own role and lock are changed by another administrator.".to_owned()
            }
            Self::AlreadySetUp => "There is an administrator already.".to_owned(),
            Self::BadSetupToken => "The setup token is invalid or has expired.".to_owned(),
            Self::BadEmail => "The e-mail address is not valid.".to_owned(),
            Self::BadPassword(problem) => format!("The password {problem}."),
            Self::RoleTooHigh => "A key can have at most its maker's role.".to_owned(),
            Self::ExpiryTooLate => "A key cannot outlive the key that makes it.".to_owned(),
            Self::ExpiryInPast => "The key would have expired already.".to_owned(),
            Self::WeakSigningSecret(_)
            | Self::BadBootstrapKey
            | Self::Damaged(_)
            | Self::Store(_) => "The server cannot answer now.".to_owned(),
        }
    }
}
