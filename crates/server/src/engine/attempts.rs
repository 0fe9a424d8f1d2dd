//! The attempts this node runs, and the ways to stop them.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use horarium_core::ExecutionId;
use horarium_worker::Stop;
use tokio::sync::Notify;

/// Cancellations remembered for attempts that have not begun yet.
const EARLY_CANCELLATIONS_MAX: usize = 10_000;

/// What runs here, by execution.
#[derive(Default)]
pub struct Attempts {
    inner: Mutex<Inner>,
    ended: Notify,
}

#[derive(Default)]
struct Inner {
    running: HashMap<ExecutionId, (u32, Stop)>,
    /// Cancelled after they were claimed here but before they began.
    cancelled_early: HashSet<ExecutionId>,
    /// The order of the above, oldest first, to keep it bounded.
    early_order: VecDeque<ExecutionId>,
}

impl Attempts {
    /// Notes that an attempt begins. `None`: it was cancelled already and must not.
    pub fn begin(&self, id: ExecutionId, attempt: u32) -> Option<Stop> {
        let mut inner = self.lock();
        if inner.cancelled_early.remove(&id) {
            return None;
        }
        let stop = Stop::new();
        inner.running.insert(id, (attempt, stop.clone()));
        Some(stop)
    }

    /// Whether an attempt of this execution runs here.
    pub fn is_running(&self, id: ExecutionId) -> bool {
        self.lock().running.contains_key(&id)
    }

    /// Notes that an attempt has ended. An attempt that was replaced leaves its successor alone.
    pub fn end(&self, id: ExecutionId, attempt: u32) {
        let mut inner = self.lock();
        if inner.running.get(&id).is_some_and(|(running, _)| *running == attempt) {
            inner.running.remove(&id);
        }
        drop(inner);
        self.ended.notify_waiters();
    }

    /// Stops an attempt whose execution is cancelled, whether it has begun or is about to.
    pub fn cancel(&self, id: ExecutionId) {
        let mut inner = self.lock();
        if let Some((_, stop)) = inner.running.get(&id) {
            stop.cancel();
            return;
        }
        if inner.cancelled_early.insert(id) {
            inner.early_order.push_back(id);
        }
        while inner.early_order.len() > EARLY_CANCELLATIONS_MAX {
            if let Some(oldest) = inner.early_order.pop_front() {
                inner.cancelled_early.remove(&oldest);
            }
        }
    }

    /// Tells every attempt that the node cannot keep it.
    pub fn interrupt_all(&self) {
        for (_, stop) in self.lock().running.values() {
            stop.interrupt();
        }
    }

    pub fn n_running(&self) -> usize {
        self.lock().running.len()
    }

    /// Returns when nothing runs any more.
    pub async fn all_ended(&self) {
        loop {
            // Register before looking: an end between the look and the wait would be lost.
            let ended = self.ended.notified();
            if self.n_running() == 0 {
                return;
            }
            ended.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(n: u128) -> ExecutionId {
        ExecutionId(Uuid::from_u128(n))
    }

    #[test]
    fn a_cancel_that_comes_before_the_attempt_begins_is_not_lost() {
        let attempts = Attempts::default();
        attempts.cancel(id(1));
        assert!(attempts.begin(id(1), 1).is_none());
        assert!(attempts.begin(id(1), 2).is_some(), "it was spent on the attempt it stopped");
    }

    #[test]
    fn early_cancellations_are_bounded() {
        let attempts = Attempts::default();
        for n in 0..=EARLY_CANCELLATIONS_MAX as u128 {
            attempts.cancel(id(n));
        }
        assert_eq!(attempts.lock().cancelled_early.len(), EARLY_CANCELLATIONS_MAX);
        assert!(attempts.begin(id(0), 1).is_some(), "the oldest was forgotten");
    }

    #[test]
    fn an_old_attempt_that_ends_leaves_its_successor_running() {
        let attempts = Attempts::default();
        attempts.begin(id(1), 1).unwrap();
        attempts.begin(id(1), 2).unwrap();
        attempts.end(id(1), 1);
        assert_eq!(attempts.n_running(), 1);
    }
}
