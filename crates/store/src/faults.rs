//! Defences that a test can switch off, to prove that the crash rounds notice.
//!
//! Only builds with the feature `faults` look at the environment; no release has it.

/// Whether SQLite's writer answers before it commits: what was acknowledged can then be lost.
///
/// Not so the first writes of a process: a start reads what it has just written.
#[cfg(feature = "faults")]
pub(crate) fn acknowledges_before_commit() -> bool {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };
    const WRITES_OF_A_START: u32 = 30;
    static ON: OnceLock<bool> = OnceLock::new();
    static WRITES: AtomicU32 = AtomicU32::new(0);
    let on = *ON.get_or_init(|| {
        std::env::var("HORARIUM_TEST_FAULT").is_ok_and(|fault| fault == "acknowledge-before-commit")
    });
    on && WRITES.fetch_add(1, Ordering::Relaxed) >= WRITES_OF_A_START
}

#[cfg(not(feature = "faults"))]
pub(crate) const fn acknowledges_before_commit() -> bool {
    false
}

/// Lets the commit after an early answer come late, as on a slow disk, so that a kill finds the gap.
#[cfg(feature = "faults")]
pub(crate) fn commit_late() {
    std::thread::sleep(std::time::Duration::from_millis(20));
}

#[cfg(not(feature = "faults"))]
pub(crate) const fn commit_late() {}
