//! A schedule: steps that run in order, and when they do; and the only ways to define or amend one.
//!
//! Fields and bounds are JIM's (`reference/jim.md` §1.6) with its defects mended (contract J12):
//! what a change leaves out keeps its value, and the time zone is a field.

mod define;
mod draft;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::draft::{ScheduleDraft, StepDraft};
use crate::{
    id::ScheduleId,
    schedule_pattern::SchedulePattern,
    schedule_step::StepFields,
    trigger::{FiringPolicy, OverlapPolicy},
};

/// Longest name of a schedule, in characters.
pub const SCHEDULE_NAME_CHARS_MAX: usize = 200;
/// Longest description of a schedule, in characters.
pub const SCHEDULE_DESCRIPTION_CHARS_MAX: usize = 1_000;
/// The zone of a schedule that names none.
pub const DEFAULT_ZONE: &str = "UTC";

/// A schedule as stored. Its trigger is beside it, when it is not only run by people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub id: ScheduleId,
    /// Unique among schedules.
    pub name: String,
    pub description: Option<String>,
    pub pattern: SchedulePattern,
    pub zone: String,
    /// A schedule that only people run keeps it, for the day it is given times.
    pub is_enabled: bool,
    /// By `stepIndex`, which has no gaps and begins at 0.
    pub steps: Vec<Step>,
    pub created_at: Timestamp,
    /// `None` while nobody has changed it. Running it is no change.
    pub updated_at: Option<Timestamp>,
    /// Grows with every change of the definition; the `ETag`.
    pub version: i64,
}

/// A step with the id by which clients change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    pub id: Uuid,
    pub fields: StepFields,
}

/// The policies of every schedule: it never overlaps itself (contract J11); an instant that passed
/// while nobody looked is made up once, as for jobs.
pub(crate) fn policy() -> FiringPolicy {
    FiringPolicy { overlap: OverlapPolicy::Skip, ..FiringPolicy::default() }
}
