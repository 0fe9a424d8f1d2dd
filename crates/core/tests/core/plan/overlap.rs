//! What the overlap policies make of executions that still live.

use horarium_core::{
    job::PolicyDraft,
    plan::QUEUED_MAX,
    trigger::{MisfirePolicy, OverlapPolicy},
};

use crate::{
    drafts::{at, cron, noted, with_policy},
    ledger::Ledger,
};

use OverlapPolicy::{Allow, CancelRunning, Queue, Skip};

/// A job due every minute, three instants behind, with `n_live` executions.
fn check(overlap: OverlapPolicy, misfire: MisfirePolicy, n_live: u32, cancels: bool, expect: &str) {
    let policy =
        PolicyDraft { overlap: Some(overlap), misfire: Some(misfire), ..PolicyDraft::default() };
    let mut ledger = Ledger::new(with_policy(cron("* * * * *"), policy), at("09:59:30"));
    let plan = ledger.look(at("10:02:00.01"), n_live);
    assert_eq!(noted(&plan.decisions), expect, "{overlap:?} {misfire:?} {n_live}");
    assert_eq!(plan.cancel_live, cancels, "{overlap:?} {misfire:?} {n_live}");
    ledger.check().unwrap();
}

#[test]
fn each_policy_looks_at_what_lives() {
    let latest = MisfirePolicy::Latest;
    let coalesced = "10:00-10:01 (2) Coalesced into 10:02";
    let fires = format!("{coalesced}, 10:02 Fired");
    for n_live in [0, 1, u32::MAX] {
        check(Allow, latest, n_live, false, &fires);
    }
    check(Skip, latest, 0, false, &fires);
    check(Skip, latest, 1, false, &format!("{coalesced}, 10:02 Skipped: overlap"));
    check(Queue, latest, 1, false, &fires);
    check(Queue, latest, QUEUED_MAX, false, &fires);
    check(Queue, latest, QUEUED_MAX + 1, false, &format!("{coalesced}, 10:02 Skipped: queue full"));
    check(CancelRunning, latest, 0, false, &fires);
    check(CancelRunning, latest, 1, true, &fires);
}

#[test]
fn the_firings_of_one_plan_count_each_other() {
    let all = MisfirePolicy::All;
    check(Skip, all, 0, false, "10:00 FiredLate, 10:01-10:02 (2) Skipped: overlap");
    check(Queue, all, QUEUED_MAX, false, "10:00 FiredLate, 10:01-10:02 (2) Skipped: queue full");
    check(Allow, all, 7, false, "10:00 FiredLate, 10:01 FiredLate, 10:02 Fired");
}

#[test]
fn cancel_running_starts_only_what_the_next_firing_would_not_cancel() {
    let expect = "10:00-10:01 (2) Coalesced into 10:02, 10:02 Fired";
    check(CancelRunning, MisfirePolicy::All, 0, false, expect);
    check(CancelRunning, MisfirePolicy::All, 1, true, expect);
}

#[test]
fn nothing_is_cancelled_when_nothing_fires() {
    let policy = PolicyDraft {
        overlap: Some(CancelRunning),
        misfire: Some(MisfirePolicy::Skip),
        ..PolicyDraft::default()
    };
    let ledger = Ledger::new(with_policy(cron("* * * * *"), policy), at("09:59:30"));
    assert!(!ledger.plan(at("10:02:30"), 1).cancel_live);
}
