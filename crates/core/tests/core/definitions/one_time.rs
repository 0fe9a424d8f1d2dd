//! A one-time job runs once, whatever is done to it later.

use horarium_core::{
    Job, JobDraft, Standing, Trigger,
    job::{PolicyDraft, ScheduleDraft},
    trigger::{ExclusionSpec, MisfirePolicy},
};

use super::{defined, refusal};
use crate::{
    drafts::{at, cron, once, scheduled, with_policy},
    ledger::Ledger,
};

/// A job that ran at 12:30.
fn completed() -> (Job, Trigger) {
    let mut ledger = Ledger::new(once(at("12:30")), at("12:00"));
    ledger.look(at("12:30"), 0);
    assert_eq!(ledger.trigger.standing, Standing::Completed);
    (ledger.job, ledger.trigger)
}

#[test]
fn no_change_but_another_run_at_makes_it_run_again() {
    let check = |change: JobDraft| {
        let (job, trigger) = completed();
        let told = format!("{change:?}");
        let (_, changed) = job.amend(&trigger, change, at("13:00")).unwrap();
        assert_eq!((changed.standing, changed.wake_at), (Standing::Completed, None), "{told}");
        assert_eq!(changed.cursor, trigger.cursor, "{told}");
    };
    check(JobDraft { name: Some("renamed".to_owned()), ..JobDraft::default() });
    check(JobDraft { is_enabled: Some(true), ..JobDraft::default() });
    check(once(at("12:30")));
    let policy = PolicyDraft { misfire: Some(MisfirePolicy::All), ..PolicyDraft::default() };
    check(with_policy(JobDraft::default(), policy));
    let zone = ScheduleDraft { zone: Some("Asia/Tokyo".to_owned()), ..ScheduleDraft::default() };
    check(scheduled(zone));
    let exclusions = ExclusionSpec { weekdays: [6].into(), ..ExclusionSpec::default() };
    check(scheduled(ScheduleDraft {
        exclusions: Some(exclusions),
        end_at: Some(at("23:00")),
        ..ScheduleDraft::default()
    }));
}

#[test]
fn another_run_at_revives_it() {
    let check = |run_at: &str, now: &str| {
        let (job, trigger) = completed();
        let (_, changed) = job.amend(&trigger, once(at(run_at)), at(now)).unwrap();
        assert_eq!((changed.standing, changed.wake_at), (Standing::Enabled, Some(at(run_at))));
    };
    check("14:00", "13:00");
    check("12:45", "13:00");
    check("12:00", "13:00");
    let (job, trigger) = completed();
    let (_, changed) = job.amend(&trigger, cron("0 * * * *"), at("13:30")).unwrap();
    assert_eq!((changed.standing, changed.wake_at), (Standing::Enabled, Some(at("14:00"))));
}

#[test]
fn switching_it_off_and_on_does_not_run_it_again() {
    let (job, trigger) = completed();
    let switch = |on| JobDraft { is_enabled: Some(on), ..JobDraft::default() };
    let (job, off) = job.amend(&trigger, switch(false), at("13:00")).unwrap();
    assert_eq!(off.standing, Standing::Disabled);
    let (_, on) = job.amend(&off, switch(true), at("13:01")).unwrap();
    assert_eq!((on.standing, on.wake_at), (Standing::Completed, None));
}

#[test]
fn its_instant_must_lie_in_its_bounds() {
    let mut draft = once(at("14:00"));
    draft.schedule.end_at = Some(at("13:00"));
    assert_eq!(
        refusal(super::define(draft)),
        "endAt: nothing would ever be due under this schedule"
    );
    let mut draft = once(at("14:00"));
    draft.schedule.exclusions =
        Some(ExclusionSpec { weekdays: [1].into(), ..ExclusionSpec::default() });
    assert_eq!(
        refusal(super::define(draft)),
        "exclusions: the exclusions leave no instant at which it could run"
    );
    let (_, trigger) = defined(once(at("14:00")));
    assert_eq!(trigger.next_run_at, Some(at("14:00")));
}
