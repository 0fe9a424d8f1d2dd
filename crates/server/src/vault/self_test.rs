//! Whether encryption really encrypts, asked of the keys in use before anything is stored under them.
//!
//! Others have shipped servers whose encryption was silently off; this one does not start then.

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};

use super::{OpenError, Place, Vault};

/// What encryption failed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelfTestError {
    #[error("what was sealed can be read")]
    Readable,
    #[error("the same text sealed twice looks the same")]
    Repeats,
    #[error("what was sealed does not open")]
    Lost,
    #[error("what was sealed for one place opens in another")]
    Movable,
    #[error("a changed text opens")]
    Changeable,
}

/// What seals: the vault, or in tests something that does it badly.
trait Seals {
    fn seal(&self, place: Place<'_>, text: &str) -> String;
    fn open(&self, place: Place<'_>, sealed: &str) -> Result<String, OpenError>;
}

impl Seals for Vault {
    fn seal(&self, place: Place<'_>, text: &str) -> String {
        Vault::seal(self, place, text)
    }

    fn open(&self, place: Place<'_>, sealed: &str) -> Result<String, OpenError> {
        Vault::open(self, place, sealed).map(|text| text.as_str().to_owned())
    }
}

impl Vault {
    pub(super) fn test(&self) -> Result<(), SelfTestError> {
        test(self)
    }
}

const TEXT: &str = "the quick brown fox";
const HERE: Place<'_> = Place { table: "self-test", row: "1", column: "value" };

fn test(seals: &impl Seals) -> Result<(), SelfTestError> {
    let sealed = seals.seal(HERE, TEXT);
    let plain = [TEXT.to_owned(), BASE64_STANDARD_NO_PAD.encode(TEXT)];
    if plain.iter().any(|text| sealed.contains(text.as_str())) {
        return Err(SelfTestError::Readable);
    }
    if seals.seal(HERE, TEXT) == sealed {
        return Err(SelfTestError::Repeats);
    }
    if seals.open(HERE, &sealed).as_deref() != Ok(TEXT) {
        return Err(SelfTestError::Lost);
    }
    if seals.open(Place { row: "2", ..HERE }, &sealed).is_ok() {
        return Err(SelfTestError::Movable);
    }
    let middle = sealed.len() - sealed.len() / 4;
    let other = if sealed[middle..].starts_with('A') { "B" } else { "A" };
    let mut changed = sealed;
    changed.replace_range(middle..=middle, other);
    if seals.open(HERE, &changed).is_ok() { Err(SelfTestError::Changeable) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{super::KeyRing, *};

    /// An encryption with one fault.
    struct Faulty {
        vault: Vault,
        fault: SelfTestError,
        first: Cell<Option<String>>,
    }

    impl Seals for Faulty {
        fn seal(&self, place: Place<'_>, text: &str) -> String {
            let sealed = self.vault.seal(place, text);
            match self.fault {
                SelfTestError::Readable => format!("v1.0.{text}"),
                SelfTestError::Repeats => {
                    let first = self.first.take().unwrap_or(sealed);
                    self.first.set(Some(first.clone()));
                    first
                }
                SelfTestError::Lost | SelfTestError::Movable | SelfTestError::Changeable => sealed,
            }
        }

        fn open(&self, place: Place<'_>, sealed: &str) -> Result<String, OpenError> {
            let opened = Seals::open(&self.vault, place, sealed);
            match self.fault {
                SelfTestError::Lost => Err(OpenError::Damaged),
                SelfTestError::Movable => Seals::open(&self.vault, HERE, sealed),
                SelfTestError::Changeable if place == HERE => Ok(TEXT.to_owned()),
                _ => opened,
            }
        }
    }

    #[test]
    fn encryption_that_does_not_encrypt_is_found_out() {
        let vault = || Vault::new(KeyRing::parse(&KeyRing::new_text()).unwrap());
        assert_eq!(vault().test(), Ok(()));
        for fault in [
            SelfTestError::Readable,
            SelfTestError::Repeats,
            SelfTestError::Lost,
            SelfTestError::Movable,
            SelfTestError::Changeable,
        ] {
            let faulty = Faulty { vault: vault(), fault, first: Cell::new(None) };
            assert_eq!(test(&faulty), Err(fault));
        }
    }
}
