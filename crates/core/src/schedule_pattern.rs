//! When a schedule is due: JIM's pattern fields, and the cron texts that say the same.
//!
//! | pattern                                | cron texts                                      |
//! |----------------------------------------|-------------------------------------------------|
//! | `SpecificTimes` `06:00,12:00`            | `0 6,12 * * *`                                  |
//! | `SpecificTimes` `09:15,17:45`            | `15 9 * * *` and `45 17 * * *`                  |
//! | Interval 15 Minutes                    | `*/15 * * * *`                                  |
//! | Interval 30 Minutes, `08:00`–`10:00`   | `*/30 8,9 * * *` and `0 10 * * *`               |
//! | Interval 2 Hours                       | `0 */2 * * *`                                   |
//! | Interval 2 Hours, `08:30`–`13:00`      | `30 8,10,12 * * *`                              |
//! | Interval 4 Hours, `22:00`–`06:00`, days `5` | `0 22 * * 5` and `0 2,6 * * 6`             |
//! | Custom                                 | the text itself                                 |
//!
//! One cron text is a product of minutes and hours, so some patterns need several: the schedule is
//! due when any of them is. `cronExpression`, one string on the wire, joins them with [`SEPARATOR`]
//! and is read back the same way, so that what was answered can be sent back.
//!
//! - **Days** are `daysOfWeek`; none given means every day.
//! - **Without a window** an interval is JIM's text: `*/n` begins anew every hour, or every day for
//!   hours, also when `n` does not divide it.
//! - **With a window** it is start, start + n, … up to and including the end. One missing edge is
//!   the day's (`00:00`, `23:59`). A window that ends before it starts runs into the next day, and
//!   belongs to the day on which it starts.
//! - **Pattern or text:** `SpecificTimes` with `runTimes` and Interval with `intervalValue` decide;
//!   a `cronExpression` beside them is what we derived or what the client did. Without them the
//!   text decides, as for clients that only know cron.
//!
//! Cron texts are read in the hangfire dialect: `0 3 1-7 * 1` is the first Monday (contract J12).
//! Source: `reference/jim.md` §1.6, with its defects mended (only the first minute used, the
//! minutes of window edges and the window of Minutes ignored).

mod change;
mod cron_texts;
mod derive;
mod parse;

use horarium_when::Zone;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::{
    change::PatternDraft,
    cron_texts::{CRON_TEXTS_MAX, CronTexts, SEPARATOR},
};
use crate::violations::Violations;

/// Longest `daysOfWeek`, in characters.
pub const DAYS_OF_WEEK_CHARS_MAX: usize = 50;
/// Longest `runTimes`, in characters: 33 times.
pub const RUN_TIMES_CHARS_MAX: usize = 200;
/// Longest `intervalWindowStart` and `intervalWindowEnd`, in characters.
pub const WINDOW_EDGE_CHARS_MAX: usize = 10;
/// Largest `intervalValue`.
pub const INTERVAL_VALUE_MAX: u32 = 59;
/// Largest `intervalValue` in hours: every pattern begins anew each day.
pub const INTERVAL_HOURS_MAX: u32 = 24;

/// What makes a schedule due. Words and numbers are JIM's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TriggerType {
    Cron,
    /// Only people.
    #[default]
    Manual,
}

/// How a schedule's times were written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PatternType {
    #[default]
    SpecificTimes,
    Interval,
    Custom,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum IntervalUnit {
    Minutes,
    Hours,
}

impl TriggerType {
    /// In the order of JIM's numbers, from 0.
    pub const ALL: [Self; 2] = [Self::Cron, Self::Manual];
}

impl PatternType {
    /// In the order of JIM's numbers, from 0.
    pub const ALL: [Self; 3] = [Self::SpecificTimes, Self::Interval, Self::Custom];
}

impl IntervalUnit {
    /// In the order of JIM's numbers, from 0.
    pub const ALL: [Self; 2] = [Self::Minutes, Self::Hours];
}

/// A schedule's times as its author wrote them: stored, answered, and sent back by clients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SchedulePattern {
    pub trigger_type: TriggerType,
    pub pattern_type: PatternType,
    /// As written, when it decides; what answers show is [`SchedulePattern::cron_expression`].
    pub cron_expression: Option<String>,
    /// `1,2,3,4,5`; 0 is Sunday.
    pub days_of_week: Option<String>,
    /// `06:00,12:00`
    pub run_times: Option<String>,
    pub interval_value: Option<u32>,
    pub interval_unit: Option<IntervalUnit>,
    /// `HH:MM`, as the end is.
    pub interval_window_start: Option<String>,
    pub interval_window_end: Option<String>,
}

impl SchedulePattern {
    /// The cron texts that make the schedule due, or `None` when only people do.
    ///
    /// `owner` seeds the `H` fields of a cron text; `zone` decides whether a text can ever fire.
    ///
    /// # Errors
    ///
    /// Every rule the fields break, those of a Manual schedule too: it may become Cron any time.
    pub fn cron_texts(&self, zone: &Zone, owner: Uuid) -> Result<Option<CronTexts>, Violations> {
        let mut violations = Violations::default();
        let parsed = parse::parse(self, &mut violations);
        let texts = match parsed.times {
            Some(times) => Some(derive::derive(&times, &parsed.days)),
            None => parsed.text,
        };
        match (&texts, self.trigger_type) {
            (None, TriggerType::Cron) if violations.is_empty() => {
                violations
                    .add("cronExpression", "Cron expression is required for scheduled triggers");
            }
            (None, TriggerType::Cron | TriggerType::Manual) => {}
            (Some(texts), _) => texts.check(zone, owner, &mut violations),
        }
        violations.into_result(match self.trigger_type {
            TriggerType::Cron => texts,
            TriggerType::Manual => None,
        })
    }

    /// What answers show as `cronExpression`; `None` for a Manual schedule, as in JIM's portal.
    ///
    /// A pattern that [`SchedulePattern::cron_texts`] refuses has none.
    pub fn cron_expression(&self) -> Option<String> {
        match self.trigger_type {
            TriggerType::Manual => None,
            TriggerType::Cron => {
                let texts = self.cron_texts(&Zone::utc(), Uuid::nil()).ok().flatten();
                texts.map(|texts| texts.to_string())
            }
        }
    }
}
