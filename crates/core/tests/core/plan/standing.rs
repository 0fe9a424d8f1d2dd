//! Triggers that are silent, wake up, or end.

use horarium_core::{JobDraft, Standing, job::ScheduleDraft};

use crate::{
    drafts::{at, cron, except, noted, once, scheduled},
    ledger::Ledger,
};

fn paused(draft: JobDraft, until: Option<&str>) -> Ledger {
    let mut ledger = Ledger::new(draft, at("09:59:30"));
    ledger.trigger.standing = Standing::Paused { until: until.map(at), reason: None };
    ledger.trigger = ledger.trigger.clone().scheduled(ledger.schedule());
    ledger
}

#[test]
fn a_pause_ends_at_its_instant_and_what_is_due_then_fires() {
    let check = |now: &str, expect: &str| {
        let mut ledger = paused(cron("* * * * *"), Some("10:03"));
        let plan = ledger.look(at(now), 0);
        assert_eq!(noted(&plan.decisions), expect, "{now}");
        ledger.check().unwrap();
        plan
    };
    let plan = check("10:02:59", "");
    assert_eq!((plan.wake_at, plan.next_run_at), (Some(at("10:03")), None));
    let swallowed = "10:00-10:02 (3) Skipped: paused";
    let plan = check("10:03", &format!("{swallowed}, 10:03 Fired"));
    assert_eq!((plan.standing, plan.next_run_at), (Standing::Enabled, Some(at("10:04"))));
    check("10:05:00.5", &format!("{swallowed}, 10:03-10:04 (2) Coalesced into 10:05, 10:05 Fired"));
}

#[test]
fn a_pause_without_end_and_a_disabled_trigger_sleep() {
    let mut ledger = paused(cron("* * * * *"), None);
    let plan = ledger.look(at("2027-01-01T00:00"), 0);
    assert_eq!((plan.decisions.len(), plan.wake_at, plan.cursor), (0, None, at("09:59:30")));

    let draft = JobDraft { is_enabled: Some(false), ..cron("* * * * *") };
    let mut ledger = Ledger::new(draft, at("09:59:30"));
    let plan = ledger.look(at("10:30"), 0);
    assert_eq!((plan.decisions.len(), plan.wake_at, plan.standing), (0, None, Standing::Disabled));
    ledger.amend(JobDraft { is_enabled: Some(true), ..JobDraft::default() }, at("10:30:30"));
    ledger.look(at("10:31"), 0);
    assert_eq!(noted(&ledger.rows), "10:00-10:30 (31) Skipped: disabled, 10:31 Fired");
    ledger.check().unwrap();
}

#[test]
fn a_pause_that_outlives_the_rule_ends_completed() {
    let mut ledger = paused(once(at("10:00")), Some("11:00"));
    let plan = ledger.look(at("11:00"), 0);
    assert_eq!(noted(&plan.decisions), "10:00 Skipped: paused");
    assert_eq!((plan.standing, plan.wake_at), (Standing::Completed, None));

    let mut ledger = paused(once(at("10:00")), None);
    ledger.settle(at("11:00"));
    ledger.trigger.standing = Standing::Enabled;
    let resumed = ledger.trigger.clone().scheduled(ledger.schedule());
    assert_eq!((resumed.standing, resumed.wake_at), (Standing::Completed, None));
}

#[test]
fn a_one_time_trigger_fires_once_whenever_it_was() {
    let check = |run_at: &str, now: &str, expect: &str| {
        let mut ledger = Ledger::new(once(at(run_at)), at("10:00"));
        let plan = ledger.look(at(now), 0);
        assert_eq!(noted(&plan.decisions), expect);
        if !expect.is_empty() {
            assert_eq!((plan.standing, plan.next_run_at), (Standing::Completed, None));
            assert_eq!(ledger.look(at("23:00"), 0).decisions, []);
        }
        ledger.check().unwrap();
    };
    check("10:30", "10:29:59.999999", "");
    check("10:30", "10:30", "10:30 Fired");
    check("10:30:00.0000009", "10:30", "10:30 Fired");
    check("10:00", "10:00", "10:00 Fired");
    check("09:00", "10:00:00.01", "09:00 FiredLate");
}

#[test]
fn the_last_instant_before_the_end_completes_the_trigger() {
    let mut draft = cron("* * * * *");
    draft.schedule.end_at = Some(at("10:01"));
    let mut ledger = Ledger::new(draft, at("09:59:30"));
    assert_eq!(ledger.look(at("10:00"), 0).standing, Standing::Enabled);
    assert_eq!(ledger.look(at("10:01"), 0).standing, Standing::Completed);
    assert_eq!(noted(&ledger.rows), "10:00 Fired, 10:01 Fired");
    let later_end = ScheduleDraft { end_at: Some(at("11:00")), ..ScheduleDraft::default() };
    let later_end = scheduled(later_end);
    ledger.amend(later_end, at("10:05:30"));
    assert_eq!(ledger.trigger.next_run_at, Some(at("10:06")), "with a later end it lives again");
}

#[test]
fn excluded_instants_before_a_change_are_settled() {
    let mut ledger = Ledger::new(except(cron("* * * * *"), "10:00", "12:00"), at("09:59:30"));
    assert_eq!(ledger.trigger.wake_at, Some(at("12:00")));
    let hourly = cron("0 * * * *");
    ledger.amend(hourly, at("10:02:30"));
    assert_eq!(noted(&ledger.rows), "10:00-10:02 (3) Skipped: excluded time 10:00-12:00");
    assert_eq!(ledger.trigger.next_run_at, Some(at("12:00")));
    ledger.check().unwrap();
}

#[test]
fn what_must_fire_first_is_not_settled_away() {
    let ledger = Ledger::new(cron("* * * * *"), at("09:59:30"));
    assert!(ledger.trigger.settled(ledger.schedule(), at("09:59:59")).is_some());
    assert!(ledger.trigger.settled(ledger.schedule(), at("10:00")).is_none());
    let ledger = paused(cron("* * * * *"), Some("10:03"));
    assert!(ledger.trigger.settled(ledger.schedule(), at("10:02:59")).is_some());
    assert!(ledger.trigger.settled(ledger.schedule(), at("10:03")).is_none());
}
