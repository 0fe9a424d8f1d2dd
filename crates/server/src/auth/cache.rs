//! What was read a moment ago, so that a busy caller does not cost a query per request.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

/// Values that are believed for `fresh_for` after the moment before they were read; at most `n_max`.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    fresh_for: SignedDuration,
    n_max: usize,
    entries: Mutex<HashMap<K, (Timestamp, V)>>,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    pub(super) fn new(fresh_for: SignedDuration, n_max: usize) -> Self {
        Self { fresh_for, n_max, entries: Mutex::new(HashMap::new()) }
    }

    pub(super) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, value) = entries.get(key)?;
        self.is_fresh(*read_at, now).then(|| value.clone())
    }

    /// `now` is from before the read: what changes during it is then noticed in time.
    pub(super) fn put(&self, key: K, value: V, now: Timestamp) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= self.n_max && !entries.contains_key(&key) {
            entries.retain(|_, (read_at, _)| self.is_fresh(*read_at, now));
            if entries.len() >= self.n_max {
                entries.clear();
            }
        }
        entries.insert(key, (now, value));
    }

    pub(super) fn forget(&self, key: &K) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// A clock that was set back makes everything stale, not eternal.
    fn is_fresh(&self, read_at: Timestamp, now: Timestamp) -> bool {
        let age = now.duration_since(read_at);
        !age.is_negative() && age < self.fresh_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_772_000_000_000 + millis).unwrap()
    }

    #[test]
    fn a_value_is_believed_for_its_time_and_not_before() {
        let recent = Recent::new(SignedDuration::from_secs(1), 2);
        recent.put("a", 1, at(0));
        let check = |millis: i64, expect: Option<i32>| {
            assert_eq!(recent.get(&"a", at(millis)), expect, "{millis}");
        };
        check(0, Some(1));
        check(999, Some(1));
        check(1_000, None);
        check(-1, None);
    }

    #[test]
    fn it_never_holds_more_than_its_bound() {
        let recent = Recent::new(SignedDuration::from_secs(1), 2);
        for n in 0..10 {
            recent.put(n, n, at(0));
            assert!(recent.entries.lock().unwrap().len() <= 2);
            assert_eq!(recent.get(&n, at(0)), Some(n));
        }
        recent.put(10, 10, at(2_000));
        assert_eq!(recent.entries.lock().unwrap().len(), 1, "stale ones went first");
        recent.forget(&10);
        assert_eq!(recent.get(&10, at(2_000)), None);
    }
}
