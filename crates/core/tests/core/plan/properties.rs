//! Whatever happens to a trigger, every due instant gets one decision.

use horarium_core::{
    JobDraft, Standing,
    job::{PolicyDraft, ScheduleDraft},
    plan::CATCH_UP_MAX,
    trigger::{ExclusionSpec, MisfirePolicy, OverlapPolicy},
};
use jiff::Timestamp;
use proptest::{prelude::*, test_runner::RngSeed};

use crate::{
    drafts::{at, cron, every, later, scheduled},
    ledger::Ledger,
};

#[derive(Clone, Debug)]
enum Happening {
    Ahead { seconds: i64 },
    Back { seconds: i64 },
    Look { n_live: u32 },
    Pause { seconds: Option<i64> },
    Resume,
    Enable(bool),
    Amend(Box<JobDraft>),
}

const TEXTS: [&str; 5] =
    ["*/7 * * * *", "30 2 * * *", "0 * * * mon-fri", "*/20 * * * * *", "15,45 1-3 * * *"];
const ZONES: [&str; 4] = ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
const MISFIRES: [MisfirePolicy; 3] =
    [MisfirePolicy::Latest, MisfirePolicy::All, MisfirePolicy::Skip];
const OVERLAPS: [OverlapPolicy; 4] =
    [OverlapPolicy::Allow, OverlapPolicy::Skip, OverlapPolicy::Queue, OverlapPolicy::CancelRunning];

fn times() -> impl Strategy<Value = JobDraft> {
    let rule = prop_oneof![
        prop::sample::select(&TEXTS[..]).prop_map(cron),
        (30_u64..20_000).prop_map(every),
    ];
    let exclusions = prop_oneof![
        3 => Just(ExclusionSpec::default()),
        1 => Just(ExclusionSpec { weekdays: [0, 6].into(), ..ExclusionSpec::default() }),
        1 => Just(ExclusionSpec {
            time_range: Some(("22:00".to_owned(), "02:00".to_owned())),
            ..ExclusionSpec::default()
        }),
    ];
    (rule, prop::sample::select(&ZONES[..]), exclusions).prop_map(|(draft, zone, exclusions)| {
        scheduled(ScheduleDraft {
            zone: Some(zone.to_owned()),
            exclusions: Some(exclusions),
            ..draft.schedule
        })
    })
}

fn policy() -> impl Strategy<Value = PolicyDraft> {
    (
        prop::sample::select(&MISFIRES[..]),
        prop::sample::select(&OVERLAPS[..]),
        prop::option::of(1_u32..7_200),
        0_u32..100,
    )
        .prop_map(|(misfire, overlap, max_lateness_seconds, jitter_seconds)| PolicyDraft {
            misfire: Some(misfire),
            overlap: Some(overlap),
            max_lateness_seconds,
            jitter_seconds: Some(jitter_seconds),
            ..PolicyDraft::default()
        })
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0_i64..100_000).prop_map(|seconds| Happening::Ahead { seconds }),
        1 => (0_i64..10_000).prop_map(|seconds| Happening::Back { seconds }),
        6 => (0_u32..3).prop_map(|n_live| Happening::Look { n_live }),
        1 => prop::option::of(0_i64..50_000).prop_map(|seconds| Happening::Pause { seconds }),
        1 => Just(Happening::Resume),
        1 => any::<bool>().prop_map(Happening::Enable),
        1 => times().prop_map(|draft| Happening::Amend(Box::new(draft))),
        1 => policy().prop_map(|policy| {
            Happening::Amend(Box::new(JobDraft { policy, ..JobDraft::default() }))
        }),
    ]
}

/// Lets it happen; answers the clock after it.
fn happen(ledger: &mut Ledger, happening: Happening, now: Timestamp) -> Timestamp {
    match happening {
        Happening::Ahead { seconds } => return later(now, seconds),
        Happening::Back { seconds } => return later(now, -seconds),
        Happening::Look { n_live } => look(ledger, now, n_live),
        Happening::Pause { seconds } => stand(ledger, now, |standing| match standing {
            Standing::Enabled => {
                let until = seconds.map(|seconds| later(now, seconds));
                Standing::Paused { until, reason: None }
            }
            other => other,
        }),
        Happening::Resume => stand(ledger, now, |standing| match standing {
            Standing::Paused { .. } => Standing::Enabled,
            other => other,
        }),
        Happening::Enable(on) => {
            ledger.amend(JobDraft { is_enabled: Some(on), ..JobDraft::default() }, now);
        }
        Happening::Amend(draft) => ledger.amend(*draft, now),
    }
    now
}

fn stand(ledger: &mut Ledger, now: Timestamp, change: impl Fn(Standing) -> Standing) {
    ledger.settle(now);
    ledger.trigger.standing = change(ledger.trigger.standing.clone());
    ledger.trigger = ledger.trigger.clone().scheduled(ledger.schedule());
}

fn look(ledger: &mut Ledger, now: Timestamp, n_live: u32) {
    let before = ledger.trigger.cursor;
    let plan = ledger.look(now, n_live);
    assert!(plan.cursor >= before, "the cursor went back");
    assert!(plan.firings.iter().all(|f| f.due_at <= now && f.due_at <= f.eligible_at), "early");
    if plan.standing == Standing::Enabled {
        assert!(plan.wake_at.unwrap() > plan.cursor, "{plan:?}");
    }
    if let Some(next) = plan.next_run_at {
        assert!(plan.wake_at.unwrap() <= next, "{plan:?}");
    }
    let n_firings_max = match ledger.trigger.spec.policy.misfire {
        MisfirePolicy::All => CATCH_UP_MAX,
        MisfirePolicy::Latest | MisfirePolicy::Skip => 1,
    };
    assert!(plan.firings.len() <= n_firings_max, "{plan:?}");
    if plan.wake_at.is_none_or(|wake_at| wake_at > now) {
        let again = ledger.plan(now, n_live);
        assert_eq!((again.decisions, again.grown_tail, again.cursor), (vec![], None, plan.cursor));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        max_shrink_iters: 2_000,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_due_instant_gets_one_decision(
        times in times(),
        policy in policy(),
        happenings in prop::collection::vec(happening(), 1..30),
    ) {
        let mut now = at("2026-03-06T12:00");
        let mut ledger = Ledger::new(JobDraft { policy, ..times }, now);
        for happening in happenings {
            let told = format!("{happening:?} at {now}");
            now = happen(&mut ledger, happening, now);
            ledger.check().map_err(|problem| TestCaseError::fail(format!("{told}: {problem}")))?;
        }
        ledger.catch_up(now);
        ledger.check().map_err(TestCaseError::fail)?;
    }
}
