//! When a failed try is tried again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Most retries a policy may grant.
pub const RETRIES_MAX: u32 = 1_000;
/// Most HTTP status codes a policy may list.
pub const STATUS_CODES_MAX: usize = 100;
/// Longest wait a policy may ask for: 7 days.
pub const RETRY_DELAY_SECONDS_MAX: u32 = 7 * 24 * 3600;

/// How the wait grows from one retry to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backoff {
    #[default]
    Fixed,
    Linear,
    Exponential,
}

/// How many retries a failed execution gets, and how long it waits before each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryPolicy {
    /// Retries after the first try: 3 means up to 4 tries (contract C3).
    pub retries_max: u32,
    pub delay_seconds: u32,
    pub backoff: Backoff,
    /// Ceiling of the growing wait.
    pub delay_seconds_max: Option<u32>,
    /// Spread simultaneous failures: up to 10 % is added to the wait.
    pub jitter: bool,
    /// When not empty, only these HTTP status codes are retried.
    pub status_codes: Vec<u16>,
}

impl Default for RetryPolicy {
    /// What the original documents as its defaults: 3 retries, 60 s apart.
    fn default() -> Self {
        Self {
            retries_max: 3,
            delay_seconds: 60,
            backoff: Backoff::Fixed,
            delay_seconds_max: None,
            jitter: false,
            status_codes: Vec::new(),
        }
    }
}

impl RetryPolicy {
    /// Never again.
    pub fn none() -> Self {
        Self { retries_max: 0, ..Self::default() }
    }

    /// When to try again after `tries` failed tries, or `None` when the policy is spent.
    ///
    /// `entropy` is used only with `jitter`: 0 adds nothing, `u32::MAX` adds 10 % of the wait.
    ///
    /// | failed tries | Fixed 5 s | Linear 5 s | Exponential 5 s, ceiling 60 s |
    /// |--------------|-----------|------------|-------------------------------|
    /// | 1            | 5 s       | 5 s        | 5 s                           |
    /// | 2            | 5 s       | 10 s       | 10 s                          |
    /// | 5            | 5 s       | 25 s       | 60 s (80 s, capped)           |
    pub fn retry_at(&self, tries: u32, now: Timestamp, entropy: u32) -> Option<Timestamp> {
        if tries > self.retries_max {
            return None;
        }
        let first = i64::from(self.delay_seconds);
        let delay = match self.backoff {
            Backoff::Fixed => first,
            Backoff::Linear => first.saturating_mul(i64::from(tries)),
            Backoff::Exponential => first.saturating_mul(1 << tries.saturating_sub(1).min(30)),
        };
        let ceiling = self.delay_seconds_max.unwrap_or(RETRY_DELAY_SECONDS_MAX);
        let delay_ms = delay.min(i64::from(ceiling)) * 1_000;
        let spread_ms = if self.jitter {
            delay_ms / 10 * i64::from(entropy >> 16) / i64::from(u16::MAX)
        } else {
            0
        };
        now.checked_add(SignedDuration::from_millis(delay_ms + spread_ms)).ok()
    }

    /// Whether a try that ended with this HTTP status may be tried again.
    pub fn retries_status(&self, status: Option<u16>) -> bool {
        match status {
            Some(status) => self.status_codes.is_empty() || self.status_codes.contains(&status),
            None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(backoff: Backoff, tries: u32, expect: Option<i64>) {
        let policy = RetryPolicy {
            retries_max: 5,
            delay_seconds: 5,
            backoff,
            delay_seconds_max: Some(60),
            ..RetryPolicy::default()
        };
        let got = policy.retry_at(tries, Timestamp::UNIX_EPOCH, u32::MAX);
        assert_eq!(got.map(Timestamp::as_second), expect, "{backoff:?} after {tries} tries");
    }

    #[test]
    fn waits_grow_as_the_backoff_says_up_to_the_ceiling_then_stop() {
        check(Backoff::Fixed, 1, Some(5));
        check(Backoff::Fixed, 5, Some(5));
        check(Backoff::Fixed, 6, None);
        check(Backoff::Linear, 1, Some(5));
        check(Backoff::Linear, 5, Some(25));
        check(Backoff::Exponential, 1, Some(5));
        check(Backoff::Exponential, 4, Some(40));
        check(Backoff::Exponential, 5, Some(60));
        check(Backoff::Exponential, 6, None);
    }

    #[test]
    fn jitter_adds_at_most_a_tenth() {
        let policy = RetryPolicy { delay_seconds: 100, jitter: true, ..RetryPolicy::default() };
        let at = |entropy| policy.retry_at(1, Timestamp::UNIX_EPOCH, entropy).unwrap().as_second();
        assert_eq!((at(0), at(u32::MAX)), (100, 110));
    }

    #[test]
    fn a_policy_at_its_bounds_does_not_overflow() {
        let policy = RetryPolicy {
            retries_max: RETRIES_MAX,
            delay_seconds: RETRY_DELAY_SECONDS_MAX,
            backoff: Backoff::Exponential,
            ..RetryPolicy::default()
        };
        let at = policy.retry_at(RETRIES_MAX, Timestamp::UNIX_EPOCH, 0).unwrap();
        assert_eq!(at.as_second(), i64::from(RETRY_DELAY_SECONDS_MAX));
    }

    #[test]
    fn listed_status_codes_are_the_only_ones_retried() {
        let policy = RetryPolicy { status_codes: vec![503], ..RetryPolicy::default() };
        assert!(policy.retries_status(Some(503)));
        assert!(!policy.retries_status(Some(500)));
        assert!(policy.retries_status(None), "no answer at all is always worth another try");
    }
}
