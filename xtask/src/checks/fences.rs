//! Which crates may use which of the world's: the second half of the layers.

use super::manifests::{CRATES, Crate};

/// Crates that decide and never do: no clock, no IO, no runtime.
const PURE: [&str; 3] = ["when", "core", "api"];

const NOT_PURE: [&str; 8] =
    ["axum", "getrandom", "reqwest", "rusqlite", "rustix", "sqlx", "tokio", "tracing"];

/// Never part of the binary.
const TOOLS: [&str; 3] = ["bench", "testkit", "xtask"];

/// One of the world's crates, and the only ones of ours that may use it.
const FENCES: [(&str, &[&str]); 7] = [
    // worker: StoredProcedure calls the operator's own databases; ours is behind store alone.
    ("sqlx", &["store", "worker"]),
    ("rusqlite", &["store"]),
    ("axum", &["server", "testkit"]),
    // bench: the bare client that HTTP jobs are measured beside.
    ("reqwest", &["worker", "cli", "bench"]),
    ("argon2", &["server"]),
    ("jsonwebtoken", &["server"]),
    ("clap", &["cli"]),
];

fn uses(of: &Crate, with_tests: bool) -> impl Iterator<Item = &str> {
    let counts = of.dependencies.iter().filter(move |on| with_tests || !on.is_dev);
    counts.map(|on| on.name.as_str())
}

#[test]
fn pure_crates_reach_nothing_outside() {
    for of in CRATES.iter().filter(|of| PURE.contains(&of.name.as_str())) {
        for on in uses(of, false) {
            assert!(!NOT_PURE.contains(&on), "{} is pure and depends on {on}", of.name);
        }
    }
    assert!(PURE.iter().all(|pure| CRATES.iter().any(|of| of.name == *pure)));
}

#[test]
fn outside_crates_stay_behind_their_fence() {
    for (on, owners) in FENCES {
        // Databases also in tests: a test that goes around the store tests something else.
        let with_tests = owners.contains(&"store");
        for of in CRATES.iter().filter(|of| !owners.contains(&of.name.as_str())) {
            assert!(uses(of, with_tests).all(|used| used != on), "{} depends on {on}", of.name);
        }
    }
}

#[test]
fn tests_and_tools_are_not_shipped() {
    for of in CRATES.iter().filter(|of| !TOOLS.contains(&of.name.as_str())) {
        assert!(uses(of, false).all(|on| !TOOLS.contains(&on)), "{}", of.name);
    }
}
