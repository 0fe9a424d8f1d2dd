//! A schedule as a request writes it; what it leaves out is `None`.

use uuid::Uuid;

use crate::{schedule_pattern::PatternDraft, schedule_step::StepFields};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduleDraft {
    pub name: Option<String>,
    /// Blank text takes it away.
    pub description: Option<String>,
    pub pattern: PatternDraft,
    pub zone: Option<String>,
    pub is_enabled: Option<bool>,
    /// All steps that there are from now on.
    pub steps: Option<Vec<StepDraft>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepDraft {
    /// The step of the schedule that this changes; a new step when there is none with this id.
    pub id: Option<Uuid>,
    pub fields: StepFields,
}
