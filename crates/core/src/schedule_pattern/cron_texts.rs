//! Cron texts of which any makes the schedule due.

use std::fmt;

use horarium_when::Zone;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    trigger::{CronDialect, TriggerRule},
    violations::Violations,
};

/// Most cron texts of one schedule. A derived pattern needs at most 25: one per hour it touches.
///
/// JIM allows a `cronExpression` 100 characters. What we derive may be longer and must come back,
/// so here each text has the limit of every cron text, and their number this one.
pub use horarium_when::CRON_TEXTS_MAX;
/// What joins several texts in the one string on the wire.
pub const SEPARATOR: &str = " | ";

/// At least one cron text, in the hangfire dialect. Due when any of them is; two that fall on one
/// instant, as they may when daylight saving moves them, are one occurrence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CronTexts(pub(super) Vec<String>);

impl CronTexts {
    /// The texts that a client wrote or sent back, or `None` when it wrote only blanks.
    pub(super) fn parse(expression: &str, violations: &mut Violations) -> Option<Self> {
        let texts: Vec<String> = expression.split('|').map(|text| text.trim().to_owned()).collect();
        if texts.iter().all(String::is_empty) {
            return None;
        }
        if texts.len() > CRON_TEXTS_MAX {
            violations.add(
                "cronExpression",
                format!("must be at most {CRON_TEXTS_MAX} cron texts, these are {}", texts.len()),
            );
            return None;
        }
        Some(Self(texts))
    }

    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// What makes the schedule due, as its trigger stores it.
    pub fn rule(&self) -> TriggerRule {
        let dialect = CronDialect::Hangfire;
        match self.0.as_slice() {
            [only] => TriggerRule::Cron { expression: only.clone(), dialect },
            several => TriggerRule::AnyCron { expressions: several.to_vec(), dialect },
        }
    }

    pub(super) fn check(&self, zone: &Zone, owner: Uuid, violations: &mut Violations) {
        if let Err(err) = self.rule().parse(zone.clone(), owner) {
            violations.add("cronExpression", err.to_string());
        }
    }
}

impl fmt::Display for CronTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(SEPARATOR))
    }
}
