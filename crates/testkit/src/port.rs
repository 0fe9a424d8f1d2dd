//! A free TCP port on 127.0.0.1.

use std::hash::{BuildHasher as _, RandomState};
use std::net::TcpListener;

/// Below Linux's ephemeral range (32768 up): while a server restarts, no client may get its port as a
/// source port, and no client that retries may connect to itself.
const PORTS: std::ops::Range<u16> = 15_000..32_000;

const TRIES_MAX: u64 = 200;

/// A port nobody listens on now. Another process may take it before you do, so a start should be tried
/// again; the place to look is random to make that rare.
pub fn free_port() -> u16 {
    let span = u64::from(PORTS.end - PORTS.start);
    (0..TRIES_MAX)
        .map(|_| PORTS.start + u16::try_from(random() % span).expect("span is below 2^16"))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap_or_else(|| panic!("no free port among {TRIES_MAX} of {PORTS:?} on 127.0.0.1"))
}

/// Chance that need not be replayed: names and ports. Tests take theirs from `Seed`.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
