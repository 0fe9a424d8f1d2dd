//! `H`: a number that differs from job to job and stays the same for one job.
//!
//! Jenkins has the idea: a hundred nightly jobs written `H H * * *` do not start in one minute.

use crate::Field;

/// What `H` counts up to, for day-of-month: a day that every month has.
pub(crate) const DAY_OF_MONTH_LAST: u8 = 28;

/// A number from 0 to `n - 1` for this job and field.
///
/// The result is part of what users see (a job's time must not move when the server is updated), so
/// this function never changes; the test pins it.
pub(crate) fn spread(seed: u128, field: Field, n: u8) -> u8 {
    let low = u64::try_from(seed & u128::from(u64::MAX)).expect("64 bits");
    let high = u64::try_from(seed >> 64).expect("64 bits");
    let hash = mix(mix(mix(low) ^ high) ^ salt(field));
    u8::try_from(hash % u64::from(n)).expect("below n")
}

fn salt(field: Field) -> u64 {
    match field {
        Field::Second => 1,
        Field::Minute => 2,
        Field::Hour => 3,
        Field::DayOfMonth => 4,
        Field::Month => 5,
        Field::DayOfWeek => 6,
    }
}

/// The finaliser of `SplitMix64` (Steele, Lea, Flood 2014): every bit of `x` moves every bit out.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_keeps_its_numbers_for_ever() {
        let seed = 0x0193_8f5e_0000_7000_8000_0000_0000_0001;
        let got = [Field::Minute, Field::Hour, Field::DayOfMonth, Field::Month, Field::DayOfWeek]
            .map(|field| spread(seed, field, 7));
        assert_eq!(got, [2, 2, 4, 3, 0]);
    }

    #[test]
    fn neighbouring_ids_spread_evenly() {
        let mut hits = [0_u32; 60];
        for seed in 0..6000_u128 {
            hits[usize::from(spread(seed << 16, Field::Minute, 60))] += 1;
        }
        assert!(hits.iter().all(|&n| (60..150).contains(&n)), "{hits:?}");
    }
}
