//! How many attempts this node may run at once.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// The node's worker slots, free ones counted.
#[derive(Clone, Debug)]
pub struct Slots {
    free: Arc<AtomicU32>,
    total: u32,
}

/// Slots taken out of the free ones; those not [split off](Room::split) return when it is dropped.
#[derive(Debug)]
pub struct Room {
    free: Arc<AtomicU32>,
    n: u32,
}

impl Slots {
    pub fn new(total: u32) -> Self {
        Self { free: Arc::new(AtomicU32::new(total)), total }
    }

    pub fn total(&self) -> u32 {
        self.total
    }

    pub fn n_free(&self) -> u32 {
        self.free.load(Ordering::Acquire)
    }

    /// Takes up to `wanted` slots; `None` when none is free.
    pub fn reserve(&self, wanted: u32) -> Option<Room> {
        let taken = self.free.fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| {
            let taken = free.min(wanted);
            (taken > 0).then(|| free - taken)
        });
        taken.ok().map(|before| Room { free: Arc::clone(&self.free), n: before.min(wanted) })
    }
}

impl Room {
    pub fn n(&self) -> u32 {
        self.n
    }

    /// One slot of this room, to be held by one attempt.
    pub fn split(&mut self) -> Option<Room> {
        (self.n > 0).then(|| {
            self.n -= 1;
            Room { free: Arc::clone(&self.free), n: 1 }
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.free.fetch_add(self.n, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_rooms_than_slots_and_all_of_them_return() {
        let slots = Slots::new(3);
        let mut first = slots.reserve(2).unwrap();
        let second = slots.reserve(5).unwrap();
        assert_eq!((first.n(), second.n()), (2, 1));
        assert!(slots.reserve(1).is_none());
        let one = first.split().unwrap();
        drop(first);
        assert_eq!(slots.n_free(), 1, "the rest of the room returned, the split-off slot did not");
        drop((one, second));
        assert_eq!(slots.n_free(), 3);
    }
}
