//! Passwords: which are good enough, how they are hashed, and how many at a time.
//!
//! Argon2id with 19 MiB, two passes, one lane (OWASP Password Storage). Each takes tens of
//! milliseconds of a core, so two run at once, a bounded number waits, and the next is told so: a
//! flood of logins costs other requests nothing.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use horarium_store::Hidden;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    error::{AuthError, Result},
    random,
    weak_passwords::WEAK_PASSWORDS,
};

pub const PASSWORD_CHARS_MIN: usize = 12;
pub const PASSWORD_CHARS_MAX: usize = 128;
/// Of any password that is looked at, so that nobody has us hash a megabyte.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// Different characters a password needs at least: `aaaabbbbcccc` is a pattern.
const CHARS_DISTINCT_MIN: usize = 5;
/// An address's part before `@` that is too short to look for in a password.
const LOCAL_PART_CHARS_MIN: usize = 3;
/// Hashes computed at once.
const HASHES_AT_ONCE: usize = 2;
/// Hashes that wait or are computed; one more is `Busy`.
const HASHES_MAX: usize = 64;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What is wrong with a new password; completes the sentence "the password ..".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    #[error("must be at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    #[error("must be at most {PASSWORD_CHARS_MAX} characters")]
    TooLong,
    #[error("is one of those that are guessed first")]
    TooCommon,
    #[error("must not contain the e-mail address")]
    ContainsEmail,
}

/// Whether a new password is good enough for the owner of `email`.
pub(super) fn check_password(password: &str, email: &str) -> Result<(), PasswordProblem> {
    let n_chars = password.chars().count();
    if n_chars < PASSWORD_CHARS_MIN {
        return Err(PasswordProblem::TooShort);
    }
    if n_chars > PASSWORD_CHARS_MAX || password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordProblem::TooLong);
    }
    let lower = password.to_lowercase();
    let distinct: std::collections::HashSet<char> = lower.chars().collect();
    if distinct.len() < CHARS_DISTINCT_MIN || WEAK_PASSWORDS.binary_search(&lower.as_str()).is_ok()
    {
        return Err(PasswordProblem::TooCommon);
    }
    let email = email.to_lowercase();
    let local_part = email.split('@').next().unwrap_or(&email);
    if local_part.chars().count() >= LOCAL_PART_CHARS_MIN && lower.contains(local_part) {
        return Err(PasswordProblem::ContainsEmail);
    }
    Ok(())
}

/// Hashes and checks passwords.
#[derive(Debug)]
pub(super) struct Passwords {
    /// Waiting and running.
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
    /// Of a password that nobody has: checked for strangers, so that they wait as long as users.
    dummy: Hidden,
    n_verified: AtomicU64,
}

/// Held by the hash itself: a caller who goes away leaves it running, and it still counts.
type Turn = (OwnedSemaphorePermit, OwnedSemaphorePermit);

impl Passwords {
    pub(super) async fn new() -> Result<Self> {
        let mut passwords = Self {
            places: Arc::new(Semaphore::new(HASHES_MAX)),
            running: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            dummy: Hidden::new(""),
            n_verified: AtomicU64::new(0),
        };
        passwords.dummy = passwords.hash(random::secret()).await?;
        Ok(passwords)
    }

    /// A PHC string with a salt of its own.
    pub(super) async fn hash(&self, password: Hidden) -> Result<Hidden> {
        let turn = self.turn().await?;
        blocking(turn, move || {
            let salt = random::bytes::<16>();
            let hash = argon2()?.hash_password_with_salt(password.expose().as_bytes(), &salt);
            let hash =
                hash.map_err(|err| AuthError::Damaged(format!("hashing a password: {err}")))?;
            Ok(Hidden::new(hash.to_string()))
        })
        .await
    }

    /// Whether `password` is the one that `stored` was made of; `None`, for a stranger, takes as long.
    pub(super) async fn verify(&self, password: Hidden, stored: Option<Hidden>) -> Result<bool> {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.clone());
        let turn = self.turn().await?;
        self.n_verified.fetch_add(1, Ordering::Relaxed);
        let is_same = blocking(turn, move || {
            let verified = argon2()?.verify_password(password.expose().as_bytes(), stored.expose());
            match verified {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(err) => Err(AuthError::Damaged(format!("reading a password hash: {err}"))),
            }
        });
        Ok(is_same.await? && is_known)
    }

    /// How many passwords were checked, strangers' too.
    #[cfg(test)]
    pub(super) fn n_verified(&self) -> u64 {
        self.n_verified.load(Ordering::Relaxed)
    }

    async fn turn(&self) -> Result<Turn> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| AuthError::Busy)?;
        let running = Arc::clone(&self.running).acquire_owned().await;
        Ok((place, running.map_err(|_| AuthError::Busy)?))
    }
}

async fn blocking<T: Send + 'static>(
    turn: Turn,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let task = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(turn);
        result
    });
    task.await.map_err(|err| AuthError::Damaged(format!("hashing a password: {err}")))?
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|err| AuthError::Damaged(format!("setting Argon2 up: {err}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_is_long_unusual_and_not_the_address() {
        let check = |password: &str, expect: Result<(), PasswordProblem>| {
            assert_eq!(check_password(password, "Ada.L@example.org"), expect, "{password}");
        };
        check("mind the gap", Ok(()));
        check("mind the ga", Err(PasswordProblem::TooShort));
        check("äöüäöüß€äöüx", Ok(()));
        check(&"abcdefgh".repeat(16), Ok(()));
        check(&format!("{}x", "abcdefgh".repeat(16)), Err(PasswordProblem::TooLong));
        check("Password1234", Err(PasswordProblem::TooCommon));
        check("CorrectHorseBatteryStaple", Err(PasswordProblem::TooCommon));
        check("abcdabcdabcdabcd", Err(PasswordProblem::TooCommon));
        check("i am ADA.L, hello", Err(PasswordProblem::ContainsEmail));
    }

    #[test]
    fn a_short_local_part_is_not_looked_for() {
        assert_eq!(check_password("mind the gap", "it@example.org"), Ok(()));
        assert_eq!(check_password("mind the gap", "@example.org"), Ok(()));
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_with_the_documented_cost() {
        let passwords = Passwords::new().await.unwrap();
        let hash = passwords.hash(Hidden::new("mind the gap")).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify(Hidden::new("mind the gap"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(Hidden::new("mind the gaq"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn one_hash_more_than_may_wait_is_told_so() {
        let passwords = Passwords::new().await.unwrap();
        let places = Arc::clone(&passwords.places).acquire_many_owned(64).await.unwrap();
        let err = passwords.hash(Hidden::new("x")).await.unwrap_err();
        assert!(matches!(err, AuthError::Busy), "{err}");
        drop(places);
        assert!(passwords.hash(Hidden::new("x")).await.is_ok());
    }
}
