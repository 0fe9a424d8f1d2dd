//! Every state of a step against every event, and the words for them.

use std::fmt::Write as _;

use horarium_core::schedule_run::{
    Place, ScheduleExecutionState, StepEvent, StepOutcome, StepState, StepStatus,
};

fn events() -> Vec<StepEvent> {
    let ends = StepOutcome::ALL.map(StepEvent::Ended);
    [
        StepEvent::Queued,
        StepEvent::Started,
        StepEvent::Requeued,
        StepEvent::CancelRequested,
        StepEvent::Skipped,
    ]
    .into_iter()
    .chain(ends)
    .collect()
}

#[test]
fn every_state_against_every_event() {
    let mut table = String::new();
    for state in StepState::ALL {
        for event in events() {
            if let Ok(next) = state.after(event) {
                writeln!(table, "{state:?} --{event:?}--> {next:?}").unwrap();
            }
        }
        if state.is_final() {
            writeln!(table, "{state:?} (final), node {:?}", state.node_state()).unwrap();
        }
    }
    insta::assert_snapshot!(table, @r"
    Pending --Queued--> Queued
    Pending --Skipped--> Skipped
    Pending --Ended(Failed)--> Ended(Failed)
    Queued --Started--> Processing
    Queued --CancelRequested--> Ended(Cancelled)
    Queued --Ended(Completed)--> Ended(Completed)
    Queued --Ended(CompletedWithWarning)--> Ended(CompletedWithWarning)
    Queued --Ended(CompletedWithError)--> Ended(CompletedWithError)
    Queued --Ended(Failed)--> Ended(Failed)
    Queued --Ended(Cancelled)--> Ended(Cancelled)
    Processing --Requeued--> Queued
    Processing --CancelRequested--> Cancelling
    Processing --Ended(Completed)--> Ended(Completed)
    Processing --Ended(CompletedWithWarning)--> Ended(CompletedWithWarning)
    Processing --Ended(CompletedWithError)--> Ended(CompletedWithError)
    Processing --Ended(Failed)--> Ended(Failed)
    Processing --Ended(Cancelled)--> Ended(Cancelled)
    Cancelling --Ended(Completed)--> Ended(Cancelled)
    Cancelling --Ended(CompletedWithWarning)--> Ended(Cancelled)
    Cancelling --Ended(CompletedWithError)--> Ended(Cancelled)
    Cancelling --Ended(Failed)--> Ended(Cancelled)
    Cancelling --Ended(Cancelled)--> Ended(Cancelled)
    Ended(Completed) (final), node Succeeded
    Ended(CompletedWithWarning) (final), node Warned
    Ended(CompletedWithError) (final), node Failed
    Ended(Failed) (final), node Failed
    Ended(Cancelled) (final), node Cancelled
    Skipped (final), node Skipped
    ");
}

#[test]
fn a_move_of_a_step_is_a_move_of_its_node_or_none() {
    use horarium_core::graph::NodeEvent as N;
    let node_events = [N::Started, N::Succeeded, N::Warned, N::Failed, N::Skipped, N::Cancelled];
    for state in StepState::ALL {
        for next in events().into_iter().filter_map(|event| state.after(event).ok()) {
            let (from, to) = (state.node_state(), next.node_state());
            let is_move = node_events.iter().any(|event| from.after(*event) == Ok(to));
            assert!(from == to || is_move, "{state:?} to {next:?}");
        }
    }
}

#[test]
fn stored_codes_read_back() {
    for state in StepState::ALL {
        assert_eq!(StepState::from_code(state.code()), Some(state));
    }
    assert_eq!(StepState::from_code(11), None);
}

#[test]
fn a_program_that_complains_and_exits_0_has_a_warning() {
    let check = |exit_code, stderr_bytes, outcome| {
        assert_eq!(StepOutcome::of_process(exit_code, stderr_bytes), outcome);
    };
    check(Some(0), 0, StepOutcome::Completed);
    check(Some(0), 1, StepOutcome::CompletedWithWarning);
    check(Some(1), 0, StepOutcome::Failed);
    check(Some(-1), 9, StepOutcome::Failed);
    check(None, 0, StepOutcome::Failed);
}

#[test]
fn the_eleven_labels_are_the_published_ones() {
    let labels: Vec<&str> = StepStatus::ALL.into_iter().map(StepStatus::label).collect();
    insta::assert_snapshot!(labels.join(", "), @r"Pending, Waiting, Queued, Processing, Cancelling, Completed, Completed with Warning, Completed with Error, Failed, Cancelled, Unknown");
    let names: Vec<&str> = StepStatus::ALL.into_iter().map(StepStatus::name).collect();
    insta::assert_snapshot!(names.join(", "), @r"Pending, Waiting, Queued, Processing, Cancelling, Completed, CompletedWithWarning, CompletedWithError, Failed, Cancelled, Unknown");
}

#[test]
fn a_step_that_never_started_is_shown_by_its_place_and_its_execution() {
    use ScheduleExecutionState as E;
    let check = |state, execution, place, label: &str| {
        assert_eq!(StepStatus::of(state, execution, place).label(), label, "{execution:?}");
    };
    check(StepState::Pending, E::InProgress, Place::Current, "Waiting");
    check(StepState::Pending, E::InProgress, Place::Ahead, "Pending");
    check(StepState::Pending, E::Queued, Place::Current, "Pending");
    check(StepState::Pending, E::Paused, Place::Current, "Pending");
    check(StepState::Skipped, E::Failed, Place::Ahead, "Pending");
    check(StepState::Skipped, E::Cancelled, Place::Ahead, "Cancelled");
    check(StepState::Pending, E::Cancelled, Place::Current, "Cancelled");
    check(StepState::Cancelling, E::Cancelled, Place::Current, "Cancelling");
    let warned = StepState::Ended(StepOutcome::CompletedWithWarning);
    check(warned, E::InProgress, Place::Behind, "Completed with Warning");
}
