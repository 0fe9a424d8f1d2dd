//! SHA-256 as people and databases read it.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// As 64 hexadecimal digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        write!(hex, "{byte:02x}").expect("writing to a String");
    }
    hex
}
