//! What is encrypted at rest: sealed under the newest of a ring of keys, and bound to its place.
//!
//! A sealed text is `v1.<key id>.<nonce and ciphertext>`: XChaCha20-Poly1305 with a random nonce of 192
//! bits. Table, row, column and key id are authenticated with it, so a text that somebody moved to
//! another row does not open. Keys never stand in the database; what stands there is one sealed text by
//! which a node knows whether its keys are the right ones ([`start`]).

mod keys;
mod rotate;
mod self_test;
mod source;
mod start;

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::random;
use keys::{Key, NONCE_BYTES};

pub use keys::{KEY_BYTES, KEYS_MAX, KeyRing, KeyTextError};
pub use rotate::{Rotated, rotate};
pub use self_test::SelfTestError;
pub use source::{KeySource, KeySourceError};
pub use start::{VaultError, start};

const FORM: &str = "v1";

/// Where a sealed text stands: it opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    pub table: &'static str,
    /// The row's key as text.
    pub row: &'a str,
    pub column: &'a str,
}

/// Why a sealed text did not open. Says nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("it is not a sealed text")]
    Form,
    #[error("it is sealed under key {0}, which is not among this server's")]
    UnknownKey(String),
    #[error("it was changed, or belongs to another place")]
    Damaged,
}

/// Seals and opens. One per process.
pub struct Vault {
    keys: KeyRing,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("keys", &self.keys).finish()
    }
}

impl Vault {
    pub fn new(keys: KeyRing) -> Self {
        Self { keys }
    }

    /// The text, sealed under the newest key.
    pub fn seal(&self, place: Place<'_>, text: &str) -> String {
        let key = self.keys.newest();
        let nonce = random::bytes::<NONCE_BYTES>();
        let sealed = key.seal(&nonce, text.as_bytes(), &authenticated(place, key));
        let body = BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat());
        format!("{FORM}.{}.{body}", key.id())
    }

    /// What was sealed for this place. Wiped when it is dropped.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<String>, OpenError> {
        let (id, body) = split(sealed)?;
        let key = self.keys.find(id).ok_or_else(|| OpenError::UnknownKey(id.to_owned()))?;
        let body = BASE64_URL_SAFE_NO_PAD.decode(body).map_err(|_| OpenError::Form)?;
        let (nonce, body) = body.split_first_chunk::<NONCE_BYTES>().ok_or(OpenError::Form)?;
        let opened = key.open(nonce, body, &authenticated(place, key));
        let opened = Zeroizing::new(opened.ok_or(OpenError::Damaged)?);
        let text = std::str::from_utf8(&opened).map_err(|_| OpenError::Damaged)?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// Whether it is sealed under the newest key already.
    pub fn is_newest(&self, sealed: &str) -> bool {
        split(sealed).is_ok_and(|(id, _)| id == self.keys.newest().id())
    }
}

/// The key's id and the body.
fn split(sealed: &str) -> Result<(&str, &str), OpenError> {
    let rest = sealed.strip_prefix(FORM).and_then(|rest| rest.strip_prefix('.'));
    rest.and_then(|rest| rest.split_once('.')).ok_or(OpenError::Form)
}

/// Each part with its length, so that no two places give the same bytes.
fn authenticated(place: Place<'_>, key: &Key) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in [FORM, key.id(), place.table, place.row, place.column] {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'_> = Place { table: "secrets", row: "1", column: "value" };

    fn vault(text: &str) -> Vault {
        Vault::new(KeyRing::parse(text).unwrap())
    }

    const OLD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "HxwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEAHx4=";

    #[test]
    fn what_was_sealed_opens_in_its_place_and_nowhere_else() {
        let vault = vault(OLD);
        let sealed = vault.seal(HERE, "correct horse");
        assert_eq!(vault.open(HERE, &sealed).unwrap().as_str(), "correct horse");
        for elsewhere in [
            Place { table: "jobs", ..HERE },
            Place { row: "2", ..HERE },
            Place { column: "values", ..HERE },
            Place { row: "1v", column: "alue", ..HERE },
        ] {
            assert_eq!(vault.open(elsewhere, &sealed), Err(OpenError::Damaged), "{elsewhere:?}");
        }
        assert_eq!(vault.open(HERE, &vault.seal(HERE, "")).unwrap().as_str(), "");
    }

    #[test]
    fn the_same_text_never_looks_the_same_twice() {
        let vault = vault(OLD);
        assert_ne!(vault.seal(HERE, "x"), vault.seal(HERE, "x"));
    }

    #[test]
    fn a_changed_text_does_not_open() {
        let vault = vault(OLD);
        let sealed = vault.seal(HERE, "correct horse");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(vault.open(HERE, &changed).is_err(), "{changed}");
        }
        for text in ["", "v1", "v1.", "v1.0.", "plain", &sealed[..sealed.len() - 2]] {
            assert!(vault.open(HERE, text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_older_key_still_opens_and_a_foreign_one_is_named() {
        let sealed = vault(OLD).seal(HERE, "x");
        let both = vault(&format!("{NEW}\n{OLD}"));
        assert_eq!(both.open(HERE, &sealed).unwrap().as_str(), "x");
        assert!(!both.is_newest(&sealed) && both.is_newest(&both.seal(HERE, "x")));
        let id = KeyRing::parse(OLD).unwrap().newest().id().to_owned();
        assert_eq!(vault(NEW).open(HERE, &sealed), Err(OpenError::UnknownKey(id)));
    }

    #[test]
    fn no_way_of_showing_a_vault_shows_a_key() {
        let shown = format!("{:?}", vault(OLD));
        assert!(!shown.contains("AAEC") && !shown.contains("[0, 1, 2"), "{shown}");
    }
}
