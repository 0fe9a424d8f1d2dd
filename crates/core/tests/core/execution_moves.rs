//! Every state against every event, in one picture.

use std::fmt::Write as _;

use horarium_core::{ExecutionEvent, ExecutionState};

const EVENTS: [ExecutionEvent; 8] = [
    ExecutionEvent::Claimed,
    ExecutionEvent::Succeeded,
    ExecutionEvent::Retried,
    ExecutionEvent::Failed,
    ExecutionEvent::Released,
    ExecutionEvent::LostThenPending,
    ExecutionEvent::LostForGood,
    ExecutionEvent::CancelRequested,
];

#[test]
fn every_state_against_every_event() {
    let mut table = String::new();
    for state in ExecutionState::ALL {
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
    Pending --Claimed--> Running
    Pending --CancelRequested--> Cancelled
    Running --Succeeded--> Succeeded
    Running --Retried--> Pending
    Running --Failed--> Failed
    Running --Released--> Pending
    Running --LostThenPending--> Pending
    Running --LostForGood--> Failed
    Running --CancelRequested--> Cancelled
    Succeeded (final)
    Failed (final)
    Cancelled (final)
    ");
}

#[test]
fn stored_codes_read_back() {
    for state in ExecutionState::ALL {
        assert_eq!(ExecutionState::from_code(state.code()), Some(state));
    }
    assert_eq!(ExecutionState::from_code(6), None);
}
