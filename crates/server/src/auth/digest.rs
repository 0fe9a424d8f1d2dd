//! Hashes of secrets that are long enough to need no slow hash, and their comparison.

use std::fmt::Write as _;

use horarium_store::Hidden;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// SHA-256, as 64 hexadecimal digits.
pub(super) fn sha256(text: &[u8]) -> Hidden {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        write!(hex, "{byte:02x}").expect("writing to a String");
    }
    Hidden::new(hex)
}

/// Whether two hashes are equal, in a time that does not tell where they differ.
pub(super) fn is_same(one: &Hidden, other: &Hidden) -> bool {
    one.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha256() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(b"").expose(), empty);
        assert!(is_same(&sha256(b"a"), &sha256(b"a")));
        assert!(!is_same(&sha256(b"a"), &sha256(b"b")));
        assert!(!is_same(&sha256(b"a"), &Hidden::new("ca978112")));
    }
}
