//! Writing and changing a schedule's pattern.

use super::{IntervalUnit, PatternType, SchedulePattern, TriggerType};

/// The pattern fields of a request; what it omits stays `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatternDraft {
    pub trigger_type: Option<TriggerType>,
    pub pattern_type: Option<PatternType>,
    pub cron_expression: Option<String>,
    pub days_of_week: Option<String>,
    pub run_times: Option<String>,
    pub interval_value: Option<u32>,
    pub interval_unit: Option<IntervalUnit>,
    pub interval_window_start: Option<String>,
    pub interval_window_end: Option<String>,
}

impl SchedulePattern {
    /// Of a new schedule. Omitted types are JIM's defaults: `Manual`, `SpecificTimes`.
    pub fn define(draft: PatternDraft) -> Self {
        Self::default().with(draft).without_idle_text()
    }

    /// The pattern after a change: what the draft omits keeps its value, blank text clears.
    ///
    /// | the draft brings                                | decides from now on           |
    /// |-------------------------------------------------|-------------------------------|
    /// | another pattern field or type                   | what it then says             |
    /// | only another `cronExpression` than was answered | the text: it becomes `Custom` |
    /// | the `cronExpression` that was answered          | nothing new                   |
    ///
    /// The middle row is `Set-JIMSchedule -CronExpression`, which sends everything it read back.
    #[must_use]
    pub fn amend(&self, draft: PatternDraft) -> Self {
        let shown = self.cron_expression();
        let is_new_text = match draft.cron_expression.as_deref().map(str::trim) {
            None | Some("") => false,
            Some(text) => shown.as_deref() != Some(text),
        };
        let mut changed = self.clone().with(draft);
        let is_only_text = changed.times() == self.times();
        if is_new_text && is_only_text && changed.pattern_decides() {
            changed.pattern_type = PatternType::Custom;
        }
        if changed.pattern_type == PatternType::Custom && changed.cron_expression.is_none() {
            // Nobody wrote a text, so the one that was in force stays in force.
            changed.cron_expression = shown;
        }
        changed.without_idle_text()
    }

    /// Whether the pattern's fields say when, so that a text beside them says nothing.
    pub fn pattern_decides(&self) -> bool {
        match self.pattern_type {
            PatternType::SpecificTimes => {
                self.run_times.as_ref().is_some_and(|times| !times.trim().is_empty())
            }
            PatternType::Interval => self.interval_value.is_some(),
            PatternType::Custom => false,
        }
    }

    /// A text that decides nothing is dropped, lest it come back to life with a later change.
    fn without_idle_text(mut self) -> Self {
        if self.pattern_decides() {
            self.cron_expression = None;
        }
        self
    }

    /// What the pattern says, whoever triggers it and whatever the text.
    fn times(&self) -> Self {
        let trigger_type = TriggerType::default();
        Self { trigger_type, cron_expression: None, ..self.clone() }
    }

    fn with(self, draft: PatternDraft) -> Self {
        Self {
            trigger_type: draft.trigger_type.unwrap_or(self.trigger_type),
            pattern_type: draft.pattern_type.unwrap_or(self.pattern_type),
            cron_expression: draft.cron_expression.or(self.cron_expression),
            days_of_week: draft.days_of_week.or(self.days_of_week),
            run_times: draft.run_times.or(self.run_times),
            interval_value: draft.interval_value.or(self.interval_value),
            interval_unit: draft.interval_unit.or(self.interval_unit),
            interval_window_start: draft.interval_window_start.or(self.interval_window_start),
            interval_window_end: draft.interval_window_end.or(self.interval_window_end),
        }
    }
}
