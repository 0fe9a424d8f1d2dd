//! What the misfire policies make of a backlog.

use horarium_core::{job::PolicyDraft, trigger::MisfirePolicy};

use crate::{
    drafts::{at, cron, except, noted, with_policy},
    ledger::Ledger,
};

use MisfirePolicy::{All, Latest, Skip};

/// A job due every minute, defined at 09:59:30, seen at `now` for the first time.
fn check(misfire: MisfirePolicy, now: &str, expect: &str) {
    check_policy(PolicyDraft { misfire: Some(misfire), ..PolicyDraft::default() }, now, expect);
}

fn check_policy(policy: PolicyDraft, now: &str, expect: &str) {
    let mut ledger = Ledger::new(with_policy(cron("* * * * *"), policy), at("09:59:30"));
    let plan = ledger.look(at(now), 0);
    assert_eq!(noted(&plan.decisions), expect, "seen at {now}");
    ledger.check().unwrap();
}

#[test]
fn each_policy_decides_a_backlog_of_any_size() {
    for misfire in [Latest, All, Skip] {
        check(misfire, "09:59:59.999999", "");
        check(misfire, "10:00", "10:00 Fired");
        check(misfire, "10:00:01", "10:00 Fired");
    }
    check(Latest, "10:00:01.000001", "10:00 FiredLate");
    check(Latest, "10:02:00.01", "10:00-10:01 (2) Coalesced into 10:02, 10:02 Fired");
    check(Latest, "10:02:30", "10:00-10:01 (2) Coalesced into 10:02, 10:02 FiredLate");
    check(All, "10:02:00.01", "10:00 FiredLate, 10:01 FiredLate, 10:02 Fired");
    check(All, "10:02:30", "10:00 FiredLate, 10:01 FiredLate, 10:02 FiredLate");
    check(Skip, "10:00:10", "10:00 FiredLate");
    check(Skip, "10:00:10.000001", "10:00 Missed: late");
    check(Skip, "10:02:00.01", "10:00-10:01 (2) Missed: late, 10:02 Fired");
    check(Skip, "10:02:30", "10:00-10:02 (3) Missed: late");
}

#[test]
fn the_policy_skip_fires_one_even_when_several_are_within_its_grace() {
    let policy = PolicyDraft { misfire: Some(Skip), ..PolicyDraft::default() };
    let mut ledger = Ledger::new(with_policy(cron("* * * * * *"), policy), at("10:00"));
    let plan = ledger.look(at("10:00:05"), 0);
    assert_eq!(noted(&plan.decisions), "10:00:01-10:00:04 (4) Missed: late, 10:00:05 Fired");
}

#[test]
fn what_is_later_than_the_bound_is_missed_whatever_the_policy() {
    let late = |misfire, seconds| PolicyDraft {
        misfire: Some(misfire),
        max_lateness_seconds: Some(seconds),
        ..PolicyDraft::default()
    };
    check_policy(late(Latest, 30), "10:00:30", "10:00 FiredLate");
    check_policy(late(Latest, 30), "10:00:30.000001", "10:00 Missed: too late");
    check_policy(
        late(Latest, 90),
        "10:02:30",
        "10:00 Missed: too late, 10:01 Coalesced into 10:02, 10:02 FiredLate",
    );
    check_policy(
        late(All, 90),
        "10:02:30",
        "10:00 Missed: too late, 10:01 FiredLate, 10:02 FiredLate",
    );
    check_policy(late(Skip, 1), "10:02:05", "10:00-10:02 (3) Missed: too late");
    check_policy(
        late(Skip, 60),
        "10:02:30",
        "10:00-10:01 (2) Missed: too late, 10:02 Missed: late",
    );
}

#[test]
fn an_excluded_instant_is_skipped_and_stands_for_no_other() {
    let check = |misfire, expect: &str| {
        let policy = PolicyDraft { misfire: Some(misfire), ..PolicyDraft::default() };
        let draft = with_policy(except(cron("* * * * *"), "10:02", "10:05"), policy);
        let mut ledger = Ledger::new(draft, at("09:59:30"));
        let plan = ledger.look(at("10:04:30"), 0);
        assert_eq!(noted(&plan.decisions), expect);
        assert_eq!((plan.next_run_at, plan.wake_at), (Some(at("10:05")), Some(at("10:05"))));
        ledger.check().unwrap();
    };
    let excluded = "10:02-10:04 (3) Skipped: excluded time 10:02-10:05";
    check(Latest, &format!("10:00 Coalesced into 10:01, 10:01 FiredLate, {excluded}"));
    check(All, &format!("10:00 FiredLate, 10:01 FiredLate, {excluded}"));
    check(Skip, &format!("10:00-10:01 (2) Missed: late, {excluded}"));
}
