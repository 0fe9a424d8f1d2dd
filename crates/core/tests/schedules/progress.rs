//! Position and progress: T11, T12, T16 to T18 of `reference/jim.md` §7.

use horarium_core::schedule_run::{
    Place, Position, Progress, ProgressStep, ScheduleExecutionState, StepOutcome, StepState,
    StepStatus,
};
use proptest::{prelude::*, test_runner::RngSeed};

const DONE: StepState = StepState::Ended(StepOutcome::Completed);
const WARNED: StepState = StepState::Ended(StepOutcome::CompletedWithWarning);
const FAILED: StepState = StepState::Ended(StepOutcome::Failed);

/// The labels of the steps, and `current of total`.
fn shown(execution: ScheduleExecutionState, steps: &[(usize, StepState)]) -> String {
    let position = Position::of(steps.iter().copied()).unwrap();
    let label = |(ordinal, state): &(usize, StepState)| {
        StepStatus::of(*state, execution, position.place_of(*ordinal)).label()
    };
    let labels: Vec<&str> = steps.iter().map(label).collect();
    let (current, total) = (position.current_step_index(), position.total_steps());
    format!("{}; {current} of {total}", labels.join(", "))
}

#[test]
fn labels_and_numbers_at_every_stage() {
    use ScheduleExecutionState as E;
    use StepState::{Pending, Processing, Queued, Skipped};
    let check = |execution, states: [StepState; 3], says: &str| {
        let steps: Vec<(usize, StepState)> = states.into_iter().enumerate().collect();
        assert_eq!(shown(execution, &steps), says);
    };
    check(E::Queued, [Pending, Pending, Pending], "Pending, Pending, Pending; 0 of 3");
    check(E::InProgress, [Queued, Pending, Pending], "Queued, Pending, Pending; 0 of 3");
    check(E::InProgress, [DONE, Processing, Pending], "Completed, Processing, Pending; 1 of 3");
    check(E::Failed, [DONE, FAILED, Skipped], "Completed, Failed, Pending; 1 of 3");
    check(
        E::Completed,
        [DONE, WARNED, DONE],
        "Completed, Completed with Warning, Completed; 2 of 3",
    );
    check(
        E::Cancelled,
        [DONE, StepState::Cancelling, Skipped],
        "Completed, Cancelling, Cancelled; 1 of 3",
    );
}

#[test]
fn without_steps_there_is_no_position() {
    assert_eq!(Position::of([]), None);
}

#[test]
fn places_are_before_at_and_after_the_group_reached() {
    let position =
        Position::of([(0, DONE), (1, StepState::Queued), (2, StepState::Pending)]).unwrap();
    let places = [0, 1, 2].map(|ordinal| position.place_of(ordinal));
    assert_eq!(places, [Place::Behind, Place::Current, Place::Ahead]);
}

fn progress(steps: &[(usize, StepStatus)]) -> Progress {
    let last = steps.iter().map(|(ordinal, _)| *ordinal).max().unwrap();
    let position = Position::of((0..=last).map(|ordinal| (ordinal, StepState::Pending))).unwrap();
    let step = |(ordinal, status): &(usize, StepStatus)| ProgressStep {
        ordinal: *ordinal,
        name: format!("{ordinal} {}", status.label()),
        status: *status,
    };
    Progress::of(position, &steps.iter().map(step).collect::<Vec<_>>())
}

#[test]
fn one_word_for_a_group() {
    use StepStatus as S;
    let check = |members: &[S], together: S| {
        let steps: Vec<(usize, S)> = members.iter().map(|status| (0, *status)).collect();
        assert_eq!(progress(&steps).groups[0].status, together, "{members:?}");
    };
    check(&[S::Completed, S::Failed, S::Processing], S::Failed);
    check(&[S::CompletedWithError, S::Processing], S::CompletedWithError);
    check(&[S::Cancelling, S::Processing], S::Cancelling);
    check(&[S::Cancelled, S::Processing], S::Processing);
    check(&[S::Cancelled, S::Completed], S::Cancelled);
    check(&[S::Completed, S::CompletedWithWarning], S::CompletedWithWarning);
    check(&[S::Completed, S::Completed], S::Completed);
    check(&[S::Completed, S::Waiting], S::Processing);
    check(&[S::CompletedWithWarning, S::Queued], S::Processing);
    check(&[S::Queued, S::Waiting], S::Queued);
    check(&[S::Waiting, S::Waiting], S::Waiting);
    check(&[S::Pending, S::Waiting], S::Waiting);
    check(&[S::Pending], S::Pending);
    check(&[S::Unknown], S::Pending);
}

#[test]
fn the_sample_of_the_reference() {
    let steps = [
        (0, StepState::Ended(StepOutcome::CompletedWithWarning)),
        (1, StepState::Processing),
        (1, FAILED),
        (2, StepState::Pending),
    ];
    let position = Position::of(steps).unwrap();
    let name = ["HR - Full Import", "A", "B", "AD - Export"];
    let step = |((ordinal, state), name): (&(usize, StepState), &str)| ProgressStep {
        ordinal: *ordinal,
        name: name.to_owned(),
        status: StepStatus::of(
            *state,
            ScheduleExecutionState::InProgress,
            position.place_of(*ordinal),
        ),
    };
    let steps: Vec<ProgressStep> = steps.iter().zip(name).map(step).collect();
    let progress = Progress::of(position, &steps);
    assert_eq!((progress.current_step_number, progress.total_steps), (2, 3));
    let told: Vec<String> = progress
        .groups
        .iter()
        .map(|group| {
            let members: Vec<&str> = group.task_statuses.iter().map(|s| s.name()).collect();
            let (index, name, status) = (group.step_index, &group.name, group.status.name());
            format!("{index} {name}: {status} {members:?} {}", group.is_parallel)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    0 HR - Full Import: CompletedWithWarning ["CompletedWithWarning"] false
    1 2 in parallel: Failed ["Failed", "Processing"] true
    2 AD - Export: Pending ["Pending"] false
    "#);
}

#[test]
fn a_lone_failure_comes_first_of_twelve() {
    let mut steps = vec![(0, StepStatus::Completed); 11];
    steps.push((0, StepStatus::Failed));
    let group = &progress(&steps).groups[0];
    assert_eq!(group.task_statuses[0], StepStatus::Failed);
    assert_eq!((group.task_statuses.len(), group.name.as_str()), (12, "12 in parallel"));
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_client_never_computes_more_than_100_percent(
        steps in prop::collection::vec((0_u32..20, prop::sample::select(&StepState::ALL[..])), 1..20),
    ) {
        let indexes: Vec<u32> = steps.iter().map(|(index, _)| *index).collect();
        let ordinals = horarium_core::graph::group_ordinals(&indexes);
        let states = steps.iter().map(|(_, state)| *state);
        let position = Position::of(ordinals.into_iter().zip(states)).unwrap();
        prop_assert!(position.current_step_index() < position.total_steps());
        prop_assert!(position.total_steps() <= steps.len());
    }
}
