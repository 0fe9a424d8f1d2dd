//! What becomes of the time between a trigger's cursor and the moment it is changed.
//!
//! The ticker decides instants that may fire. Left over are those that could not: excluded ones,
//! and all that passed while the trigger was paused or disabled. They get their rows here, in the
//! transaction of the change, so that every due instant has its one decision (invariant 3).

use horarium_core::{
    DecisionRow, Standing, Trigger, TriggerRule, TriggerSpec,
    plan::{Due, Situation, plan},
    settle::{settle_disabled, settle_paused},
};
use horarium_when::Schedule;
use jiff::Timestamp;

/// Plans made over excluded instants; each looks at ten thousand.
const PLANS_MAX: usize = 100;

/// The trigger to store in the place of `old`, and the rows about the time up to `now`. `new` may
/// differ in its spec and standing; the caller has had everything fired that was due.
pub(super) fn settle(old: &Trigger, new: Trigger, now: Timestamp) -> (Trigger, Vec<DecisionRow>) {
    let has_same_times = same_times(&old.spec, &new.spec);
    if has_same_times && old.standing == new.standing {
        return (new, Vec::new());
    }
    if stays_done(old, &new) {
        let (cursor, tail) = (old.cursor, old.tail.clone());
        let standing = old.standing.clone();
        return (Trigger { cursor, tail, standing, wake_at: None, next_run_at: None, ..new }, vec![]);
    }
    let rows = old.spec.schedule(old.owner).map(|schedule| rows(old, &schedule, now));
    let rows = rows.unwrap_or_default();
    (restarted(old, new, has_same_times, rows.last(), now), rows)
}

/// Everything that says when, the policies left aside.
fn same_times(one: &TriggerSpec, other: &TriggerSpec) -> bool {
    TriggerSpec { policy: one.policy.clone(), ..other.clone() } == *one
}

/// A one-time rule that was, and would run again only because a zone or an exclusion was edited.
fn stays_done(old: &Trigger, new: &Trigger) -> bool {
    old.standing == Standing::Completed
        && new.standing != Standing::Disabled
        && matches!(old.spec.rule, TriggerRule::OneTime { .. })
        && old.spec.rule == new.spec.rule
}

/// `new` with its accounting begun at `now`.
fn restarted(
    old: &Trigger,
    mut new: Trigger,
    has_same_times: bool,
    last: Option<&DecisionRow>,
    now: Timestamp,
) -> Trigger {
    if has_same_times {
        new.cursor = old.cursor.max(now);
        new.tail = last.cloned().or_else(|| old.tail.clone());
    } else {
        new.cursor = new.spec.first_cursor(now);
        new.tail = None;
        if new.standing == Standing::Completed {
            new.standing = Standing::Enabled;
        }
    }
    let Ok(schedule) = new.spec.schedule(new.owner) else { return new };
    new = new.scheduled(&schedule);
    if new.standing == Standing::Enabled && new.wake_at.is_none() {
        new.standing = Standing::Completed;
    }
    new
}

/// The rows for `(cursor, now]` of a trigger of which nothing is to fire.
fn rows(old: &Trigger, schedule: &Schedule, now: Timestamp) -> Vec<DecisionRow> {
    match &old.standing {
        Standing::Enabled => excluded(old, schedule, now),
        Standing::Paused { .. } => settle_paused(schedule, old.cursor, now).into_iter().collect(),
        Standing::Disabled => settle_disabled(schedule, old.cursor, now).into_iter().collect(),
        Standing::Completed => Vec::new(),
    }
}

fn excluded(old: &Trigger, schedule: &Schedule, now: Timestamp) -> Vec<DecisionRow> {
    let mut rows = Vec::new();
    let mut cursor = old.cursor;
    for _ in 0..PLANS_MAX {
        let due = Due {
            owner: old.owner,
            schedule,
            policy: &old.spec.policy,
            standing: &Standing::Enabled,
            cursor,
            tail: None,
        };
        let planned = plan(&due, Situation { now, n_live: 0 });
        rows.extend(planned.decisions.into_iter().filter(|row| !row.decision.fires()));
        if planned.cursor == cursor {
            break;
        }
        cursor = planned.cursor;
    }
    rows
}

