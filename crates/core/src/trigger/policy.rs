//! What happens around the instants of a trigger: late ones, overlapping ones, lost ones.

use serde::{Deserialize, Serialize};

use crate::lost::LostAttemptPolicy;

/// What to do about instants that passed before anybody looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MisfirePolicy {
    /// Fire the latest, coalesce the others into it.
    #[default]
    Latest,
    /// Fire each, the newest [`crate::plan::CATCH_UP_MAX`] of them.
    All,
    /// Fire none that is late: the newest within [`crate::plan::SKIP_GRACE`], or nothing.
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
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
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
