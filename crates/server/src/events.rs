//! Live events: one reader of the table per node, however many people listen.
//!
//! ```text
//! a transaction ── row of `events` ──▶ announcer (every node, only while somebody listens)
//!                                          │ the latest, in memory, bounded
//!                        each stream ◀─────┘ pulls from where it stands; older ones from the table
//! ```
//!
//! A stream holds no queue, only its position: who reads slowly costs nothing, who falls behind what
//! is remembered is told to begin anew, and a connection that takes nothing at all is closed
//! (see [`crate::http::serve`]).

mod announcer;
mod stream;
mod words;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use horarium_store::{After, Position, Store, StoredEvent};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

pub use announcer::Announcer;
pub use stream::{Listener, stream};

/// Streams at once on one node.
pub const LISTENERS_MAX: usize = 1_000;
/// Latest events held in memory.
const HELD_MAX: usize = 1_000;
/// Events read from the table at a time.
const READ_MAX: u32 = 200;

/// What the streams of one node share.
pub struct Events {
    store: Store,
    room: Arc<Semaphore>,
    latest: Mutex<Option<Latest>>,
    /// Goes up whenever there is something new.
    moved: watch::Sender<u64>,
}

/// The latest events, without a gap.
struct Latest {
    /// Whoever stands here or later finds all that follows.
    from: Position,
    /// Where the announcer stands.
    to: Position,
    held: VecDeque<Arc<StoredEvent>>,
}

impl Events {
    pub fn new(store: Store) -> Arc<Self> {
        let room = Arc::new(Semaphore::new(LISTENERS_MAX));
        let (moved, _) = watch::channel(0);
        Arc::new(Self { store, room, latest: Mutex::new(None), moved })
    }

    /// Room for one more stream; `None` when there are [`LISTENERS_MAX`].
    pub fn enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.room).try_acquire_owned().ok()
    }

    pub fn n_listeners(&self) -> usize {
        LISTENERS_MAX - self.room.available_permits()
    }

    /// Whether anybody listens here.
    fn is_heard(&self) -> bool {
        self.n_listeners() > 0
    }

    /// What follows `position`: from memory, or from the table for whoever is further behind.
    async fn after(&self, position: Position) -> horarium_store::Result<Next> {
        if let Some(next) = self.held_after(position) {
            return Ok(Next::Events(next));
        }
        Ok(match self.store.events_after(position, READ_MAX).await? {
            After::Events(events) => Next::Events(events.into_iter().map(Arc::new).collect()),
            After::Forgotten => Next::Forgotten(self.store.events_end().await?),
        })
    }

    fn held_after(&self, position: Position) -> Option<Vec<Arc<StoredEvent>>> {
        let latest = self.lock();
        let latest = latest.as_ref().filter(|latest| latest.from <= position)?;
        let is_new = |event: &&Arc<StoredEvent>| event.position > position;
        Some(latest.held.iter().filter(is_new).take(READ_MAX as usize).cloned().collect())
    }

    /// Where the announcer stands, unless nobody listened until now.
    fn announced(&self) -> Option<Position> {
        self.lock().as_ref().map(|latest| latest.to)
    }

    /// Begins, or begins anew, with nothing in memory.
    fn begin(&self, at: Position) {
        *self.lock() = Some(Latest { from: at, to: at, held: VecDeque::new() });
        self.moved.send_modify(|n| *n += 1);
    }

    fn forget(&self) {
        *self.lock() = None;
    }

    fn add(&self, events: Vec<StoredEvent>) {
        let mut latest = self.lock();
        let Some(latest) = latest.as_mut() else { return };
        for event in events {
            latest.to = event.position;
            latest.held.push_back(Arc::new(event));
            if latest.held.len() > HELD_MAX
                && let Some(oldest) = latest.held.pop_front()
            {
                latest.from = oldest.position;
            }
        }
        self.moved.send_modify(|n| *n += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Latest>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What follows a position.
enum Next {
    Events(Vec<Arc<StoredEvent>>),
    /// Some events were missed for good; what is to come begins here.
    Forgotten(Position),
}

#[cfg(test)]
mod tests {
    use horarium_core::{Event, JobChange, JobId};
    use horarium_store::{DatabaseUrl, StoreOptions};
    use jiff::Timestamp;

    use super::*;

    fn event(n: usize) -> StoredEvent {
        let event = Event::jobs(JobChange::Created, [JobId(uuid::Uuid::nil())]).unwrap();
        StoredEvent { position: position(n), at: Timestamp::UNIX_EPOCH, event }
    }

    fn position(n: usize) -> Position {
        format!("7-{n}").parse().unwrap()
    }

    async fn events() -> (tempfile::TempDir, Arc<Events>) {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("test.db"));
        let store = Store::open(&url, &StoreOptions::default()).await.unwrap();
        store.migrate(Timestamp::UNIX_EPOCH).await.unwrap();
        (directory, Events::new(store))
    }

    #[tokio::test]
    async fn memory_ends_at_its_bound_and_who_stands_before_it_is_not_served_from_it() {
        let (_directory, events) = events().await;
        assert!(events.held_after(position(0)).is_none(), "nobody listened until now");
        events.begin(position(0));
        events.add((1..=HELD_MAX).map(event).collect());
        let served = |n| events.held_after(position(n)).map(|events| events.len());
        assert_eq!(served(0), Some(READ_MAX as usize));
        events.add(vec![event(HELD_MAX + 1)]);
        assert_eq!(served(0), None, "the first one is held no more");
        assert_eq!(served(1), Some(READ_MAX as usize));
        assert_eq!(served(HELD_MAX), Some(1));
        assert_eq!(served(HELD_MAX + 1), Some(0));
        assert_eq!(events.announced(), Some(position(HELD_MAX + 1)));
    }

    #[tokio::test]
    async fn listeners_are_bounded() {
        let (_directory, events) = events().await;
        assert!(!events.is_heard());
        let mut held: Vec<_> = (0..LISTENERS_MAX).map(|_| events.enter().unwrap()).collect();
        assert!(events.is_heard());
        assert!(events.enter().is_none());
        held.pop();
        assert!(events.enter().is_some());
    }
}
