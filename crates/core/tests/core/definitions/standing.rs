//! What `isEnabled` makes of each standing.

use horarium_core::{JobDraft, Standing, Trigger};

use super::{defined, noon};
use crate::drafts::{at, cron};

fn amended(standing: Standing, is_enabled: Option<bool>, new_times: bool) -> Trigger {
    let (job, trigger) = defined(cron("0 * * * *"));
    let trigger = Trigger { standing, ..trigger };
    let draft = if new_times { cron("30 * * * *") } else { JobDraft::default() };
    job.amend(&trigger, JobDraft { is_enabled, ..draft }, at("14:10")).unwrap().1
}

#[test]
fn is_enabled_moves_the_standing() {
    let check = |standing: Standing, is_enabled, new_times, expect: Standing| {
        let told = format!("{standing:?} {is_enabled:?} {new_times}");
        assert_eq!(amended(standing, is_enabled, new_times).standing, expect, "{told}");
    };
    let paused = || Standing::Paused { until: Some(at("23:00")), reason: Some("upgrade".into()) };
    for new_times in [false, true] {
        check(Standing::Enabled, Some(true), new_times, Standing::Enabled);
        check(Standing::Enabled, None, new_times, Standing::Enabled);
        check(Standing::Disabled, Some(true), new_times, Standing::Enabled);
        check(Standing::Disabled, None, new_times, Standing::Disabled);
        check(paused(), Some(true), new_times, paused());
        check(paused(), None, new_times, paused());
        for standing in [Standing::Enabled, Standing::Disabled, paused(), Standing::Completed] {
            check(standing, Some(false), new_times, Standing::Disabled);
        }
    }
    check(Standing::Completed, Some(true), false, Standing::Completed);
    check(Standing::Completed, None, false, Standing::Completed);
    check(Standing::Completed, Some(true), true, Standing::Enabled);
    check(Standing::Completed, None, true, Standing::Enabled);
}

#[test]
fn what_passed_while_disabled_is_not_made_up() {
    let enabled = amended(Standing::Disabled, Some(true), false);
    assert_eq!((enabled.cursor, enabled.next_run_at), (at("14:10"), Some(at("15:00"))));
    let disabled = amended(Standing::Enabled, Some(false), false);
    assert_eq!((disabled.cursor, disabled.next_run_at, disabled.wake_at), (noon(), None, None));
}

#[test]
fn a_paused_trigger_wakes_at_the_end_of_its_pause_only() {
    let until = Some(at("23:00"));
    let paused = amended(Standing::Paused { until, reason: None }, None, true);
    assert_eq!((paused.next_run_at, paused.wake_at), (None, until));
    let paused = amended(Standing::Paused { until: None, reason: None }, None, true);
    assert_eq!((paused.next_run_at, paused.wake_at), (None, None));
}

#[test]
fn a_job_defined_disabled_waits_for_nothing() {
    let (_, trigger) = defined(JobDraft { is_enabled: Some(false), ..cron("0 * * * *") });
    assert_eq!((trigger.standing, trigger.wake_at), (Standing::Disabled, None));
}
