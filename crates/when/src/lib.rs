//! When jobs are due. Pure: no clock, no IO, no randomness.
//!
//! A [`Rule`] (cron text, interval, or once) in a [`Zone`] gives due instants. A [`Schedule`] is a
//! rule with [`Exclusions`] and limits. The same arguments give the same answer on every machine,
//! because the zone database is part of the program ([`tzdb_version`]).
//!
//! ```
//! use horarium_when::{Dialect, Rule, Zone};
//!
//! let zone = Zone::parse("America/New_York")?;
//! let rule = Rule::cron("30 2 * * mon-fri", Dialect::Vixie, zone, 0)?;
//! assert_eq!(rule.describe(), "at 02:30 on Monday through Friday (America/New_York)");
//! let next = rule.next_after("2026-03-06T12:00:00Z".parse()?);
//! assert_eq!(next, Some("2026-03-09T06:30:00Z".parse()?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Cron text
//!
//! Five fields, or six with seconds first, in at most [`CRON_TEXT_MAX`] characters. Letters may be
//! in any case. A field is a list of at most [`LIST_ITEMS_MAX`] items.
//!
//! | field        | numbers             | names     | also                        |
//! |--------------|---------------------|-----------|-----------------------------|
//! | second       | 0–59                |           |                             |
//! | minute       | 0–59                |           |                             |
//! | hour         | 0–23                |           |                             |
//! | day-of-month | 1–31                |           | `?` `L` `L-3` `15W` `LW`    |
//! | month        | 1–12                | `jan`–`dec` |                           |
//! | day-of-week  | 0–7, Sunday is 0 and 7 | `sun`–`sat` | `?` `5L` `1#2` `+mon`  |
//!
//! | text              | means                                                     | source |
//! |-------------------|-----------------------------------------------------------|--------|
//! | `*` `7` `1-5` `1,5,9` | every, one, a range, a list                           | crontab(5) |
//! | `*/15` `10-50/20` | every 15th, every 20th; up to the size of the range: `*/60` yes, `*/90` no | crontab(5) |
//! | `@hourly` `@daily` `@midnight` `@weekly` `@monthly` `@yearly` `@annually` | at minute 0, at midnight, on Sunday, on the 1st, on 1 January | crontab(5) |
//! | `L` `L-3`         | the last day of the month, 3 days before it               | Quartz |
//! | `15W` `LW`        | the Monday to Friday nearest to the 15th, the last one; never in another month | Quartz |
//! | `5L` `1#2`        | the last Friday, the second Monday of the month           | Quartz |
//! | `?`               | as `*`, in a day field                                    | Quartz |
//! | `+mon`            | the day must match both day fields                        | Open Cron Pattern Specification |
//! | `H` `H/15` `H(0-29)` `H(0-29)/10` | a number that depends on the job (`spread_seed`) and never changes; 1–28 in day-of-month | Jenkins |
//! | `22-2` `fri-mon` `5/15` | a range that wraps, a step without an end: [`Dialect::Hangfire`] only | Cronos |
//!
//! Refused, each with a reason: a year field, `@reboot`, `@every`, a zone in the text, steps of 0 or
//! larger than the range, empty list items, backward ranges ([`Dialect::Vixie`]), and rules that
//! never fire (`0 0 31 2 *`).
//!
//! **Both day fields.** With [`Dialect::Vixie`] a day matches when *either* field matches, but when
//! one of them begins with `*` (`*/2` too) or the second with `+`, *both* must; so crontab(5) of
//! Debian. With [`Dialect::Hangfire`] both must, always.
//!
//! # Daylight saving
//!
//! cron(8) of Debian tells two kinds of rule apart, and so does this crate. A rule whose minute or
//! hour field begins with `*` follows *elapsed time*. Every other rule follows the *clock on the
//! wall*; seconds do not matter to this.
//!
//! | New York 2026                              | wall clock            | elapsed time |
//! |--------------------------------------------|-----------------------|--------------|
//! | 8 March, gap: 02:00 becomes 03:00          | `30 2 * * *` fires at 03:00; `15,45 2 * * *` fires there once | `*/15 * * * *` 01:45 EST, 03:00 EDT; `*/20 2 * * *` not on this day |
//! | 1 November, overlap: 02:00 becomes 01:00   | `30 1 * * *` fires in the first pass only | `*/15 * * * *` fires every real quarter of an hour |
//!
//! cron(8) takes changes of three hours and more for corrections of the clock and moves nothing;
//! here the zone database says that the time was skipped, so a gap of any length moves (Apia had no
//! 30 December 2011: what was due that day fires at the first instant of the 31st).
//!
//! [`Rule::note`] says for an instant what daylight saving did to it.
//!
//! # Cost
//!
//! Text becomes bit sets once; after that, the next due instant takes 0.1 to 0.6 µs, be it in five
//! minutes or in forty years. Every search is bounded: a hostile text costs less than 0.1 ms, a
//! search for a firing when everything is excluded less than 1 ms.

mod cron;
mod error;
mod exclusions;
mod interval;
mod local;
mod rule;
mod schedule;
mod time_range;
mod union;
mod weekdays;
mod zone;

pub use jiff::Timestamp;
pub use jiff::civil::{Date, Time, Weekday};

pub use crate::cron::field::LIST_ITEMS_MAX;
pub use crate::cron::text::CRON_TEXT_MAX;
pub use crate::cron::{Dialect, DialectError};
pub use crate::error::{Field, RuleError};
pub use crate::exclusions::{EXCLUDED_DATES_MAX, Exclusion, Exclusions};
pub use crate::interval::{PERIOD_SECONDS_MAX, PERIOD_SECONDS_MIN};
pub use crate::local::weekday_name;
pub use crate::rule::Rule;
pub use crate::schedule::Schedule;
pub use crate::time_range::{TimeRange, TimeRangeError};
pub use crate::union::CRON_TEXTS_MAX;
pub use crate::weekdays::WeekdaySet;
pub use crate::zone::{ZONE_NAME_MAX, Zone, ZoneError, local, tzdb_version};
