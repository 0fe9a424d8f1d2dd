//! Keys and the ring they are on: the first seals, all of them open.

use std::fmt::{self, Write as _};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::random;

/// Bytes of a key: 256 bits.
pub const KEY_BYTES: usize = 32;
/// Keys on a ring: the present one and those that rows not yet sealed anew may need.
pub const KEYS_MAX: usize = 8;
pub(super) const NONCE_BYTES: usize = 24;

/// Bytes of a key's id: enough to tell a handful of keys apart.
const ID_BYTES: usize = 4;

/// One key, known by an id that is made of it.
pub(super) struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// Keys, the newest first.
pub struct KeyRing(Vec<Key>);

/// Why a text holds no keys. Never shows the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    #[error("it holds no key")]
    Empty,
    #[error(
        "key {0} of it is not the base64 of {KEY_BYTES} bytes, as `openssl rand -base64 32` prints"
    )]
    Form(usize),
    #[error("key {0} of it was there before")]
    Twice(usize),
    #[error("it holds more than {KEYS_MAX} keys")]
    TooMany,
}

impl Key {
    fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        let digest =
            Sha256::new().chain_update(b"horarium key id\0").chain_update(bytes).finalize();
        let mut id = String::new();
        for byte in &digest[..ID_BYTES] {
            write!(id, "{byte:02x}").expect("writing to a String");
        }
        Self { id, cipher: XChaCha20Poly1305::new(bytes.into()) }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn seal(&self, nonce: &[u8; NONCE_BYTES], text: &[u8], aad: &[u8]) -> Vec<u8> {
        let sealed = self.cipher.encrypt(&XNonce::from(*nonce), Payload { msg: text, aad });
        sealed.expect("texts are far shorter than the cipher's 256 GiB")
    }

    pub(super) fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        sealed: &[u8],
        aad: &[u8],
    ) -> Option<Vec<u8>> {
        self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad }).ok()
    }
}

impl KeyRing {
    /// Keys in base64 with white space or commas between them, the newest first; `#` begins a remark.
    pub fn parse(text: &str) -> Result<Self, KeyTextError> {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let words = lines.flat_map(|line| line.split([' ', '\t', ',', '\r']));
        let mut keys: Vec<Key> = Vec::new();
        for (n, word) in words.filter(|word| !word.is_empty()).enumerate() {
            if n == KEYS_MAX {
                return Err(KeyTextError::TooMany);
            }
            let bytes = BASE64_STANDARD.decode(word).map(Zeroizing::new);
            let bytes = bytes.ok().and_then(|bytes| <[u8; KEY_BYTES]>::try_from(&bytes[..]).ok());
            let key = Key::new(&Zeroizing::new(bytes.ok_or(KeyTextError::Form(n + 1))?));
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeyTextError::Twice(n + 1));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeyTextError::Empty) } else { Ok(Self(keys)) }
    }

    /// A new key as [`KeyRing::parse`] reads it.
    pub(super) fn new_text() -> Zeroizing<String> {
        let bytes = Zeroizing::new(random::bytes::<KEY_BYTES>());
        Zeroizing::new(BASE64_STANDARD.encode(&bytes[..]))
    }

    pub(super) fn newest(&self) -> &Key {
        self.0.first().expect("parse makes no empty ring")
    }

    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }

    /// The keys' ids, the newest first.
    pub fn ids(&self) -> Vec<&str> {
        self.0.iter().map(Key::id).collect()
    }
}

/// The keys' ids only.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_read_from_lines_and_words() {
        let [one, two] = [0, 1].map(|_| KeyRing::new_text());
        let ids = |text: &str| {
            KeyRing::parse(text).unwrap().ids().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let expect = [ids(&one), ids(&two)].concat();
        assert_eq!(expect.len(), 2);
        let (one, two) = (one.as_str(), two.as_str());
        assert_eq!(ids(&format!("# made 2026\n{one}\r\n\n  {two} # the old one\n")), expect);
        assert_eq!(ids(&format!("{one},{two}")), expect);
    }

    #[test]
    fn what_is_no_ring_is_refused_without_being_shown() {
        let key = KeyRing::new_text();
        let many = |n: usize| {
            (0..n).map(|_| KeyRing::new_text().to_string()).collect::<Vec<_>>().join("\n")
        };
        let check = |text: &str, expect: KeyTextError| {
            assert_eq!(KeyRing::parse(text).map(|_| ()), Err(expect));
        };
        check("", KeyTextError::Empty);
        check("# nothing", KeyTextError::Empty);
        check("hunter2", KeyTextError::Form(1));
        check(&format!("{}\nAAEC", &*key), KeyTextError::Form(2));
        check(&format!("{0} {0}", &*key), KeyTextError::Twice(2));
        check(&many(KEYS_MAX + 1), KeyTextError::TooMany);
        assert_eq!(KeyRing::parse(&many(KEYS_MAX)).unwrap().ids().len(), KEYS_MAX);
        assert!(!KeyRing::parse("hunter2").unwrap_err().to_string().contains("hunter2"));
    }
}
