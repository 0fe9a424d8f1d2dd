//! Several cron texts as one rule: due when any of them is.

use crate::cron::Cron;
use crate::{Dialect, RuleError, Zone};

/// Most cron texts of one rule.
pub const CRON_TEXTS_MAX: usize = 32;

/// Cron rules of which any makes the union due. What several are due at is one due instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Union(Vec<Cron>);

impl Union {
    pub(crate) fn parse<T: AsRef<str>>(
        texts: &[T],
        dialect: Dialect,
        zone: &Zone,
        seed: u128,
    ) -> Result<Union, RuleError> {
        if texts.is_empty() {
            return Err(RuleError::Empty);
        }
        if texts.len() > CRON_TEXTS_MAX {
            return Err(RuleError::TooMany { n_texts: texts.len() });
        }
        let crons = texts.iter().map(|text| Cron::parse(text.as_ref(), dialect, zone, seed));
        crons.collect::<Result<_, _>>().map(Union)
    }

    pub(crate) fn next_after(&self, after: i64, zone: &Zone) -> Option<i64> {
        self.0.iter().filter_map(|cron| cron.next_after(after, zone)).min()
    }

    pub(crate) fn previous_at(&self, at: i64, zone: &Zone) -> Option<i64> {
        self.0.iter().filter_map(|cron| cron.previous_at(at, zone)).max()
    }

    /// How many due seconds lie in (`after`, `through`], at most `max`.
    ///
    /// Walks them, because texts may share seconds: half a microsecond each, where one text alone
    /// would be counted by the day.
    pub(crate) fn count_between(&self, after: i64, through: i64, max: u64, zone: &Zone) -> u64 {
        if let [only] = self.0.as_slice() {
            return only.count_between(after, through, max, zone);
        }
        let mut heads: Vec<Option<i64>> =
            self.0.iter().map(|cron| cron.next_after(after, zone)).collect();
        let mut n = 0;
        while n < max {
            let Some(due) = heads.iter().flatten().min().copied().filter(|due| *due <= through)
            else {
                break;
            };
            n += 1;
            for (cron, head) in self.0.iter().zip(&mut heads) {
                if *head == Some(due) {
                    *head = cron.next_after(due, zone);
                }
            }
        }
        n
    }

    /// `at 09:15 every day (UTC), and at 17:45 every day (UTC)`
    pub(crate) fn describe(&self, zone: &Zone) -> String {
        self.0.iter().map(|cron| cron.describe(zone)).collect::<Vec<_>>().join(", and ")
    }

    /// The first local second that was moved to `at`, and how many were, of the first text that
    /// tells of any.
    pub(crate) fn moved_to(&self, at: i64, zone: &Zone) -> Option<(i64, i64)> {
        self.0.iter().find_map(|cron| cron.moved_to(at, zone))
    }
}
