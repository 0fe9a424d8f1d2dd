//! Schedules that all start in one second.

use std::time::{Duration, Instant};

use horarium_core::{
    JobId, ScheduleId,
    run::RunState,
    schedule::{Schedule, ScheduleDraft, StepDraft},
    schedule_pattern::{PatternDraft, TriggerType},
    schedule_step::{StepFields, StepType},
};
use horarium_store::{NewSchedule, ScheduleRunFilter, ScheduleView};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::rig::Rig;

/// Steps of a schedule: three side by side, then two.
const GROUPS: [u32; 5] = [0, 0, 0, 1, 1];
/// From the last insert to the second at which all are due.
const SECONDS_AHEAD: i64 = 5;
/// Fewer than any database takes: one inserted after that second would be due a year later.
const INSERTS_PER_SECOND: i64 = 25;

/// n schedules of five steps, due in the same second: how long until every step has ended.
pub(super) async fn schedules(rig: Rig, n: usize) -> String {
    let job = rig.manual_job().await;
    let ahead = SignedDuration::from_secs(SECONDS_AHEAD + n as i64 / INSERTS_PER_SECOND);
    let second = (rig.clock.now() + ahead).as_second();
    let due_at = jiff::Timestamp::from_second(second).expect("a second of this century");
    for number in 0..n {
        let new = NewSchedule { view: define(&rig, number, job, due_at), once: None };
        rig.store.insert_schedule(new).await.expect("inserted");
    }
    let engine = rig.engine().await;
    while rig.clock.now() < due_at {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let since = Instant::now();
    let n_steps = n * GROUPS.len();
    let all = rig.starts.reached(n_steps).await;
    while all && ended(&rig).await < n as u64 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = since.elapsed();
    engine.stop(Duration::from_secs(5)).await;
    format!(
        "{n_steps} steps of {n} schedules in {:.2} s, {:.0} steps/s{}",
        took.as_secs_f64(),
        n_steps as f64 / took.as_secs_f64(),
        if all { "" } else { " (NOT ALL)" }
    )
}

/// Due once a year, in the second of `due_at`.
fn define(rig: &Rig, number: usize, job: JobId, due_at: jiff::Timestamp) -> ScheduleView {
    let at = due_at.to_zoned(jiff::tz::TimeZone::UTC);
    let text =
        format!("{} {} {} {} {} *", at.second(), at.minute(), at.hour(), at.day(), at.month());
    let step = |step_index| StepDraft {
        id: None,
        fields: StepFields {
            step_index: Some(step_index),
            step_type: Some(StepType::Job),
            job_id: Some(job),
            ..StepFields::default()
        },
    };
    let draft = ScheduleDraft {
        name: Some(format!("schedule {number}")),
        pattern: PatternDraft {
            trigger_type: Some(TriggerType::Cron),
            cron_expression: Some(text),
            ..PatternDraft::default()
        },
        is_enabled: Some(true),
        steps: Some(GROUPS.map(step).to_vec()),
        ..ScheduleDraft::default()
    };
    let id = ScheduleId(Uuid::now_v7());
    let now = rig.clock.now();
    let (schedule, trigger) =
        Schedule::define(id, draft, now, Uuid::now_v7).expect("a good schedule");
    ScheduleView { schedule, trigger }
}

async fn ended(rig: &Rig) -> u64 {
    let states = vec![RunState::Succeeded];
    let filter = ScheduleRunFilter { states, ..ScheduleRunFilter::default() };
    rig.store.schedule_runs(filter, 0, 1).await.expect("counted").1
}
