//! The rule that makes something due, and the policies around it.

use std::collections::BTreeSet;

use horarium_when::{Dialect, Exclusions, Rule, RuleError, Schedule, TimeRange, Zone};
use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lost::LostAttemptPolicy;

/// When something is due. Stored as JSON beside its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum TriggerRule {
    #[serde(rename_all = "camelCase")]
    Cron { expression: String, dialect: CronDialect },
    /// `anchor + n * seconds`, n >= 1: lateness never moves the grid.
    #[serde(rename_all = "camelCase")]
    Interval { seconds: u64, anchor: Timestamp },
    #[serde(rename_all = "camelCase")]
    OneTime { at: Timestamp },
}

/// Whether day-of-month and day-of-week are alternatives (cron) or both must hold (Hangfire).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CronDialect {
    #[default]
    Vixie,
    Hangfire,
}

impl From<CronDialect> for Dialect {
    fn from(dialect: CronDialect) -> Self {
        match dialect {
            CronDialect::Vixie => Self::Vixie,
            CronDialect::Hangfire => Self::Hangfire,
        }
    }
}

/// What to do about instants that passed before anybody looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MisfirePolicy {
    /// Fire the latest, coalesce the others into it.
    #[default]
    Latest,
    /// Fire each, the newest [`crate::plan::CATCH_UP_MAX`] of them.
    All,
    /// Fire none that is late.
    Skip,
}

/// What to do when an instant is due while an earlier execution of the job has not ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OverlapPolicy {
    #[default]
    Allow,
    /// Do not fire; the decision says why.
    Skip,
    /// Fire, but start only when the earlier ones have ended.
    Queue,
    /// Cancel the earlier ones, then fire.
    CancelRunning,
}

/// The policies of a trigger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FiringPolicy {
    pub misfire: MisfirePolicy,
    /// An instant later than this is Missed whatever the misfire policy says.
    pub max_lateness_seconds: Option<u32>,
    pub overlap: OverlapPolicy,
    pub lost_attempt: LostAttemptPolicy,
    /// Most attempts of the job that run at once, whatever started them.
    pub concurrency_max: Option<u32>,
    /// Starts are spread over this many seconds after the due instant.
    pub jitter_seconds: u32,
}

impl FiringPolicy {
    /// How many attempts of the job may run at once; `None` when nothing limits it.
    pub fn concurrency_limit(&self) -> Option<u32> {
        match self.overlap {
            OverlapPolicy::Queue => Some(1),
            OverlapPolicy::Allow | OverlapPolicy::Skip | OverlapPolicy::CancelRunning => {
                self.concurrency_max
            }
        }
    }
}

/// Instants at which nothing may start, as stored. [`Exclusions`] is their working form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
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

/// Everything that says when, as stored: one JSON text beside the trigger's moving parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TriggerSpec {
    pub rule: TriggerRule,
    pub zone: String,
    #[serde(default, skip_serializing_if = "ExclusionSpec::is_empty")]
    pub exclusions: ExclusionSpec,
    pub start_at: Option<Timestamp>,
    pub end_at: Option<Timestamp>,
    #[serde(default)]
    pub policy: FiringPolicy,
}

/// Why a stored or drafted spec has no working form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    #[error("{0}")]
    Rule(#[from] RuleError),
    #[error("{0}")]
    Zone(String),
    #[error("{0}")]
    Exclusions(String),
}

impl TriggerSpec {
    /// The rule in working form. `owner` seeds the `H` fields of a cron text.
    pub fn schedule(&self, owner: Uuid) -> Result<Schedule, SpecError> {
        let zone = Zone::parse(&self.zone).map_err(|err| SpecError::Zone(err.to_string()))?;
        let rule = match &self.rule {
            TriggerRule::Cron { expression, dialect } => {
                Rule::cron(expression, (*dialect).into(), zone, owner.as_u128())?
            }
            TriggerRule::Interval { seconds, anchor } => Rule::interval(*seconds, *anchor, zone)?,
            TriggerRule::OneTime { at } => Rule::one_time(*at, zone),
        };
        let exclusions = self.exclusions.parse().map_err(SpecError::Exclusions)?;
        Ok(Schedule { rule, exclusions, not_before: self.start_at, not_after: self.end_at })
    }

    /// Where accounting begins for a trigger made or changed at `now`: strictly after this instant.
    ///
    /// A one-time instant in the past is due at once; every other rule looks only forward.
    pub fn first_cursor(&self, now: Timestamp) -> Timestamp {
        match &self.rule {
            TriggerRule::OneTime { at } if *at <= now => just_before(*at),
            TriggerRule::OneTime { .. } | TriggerRule::Cron { .. } | TriggerRule::Interval { .. } => {
                now
            }
        }
    }
}

/// The last instant before `at` that can be stored.
pub fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(jiff::SignedDuration::from_micros(1)).unwrap_or(at)
}

/// Whether a trigger may make things due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Enabled,
    /// By a person; until somebody resumes it or the instant comes.
    Paused { until: Option<Timestamp>, reason: Option<String> },
    Disabled,
    /// Nothing is due any more: a one-time rule that was, or an end that has passed.
    Completed,
}

/// A trigger with its moving parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    pub owner: Uuid,
    pub spec: TriggerSpec,
    pub standing: Standing,
    /// Every due instant up to and including this one has its decision.
    pub cursor: Timestamp,
    /// When the ticker must look at this trigger again; `None` when nothing will be due.
    pub wake_at: Option<Timestamp>,
    /// The next instant that will really fire, for people; `None` when paused, disabled or done.
    pub next_run_at: Option<Timestamp>,
    /// The newest decision row, when later equal skips may still extend it.
    pub tail: Option<crate::plan::DecisionRow>,
}
