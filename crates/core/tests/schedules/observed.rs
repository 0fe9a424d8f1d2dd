//! What a stored step is called.

use horarium_core::{
    ExecutionState,
    graph::NodeState,
    run::RunState,
    schedule_run::{Observed, ScheduleExecutionState, StepOutcome, StepState},
};

#[test]
fn a_step_is_what_its_node_and_its_execution_say() {
    use ExecutionState as E;
    use NodeState as N;
    use StepOutcome as O;
    let check = |node, execution: Option<ExecutionState>, text, stopping, expect| {
        let observed = Observed { node, execution, has_text: text, is_stopping: stopping };
        assert_eq!(StepState::of_observed(observed), expect, "{observed:?}");
    };
    let running = |execution, text, expect| {
        check(N::Running, Some(execution), text, false, expect);
    };
    running(E::Pending, false, StepState::Queued);
    running(E::Pending, true, StepState::Queued);
    running(E::Running, false, StepState::Processing);
    running(E::Succeeded, false, StepState::Ended(O::Completed));
    running(E::Succeeded, true, StepState::Ended(O::CompletedWithWarning));
    running(E::Failed, true, StepState::Ended(O::Failed));
    running(E::Cancelled, true, StepState::Ended(O::Cancelled));
    check(N::Running, None, false, false, StepState::Ended(O::Failed));
    check(N::Succeeded, None, false, false, StepState::Ended(O::Completed));
    check(N::Warned, Some(E::Succeeded), true, false, StepState::Ended(O::CompletedWithWarning));
    check(N::Failed, Some(E::Failed), true, false, StepState::Ended(O::Failed));
    check(N::Skipped, None, false, false, StepState::Skipped);
    check(N::Waiting, None, false, false, StepState::Pending);
    check(N::Cancelled, Some(E::Cancelled), true, true, StepState::Cancelling);
    check(N::Cancelled, Some(E::Cancelled), true, false, StepState::Ended(O::Cancelled));
}

#[test]
fn a_run_has_jims_word_and_back() {
    for state in RunState::ALL {
        let word = ScheduleExecutionState::of_run(state);
        assert!(word.run_states().contains(&state), "{state:?}");
        assert_eq!(word.is_final(), state.is_final());
    }
    assert!(ScheduleExecutionState::Paused.run_states().is_empty(), "nothing is ever paused");
}
