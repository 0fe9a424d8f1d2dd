//! This node's right to run things: its row in `nodes`, renewed by the heart.
//!
//! One lease per node, not per execution: a busy node would otherwise renew thousands. Numbers are
//! invariant 5's: a beat every 3 s, a lease of 10 s, takeover within 15 s of a death.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use horarium_core::NodeId;
use horarium_store::{NewNode, Store};
use jiff::SignedDuration;
use uuid::Uuid;

use super::NodeSettings;
use crate::clock::Clock;

pub const BEAT_PERIOD: SignedDuration = SignedDuration::from_secs(3);
/// A node silent for this long is declared lost by any other.
pub const LEASE: SignedDuration = SignedDuration::from_secs(10);
/// A node that could not renew stops by itself this long before others may declare it lost.
const MARGIN: Duration = Duration::from_secs(2);
const LEASE_LOCAL: Duration = Duration::from_secs(10);

/// The lease as this node believes it. The belief ends by the monotonic clock, counted from before
/// the last successful beat was sent, so it ends before anybody else's patience does.
#[derive(Debug)]
pub struct Lease {
    held: Mutex<Held>,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    node: NodeId,
    until: Instant,
}

impl Lease {
    /// Registers a new node.
    pub async fn acquire(
        store: &Store,
        clock: &Clock,
        settings: &NodeSettings,
    ) -> horarium_store::Result<Self> {
        Ok(Self { held: Mutex::new(register(store, clock, settings).await?) })
    }

    /// Starts over as another node after this one was declared lost.
    pub async fn reacquire(
        &self,
        store: &Store,
        clock: &Clock,
        settings: &NodeSettings,
    ) -> horarium_store::Result<()> {
        let held = register(store, clock, settings).await?;
        *self.lock() = held;
        Ok(())
    }

    pub fn node(&self) -> NodeId {
        self.lock().node
    }

    /// Whether this node may claim and start attempts.
    pub fn is_valid(&self) -> bool {
        Instant::now() < self.lock().until
    }

    /// A beat sent at `sent` was accepted.
    pub fn renewed(&self, sent: Instant) {
        self.lock().until = sent + LEASE_LOCAL.saturating_sub(MARGIN);
    }

    /// The node was declared lost.
    pub fn revoke(&self) {
        self.lock().until = Instant::now();
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn register(
    store: &Store,
    clock: &Clock,
    settings: &NodeSettings,
) -> horarium_store::Result<Held> {
    let sent = Instant::now();
    let node = NewNode {
        id: NodeId(Uuid::now_v7()),
        name: settings.name.clone(),
        version: settings.version.clone(),
        workers: settings.workers,
    };
    let id = node.id;
    store.register_node(node, clock.now()).await?;
    Ok(Held { node: id, until: sent + LEASE_LOCAL.saturating_sub(MARGIN) })
}
