//! Stored JSON reads back for ever. Files in `tests/golden` are only ever added.

use horarium_core::{
    Decision, DecisionRow, FiringPolicy, RetryPolicy, TriggerRule, TriggerSpec,
    lost::LostAttemptPolicy,
    plan::{MissReason, SkipReason},
    trigger::{CronDialect, ExclusionSpec, MisfirePolicy, OverlapPolicy},
};
use jiff::civil::date;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

use crate::drafts::at;

/// What is stored today is the newest golden file, and every golden file still means the same.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(golden: &str, expect: &T) {
    let stored: T = serde_json::from_str(golden).unwrap();
    assert_eq!(&stored, expect);
    let golden: serde_json::Value = serde_json::from_str(golden).unwrap();
    assert_eq!(serde_json::to_value(expect).unwrap(), golden);
}

fn specs() -> Vec<TriggerSpec> {
    let plain = TriggerSpec {
        rule: TriggerRule::OneTime { at: at("12:30:00.000001") },
        zone: "UTC".to_owned(),
        exclusions: ExclusionSpec::default(),
        start_at: None,
        end_at: None,
        policy: FiringPolicy::default(),
    };
    let interval = TriggerSpec {
        rule: TriggerRule::Interval { seconds: 90, anchor: at("12:00") },
        policy: FiringPolicy {
            misfire: MisfirePolicy::Skip,
            overlap: OverlapPolicy::Queue,
            lost_attempt: LostAttemptPolicy::Hold,
            ..FiringPolicy::default()
        },
        ..plain.clone()
    };
    let full = TriggerSpec {
        rule: TriggerRule::Cron {
            expression: "0 3 1-7 * 1".to_owned(),
            dialect: CronDialect::Hangfire,
        },
        zone: "Europe/Berlin".to_owned(),
        exclusions: ExclusionSpec {
            dates: [date(2026, 12, 25), date(2026, 1, 1)].into(),
            weekdays: [0, 6].into(),
            time_range: Some(("22:00".to_owned(), "06:00".to_owned())),
        },
        start_at: Some(at("00:00")),
        end_at: Some(at("2027-01-01T00:00")),
        policy: FiringPolicy {
            misfire: MisfirePolicy::All,
            max_lateness_seconds: Some(3_600),
            overlap: OverlapPolicy::CancelRunning,
            lost_attempt: LostAttemptPolicy::Fail,
            concurrency_max: Some(4),
            jitter_seconds: 30,
        },
    };
    vec![full, interval, plain]
}

fn rows() -> Vec<DecisionRow> {
    let decisions = [
        Decision::Fired,
        Decision::FiredLate,
        Decision::Skipped(SkipReason::Excluded("excluded date 2026-12-25".to_owned())),
        Decision::Skipped(SkipReason::Overlap),
        Decision::Skipped(SkipReason::QueueFull),
        Decision::Skipped(SkipReason::Paused),
        Decision::Skipped(SkipReason::Disabled),
        Decision::Skipped(SkipReason::Dependencies),
        Decision::Coalesced { into: at("12:00") },
        Decision::Missed(MissReason::Late),
        Decision::Missed(MissReason::TooLate),
        Decision::Missed(MissReason::CatchUpLimit),
    ];
    decisions.map(|decision| DecisionRow::one(at("10:00"), decision)).to_vec()
}

fn union_spec() -> TriggerSpec {
    let rule = TriggerRule::AnyCron {
        expressions: vec!["15 9 * * *".to_owned(), "45 17 * * *".to_owned()],
        dialect: CronDialect::Hangfire,
    };
    let policy = FiringPolicy { overlap: OverlapPolicy::Skip, ..FiringPolicy::default() };
    TriggerSpec { rule, policy, ..specs().remove(2) }
}

#[test]
fn what_was_ever_stored_reads_back() {
    check(include_str!("../golden/trigger_spec_any_cron_v1.json"), &union_spec());
    check(include_str!("../golden/trigger_specs_v1.json"), &specs());
    check(include_str!("../golden/decision_rows_v1.json"), &rows());
    check(include_str!("../golden/retry_policy_v1.json"), &RetryPolicy::default());
}

#[test]
fn what_a_spec_leaves_out_takes_its_default() {
    let least = r#"{"rule":{"type":"oneTime","at":"2026-01-05T12:30:00.000001Z"},"zone":"UTC"}"#;
    assert_eq!(serde_json::from_str::<TriggerSpec>(least).unwrap(), specs()[2]);
}

/// A node that does not know a field must not fire by the rest of the rule: a newer node will.
#[test]
fn a_field_of_a_later_version_is_refused() {
    let check = |spec: &str| {
        let problem = serde_json::from_str::<TriggerSpec>(spec).unwrap_err().to_string();
        assert!(problem.starts_with("unknown field `calendar`"), "{problem}");
    };
    check(r#"{"rule":{"type":"oneTime","at":"2026-01-05T12:30:00Z"},"zone":"UTC","calendar":1}"#);
    check(r#"{"rule":{"type":"oneTime","at":"2026-01-05T12:30:00Z","calendar":1},"zone":"UTC"}"#);
    let rule = r#""rule":{"type":"interval","seconds":1,"anchor":"2026-01-05T12:30:00Z"}"#;
    check(&format!(r#"{{{rule},"zone":"UTC","policy":{{"calendar":1}}}}"#));
    check(&format!(r#"{{{rule},"zone":"UTC","exclusions":{{"calendar":1}}}}"#));
}
