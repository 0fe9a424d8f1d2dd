//! Nodes that race, crash and oversleep against one store, seed by seed.
//!
//! A failure names its seed: `play(seed, Store::Good)` plays it again.

mod store;
mod world;

use self::{store::Store, world::play};

const SEEDS: u64 = 2_000;

#[test]
fn no_instant_is_lost_doubled_or_early_whatever_the_nodes_do() {
    let mut n_firings = 0;
    for seed in 0..SEEDS {
        match play(seed, Store::Good) {
            Ok(played) => n_firings += played,
            Err(problem) => panic!("seed {seed}: {problem}"),
        }
    }
    assert!(n_firings > 10_000, "only {n_firings} firings: the simulation has gone to sleep");
}

/// How the checker words the first problem it finds in a broken store.
fn found(broken: Store) -> String {
    (0..SEEDS).find_map(|seed| play(seed, broken).err()).expect("the checker sees nothing")
}

#[test]
fn the_checker_finds_what_a_broken_store_does() {
    let check = |broken, words: &str| {
        let problem = found(broken);
        assert!(problem.contains(words), "{broken:?}: {problem}");
    };
    check(Store::LosesDecisions, "is due after");
    check(Store::KeepsOldCursor, "is due after");
    check(Store::TrustsStaleReads, "is due after");
    check(Store::BelievesEveryClock, "early");
}
