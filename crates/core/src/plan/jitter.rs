//! Spreading starts: an occurrence's own share of its trigger's jitter.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Due plus this occurrence's share of the jitter, the same whoever computes it.
pub(super) fn eligible_at(owner: Uuid, due_at: Timestamp, jitter_seconds: u32) -> Timestamp {
    let jitter_ms = u64::from(jitter_seconds) * 1_000;
    if jitter_ms == 0 {
        return due_at;
    }
    // The upper half of the mix as a fraction of 2^32: 86,400,000 ms leave 5 bits to spare.
    let share_ms = ((mix(owner, due_at) >> 32) * (jitter_ms + 1)) >> 32;
    let share = SignedDuration::from_millis(share_ms.cast_signed());
    due_at.checked_add(share).unwrap_or(due_at)
}

/// A well-mixed 64-bit number from an id and an instant (splitmix64's finaliser).
fn mix(owner: Uuid, due_at: Timestamp) -> u64 {
    let (high, low) = owner.as_u64_pair();
    let second = due_at.as_second().cast_unsigned();
    let folded = low ^ high.rotate_left(32) ^ second.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut mixed = (folded ^ (folded >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JITTER_SECONDS: u32 = 60;

    fn owner(n: u64) -> Uuid {
        // As UUIDv7 of one import: the same millisecond, and random bits after it.
        let random = n.wrapping_mul(0xD134_2543_DE82_EF95) >> 2;
        Uuid::from_u64_pair(0x0198_0000_0000_7000, 0x8000_0000_0000_0000 | random)
    }

    fn share_ms(owner: Uuid, second: i64) -> i128 {
        let due_at = Timestamp::constant(second, 0);
        eligible_at(owner, due_at, JITTER_SECONDS).duration_since(due_at).as_millis()
    }

    /// Chi-square over 20 equal buckets; 43.8 is exceeded by chance once in a thousand.
    fn check_spread(shares: impl Iterator<Item = i128>) {
        let mut buckets = [0.0_f64; 20];
        for share in shares {
            assert!((0..=60_000).contains(&share), "{share} ms");
            buckets[usize::try_from(share.min(59_999) / 3_000).unwrap()] += 1.0;
        }
        let expected = buckets.iter().sum::<f64>() / 20.0;
        let chi_square: f64 = buckets.iter().map(|n| (n - expected).powi(2) / expected).sum();
        assert!(chi_square < 43.8, "{chi_square}: {buckets:?}");
    }

    #[test]
    fn owners_and_instants_are_spread_evenly() {
        check_spread((0..1_000).map(|n| share_ms(owner(n), 1_800_000_000)));
        check_spread((0..1_000).map(|n| share_ms(owner(7), 1_800_000_000 + n * 60)));
        check_spread((0..1_000).map(|n| share_ms(owner(7), 1_800_000_000 + n * 86_400)));
    }

    #[test]
    fn a_share_never_changes() {
        // A stored start and one computed after an upgrade must be the same.
        assert_eq!(share_ms(owner(1), 1_800_000_000), share_ms(owner(1), 1_800_000_000));
        insta::assert_compact_debug_snapshot!(
            [1, 2, 3].map(|n| share_ms(owner(n), 1_800_000_000)), @"[20389, 43437, 5992]");
    }

    #[test]
    fn no_jitter_and_the_end_of_time_stay_where_they_are() {
        assert_eq!(eligible_at(owner(1), Timestamp::UNIX_EPOCH, 0), Timestamp::UNIX_EPOCH);
        assert_eq!(eligible_at(owner(1), Timestamp::MAX, 86_400), Timestamp::MAX);
    }
}
