//! Hashes of secrets that are long enough to need no slow hash, and their comparison.

use horarium_store::Hidden;
use subtle::ConstantTimeEq as _;

use crate::hash::sha256_hex;

/// SHA-256, as 64 hexadecimal digits.
pub(super) fn sha256(text: &[u8]) -> Hidden {
    Hidden::new(sha256_hex(text))
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
