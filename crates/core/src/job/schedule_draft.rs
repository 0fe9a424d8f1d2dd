//! The part of a draft that says when, and the spec it makes.

use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};

use super::define::required;
use crate::{
    trigger::{CronDialect, ExclusionSpec, FiringPolicy, TriggerRule, TriggerSpec},
    violations::Violations,
};

/// The wire's word for the rule of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleType {
    Cron,
    Interval,
    OneTime,
}

/// The part of a draft that says when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduleDraft {
    pub schedule_type: Option<ScheduleType>,
    pub expression: Option<String>,
    pub interval_seconds: Option<u64>,
    pub run_at: Option<Timestamp>,
    pub zone: Option<String>,
    pub dialect: Option<CronDialect>,
    pub effective_from: Option<Timestamp>,
    pub start_at: Option<Timestamp>,
    pub end_at: Option<Timestamp>,
    pub exclusions: Option<ExclusionSpec>,
}

impl ScheduleDraft {
    /// The spec of a new trigger.
    pub fn spec(
        self,
        policy: FiringPolicy,
        dialect: CronDialect,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<TriggerSpec> {
        let draft = self.storable();
        let schedule_type = required(violations, "scheduleType", draft.schedule_type)?;
        let rule = draft.rule(schedule_type, draft.dialect.unwrap_or(dialect), now, violations)?;
        Some(TriggerSpec {
            rule,
            zone: draft.zone.unwrap_or_else(|| "UTC".to_owned()),
            exclusions: draft.exclusions.unwrap_or_default(),
            start_at: draft.start_at.max(draft.effective_from),
            end_at: draft.end_at,
            policy,
        })
    }

    /// The spec after a change. Schedule fields without a `scheduleType` change the stored type's.
    pub(super) fn amend(
        self,
        stored: &TriggerSpec,
        policy: FiringPolicy,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<TriggerSpec> {
        let draft = self.storable();
        let rule = draft.amended_rule(stored, now, violations)?;
        Some(TriggerSpec {
            rule,
            zone: draft.zone.unwrap_or_else(|| stored.zone.clone()),
            exclusions: draft.exclusions.unwrap_or_else(|| stored.exclusions.clone()),
            start_at: draft.start_at.max(draft.effective_from).or(stored.start_at),
            end_at: draft.end_at.or(stored.end_at),
            policy,
        })
    }

    /// Instants as the databases keep them: a cursor that lost its nanoseconds would stand before
    /// the instant it was moved to.
    fn storable(mut self) -> Self {
        let whole = |at: &mut Timestamp| *at = round(*at, Unit::Microsecond, RoundMode::Floor);
        let instants =
            [&mut self.run_at, &mut self.effective_from, &mut self.start_at, &mut self.end_at];
        instants.into_iter().flatten().for_each(whole);
        self
    }

    fn amended_rule(
        &self,
        stored: &TriggerSpec,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<TriggerRule> {
        let stored_type = stored.rule.schedule_type();
        let wanted = self.schedule_type.unwrap_or(stored_type);
        let mut draft = self.clone();
        draft.start_at = draft.start_at.or(stored.start_at.filter(|start| *start > now));
        let mut dialect = CronDialect::default();
        if wanted == stored_type {
            match &stored.rule {
                TriggerRule::Cron { expression, dialect: stored_dialect } => {
                    draft.expression.get_or_insert_with(|| expression.clone());
                    dialect = *stored_dialect;
                }
                // No job has such a rule; one that is given a text of its own has that.
                TriggerRule::AnyCron { .. } => {
                    if draft.expression.is_none() {
                        return Some(stored.rule.clone());
                    }
                }
                TriggerRule::Interval { seconds, .. } => {
                    if self.keeps_grid(*seconds, stored.start_at) {
                        return Some(stored.rule.clone());
                    }
                    draft.interval_seconds.get_or_insert(*seconds);
                }
                TriggerRule::OneTime { at } => {
                    draft.run_at.get_or_insert(*at);
                }
            }
        }
        draft.rule(wanted, self.dialect.unwrap_or(dialect), now, violations)
    }

    /// Whether a change leaves an interval's grid alone: a client that sends back what it was given
    /// does not move it.
    fn keeps_grid(&self, seconds: u64, start_at: Option<Timestamp>) -> bool {
        let is_kept = |at: Option<Timestamp>| at.is_none() || at == start_at;
        self.interval_seconds.is_none_or(|wanted| wanted == seconds)
            && is_kept(self.effective_from)
            && is_kept(self.start_at)
    }

    fn rule(
        &self,
        schedule_type: ScheduleType,
        dialect: CronDialect,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<TriggerRule> {
        match schedule_type {
            ScheduleType::Cron => {
                let expression = self.expression.as_deref().unwrap_or_default().trim().to_owned();
                if expression.is_empty() {
                    violations.add(
                        "scheduleExpression",
                        "A cron expression is required when scheduleType is Cron.",
                    );
                    return None;
                }
                Some(TriggerRule::Cron { expression, dialect })
            }
            ScheduleType::Interval => {
                let seconds = required(violations, "intervalSeconds", self.interval_seconds)?;
                Some(TriggerRule::Interval { seconds, anchor: self.anchor(seconds, now) })
            }
            ScheduleType::OneTime => {
                let at = required(violations, "runAt", self.run_at)?;
                Some(TriggerRule::OneTime { at })
            }
        }
    }

    /// Where an interval's grid begins: the first due instant is one period later, except after
    /// `startAt`, which is itself the first. Whole seconds; what somebody asked for is never early.
    fn anchor(&self, seconds: u64, now: Timestamp) -> Timestamp {
        let whole = |at: Timestamp| round(at, Unit::Second, RoundMode::Ceil);
        match (self.effective_from, self.start_at) {
            (Some(from), _) => whole(from),
            (None, Some(start)) => {
                let period = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(0));
                whole(start).checked_sub(period).unwrap_or_else(|_| whole(start))
            }
            (None, None) => round(now, Unit::Second, RoundMode::Floor),
        }
    }
}

fn round(at: Timestamp, unit: Unit, mode: RoundMode) -> Timestamp {
    at.round(TimestampRound::new().smallest(unit).mode(mode)).unwrap_or(at)
}

impl TriggerRule {
    pub fn schedule_type(&self) -> ScheduleType {
        match self {
            Self::Cron { .. } | Self::AnyCron { .. } => ScheduleType::Cron,
            Self::Interval { .. } => ScheduleType::Interval,
            Self::OneTime { .. } => ScheduleType::OneTime,
        }
    }
}
