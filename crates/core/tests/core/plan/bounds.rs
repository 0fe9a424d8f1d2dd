//! Backlogs beyond what one plan decides or a policy fires.

use horarium_core::{
    Decision,
    job::PolicyDraft,
    plan::{CATCH_UP_MAX, INSTANTS_MAX},
    trigger::{ExclusionSpec, MisfirePolicy},
};

use crate::{
    drafts::{at, cron, except, later, noted, with_policy},
    ledger::Ledger,
};

fn every_second(misfire: MisfirePolicy) -> Ledger {
    let policy = PolicyDraft { misfire: Some(misfire), ..PolicyDraft::default() };
    Ledger::new(with_policy(cron("* * * * * *"), policy), at("00:00"))
}

fn instants(n: usize) -> i64 {
    i64::try_from(n).unwrap()
}

#[test]
fn the_policy_all_fires_the_newest_of_a_long_backlog() {
    let check = |n: usize, n_missed: usize, n_fired: usize| {
        let mut ledger = every_second(MisfirePolicy::All);
        let plan = ledger.look(later(at("00:00"), instants(n)), 0);
        let missed: u64 =
            plan.decisions.iter().filter(|row| !row.decision.fires()).map(|row| row.count).sum();
        assert_eq!((usize::try_from(missed).unwrap(), plan.firings.len()), (n_missed, n_fired));
        ledger.check().unwrap();
    };
    check(CATCH_UP_MAX, 0, CATCH_UP_MAX);
    check(CATCH_UP_MAX + 1, 1, CATCH_UP_MAX);
    check(INSTANTS_MAX, INSTANTS_MAX - CATCH_UP_MAX, CATCH_UP_MAX);
    check(INSTANTS_MAX + 50, INSTANTS_MAX - 50, 50);
}

#[test]
fn a_backlog_longer_than_one_plan_coalesces_into_the_one_it_ends_with() {
    let mut ledger = every_second(MisfirePolicy::Latest);
    let now = later(at("00:00"), instants(INSTANTS_MAX * 2 + 1));
    let first = ledger.look(now, 0);
    assert_eq!(first.decisions.len(), 1);
    assert_eq!(first.decisions[0].decision, Decision::Coalesced { into: now });
    assert!(first.wake_at.unwrap() <= now, "the next plan follows at once");
    assert_eq!(ledger.look(now, 0).firings.len(), 0);
    assert_eq!(ledger.look(now, 0).firings[0].due_at, now);
    ledger.check().unwrap();
}

/// Walking back through the exclusion alone takes more instants than one plan has: the policies must
/// not take that for "nothing is newer" and fire each instant before it.
#[test]
fn a_backlog_that_ends_in_a_long_exclusion_is_no_storm() {
    let check = |misfire, n_firings: usize| {
        let policy = PolicyDraft { misfire: Some(misfire), ..PolicyDraft::default() };
        let draft = with_policy(except(cron("* * * * * *"), "03:00", "12:00"), policy);
        let mut ledger = Ledger::new(draft, at("00:00"));
        ledger.catch_up(at("11:00"));
        assert_eq!(ledger.firings.len(), n_firings, "{misfire:?}");
        assert_eq!(
            ledger.firings.last().map(|f| f.due_at),
            (n_firings > 0).then(|| at("02:59:59"))
        );
        ledger.check().unwrap();
    };
    check(MisfirePolicy::Latest, 1);
    check(MisfirePolicy::All, CATCH_UP_MAX);
    check(MisfirePolicy::Skip, 0);
}

#[test]
fn a_trigger_with_weeks_of_exclusions_is_looked_at_once_a_day() {
    let mut draft = cron("0 12 * * *");
    let dates = (1..=30).map(|day| jiff::civil::date(2026, 1, day)).collect();
    draft.schedule.exclusions = Some(ExclusionSpec { dates, ..ExclusionSpec::default() });
    let mut ledger = Ledger::new(draft, at("10:00"));
    assert_eq!(ledger.trigger.next_run_at, Some(at("2026-01-31T12:00")));
    assert_eq!(ledger.trigger.wake_at, Some(at("2026-01-06T12:00")));
    ledger.look(at("2026-01-06T12:00"), 0);
    assert_eq!(
        noted(&ledger.rows),
        "12:00 Skipped: excluded date 2026-01-05, +1d 12:00 Skipped: excluded date 2026-01-06"
    );
    assert_eq!(ledger.trigger.wake_at, Some(at("2026-01-08T12:00")));
}

#[test]
fn jitter_stays_in_its_bounds_and_is_the_same_for_everybody() {
    let policy = PolicyDraft { jitter_seconds: Some(30), ..PolicyDraft::default() };
    let ledger = Ledger::new(with_policy(cron("* * * * *"), policy), at("09:59:30"));
    let firing = ledger.plan(at("10:00"), 0).firings.remove(0);
    assert_eq!(firing.due_at, at("10:00"));
    assert!(at("10:00") <= firing.eligible_at && firing.eligible_at <= at("10:00:30"));
    assert_eq!(ledger.plan(at("10:00:45"), 0).firings, [firing]);
}
