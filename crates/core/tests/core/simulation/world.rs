//! The nodes, the clock and the accidents of one seed.

use horarium_core::{
    job::PolicyDraft,
    trigger::{MisfirePolicy, OverlapPolicy},
};
use jiff::Timestamp;

use super::store::{Read, Store};
use crate::{
    drafts::{at, cron, every, except, later, with_policy},
    ledger::Ledger,
};

const NODES: usize = 3;
const STEPS: usize = 80;
/// How far a node's own clock may be from the store's.
const SKEW_SECONDS_MAX: u32 = 20;

struct World {
    chance: Chance,
    store: Store,
    ledger: Ledger,
    now: Timestamp,
    /// The latest the store's clock ever showed: it is set back at times.
    latest: Timestamp,
    /// What each node has read and not yet written.
    reads: [Option<Read>; NODES],
    early: Option<String>,
}

/// Plays one seed; the number of firings, or what went wrong.
pub(crate) fn play(seed: u64, store: Store) -> Result<usize, String> {
    let mut world = World::new(seed, store);
    for _ in 0..STEPS {
        world.step();
    }
    world.end()
}

impl World {
    fn new(seed: u64, store: Store) -> Self {
        let mut chance = Chance(seed);
        let rule = match chance.below(4) {
            0 => cron("*/5 * * * *"),
            1 => except(cron("* * * * *"), "12:10", "12:40"),
            2 => every(90),
            _ => except(every(420), "13:00", "14:00"),
        };
        let misfires = [MisfirePolicy::Latest, MisfirePolicy::All, MisfirePolicy::Skip];
        let overlaps = [OverlapPolicy::Allow, OverlapPolicy::Skip, OverlapPolicy::CancelRunning];
        let policy = PolicyDraft {
            misfire: Some(misfires[chance.index(3)]),
            overlap: Some(overlaps[chance.index(3)]),
            max_lateness_seconds: (chance.below(3) == 0).then_some(1_800),
            ..PolicyDraft::default()
        };
        let now = at("12:00:30");
        let ledger = Ledger::new(with_policy(rule, policy), now);
        Self {
            chance,
            store,
            ledger,
            now,
            latest: now,
            reads: [const { None }; NODES],
            early: None,
        }
    }

    fn step(&mut self) {
        let node = self.chance.index(NODES);
        match self.chance.below(20) {
            // Time passes; a lost hint is a node that sleeps through it.
            0..6 => self.pass(120),
            6 => self.pass(7_200),
            7 => self.now = later(self.now, -i64::from(self.chance.seconds(1_800))),
            8..14 => self.read(node),
            14..19 => self.write(node),
            _ => self.crash(node),
        }
    }

    fn pass(&mut self, seconds_max: u32) {
        self.now = later(self.now, i64::from(self.chance.seconds(seconds_max)));
        self.latest = self.latest.max(self.now);
    }

    /// The node looks, whether its alarm rang or not, and plans.
    fn read(&mut self, node: usize) {
        let now = match self.store {
            Store::BelievesEveryClock => {
                later(self.now, i64::from(self.chance.seconds(SKEW_SECONDS_MAX)))
            }
            Store::Good
            | Store::LosesDecisions
            | Store::KeepsOldCursor
            | Store::TrustsStaleReads => self.now,
        };
        let n_live = self.chance.seconds(2);
        let plan = self.ledger.plan(now, n_live);
        self.reads[node] = Some(Read { cursor: self.ledger.trigger.cursor, plan });
    }

    fn write(&mut self, node: usize) {
        let Some(read) = self.reads[node].take() else { return };
        let n_before = self.ledger.firings.len();
        self.store.commit(&mut self.ledger, &read);
        for firing in &self.ledger.firings[n_before..] {
            if firing.due_at > self.latest {
                let problem = format!("{} fired early, at {}", firing.due_at, self.latest);
                self.early.get_or_insert(problem);
            }
        }
    }

    fn crash(&mut self, node: usize) {
        if let Some(read) = self.reads[node].take() {
            self.store.crash(&mut self.ledger, &read);
        }
    }

    /// One node survives and looks until nothing is left to decide.
    fn end(mut self) -> Result<usize, String> {
        self.now = self.now.max(self.ledger.trigger.cursor);
        self.now = later(self.now, 100_000);
        self.ledger.catch_up(self.now);
        self.ledger.check()?;
        match self.early {
            Some(problem) => Err(problem),
            None => Ok(self.ledger.firings.len()),
        }
    }
}

/// splitmix64: the same numbers from the same seed on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % n
    }

    fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(u64::try_from(n).unwrap())).unwrap()
    }

    fn seconds(&mut self, n: u32) -> u32 {
        u32::try_from(self.below(u64::from(n))).unwrap()
    }
}
