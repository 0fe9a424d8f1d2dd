//! How often a login may be tried: a bucket per account and address, and one per address.
//!
//! A bucket forgives a few failures, then asks for a wait that doubles with each one more, up to a
//! bound; it forgets a failure a minute. The account alone has no bucket: who guesses a victim's
//! password from one address does not lock the victim out at another. IPv6 addresses count by /64,
//! which is what one customer has.
//!
//! | failures of one account from one address | wait before the next try |
//! |------------------------------------------|--------------------------|
//! | up to 4                                  | none                     |
//! | 5                                        | 1 s                      |
//! | 6                                        | 2 s                      |
//! | 11 and more                              | 60 s                     |
//!
//! Every try is counted as a failure when it begins, or two hundred at once would all pass; success
//! takes it back.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
};

use jiff::{SignedDuration, Timestamp};

/// Buckets kept; the oldest go first. About 1 MiB.
pub(super) const BUCKETS_MAX: usize = 10_000;
/// Share of [`BUCKETS_MAX`] that goes when it is reached, so that it is not reached at every try.
const BUCKETS_DROPPED: usize = BUCKETS_MAX / 10;
/// How long until one failure is forgotten.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_mins(1);

struct Limit {
    /// Failures without any wait.
    n_free: u32,
    wait_max: SignedDuration,
}

const PER_ACCOUNT: Limit = Limit { n_free: 5, wait_max: SignedDuration::from_secs(60) };
/// Higher, because an office shares one address; bounds who tries one password on many accounts.
const PER_ADDRESS: Limit = Limit { n_free: 30, wait_max: SignedDuration::from_secs(30) };

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(String, IpAddr),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    n_failures: u32,
    /// Since when `n_failures` is right; moves by whole [`FORGOTTEN_AFTER`].
    since: Timestamp,
    open_at: Timestamp,
}

#[derive(Debug, Default)]
pub(super) struct Throttle {
    buckets: HashMap<Key, Bucket>,
}

impl Throttle {
    /// Counts a try of `account` (any text of bounded length) from `address`, or gives the wait.
    pub(super) fn begin(
        &mut self,
        account: &str,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(), SignedDuration> {
        let keys = keys(account, address);
        let wait = keys.iter().filter_map(|(key, _)| self.wait(key, now)).max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        self.make_room();
        for (key, limit) in keys {
            let bucket = Bucket { n_failures: 0, since: now, open_at: now };
            self.buckets.entry(key).or_insert(bucket).fail(&limit, now);
        }
        Ok(())
    }

    /// The password was right: the account's failures from there are forgotten.
    pub(super) fn succeeded(&mut self, account: &str, address: IpAddr) {
        let [(account, _), _] = keys(account, address);
        self.forgive(&account, u32::MAX);
        self.forgive(&Key::Address(block(address)), 1);
    }

    /// The try was not answered: it does not count.
    pub(super) fn withdrawn(&mut self, account: &str, address: IpAddr) {
        for (key, _) in keys(account, address) {
            self.forgive(&key, 1);
        }
    }

    fn forgive(&mut self, key: &Key, n: u32) {
        if let Some(bucket) = self.buckets.get_mut(key) {
            bucket.n_failures = bucket.n_failures.saturating_sub(n);
            bucket.open_at = bucket.since;
            if bucket.n_failures == 0 {
                self.buckets.remove(key);
            }
        }
    }

    fn wait(&self, key: &Key, now: Timestamp) -> Option<SignedDuration> {
        let wait = self.buckets.get(key)?.open_at.duration_since(now);
        wait.is_positive().then_some(wait)
    }

    fn make_room(&mut self) {
        if self.buckets.len() + 2 <= BUCKETS_MAX {
            return;
        }
        let mut ages: Vec<Timestamp> = self.buckets.values().map(|bucket| bucket.since).collect();
        let (_, &mut newest_dropped, _) = ages.select_nth_unstable(BUCKETS_DROPPED);
        // Equal ages may be many, as in a flood within one instant: then a tenth of all goes.
        let mut n_left = BUCKETS_DROPPED;
        self.buckets.retain(|_, bucket| {
            let is_dropped = n_left > 0 && bucket.since <= newest_dropped;
            n_left -= usize::from(is_dropped);
            !is_dropped
        });
    }
}

impl Bucket {
    fn fail(&mut self, limit: &Limit, now: Timestamp) {
        let minutes = now.duration_since(self.since).as_secs() / FORGOTTEN_AFTER.as_secs();
        let n_forgotten = i32::try_from(minutes.max(0)).unwrap_or(i32::MAX);
        let n_left = self.n_failures.saturating_sub(n_forgotten.unsigned_abs());
        self.since = match self.since.checked_add(FORGOTTEN_AFTER * n_forgotten) {
            Ok(since) if n_left > 0 => since,
            _ => now,
        };
        self.n_failures = n_left.saturating_add(1);
        self.open_at = now.checked_add(limit.wait(self.n_failures)).unwrap_or(now);
    }
}

impl Limit {
    /// How long to wait after failure number `n_failures`.
    fn wait(&self, n_failures: u32) -> SignedDuration {
        match n_failures.checked_sub(self.n_free) {
            None => SignedDuration::ZERO,
            Some(n) => SignedDuration::from_secs(1 << n.min(30)).min(self.wait_max),
        }
    }
}

fn keys(account: &str, address: IpAddr) -> [(Key, Limit); 2] {
    let address = block(address);
    [(Key::Account(account.to_owned(), address), PER_ACCOUNT), (Key::Address(address), PER_ADDRESS)]
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
mod tests;
