//! The one place that asks the machine for the time.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
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
    System(Arc<AtomicI64>),
    Manual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    pub fn system() -> Self {
        Self(Source::System(Arc::new(AtomicI64::new(0))))
    }

    /// A clock that stands still until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(Mutex::new(start))))
    }

    /// Now, in whole microseconds: what the database can hold.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System(offset) => {
                let micros = machine_time().as_microsecond() + offset.load(Ordering::Relaxed);
                Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
            }
            Source::Manual(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// How far this clock is moved from the machine's.
    pub fn offset(&self) -> SignedDuration {
        match &self.0 {
            Source::System(offset) => SignedDuration::from_micros(offset.load(Ordering::Relaxed)),
            Source::Manual(_) => SignedDuration::ZERO,
        }
    }

    /// Follows the database: `database` is what it said between `asked` and `answered`, both of the
    /// machine's clock as given by [`Clock::unmoved`].
    pub fn follow(&self, asked: Timestamp, database: Timestamp, answered: Timestamp) {
        if let Source::System(offset) = &self.0 {
            let half = answered.duration_since(asked).as_micros() / 2;
            let middle = i128::from(asked.as_microsecond()) + half;
            let micros = i128::from(database.as_microsecond()) - middle;
            offset.store(i64::try_from(micros).unwrap_or(0), Ordering::Relaxed);
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

    #[test]
    fn the_offset_is_measured_from_the_middle_of_the_question() {
        let at = |micros| Timestamp::from_microsecond(micros).unwrap();
        let clock = Clock::system();
        clock.follow(at(1_000_000), at(1_500_100), at(1_000_200));
        assert_eq!(clock.offset(), SignedDuration::from_micros(500_000));
    }

    #[test]
    fn a_manual_clock_stands_still() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), clock.now());
        clock.set(Timestamp::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
