//! From times and days to the cron texts that name exactly them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    CronTexts,
    parse::{DAY_MINUTES, Days, Times},
};

/// The texts that are due at `times` on `days`, earliest first.
pub(super) fn derive(times: &Times, days: &Days) -> CronTexts {
    let texts = match times {
        Times::EveryMinutes(n) => vec![format!("*/{n} * * * {}", days_text(days, 0))],
        Times::EveryHours(n) => vec![format!("0 */{n} * * {}", days_text(days, 0))],
        Times::Listed(listed) => product_texts(listed.iter().copied(), days, None),
        Times::Window { step, first, last } => {
            let times = (*first..=*last).step_by(usize::from(*step));
            product_texts(times, days, Some(*step))
        }
    };
    CronTexts(texts)
}

/// The hours of one day that share their minutes: what one cron text can say.
struct Product {
    /// 1 for what a window has after midnight.
    days_later: u16,
    hours: Vec<u16>,
    minutes: BTreeSet<u16>,
}

/// One text per set of minutes. There are at most as many as there are hours, whatever the times.
fn product_texts(times: impl Iterator<Item = u16>, days: &Days, step: Option<u16>) -> Vec<String> {
    let mut minutes_of_hour: BTreeMap<(u16, u16), BTreeSet<u16>> = BTreeMap::new();
    for time in times {
        let (days_later, hour) = (time / DAY_MINUTES, time % DAY_MINUTES / 60);
        minutes_of_hour.entry((days_later, hour)).or_default().insert(time % 60);
    }
    let mut products: Vec<Product> = Vec::new();
    for ((days_later, hour), minutes) in minutes_of_hour {
        let mut alike = products.iter_mut();
        match alike.find(|found| found.days_later == days_later && found.minutes == minutes) {
            Some(found) => found.hours.push(hour),
            None => products.push(Product { days_later, hours: vec![hour], minutes }),
        }
    }
    products.iter().map(|product| product.text(days, step)).collect()
}

impl Product {
    fn text(&self, days: &Days, step: Option<u16>) -> String {
        let minutes = self.minutes_text(step);
        // Elapsed time, as the same interval without a window: see `horarium_when`.
        let hours = if self.hours.len() == 24 && minutes.starts_with('*') {
            "*".to_owned()
        } else {
            list(self.hours.iter())
        };
        format!("{minutes} {hours} * * {}", days_text(days, self.days_later))
    }

    /// `*/15` where an interval has the whole hour, else `0,15,30`.
    fn minutes_text(&self, step: Option<u16>) -> String {
        let whole_hour = |step: &u16| (0..60).step_by(usize::from(*step));
        match step.filter(|step| *step < 60 && whole_hour(step).eq(self.minutes.iter().copied())) {
            Some(step) => format!("*/{step}"),
            None => list(self.minutes.iter()),
        }
    }
}

fn days_text(days: &Days, days_later: u16) -> String {
    if days.len() == 7 {
        return "*".to_owned();
    }
    let later: BTreeSet<u16> = days.iter().map(|day| (u16::from(*day) + days_later) % 7).collect();
    list(later.iter())
}

fn list<'a>(numbers: impl Iterator<Item = &'a u16>) -> String {
    numbers.map(u16::to_string).collect::<Vec<_>>().join(",")
}