#[cfg(test)]
mod tests {
    use horarium_core::{
        Decision, Job, JobDraft, JobId, JobType,
        job::{JobDefaults, ScheduleDraft, ScheduleType},
        plan::SkipReason,
        trigger::ExclusionSpec,
    };
    use jiff::SignedDuration;
    use uuid::Uuid;

    use super::*;

    const NOON: &str = "2026-01-05T12:00:00Z";

    fn at(minutes: i64) -> Timestamp {
        NOON.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
    }

    /// A trigger that is due every minute since noon.
    fn minutely(schedule: ScheduleDraft) -> Trigger {
        let draft = JobDraft {
            name: Some("x".into()),
            job_type: Some(JobType::HttpCall),
            schedule: ScheduleDraft {
                schedule_type: Some(ScheduleType::Cron),
                expression: Some("* * * * *".into()),
                ..schedule
            },
            ..JobDraft::default()
        };
        let id = JobId(Uuid::from_u128(1));
        Job::define(id, draft, &JobDefaults::default(), at(0)).unwrap().1
    }

    fn paused(trigger: &Trigger) -> Trigger {
        Trigger { standing: Standing::Paused { until: None, reason: None }, ..trigger.clone() }
    }

    #[test]
    fn a_resume_accounts_for_the_pause_as_one_row() {
        let old = paused(&minutely(ScheduleDraft::default()));
        let new = Trigger { standing: Standing::Enabled, ..old.clone() };
        let (new, rows) = settle(&old, new, at(10));
        let skip = Decision::Skipped(SkipReason::Paused);
        assert_eq!(rows, [DecisionRow { first: at(1), last: at(10), count: 10, decision: skip }]);
        assert_eq!((new.cursor, new.next_run_at), (at(10), Some(at(11))));
        assert_eq!(new.tail.as_ref(), rows.last());
    }

    #[test]
    fn a_pause_accounts_for_what_was_excluded_before_it() {
        let time_range = Some(("12:00".into(), "12:30".into()));
        let exclusions = ExclusionSpec { time_range, ..ExclusionSpec::default() };
        let old = minutely(ScheduleDraft { exclusions: Some(exclusions), ..Default::default() });
        let (new, rows) = settle(&old, paused(&old), at(5));
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].first, rows[0].last, rows[0].count), (at(1), at(5), 5));
        assert_eq!((new.cursor, new.next_run_at, new.wake_at), (at(5), None, None));
    }

    #[test]
    fn what_changes_neither_times_nor_standing_is_no_break() {
        let old = minutely(ScheduleDraft::default());
        let mut new = old.clone();
        new.spec.policy.jitter_seconds = 5;
        assert_eq!(settle(&old, new.clone(), at(0)), (new, Vec::new()));
    }

    #[test]
    fn a_one_time_rule_that_was_does_not_run_again_for_an_edited_zone() {
        let mut old = minutely(ScheduleDraft::default());
        old.spec.rule = TriggerRule::OneTime { at: at(1) };
        old = Trigger { standing: Standing::Completed, cursor: at(1), wake_at: None, ..old };
        let mut new = old.clone();
        new.spec.zone = "Europe/Berlin".into();
        new.standing = Standing::Enabled;
        let (new, rows) = settle(&old, new, at(5));
        assert!(rows.is_empty());
        assert_eq!((new.standing, new.cursor, new.wake_at), (Standing::Completed, at(1), None));
    }

    #[test]
    fn an_instant_that_passed_while_disabled_leaves_a_one_time_trigger_done() {
        let mut old = minutely(ScheduleDraft::default());
        old.spec.rule = TriggerRule::OneTime { at: at(1) };
        old.standing = Standing::Disabled;
        let new = Trigger { standing: Standing::Enabled, ..old.clone() };
        let (new, rows) = settle(&old, new, at(5));
        assert_eq!(rows[0].decision, Decision::Skipped(SkipReason::Disabled));
        assert_eq!(new.standing, Standing::Completed);
    }
}
