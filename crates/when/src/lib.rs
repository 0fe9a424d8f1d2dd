//! When jobs are due. Pure: no clock, no IO, no randomness.

mod cron;
mod error;
mod exclusions;
mod interval;
mod local;
mod rule;
mod schedule;
mod time_range;
mod weekdays;
mod zone;

pub use jiff::Timestamp;
pub use jiff::civil::{Date, Time, Weekday};

pub use crate::cron::field::LIST_ITEMS_MAX;
pub use crate::cron::{CRON_TEXT_MAX, Dialect, DialectError};
pub use crate::error::{Field, RuleError};
pub use crate::exclusions::{EXCLUDED_DATES_MAX, Exclusion, Exclusions};
pub use crate::interval::{PERIOD_SECONDS_MAX, PERIOD_SECONDS_MIN};
pub use crate::local::weekday_name;
pub use crate::rule::Rule;
pub use crate::schedule::Schedule;
pub use crate::time_range::{TimeRange, TimeRangeError};
pub use crate::weekdays::WeekdaySet;
pub use crate::zone::{ZONE_NAME_MAX, Zone, ZoneError, local, tzdb_version};
