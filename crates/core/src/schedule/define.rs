//! From a draft to a schedule, or to everything that is wrong with it.

use horarium_when::Zone;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    DEFAULT_ZONE, SCHEDULE_DESCRIPTION_CHARS_MAX, SCHEDULE_NAME_CHARS_MAX, Schedule, ScheduleDraft,
    Step, StepDraft, policy,
};
use crate::{
    graph::group_ordinals,
    id::ScheduleId,
    schedule_pattern::SchedulePattern,
    schedule_step::{StepFields, check_steps},
    trigger::{ExclusionSpec, Standing, Trigger, TriggerSpec},
    violations::Violations,
};

impl Schedule {
    /// A new schedule with its trigger, or every rule the draft breaks. `new_id` names steps.
    pub fn define(
        id: ScheduleId,
        draft: ScheduleDraft,
        now: Timestamp,
        new_id: impl FnMut() -> Uuid,
    ) -> Result<(Self, Option<Trigger>), Violations> {
        let schedule = Self {
            id,
            name: draft.name.unwrap_or_default().trim().to_owned(),
            description: written(draft.description),
            pattern: SchedulePattern::define(draft.pattern),
            zone: draft.zone.unwrap_or_else(|| DEFAULT_ZONE.to_owned()),
            is_enabled: draft.is_enabled.unwrap_or(false),
            steps: steps(&[], draft.steps.unwrap_or_default(), new_id),
            created_at: now,
            updated_at: None,
            version: 1,
        };
        let trigger = schedule.checked_trigger(None, now)?;
        Ok((schedule.with_groups(), trigger))
    }

    /// The schedule and its trigger after a change: fields the draft omits keep their value.
    ///
    /// The caller has settled everything that was due before ([`Trigger::settled`]). New times count
    /// from `now`; a schedule that is enabled again does not make up what passed.
    pub fn amend(
        &self,
        trigger: Option<&Trigger>,
        draft: ScheduleDraft,
        now: Timestamp,
        new_id: impl FnMut() -> Uuid,
    ) -> Result<(Self, Option<Trigger>), Violations> {
        let kept = self.clone();
        let schedule = Self {
            name: draft.name.map_or(kept.name, |name| name.trim().to_owned()),
            description: match draft.description {
                Some(text) => written(Some(text)),
                None => kept.description,
            },
            pattern: kept.pattern.amend(draft.pattern),
            zone: draft.zone.unwrap_or(kept.zone),
            is_enabled: draft.is_enabled.unwrap_or(kept.is_enabled),
            steps: match draft.steps {
                Some(drafts) => steps(&self.steps, drafts, new_id),
                None => kept.steps,
            },
            updated_at: Some(now),
            version: kept.version + 1,
            ..*self
        };
        let trigger = schedule.checked_trigger(trigger, now)?;
        Ok((schedule.with_groups(), trigger))
    }

    /// The schedule enabled or not, and its trigger with it.
    pub fn switched(
        &self,
        trigger: Option<&Trigger>,
        is_enabled: bool,
        now: Timestamp,
    ) -> Result<(Self, Option<Trigger>), Violations> {
        let draft = ScheduleDraft { is_enabled: Some(is_enabled), ..ScheduleDraft::default() };
        // No step is new, so no id is asked for.
        self.amend(trigger, draft, now, Uuid::nil)
    }

    /// What makes the schedule due; `None` when only people do.
    fn checked_trigger(
        &self,
        present: Option<&Trigger>,
        now: Timestamp,
    ) -> Result<Option<Trigger>, Violations> {
        let mut violations = self.check();
        let zone = Zone::parse(&self.zone).map_err(|err| {
            violations.add("timezone", err.to_string());
        });
        let utc = Zone::utc();
        let texts = self.pattern.cron_texts(zone.as_ref().unwrap_or(&utc), self.id.0);
        let texts = texts.unwrap_or_else(|broken| {
            violations.append(broken);
            None
        });
        if let Err(broken) = check_steps(&self.fields()) {
            violations.append(broken);
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        let spec = texts.map(|texts| TriggerSpec {
            rule: texts.rule(),
            zone: self.zone.clone(),
            exclusions: ExclusionSpec::default(),
            start_at: None,
            end_at: None,
            policy: policy(),
        });
        let trigger = match (spec, present) {
            (None, _) => None,
            (Some(spec), Some(present)) => {
                present.with_spec(spec, Some(self.is_enabled), now, &mut violations)
            }
            (Some(spec), None) => {
                let standing = if self.is_enabled { Standing::Enabled } else { Standing::Disabled };
                Trigger::start(self.id.0, spec, standing, now, &mut violations)
            }
        };
        violations.into_result(trigger)
    }

    fn check(&self) -> Violations {
        let mut violations = Violations::default();
        let n_chars = self.name.chars().count();
        if !(1..=SCHEDULE_NAME_CHARS_MAX).contains(&n_chars) {
            let text = format!("Name must have 1 to {SCHEDULE_NAME_CHARS_MAX} characters.");
            violations.add("name", text);
        }
        let description = self.description.as_deref().unwrap_or_default();
        if description.chars().count() > SCHEDULE_DESCRIPTION_CHARS_MAX {
            let most = SCHEDULE_DESCRIPTION_CHARS_MAX;
            let text = format!("Description must have at most {most} characters.");
            violations.add("description", text);
        }
        violations
    }

    fn fields(&self) -> Vec<StepFields> {
        self.steps.iter().map(|step| step.fields.clone()).collect()
    }

    /// Steps by group, groups numbered without gaps. Done last, because faults name the steps by
    /// their places in the request.
    fn with_groups(mut self) -> Self {
        let indexes: Vec<u32> =
            self.steps.iter().map(|step| step.fields.step_index.unwrap_or(0)).collect();
        for (step, ordinal) in self.steps.iter_mut().zip(group_ordinals(&indexes)) {
            step.fields.step_index = u32::try_from(ordinal).ok();
        }
        self.steps.sort_by_key(|step| step.fields.step_index);
        self
    }
}

/// The steps that a request asks for: an id that `present` has changes that step, once.
fn steps(present: &[Step], drafts: Vec<StepDraft>, mut new_id: impl FnMut() -> Uuid) -> Vec<Step> {
    let mut left: Vec<&Step> = present.iter().collect();
    let step = |draft: StepDraft| {
        let found = left.iter().position(|step| Some(step.id) == draft.id);
        match found.map(|place| left.remove(place)) {
            Some(step) => Step { id: step.id, fields: step.fields.clone().amend(draft.fields) },
            None => Step { id: new_id(), fields: draft.fields },
        }
    };
    drafts.into_iter().map(step).collect()
}

/// Blank text is none.
fn written(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
