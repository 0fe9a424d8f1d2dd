//! The rule that makes something due, and the policies around it.

mod change;
mod exclusions;
mod policy;

use horarium_when::{Dialect, Rule, RuleError, Schedule, Zone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::{
    exclusions::{EXCLUDED_DATES_MAX, ExclusionSpec},
    policy::{FiringPolicy, MisfirePolicy, OverlapPolicy},
};
use crate::plan::DecisionRow;

/// When something is due. Stored as JSON beside its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
pub enum TriggerRule {
    #[serde(rename_all = "camelCase")]
    Cron { expression: String, dialect: CronDialect },
    /// Due when any of several cron texts is.
    #[serde(rename_all = "camelCase")]
    AnyCron { expressions: Vec<String>, dialect: CronDialect },
    /// `anchor + n * seconds`, n >= 1: lateness never moves the grid.
    #[serde(rename_all = "camelCase")]
    Interval { seconds: u64, anchor: Timestamp },
    #[serde(rename_all = "camelCase")]
    OneTime { at: Timestamp },
}

impl TriggerRule {
    /// The working form. `owner` seeds the `H` fields of a cron text.
    pub fn parse(&self, zone: Zone, owner: Uuid) -> Result<Rule, RuleError> {
        match self {
            Self::Cron { expression, dialect } => {
                Rule::cron(expression, (*dialect).into(), zone, owner.as_u128())
            }
            Self::AnyCron { expressions, dialect } => {
                Rule::any_cron(expressions, (*dialect).into(), zone, owner.as_u128())
            }
            Self::Interval { seconds, anchor } => Rule::interval(*seconds, *anchor, zone),
            Self::OneTime { at } => Ok(Rule::one_time(*at, zone)),
        }
    }
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

/// Everything that says when, as stored: one JSON text beside the trigger's moving parts.
///
/// What was ever stored reads back for ever (`tests/golden`). A new field is optional and absent
/// while it has no effect; a field this version does not know is refused, because a rule that is
/// half understood fires when it must not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
        let rule = self.rule.parse(zone, owner)?;
        let exclusions = self.exclusions.parse().map_err(SpecError::Exclusions)?;
        Ok(Schedule { rule, exclusions, not_before: self.start_at, not_after: self.end_at })
    }

    /// Where accounting begins for a trigger made or changed at `now`: strictly after this instant.
    ///
    /// A one-time instant in the past is due at once; every other rule looks only forward.
    pub fn first_cursor(&self, now: Timestamp) -> Timestamp {
        match &self.rule {
            TriggerRule::OneTime { at } if *at <= now => just_before(*at),
            TriggerRule::OneTime { .. }
            | TriggerRule::Cron { .. }
            | TriggerRule::AnyCron { .. }
            | TriggerRule::Interval { .. } => now,
        }
    }
}

/// The last instant before `at` that can be stored.
pub fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_micros(1)).unwrap_or(at)
}

/// Whether a trigger may make things due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Enabled,
    /// By a person; until somebody resumes it or the instant comes.
    Paused {
        until: Option<Timestamp>,
        reason: Option<String>,
    },
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
    pub tail: Option<DecisionRow>,
}
