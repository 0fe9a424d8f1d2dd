//! A rule within its limits: what a trigger's due instants are.

use jiff::Timestamp;

use crate::{EXCLUDED_DATES_MAX, Exclusions, Rule};

/// Excluded days or ranges that one search for a firing crosses. It is more than the
/// dates a set can have, and keeps the search below a millisecond when everything is excluded.
const EXCLUDED_STRETCHES_MAX: usize = EXCLUDED_DATES_MAX + 500;

/// A rule, what it leaves out, and the time in which it holds.
///
/// An excluded instant is still *due*: the ticker sees it and records it as skipped. It is not a
/// *firing*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub rule: Rule,
    pub exclusions: Exclusions,
    /// Nothing is due before this instant; it may be due itself.
    pub not_before: Option<Timestamp>,
    /// Nothing is due after this instant; it may be due itself.
    pub not_after: Option<Timestamp>,
}

impl Schedule {
    /// The first due instant strictly after `t`, excluded or not.
    pub fn next_due_after(&self, t: Timestamp) -> Option<Timestamp> {
        let due = match self.not_before {
            // Strictly after the instant before `not_before` is at or after `not_before`.
            Some(not_before) if t < not_before => self.rule.next_after(just_before(not_before)),
            _ => self.rule.next_after(t),
        }?;
        self.holds_at(due).then_some(due)
    }

    /// The last due instant at or before `t`, excluded or not.
    pub fn previous_due_at(&self, t: Timestamp) -> Option<Timestamp> {
        let t = self.not_after.map_or(t, |not_after| t.min(not_after));
        self.rule.previous_at(t).filter(|&due| self.holds_at(due))
    }

    /// The first instant strictly after `t` that is due and not excluded.
    ///
    /// Crosses excluded days and time ranges in one step each. `None` when there is no such instant,
    /// or when it lies beyond 1500 excluded stretches (four years of excluded days).
    pub fn next_firing_after(&self, t: Timestamp) -> Option<Timestamp> {
        if self.exclusions.weekdays.len() == 7 {
            return None;
        }
        let mut after = t;
        for _ in 0..EXCLUDED_STRETCHES_MAX {
            let due = self.next_due_after(after)?;
            match self.exclusions.rejection(due, self.rule.zone()) {
                None => return Some(due),
                Some(rejection) => {
                    after = just_before(Timestamp::from_second(rejection.until).ok()?);
                }
            }
        }
        None
    }

    /// How many due instants, excluded or not, lie in (`after`, `through`], at most `max`.
    pub fn count_due_between(&self, after: Timestamp, through: Timestamp, max: u64) -> u64 {
        let after = self.not_before.map_or(after, |limit| after.max(just_before(limit)));
        let through = self.not_after.map_or(through, |limit| through.min(limit));
        self.rule.count_between(after, through, max)
    }

    fn holds_at(&self, at: Timestamp) -> bool {
        self.not_before.is_none_or(|limit| limit <= at)
            && self.not_after.is_none_or(|limit| at <= limit)
    }
}

fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MIN)
}
