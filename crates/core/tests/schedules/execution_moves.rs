//! Every state of a schedule execution against every event, and the words for them.

use std::fmt::Write as _;

use horarium_core::{
    graph::RunEnd,
    schedule_run::{
        ScheduleExecutionEvent, ScheduleExecutionState, StepNames, SuccessWord, stopped_text,
    },
};

const EVENTS: [ScheduleExecutionEvent; 6] = [
    ScheduleExecutionEvent::Started,
    ScheduleExecutionEvent::Completed,
    ScheduleExecutionEvent::Failed,
    ScheduleExecutionEvent::CancelRequested,
    ScheduleExecutionEvent::Paused,
    ScheduleExecutionEvent::Resumed,
];

#[test]
fn every_state_against_every_event() {
    let mut table = String::new();
    for state in ScheduleExecutionState::ALL {
        for event in EVENTS {
            if let Ok(next) = state.after(event) {
                writeln!(table, "{state:?} --{event:?}--> {next:?}").unwrap();
            }
        }
        if state.is_final() {
            writeln!(table, "{state:?} (final)").unwrap();
        }
    }
    insta::assert_snapshot!(table, @r"
    Queued --Started--> InProgress
    Queued --Failed--> Failed
    Queued --CancelRequested--> Cancelled
    InProgress --Completed--> Completed
    InProgress --Failed--> Failed
    InProgress --CancelRequested--> Cancelled
    InProgress --Paused--> Paused
    Completed (final)
    Failed (final)
    Cancelled (final)
    Paused --Completed--> Completed
    Paused --Failed--> Failed
    Paused --CancelRequested--> Cancelled
    Paused --Resumed--> InProgress
    ");
}

#[test]
fn words_are_the_documented_ones() {
    let check = |state: ScheduleExecutionState, word: &str, newer: &str| {
        assert_eq!(state.name(SuccessWord::Completed), word);
        assert_eq!(state.name(SuccessWord::Complete), newer);
        for written in [word, newer, &word.to_uppercase(), &state.code().to_string()] {
            assert_eq!(ScheduleExecutionState::from_word(written), Some(state), "{written}");
        }
    };
    check(ScheduleExecutionState::Queued, "Queued", "Queued");
    check(ScheduleExecutionState::InProgress, "InProgress", "InProgress");
    check(ScheduleExecutionState::Completed, "Completed", "Complete");
    check(ScheduleExecutionState::Failed, "Failed", "Failed");
    check(ScheduleExecutionState::Cancelled, "Cancelled", "Cancelled");
    check(ScheduleExecutionState::Paused, "Paused", "Paused");
    for unknown in ["", "Done", "6", "-1", "Completed with Warning"] {
        assert_eq!(ScheduleExecutionState::from_word(unknown), None, "{unknown}");
    }
}

#[test]
fn a_late_cancel_is_refused_in_jims_words() {
    let refusal = ScheduleExecutionState::Completed.cancel_refusal(SuccessWord::Completed);
    assert_eq!(refusal, "Cannot cancel execution with status: Completed");
    let err = ScheduleExecutionState::Cancelled.after(ScheduleExecutionEvent::Completed);
    assert_eq!(
        err.unwrap_err().to_string(),
        "a schedule execution that is Cancelled cannot take Completed"
    );
}

#[test]
fn a_warning_is_no_word_for_an_execution() {
    let check = |end, event| assert_eq!(ScheduleExecutionEvent::of(end), event);
    check(RunEnd::Succeeded, ScheduleExecutionEvent::Completed);
    check(RunEnd::Warned, ScheduleExecutionEvent::Completed);
    check(RunEnd::Failed, ScheduleExecutionEvent::Failed);
    check(RunEnd::Cancelled, ScheduleExecutionEvent::CancelRequested);
}

#[test]
fn the_error_text_names_the_steps_that_stopped_it() {
    assert_eq!(
        stopped_text(&["HR - Export", "Step 2"]),
        "Step 'HR - Export, Step 2' failed and ContinueOnFailure is false."
    );
}

#[test]
fn a_step_is_called_by_its_own_name_then_its_target_then_its_place() {
    let check = |own: &str, system: &str, profile: &str, in_steps: &str, in_progress: &str| {
        let name = |text: &str| (text != "none").then(|| text.to_owned());
        let names = StepNames {
            own: name(own),
            connected_system: name(system),
            run_profile: name(profile),
        };
        assert_eq!(
            (names.in_steps(2), names.in_progress(2)),
            (in_steps.into(), in_progress.into())
        );
    };
    check("Import", "HR", "Delta", "Import", "HR - Delta");
    check("none", "HR", "Delta", "HR - Delta", "HR - Delta");
    check(" ", "HR", "none", "Step 3", "Step 3");
    check("Import", "none", "none", "Import", "Import");
}
