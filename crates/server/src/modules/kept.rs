//! The code of modules that ran lately, so that the next run need not read it.
//!
//! A version never changes, so what is kept is never wrong; that a version is there at all is looked
//! up for every run.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use horarium_core::ModuleId;

/// Of all kept code together.
const KEPT_BYTES_MAX: usize = 64 << 20;

/// The most recently used last.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<VecDeque<(ModuleId, Bytes)>>);

impl Kept {
    pub(super) fn get(&self, id: ModuleId) -> Option<Bytes> {
        let mut kept = self.lock();
        let index = kept.iter().position(|(kept, _)| *kept == id)?;
        let found = kept.remove(index)?;
        kept.push_back(found.clone());
        Some(found.1)
    }

    pub(super) fn put(&self, id: ModuleId, code: Bytes) {
        let mut kept = self.lock();
        kept.retain(|(kept, _)| *kept != id);
        kept.push_back((id, code));
        while kept.iter().map(|(_, code)| code.len()).sum::<usize>() > KEPT_BYTES_MAX {
            kept.pop_front();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(ModuleId, Bytes)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(n: u128) -> ModuleId {
        ModuleId(Uuid::from_u128(n))
    }

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let (kept, third) = (Kept::default(), Bytes::from(vec![0; KEPT_BYTES_MAX / 3]));
        for n in 1..=3 {
            kept.put(id(n), third.clone());
        }
        assert!(kept.get(id(1)).is_some(), "three thirds fit");
        kept.put(id(4), third);
        assert_eq!(
            (1..=4).map(|n| kept.get(id(n)).is_some()).collect::<Vec<_>>(),
            [true, false, true, true]
        );
    }

    #[test]
    fn what_is_larger_than_the_room_is_not_kept() {
        let kept = Kept::default();
        kept.put(id(1), Bytes::from(vec![0; KEPT_BYTES_MAX + 1]));
        assert!(kept.get(id(1)).is_none());
    }
}
