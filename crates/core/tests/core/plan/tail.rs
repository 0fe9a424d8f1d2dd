//! Equal skips of consecutive plans become one row that grows.

use horarium_core::{
    job::PolicyDraft,
    trigger::{MisfirePolicy, OverlapPolicy},
};

use crate::{
    drafts::{at, cron, noted, with_policy},
    ledger::Ledger,
};

fn overlapping() -> Ledger {
    let policy = PolicyDraft { overlap: Some(OverlapPolicy::Skip), ..PolicyDraft::default() };
    Ledger::new(with_policy(cron("* * * * *"), policy), at("09:59:30"))
}

#[test]
fn equal_skips_grow_one_row() {
    let mut ledger = overlapping();
    assert_eq!(ledger.look(at("10:00"), 1).grown_tail, None);
    for minute in 1..=3 {
        let plan = ledger.look(at(&format!("10:0{minute}")), 1);
        assert_eq!(plan.decisions, []);
        assert_eq!(plan.grown_tail, plan.tail);
    }
    assert_eq!(noted(&ledger.rows), "10:00-10:03 (4) Skipped: overlap");
    ledger.look(at("10:03:30"), 1);
    ledger.look(at("10:04"), 1);
    assert_eq!(noted(&ledger.rows), "10:00-10:04 (5) Skipped: overlap", "an idle look keeps it");
    ledger.check().unwrap();
}

#[test]
fn another_decision_ends_the_row() {
    let mut ledger = overlapping();
    ledger.look(at("10:00"), 1);
    ledger.look(at("10:01"), 0);
    assert_eq!(ledger.trigger.tail, None, "a firing never grows");
    ledger.look(at("10:02"), 0);
    ledger.look(at("10:03"), 1);
    ledger.look(at("10:05"), 1);
    assert_eq!(
        noted(&ledger.rows),
        "10:00 Skipped: overlap, 10:01 Fired, 10:02 Fired, 10:03 Skipped: overlap, \
         10:04 Coalesced into 10:05, 10:05 Skipped: overlap"
    );
    ledger.check().unwrap();
}

#[test]
fn misses_do_not_grow_over_plans() {
    let policy = PolicyDraft { misfire: Some(MisfirePolicy::Skip), ..PolicyDraft::default() };
    let mut ledger = Ledger::new(with_policy(cron("* * * * *"), policy), at("09:59:30"));
    ledger.look(at("10:00:30"), 0);
    ledger.look(at("10:01:30"), 0);
    assert_eq!(noted(&ledger.rows), "10:00 Missed: late, 10:01 Missed: late");
    assert_eq!(ledger.trigger.tail, None);
}

#[test]
fn a_row_settled_between_ends_the_tail() {
    let mut ledger = overlapping();
    ledger.look(at("10:00"), 1);
    let draft = |on| horarium_core::JobDraft { is_enabled: Some(on), ..Default::default() };
    ledger.amend(draft(false), at("10:00:30"));
    ledger.amend(draft(true), at("10:02:30"));
    assert_eq!(ledger.trigger.tail, None);
    ledger.look(at("10:03"), 1);
    assert_eq!(
        noted(&ledger.rows),
        "10:00 Skipped: overlap, 10:01-10:02 (2) Skipped: disabled, 10:03 Skipped: overlap"
    );
    ledger.check().unwrap();
}
