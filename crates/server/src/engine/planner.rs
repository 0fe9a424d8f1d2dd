//! The core's plan, with the randomness and the parsed rules that a shell adds.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use horarium_core::{
    ExecutionId, Plan, Trigger, TriggerRule, TriggerSpec,
    plan::{Due, Situation, plan},
};
use horarium_store::Planner;
use horarium_when::Schedule;
use uuid::Uuid;

/// Parsed rules kept. Most jobs of an installation share few cron texts.
const RULES_KEPT_MAX: usize = 4_096;

/// Plans triggers; parsing a cron text costs a hundred times the search for its next instant, so
/// parsed rules are kept.
#[derive(Default)]
pub struct SchedulePlanner {
    kept: Mutex<HashMap<String, Schedule>>,
}

impl SchedulePlanner {
    /// The working form of a trigger's rule.
    pub fn schedule(&self, trigger: &Trigger) -> Result<Schedule, String> {
        let key = key(trigger);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(schedule) = key.as_ref().and_then(|key| kept.get(key)) {
            return Ok(schedule.clone());
        }
        let schedule = trigger.spec.schedule(trigger.owner).map_err(|err| err.to_string())?;
        if let Some(key) = key {
            if kept.len() >= RULES_KEPT_MAX {
                kept.clear();
            }
            kept.insert(key, schedule.clone());
        }
        Ok(schedule)
    }
}

/// What two triggers share when one parsed rule serves both. Only cron texts are worth keeping, and
/// only those that mean the same for every owner: `H` is spread by the owner's id.
fn key(trigger: &Trigger) -> Option<String> {
    let TriggerSpec { rule, zone, exclusions, start_at, end_at, policy: _ } = &trigger.spec;
    let (expressions, dialect) = match rule {
        TriggerRule::Cron { expression, dialect } => (expression.clone(), dialect),
        TriggerRule::AnyCron { expressions, dialect } => (expressions.join("|"), dialect),
        TriggerRule::Interval { .. } | TriggerRule::OneTime { .. } => return None,
    };
    let same_for_all = exclusions.is_empty() && start_at.is_none() && end_at.is_none();
    (same_for_all && !expressions.contains(['H', 'h']))
        .then(|| format!("{expressions}\n{dialect:?}\n{zone}"))
}

impl Planner for SchedulePlanner {
    fn plan(&self, trigger: &Trigger, situation: Situation) -> Result<Plan, String> {
        let schedule = self.schedule(trigger)?;
        let due = Due {
            owner: trigger.owner,
            schedule: &schedule,
            policy: &trigger.spec.policy,
            standing: &trigger.standing,
            cursor: trigger.cursor,
            tail: trigger.tail.as_ref(),
        };
        Ok(plan(&due, situation))
    }

    fn execution_id(&self) -> ExecutionId {
        ExecutionId(Uuid::now_v7())
    }
}
