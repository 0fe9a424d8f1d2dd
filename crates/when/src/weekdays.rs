//! A set of weekdays.

use jiff::civil::Weekday;

/// A set of weekdays, Monday first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WeekdaySet {
    /// Bit 0 is Monday.
    bits: u8,
}

impl WeekdaySet {
    pub const EMPTY: WeekdaySet = WeekdaySet { bits: 0 };

    /// Adds a weekday; `false` when it was there already.
    pub fn insert(&mut self, weekday: Weekday) -> bool {
        let is_new = !self.contains(weekday);
        self.bits |= bit(weekday);
        is_new
    }

    pub fn contains(self, weekday: Weekday) -> bool {
        self.bits & bit(weekday) != 0
    }

    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// How many weekdays are in the set.
    pub fn len(self) -> u32 {
        self.bits.count_ones()
    }

    /// The weekdays of the set, from Monday on.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::Monday.cycle_forward().take(7).filter(move |&weekday| self.contains(weekday))
    }
}

impl FromIterator<Weekday> for WeekdaySet {
    fn from_iter<I: IntoIterator<Item = Weekday>>(weekdays: I) -> WeekdaySet {
        let mut set = WeekdaySet::EMPTY;
        for weekday in weekdays {
            set.insert(weekday);
        }
        set
    }
}

fn bit(weekday: Weekday) -> u8 {
    1 << weekday.to_monday_zero_offset()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_keeps_each_day_once_and_lists_monday_first() {
        let set: WeekdaySet =
            [Weekday::Sunday, Weekday::Monday, Weekday::Sunday].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [Weekday::Monday, Weekday::Sunday]);
        assert_eq!(set.len(), 2);
        assert!(!set.is_empty() && WeekdaySet::EMPTY.is_empty());
        assert!(!set.contains(Weekday::Tuesday));
    }
}
