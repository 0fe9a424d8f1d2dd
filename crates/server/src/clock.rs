//! The one place that asks the machine for the time.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};

/// What the rest of the server calls now.
///
/// On PostgreSQL the database's clock rules: every node measures how far it is from it, so that
/// nodes with unequal clocks still agree on what is due (invariant 11).
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    /// The machine's clock, moved by a measured offset in microseconds.
    System(Arc<Offset>),
    Manual(Arc<Mutex<Timestamp>>),
}

/// How far the database's clock is ahead of the machine's, never more than it surely is.
#[derive(Debug, Default)]
struct Offset {
    micros: AtomicI64,
    /// What the latest answers showed at least, oldest first.
    at_least: Mutex<VecDeque<i64>>,
}

/// Answers remembered: the quickest of them tells most, and a drift is followed within half a minute.
const ANSWERS_REMEMBERED: usize = 8;

impl Offset {
    /// Takes one answer: the database said `database` at some moment between `asked` and `answered`.
    ///
    /// A slow answer must not make anybody early, so of all that it allows the least counts: that the
    /// database spoke just as we heard it. What earlier answers showed stays, unless this one rules it
    /// out: then a clock was set.
    fn learn(&self, asked: i64, database: i64, answered: i64) {
        let mut at_least = self.at_least.lock().unwrap_or_else(PoisonError::into_inner);
        let at_most = database - asked;
        if at_least.iter().any(|known| *known > at_most) {
            at_least.clear();
        }
        if at_least.len() == ANSWERS_REMEMBERED {
            at_least.pop_front();
        }
        at_least.push_back(database - answered);
        let best = at_least.iter().copied().max().unwrap_or(0);
        self.micros.store(best, Ordering::Relaxed);
    }
}

impl Clock {
    pub fn system() -> Self {
        Self(Source::System(Arc::default()))
    }

    /// A clock that stands still until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(Mutex::new(start))))
    }

    /// Now, in whole microseconds: what the database can hold.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System(offset) => {
                let moved = offset.micros.load(Ordering::Relaxed);
                let micros = machine_time().as_microsecond() + moved;
                Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
            }
            Source::Manual(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// How far this clock is moved from the machine's.
    pub fn offset(&self) -> SignedDuration {
        match &self.0 {
            Source::System(offset) => {
                SignedDuration::from_micros(offset.micros.load(Ordering::Relaxed))
            }
            Source::Manual(_) => SignedDuration::ZERO,
        }
    }

    /// Follows the database: `database` is what it said between `asked` and `answered`, both of the
    /// machine's clock as given by [`Clock::unmoved`].
    pub fn follow(&self, asked: Timestamp, database: Timestamp, answered: Timestamp) {
        if let Source::System(offset) = &self.0 {
            let micros = Timestamp::as_microsecond;
            offset.learn(micros(asked), micros(database), micros(answered));
        }
    }

    /// The machine's clock without the offset.
    pub fn unmoved(&self) -> Timestamp {
        match &self.0 {
            Source::System(_) => machine_time(),
            Source::Manual(_) => self.now(),
        }
    }

    /// Moves a manual clock.
    ///
    /// # Panics
    ///
    /// On the system's clock: only tests move time.
    pub fn set(&self, now: Timestamp) {
        match &self.0 {
            Source::System(_) => panic!("only a manual clock can be set"),
            Source::Manual(at) => *at.lock().unwrap_or_else(PoisonError::into_inner) = now,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock everybody else asks")]
fn machine_time() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_microsecond(micros).unwrap()
    }

    fn offset_micros(clock: &Clock) -> i128 {
        clock.offset().as_micros()
    }

    #[test]
    fn a_slow_answer_never_puts_the_clock_ahead_of_the_databases() {
        let clock = Clock::system();
        // Equal clocks, an answer that took 100 ms: anything up to 100 ms behind would fit it.
        clock.follow(at(1_000_000), at(1_050_000), at(1_100_000));
        assert_eq!(offset_micros(&clock), -50_000);
        // A quick one tells more, and a slow one after it takes nothing back.
        clock.follow(at(2_000_000), at(2_000_100), at(2_000_200));
        assert_eq!(offset_micros(&clock), -100);
        clock.follow(at(3_000_000), at(3_200_000), at(3_400_000));
        assert_eq!(offset_micros(&clock), -100);
    }

    #[test]
    fn a_database_whose_clock_is_set_back_is_followed_at_once() {
        let clock = Clock::system();
        clock.follow(at(1_000_000), at(9_000_000), at(1_000_200));
        assert_eq!(offset_micros(&clock), 7_999_800);
        clock.follow(at(2_000_000), at(2_000_100), at(2_000_200));
        assert_eq!(offset_micros(&clock), -100);
    }

    #[test]
    fn what_old_answers_showed_is_forgotten() {
        let clock = Clock::system();
        clock.follow(at(0), at(100), at(200));
        for n in 1..=8 {
            let asked = n * 1_000_000;
            clock.follow(at(asked), at(asked + 5_000), at(asked + 10_000));
        }
        assert_eq!(offset_micros(&clock), -5_000, "eight answers later");
    }

    #[test]
    fn a_manual_clock_stands_still() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), clock.now());
        clock.set(Timestamp::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
