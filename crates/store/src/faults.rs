//! Defences that a test can switch off, to prove that the crash rounds notice.
//!
//! Only builds with the feature `faults` look at the environment; no release has it.

/// Whether SQLite's writer answers before it commits: what was acknowledged can then be lost.
#[cfg(feature = "faults")]
pub(crate) fn acknowledge_before_commit() -> bool {
    static ON: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    *ON.get_or_init(|| {
        std::env::var("HORARIUM_TEST_FAULT").is_ok_and(|fault| fault == "acknowledge-before-commit")
    })
}

#[cfg(not(feature = "faults"))]
pub(crate) const fn acknowledge_before_commit() -> bool {
    false
}
