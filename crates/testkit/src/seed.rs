//! Chance that can be replayed: a fault test prints its seed and takes it back from the environment.

pub const SEED_ENV: &str = "HORARIUM_TEST_SEED";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// The seed of `HORARIUM_TEST_SEED`, otherwise a new one; printed, so that a red run can be repeated.
    pub fn from_env_or_random() -> Self {
        let seed = match std::env::var(SEED_ENV) {
            Ok(text) => Self::parse(&text),
            Err(_) => Self(crate::port::random()),
        };
        eprintln!("seed: {} (replay with {SEED_ENV}={})", seed.0, seed.0);
        seed
    }

    fn parse(text: &str) -> Self {
        Self(text.trim().parse().unwrap_or_else(|cause| panic!("{SEED_ENV}=`{text}`: {cause}")))
    }

    pub fn rng(self) -> Rng {
        Rng { state: self.0 }
    }

    /// A seed for the `n`-th part of a test, so that one more draw in a part leaves the others as they were.
    #[must_use]
    pub fn part(self, n: u64) -> Self {
        Self(Rng { state: self.0 ^ n.wrapping_mul(0xd6e8_feb8_6659_fd93) }.next())
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014). For tests: fast, tiny, the same everywhere; not for secrets.
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
}

impl Rng {
    #[expect(
        clippy::should_implement_trait,
        reason = "an endless iterator would invite endless loops"
    )]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..end`. Multiply and shift: the bias is below `end` / 2^64.
    pub fn below(&mut self, end: u64) -> u64 {
        assert!(end > 0, "below(0) has no answer");
        let wide = u128::from(self.next()) * u128::from(end);
        u64::try_from(wide >> 64).expect("a product of two 64-bit numbers, shifted by 64")
    }

    pub fn between(&mut self, range: std::ops::RangeInclusive<u64>) -> u64 {
        let span = range.end().checked_sub(*range.start()).expect("start <= end");
        range.start() + self.below(span.saturating_add(1))
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }

    /// Fisher and Yates, from the end.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }

    fn index(&mut self, len: usize) -> usize {
        let end = u64::try_from(len).expect("a length fits 64 bits");
        usize::try_from(self.below(end)).expect("below a length")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_paper() {
        let mut rng = Seed(1_234_567).rng();
        let drawn = [rng.next(), rng.next(), rng.next()];
        // From the reference program, prng.di.unimi.it/splitmix64.c.
        let expected =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(drawn, expected);
    }

    #[test]
    fn the_same_seed_shuffles_alike_and_loses_nothing() {
        let shuffled = |seed: Seed| {
            let mut items: Vec<u32> = (0..50).collect();
            seed.rng().shuffle(&mut items);
            items
        };
        assert_eq!(shuffled(Seed(7)), shuffled(Seed(7)));
        assert_ne!(shuffled(Seed(7)), shuffled(Seed(8)));
        let mut sorted = shuffled(Seed(7));
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn draws_stay_in_range_and_reach_its_ends() {
        let mut rng = Seed(1).rng();
        let mut seen = [0_u32; 3];
        for _ in 0..300 {
            seen[usize::try_from(rng.below(3)).unwrap()] += 1;
            assert!((5..=6).contains(&rng.between(5..=6)));
        }
        assert!(seen.iter().all(|n| *n > 50), "{seen:?}");
    }

    #[test]
    fn parts_of_a_seed_differ() {
        assert_ne!(Seed(1).part(0), Seed(1).part(1));
        assert_eq!(Seed(1).part(1), Seed(1).part(1));
    }

    #[test]
    #[should_panic(expected = "HORARIUM_TEST_SEED=`twelve`")]
    fn a_seed_that_is_no_number_is_refused() {
        Seed::parse("twelve");
    }
}
