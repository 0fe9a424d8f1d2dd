//! Activity status and step state, there and back.

use horarium_core::schedule_run::{ActivityStatus, StepState};

#[test]
fn every_step_has_its_activity_status() {
    let told = StepState::ALL
        .map(|state| format!("{state:?}: {}", ActivityStatus::of(state).map_or("-", |s| s.name())));
    insta::assert_snapshot!(told.join("\n"), @r"
    Pending: -
    Queued: InProgress
    Processing: InProgress
    Cancelling: InProgress
    Ended(Completed): Complete
    Ended(CompletedWithWarning): CompleteWithWarning
    Ended(CompletedWithError): CompleteWithError
    Ended(Failed): FailedWithError
    Ended(Cancelled): Cancelled
    Skipped: -
    ");
}

#[test]
fn a_finished_activity_gives_back_the_outcome() {
    for state in StepState::ALL {
        let outcome = ActivityStatus::of(state).and_then(ActivityStatus::outcome);
        let expected = match state {
            StepState::Ended(outcome) => Some(outcome),
            _ => None,
        };
        assert_eq!(outcome, expected);
    }
    for status in ActivityStatus::ALL {
        assert_eq!(ActivityStatus::from_name(status.name()), Some(status));
    }
    assert_eq!(ActivityStatus::NotSet.outcome(), None);
    assert_eq!(ActivityStatus::from_name("Completed"), None);
}
