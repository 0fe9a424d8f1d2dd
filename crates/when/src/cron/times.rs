//! The times of day of a cron rule, as bit sets.

/// Which seconds, minutes and hours match. Bit n is the number n; no set is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) seconds: u64,
    pub(crate) minutes: u64,
    pub(crate) hours: u64,
}

impl Times {
    /// The first matching second of the day that is `from` or later.
    pub(crate) fn at_or_after(&self, from: i64) -> Option<i64> {
        let (hour, minute, second) = split(from);
        if has(self.hours, hour) {
            if has(self.minutes, minute)
                && let Some(second) = lowest(self.seconds & !below(second))
            {
                return Some(join(hour, minute, second));
            }
            if let Some(minute) = lowest(self.minutes & !below(minute + 1)) {
                return Some(join(hour, minute, lowest(self.seconds)?));
            }
        }
        let hour = lowest(self.hours & !below(hour + 1))?;
        Some(join(hour, lowest(self.minutes)?, lowest(self.seconds)?))
    }

    /// The last matching second of the day that is `until` or earlier.
    pub(crate) fn at_or_before(&self, until: i64) -> Option<i64> {
        let (hour, minute, second) = split(until);
        if has(self.hours, hour) {
            if has(self.minutes, minute)
                && let Some(second) = highest(self.seconds & below(second + 1))
            {
                return Some(join(hour, minute, second));
            }
            if let Some(minute) = highest(self.minutes & below(minute)) {
                return Some(join(hour, minute, highest(self.seconds)?));
            }
        }
        let hour = highest(self.hours & below(hour))?;
        Some(join(hour, highest(self.minutes)?, highest(self.seconds)?))
    }

    /// How many matching seconds of the day lie before `until`.
    pub(crate) fn count_before(&self, until: i64) -> i64 {
        if until >= super::DAY_SECONDS {
            return self.per_day();
        }
        let (hour, minute, second) = split(until);
        let per_minute = count(self.seconds);
        let per_hour = per_minute * count(self.minutes);
        let mut n = count(self.hours & below(hour)) * per_hour;
        if has(self.hours, hour) {
            n += count(self.minutes & below(minute)) * per_minute;
            if has(self.minutes, minute) {
                n += count(self.seconds & below(second));
            }
        }
        n
    }

    pub(crate) fn per_day(&self) -> i64 {
        count(self.hours) * count(self.minutes) * count(self.seconds)
    }
}

/// The numbers of a bit set, smallest first.
pub(crate) fn numbers(bits: u64) -> Vec<i64> {
    (0..64).filter(|&n| has(bits, n)).collect()
}

/// The bits of all numbers smaller than `n`, for `n` up to 60.
pub(crate) fn below(n: i64) -> u64 {
    (1 << n) - 1
}

pub(crate) fn has(bits: u64, n: i64) -> bool {
    bits >> n & 1 == 1
}

fn lowest(bits: u64) -> Option<i64> {
    (bits != 0).then(|| i64::from(bits.trailing_zeros()))
}

fn highest(bits: u64) -> Option<i64> {
    (bits != 0).then(|| i64::from(bits.ilog2()))
}

fn count(bits: u64) -> i64 {
    i64::from(bits.count_ones())
}

fn split(second_of_day: i64) -> (i64, i64, i64) {
    (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60)
}

fn join(hour: i64, minute: i64, second: i64) -> i64 {
    hour * 3600 + minute * 60 + second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_and_counts_agree_with_a_scan_of_the_day() {
        let bits = |numbers: &[i64]| numbers.iter().fold(0, |bits, n| bits | 1 << n);
        for times in [
            Times { seconds: 1, minutes: bits(&[0, 15, 59]), hours: bits(&[0, 7, 23]) },
            Times { seconds: bits(&[5, 59]), minutes: bits(&[30]), hours: bits(&[1]) },
            Times { seconds: below(60), minutes: below(60), hours: below(24) },
        ] {
            let is_match = |t: i64| {
                has(times.hours, t / 3600)
                    && has(times.minutes, t / 60 % 60)
                    && has(times.seconds, t % 60)
            };
            let all: Vec<i64> = (0..super::super::DAY_SECONDS).filter(|&t| is_match(t)).collect();
            for t in (0..super::super::DAY_SECONDS).step_by(7) {
                let at = all.partition_point(|&x| x < t);
                assert_eq!(times.at_or_after(t), all.get(at).copied(), "after {t}");
                assert_eq!(times.count_before(t), i64::try_from(at).unwrap(), "count {t}");
                let until = all.partition_point(|&x| x <= t);
                assert_eq!(times.at_or_before(t), all[..until].last().copied(), "before {t}");
            }
            assert_eq!(times.per_day(), i64::try_from(all.len()).unwrap());
        }
    }
}
