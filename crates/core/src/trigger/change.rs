//! How a trigger begins, and what a change makes of it.

use horarium_when::{Rule, RuleError, Schedule, Zone};
use jiff::Timestamp;
use uuid::Uuid;

use super::{SpecError, Standing, Trigger, TriggerRule, TriggerSpec};
use crate::{
    plan::{DecisionRow, next_looks},
    settle::settle,
    violations::Violations,
};

impl Trigger {
    /// A trigger whose accounting begins at `now`.
    pub(crate) fn start(
        owner: Uuid,
        spec: TriggerSpec,
        standing: Standing,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<Self> {
        let schedule = checked_schedule(owner, &spec, violations)?;
        let cursor = spec.first_cursor(now);
        if schedule.next_due_after(cursor).is_none() {
            let field = if spec.end_at.is_some() { "endAt" } else { field_of(&spec.rule) };
            violations.add(field, "nothing would ever be due under this schedule");
            return None;
        }
        if schedule.next_firing_after(cursor).is_none() {
            violations.add("exclusions", "the exclusions leave no instant at which it could run");
            return None;
        }
        let trigger =
            Self { owner, spec, standing, cursor, wake_at: None, next_run_at: None, tail: None };
        Some(trigger.scheduled(&schedule))
    }

    /// This trigger under another spec or standing. Unchanged times keep their accounting.
    pub(crate) fn with_spec(
        &self,
        spec: TriggerSpec,
        is_enabled: Option<bool>,
        now: Timestamp,
        violations: &mut Violations,
    ) -> Option<Self> {
        let keeps_accounting = self.has_same_times(&spec) || self.has_decided_all_of(&spec);
        let standing = self.standing.with_enabled(is_enabled, keeps_accounting);
        if !keeps_accounting {
            let is_one_time = matches!(spec.rule, TriggerRule::OneTime { .. });
            // A clock that was set back does not make decided instants due again.
            let now = if is_one_time { now } else { now.max(self.cursor) };
            return Self::start(self.owner, spec, standing, now, violations);
        }
        let schedule = checked_schedule(self.owner, &spec, violations)?;
        let wakes_up = standing == Standing::Enabled && self.standing != Standing::Enabled;
        let cursor = if wakes_up { self.cursor.max(now) } else { self.cursor };
        let tail = self.tail.clone().filter(|_| !wakes_up);
        Some(Self { spec, standing, cursor, tail, ..self.clone() }.scheduled(&schedule))
    }

    fn has_same_times(&self, spec: &TriggerSpec) -> bool {
        TriggerSpec { policy: self.spec.policy.clone(), ..spec.clone() } == self.spec
    }

    /// Whether `spec` is for the one instant that was decided already: another zone or bound does
    /// not make it due again.
    fn has_decided_all_of(&self, spec: &TriggerSpec) -> bool {
        match spec.rule {
            TriggerRule::OneTime { at } => spec.rule == self.spec.rule && at <= self.cursor,
            TriggerRule::Cron { .. }
            | TriggerRule::AnyCron { .. }
            | TriggerRule::Interval { .. } => false,
        }
    }

    /// Fills in when to look next, from the standing and the cursor.
    #[must_use]
    pub fn scheduled(mut self, schedule: &Schedule) -> Self {
        let (next_run_at, wake_at) = next_looks(schedule, self.cursor);
        if self.standing == Standing::Enabled && wake_at.is_none() {
            self.standing = Standing::Completed;
        }
        (self.next_run_at, self.wake_at) = match &self.standing {
            Standing::Enabled => (next_run_at, wake_at),
            Standing::Paused { until, .. } => (None, *until),
            Standing::Disabled | Standing::Completed => (None, None),
        };
        self
    }

    /// This trigger with every instant up to `now` accounted for, and the rows that say so: what to
    /// write before a person pauses, resumes, edits or deletes it.
    ///
    /// | standing | instants in `(cursor, now]`                                        |
    /// |----------|--------------------------------------------------------------------|
    /// | Enabled  | Skipped by the exclusions; `None` when one of them must fire first |
    /// | Paused   | Skipped (paused)                                                   |
    /// | Disabled | Skipped (disabled)                                                 |
    pub fn settled(&self, schedule: &Schedule, now: Timestamp) -> Option<(Self, Vec<DecisionRow>)> {
        let rows = settle(schedule, &self.standing, self.cursor, now)?;
        let tail = self.tail.clone().filter(|_| rows.is_empty());
        let settled = Self { cursor: self.cursor.max(now), tail, ..self.clone() };
        Some((settled.scheduled(schedule), rows))
    }
}

impl Standing {
    /// The standing after a definition change that said `isEnabled` or did not.
    ///
    /// A pause survives: it is lifted by resume. A completed trigger lives again only under new
    /// times, or it would run twice.
    fn with_enabled(&self, is_enabled: Option<bool>, keeps_accounting: bool) -> Self {
        match (is_enabled, self) {
            (Some(false), _) => Self::Disabled,
            (Some(true), Self::Disabled) => Self::Enabled,
            (Some(true) | None, Self::Completed) if !keeps_accounting => Self::Enabled,
            (Some(true) | None, standing) => standing.clone(),
        }
    }
}

/// The working form of `spec`, or everything that is wrong with it under the fields' wire names.
fn checked_schedule(
    owner: Uuid,
    spec: &TriggerSpec,
    violations: &mut Violations,
) -> Option<Schedule> {
    let is_backward =
        matches!((spec.start_at, spec.end_at), (Some(start), Some(end)) if end <= start);
    if is_backward {
        violations.add("endAt", "must be after the start");
    }
    let mut found = |err: SpecError| {
        let (field, message) = wording(spec, &err);
        violations.add(field, message);
    };
    let zone = Zone::parse(&spec.zone).map_err(|err| found(SpecError::Zone(err.to_string()))).ok();
    let rule: Result<Rule, RuleError> =
        spec.rule.parse(zone.clone().unwrap_or_else(Zone::utc), owner);
    let rule = rule.map_err(|err| found(SpecError::Rule(err))).ok();
    let exclusions = spec.exclusions.parse().map_err(|err| found(SpecError::Exclusions(err))).ok();
    if is_backward || zone.is_none() {
        return None;
    }
    let (rule, exclusions) = (rule?, exclusions?);
    Some(Schedule { rule, exclusions, not_before: spec.start_at, not_after: spec.end_at })
}

fn wording(spec: &TriggerSpec, err: &SpecError) -> (&'static str, String) {
    match err {
        SpecError::Zone(text) => ("timezone", text.clone()),
        SpecError::Exclusions(text) => ("exclusions", text.clone()),
        SpecError::Rule(err) => match spec.rule {
            TriggerRule::Cron { .. } | TriggerRule::AnyCron { .. } => {
                (field_of(&spec.rule), format!("Cron expression is invalid: {err}."))
            }
            TriggerRule::Interval { .. } | TriggerRule::OneTime { .. } => {
                (field_of(&spec.rule), err.to_string())
            }
        },
    }
}

/// The wire name of what a rule is written in.
fn field_of(rule: &TriggerRule) -> &'static str {
    match rule {
        TriggerRule::Cron { .. } | TriggerRule::AnyCron { .. } => "scheduleExpression",
        TriggerRule::Interval { .. } => "intervalSeconds",
        TriggerRule::OneTime { .. } => "runAt",
    }
}
