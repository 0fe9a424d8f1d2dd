//! How often one caller may ask: a leaky bucket each for what is known of them.
//!
//! It bounds what one runaway client takes from the others, not what the server can do: that bound
//! is the store's queue. A bucket is one number, the instant at which it will be empty (GCRA).

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use horarium_api::Problem;

use crate::http::refusal::Answer;

/// Locks, so that callers seldom wait for each other.
const SHARDS: usize = 16;
/// Buckets kept in each shard. When they are that many, the empty ones go, then all.
const BUCKETS_PER_SHARD_MAX: usize = 4_096;

/// So many at once, and so many a second in the long run.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    pub per_second: u32,
    pub at_once: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct RateLimits {
    /// Requests of one user or key.
    pub per_principal: Budget,
    /// Requests without credentials from one address.
    pub anonymous: Budget,
    /// Credentials that were refused, from one address: what guessing looks like.
    pub refused: Budget,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            per_principal: Budget { per_second: 50_000, at_once: 50_000 },
            anonymous: Budget { per_second: 1_000, at_once: 2_000 },
            refused: Budget { per_second: 10, at_once: 200 },
        }
    }
}

pub(crate) struct RateLimiter {
    limits: RateLimits,
    began: Instant,
    hasher: RandomState,
    shards: Vec<Mutex<Buckets>>,
}

/// When each will be empty, counted from the limiter's begin.
type Buckets = HashMap<u64, Duration>;

impl RateLimiter {
    pub(crate) fn new(limits: RateLimits) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { limits, began: Instant::now(), hasher: RandomState::new(), shards }
    }

    pub(super) fn of_principal(&self, subject: &impl std::hash::Hash) -> Answer<()> {
        self.take(self.hasher.hash_one(("principal", subject)), self.limits.per_principal)
    }

    pub(super) fn of_stranger(&self, address: IpAddr) -> Answer<()> {
        self.take(self.hasher.hash_one(("stranger", block(address))), self.limits.anonymous)
    }

    /// Whether this address may show credentials at all; [`RateLimiter::refused`] counts.
    pub(crate) fn of_guesser(&self, address: IpAddr) -> Answer<()> {
        let key = self.guesser(address);
        self.filled(&self.shard(key), key, self.limits.refused).map(drop)
    }

    pub(crate) fn refused(&self, address: IpAddr) {
        // Beyond its budget it is refused already.
        drop(self.take(self.guesser(address), self.limits.refused));
    }

    fn guesser(&self, address: IpAddr) -> u64 {
        self.hasher.hash_one(("guesser", block(address)))
    }

    /// Adds one request to the bucket unless it is full.
    fn take(&self, key: u64, budget: Budget) -> Answer<()> {
        let mut buckets = self.shard(key);
        let empty_at = self.filled(&buckets, key, budget)?;
        if buckets.len() >= BUCKETS_PER_SHARD_MAX {
            make_room(&mut buckets, self.began.elapsed());
        }
        buckets.insert(key, empty_at);
        Ok(())
    }

    /// When the bucket will be empty with one request more in it.
    fn filled(&self, buckets: &Buckets, key: u64, budget: Budget) -> Answer<Duration> {
        let now = self.began.elapsed();
        let one = Duration::from_secs(1) / budget.per_second.max(1);
        let empty_at = buckets.get(&key).copied().unwrap_or(now).max(now) + one;
        let wait = empty_at.saturating_sub(now + one * budget.at_once);
        if wait.is_zero() {
            return Ok(empty_at);
        }
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
        Err(Problem::too_many_requests(seconds.saturating_add(1)).into())
    }

    fn shard(&self, key: u64) -> MutexGuard<'_, Buckets> {
        let shard = usize::try_from(key % SHARDS as u64).unwrap_or(0);
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(buckets: &mut Buckets, now: Duration) {
    buckets.retain(|_, empty_at| *empty_at > now);
    if buckets.len() >= BUCKETS_PER_SHARD_MAX {
        buckets.clear();
    }
}

/// What one customer has: an IPv4 address, or the first half of an IPv6 one.
fn block(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(at_once: u32) -> RateLimiter {
        // So slow that a bucket does not empty while a test runs.
        let budget = Budget { per_second: 1, at_once };
        RateLimiter::new(RateLimits { per_principal: budget, anonymous: budget, refused: budget })
    }

    #[test]
    fn a_bucket_holds_its_number_and_each_caller_has_one() {
        let limiter = limiter(3);
        for _ in 0..3 {
            assert!(limiter.of_principal(&"one").is_ok());
        }
        let problem = limiter.of_principal(&"one").unwrap_err().0;
        assert_eq!((problem.status(), problem.retry_after_seconds), (429, Some(1)));
        assert!(limiter.of_principal(&"other").is_ok());
    }

    #[test]
    fn guesses_are_counted_when_refused() {
        let limiter = limiter(2);
        let address = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..2 {
            assert!(limiter.of_guesser(address).is_ok());
            limiter.refused(address);
        }
        assert!(limiter.of_guesser(address).is_err());
        assert!(limiter.of_guesser(IpAddr::from([192, 0, 2, 2])).is_ok());
    }

    #[test]
    fn buckets_end_at_their_bound() {
        let limiter = limiter(1);
        for n in 0..200_000_u32 {
            assert!(limiter.of_principal(&n).is_ok());
        }
        let n: usize = limiter.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(n <= SHARDS * BUCKETS_PER_SHARD_MAX, "{n}");
    }
}
