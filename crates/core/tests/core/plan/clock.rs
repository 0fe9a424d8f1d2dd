//! Clocks that jump, and days that are not 24 hours long.

use horarium_core::{job::PolicyDraft, plan::INSTANTS_MAX, trigger::MisfirePolicy};

use crate::{
    drafts::{at, cron, noted, with_policy},
    ledger::Ledger,
};

#[test]
fn a_clock_set_back_decides_nothing_twice() {
    let mut ledger = Ledger::new(cron("* * * * *"), at("09:59:30"));
    ledger.look(at("10:05"), 0);
    for now in ["10:04:59", "10:00", "2020-01-01T00:00"] {
        let plan = ledger.look(at(now), 0);
        assert_eq!((plan.decisions.len(), plan.cursor), (0, at("10:05")), "{now}");
        assert_eq!(plan.wake_at, Some(at("10:06")), "{now}");
    }
    assert_eq!(noted(&ledger.look(at("10:06"), 0).decisions), "10:06 Fired");
    ledger.check().unwrap();
}

#[test]
fn a_clock_that_jumps_ahead_400_days_is_a_bounded_backlog() {
    for misfire in [MisfirePolicy::Latest, MisfirePolicy::All, MisfirePolicy::Skip] {
        let policy = PolicyDraft { misfire: Some(misfire), ..PolicyDraft::default() };
        let mut ledger = Ledger::new(with_policy(cron("* * * * *"), policy), at("10:00"));
        let now = at("2027-02-09T10:00:30");
        let mut n_plans = 0;
        while ledger.trigger.wake_at.unwrap() <= now {
            let plan = ledger.look(now, 0);
            let n_decided: u64 = plan.decisions.iter().map(|row| row.count).sum();
            assert!(usize::try_from(n_decided).unwrap() <= INSTANTS_MAX);
            assert!(plan.decisions.len() <= 101 && plan.firings.len() <= 100, "{misfire:?}");
            n_plans += 1;
        }
        assert_eq!(n_plans, 58, "576,000 instants in plans of {INSTANTS_MAX}");
        ledger.check().unwrap();
    }
}

#[test]
fn daylight_saving_moves_an_instant_but_loses_none() {
    let mut draft = cron("30 2 * * *");
    draft.schedule.zone = Some("America/New_York".to_owned());
    let mut ledger = Ledger::new(draft, at("2026-03-06T12:00"));
    for day in ["07T07:30", "08T07:00", "09T06:30"] {
        ledger.look(at(&format!("2026-03-{day}")), 0);
    }
    let fired: Vec<_> = ledger.firings.iter().map(|firing| firing.due_at.to_string()).collect();
    assert_eq!(fired, ["2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]);
    ledger.check().unwrap();
}
