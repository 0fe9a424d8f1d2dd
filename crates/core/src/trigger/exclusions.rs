//! Instants at which nothing may start, as stored.

use std::collections::BTreeSet;

use horarium_when::{Exclusions, TimeRange};
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Instants at which nothing may start, as stored. [`Exclusions`] is their working form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ExclusionSpec {
    pub dates: BTreeSet<Date>,
    /// 0 = Sunday … 6 = Saturday, as the original numbers them.
    pub weekdays: BTreeSet<u8>,
    /// Start inclusive and end exclusive, `HH:mm` each; wraps midnight when start is after end.
    pub time_range: Option<(String, String)>,
}

/// Most excluded dates a trigger may name.
pub const EXCLUDED_DATES_MAX: usize = 1_000;

impl ExclusionSpec {
    pub fn is_empty(&self) -> bool {
        self.dates.is_empty() && self.weekdays.is_empty() && self.time_range.is_none()
    }

    /// The working form, or what is wrong with the time range or a weekday.
    pub fn parse(&self) -> Result<Exclusions, String> {
        if self.dates.len() > EXCLUDED_DATES_MAX {
            return Err(format!("at most {EXCLUDED_DATES_MAX} dates can be excluded"));
        }
        let mut weekdays = Vec::new();
        for &day in &self.weekdays {
            let day = i8::try_from(day).ok().and_then(|d| Weekday::from_sunday_zero_offset(d).ok());
            weekdays.push(day.ok_or("days of week are 0 (Sunday) to 6 (Saturday)")?);
        }
        let time_range = match &self.time_range {
            Some((start, end)) => {
                Some(TimeRange::parse(start, end).map_err(|err| err.to_string())?)
            }
            None => None,
        };
        Ok(Exclusions {
            dates: self.dates.clone(),
            weekdays: weekdays.into_iter().collect(),
            time_range,
        })
    }
}
