//! Where the grid of an interval begins, and what moves it.

use horarium_core::{
    JobDraft,
    job::{Bound, ScheduleDraft},
};
use jiff::Timestamp;

use super::defined;
use crate::drafts::{at, every, scheduled};

fn from(effective_from: Option<&str>, start_at: Option<&str>, seconds: u64) -> JobDraft {
    let mut draft = every(seconds);
    draft.schedule.effective_from = effective_from.map(at);
    draft.schedule.start_at = start_at.map(at);
    draft
}

#[test]
fn the_grid_begins_at_creation_at_effective_from_or_with_start_at() {
    let check = |effective_from, start_at, expect: &str| {
        let (_, trigger) = defined(from(effective_from, start_at, 3_600));
        let told = format!("{effective_from:?} {start_at:?}");
        assert_eq!(trigger.next_run_at, Some(at(expect)), "{told}");
    };
    check(None, None, "13:00");
    check(Some("12:30"), None, "13:30");
    check(Some("12:30:00.2"), None, "13:30:01");
    check(Some("11:30"), None, "12:30");
    check(None, Some("12:30"), "12:30");
    check(None, Some("12:30:00.2"), "12:30:01");
    check(None, Some("10:15"), "12:15");
    check(Some("12:30"), Some("15:00"), "15:30");
}

#[test]
fn only_a_change_of_the_interval_or_its_begin_moves_the_grid() {
    let check = |change: JobDraft, expect: &str| {
        let (job, trigger) = defined(from(None, Some("12:30"), 600));
        let told = format!("{change:?}");
        let (_, changed) = job.amend(&trigger, change, at("13:03")).unwrap();
        assert_eq!(changed.next_run_at, Some(at(expect)), "{told}");
    };
    check(JobDraft::default(), "12:30");
    check(every(600), "12:30");
    check(from(None, Some("12:30"), 600), "12:30");
    let zone = ScheduleDraft { zone: Some("Asia/Tokyo".to_owned()), ..ScheduleDraft::default() };
    check(scheduled(zone), "13:10");
    check(JobDraft { without: vec![Bound::StartAt], ..JobDraft::default() }, "13:10");
    check(every(1_200), "13:23");
    check(from(Some("14:00"), None, 600), "14:10");
    check(from(None, Some("14:00"), 600), "14:00");
}

#[test]
fn a_start_still_ahead_stays_the_first_instant_of_another_interval() {
    let (job, trigger) = defined(from(None, Some("14:07"), 600));
    let (_, changed) = job.amend(&trigger, every(3_600), at("12:30")).unwrap();
    let schedule = changed.spec.schedule(changed.owner).unwrap();
    let due: Vec<Timestamp> =
        std::iter::successors(changed.next_run_at, |at| schedule.next_due_after(*at))
            .take(2)
            .collect();
    assert_eq!(due, [at("14:07"), at("15:07")]);
}
