//! The only place that asks the machine for chance.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use horarium_store::Hidden;
use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// Bytes of a secret that nobody can guess: 256 bits.
pub(crate) const SECRET_BYTES: usize = 32;

pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("getrandom(2) does not fail on a kernel that has booted");
    bytes
}

/// A new 256-bit secret as text.
pub(crate) fn secret() -> Hidden {
    Hidden::new(BASE64_URL_SAFE_NO_PAD.encode(bytes::<SECRET_BYTES>()))
}

/// A new id (UUIDv7): ids sort by their time.
pub(crate) fn id(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &bytes()).into_uuid()
}
