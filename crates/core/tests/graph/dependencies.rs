//! When a held execution may start, and which dependencies are refused.

use horarium_core::{
    ExecutionState, JobId,
    dependencies::{
        Condition, Dependencies, DependencyError, PREREQUISITES_MAX, Prerequisites, Readiness,
    },
};
use uuid::Uuid;

fn job(number: usize) -> JobId {
    JobId(Uuid::from_u128(number as u128))
}

fn jobs(numbers: &[usize]) -> Vec<JobId> {
    numbers.iter().copied().map(job).collect()
}

#[test]
fn readiness_by_condition_and_latest_end() {
    use ExecutionState::{Cancelled, Failed, Succeeded};
    let check = |condition, latest: [Option<ExecutionState>; 2], waits: Option<&[usize]>| {
        let dependencies = Dependencies { prerequisites: jobs(&[0, 1]), condition };
        let readiness = dependencies.readiness(|JobId(id)| latest[usize::from(id == job(1).0)]);
        let expected = waits
            .map_or(Readiness::Met, |numbers| Readiness::NotMet { waiting_for: jobs(numbers) });
        assert_eq!(readiness, expected, "{condition:?} {latest:?}");
    };
    check(Condition::AllSucceeded, [Some(Succeeded), Some(Succeeded)], None);
    check(Condition::AllSucceeded, [Some(Succeeded), Some(Failed)], Some(&[1]));
    check(Condition::AllSucceeded, [None, Some(Cancelled)], Some(&[0, 1]));
    check(Condition::AnySucceeded, [Some(Failed), Some(Succeeded)], None);
    check(Condition::AnySucceeded, [Some(Succeeded), None], None);
    check(Condition::AnySucceeded, [Some(Failed), None], Some(&[0, 1]));
}

#[test]
fn nothing_to_wait_for_is_met() {
    for condition in Condition::ALL {
        let dependencies = Dependencies { prerequisites: vec![], condition };
        assert_eq!(dependencies.readiness(|_| None), Readiness::Met);
        assert_eq!(Condition::from_code(condition.code()), Some(condition));
    }
}

fn define(job_number: usize, on: Vec<JobId>, others: &[(usize, &[usize])]) -> String {
    let others: Prerequisites = others.iter().map(|(from, to)| (job(*from), jobs(to))).collect();
    match Dependencies::define(job(job_number), on, Condition::AllSucceeded, &others) {
        Ok(dependencies) => format!("{} jobs", dependencies.prerequisites.len()),
        Err(DependencyError::Cycle { path }) => {
            let numbers: Vec<String> =
                path.iter().map(|JobId(id)| id.as_u128().to_string()).collect();
            format!("cycle {}", numbers.join(" "))
        }
        Err(err) => err.to_string(),
    }
}

#[test]
fn dependencies_that_cannot_be_met_are_refused() {
    let others: &[(usize, &[usize])] = &[(2, &[3, 4]), (3, &[5]), (4, &[5]), (1, &[9])];
    let check = |job_number, on: &[usize], says: &str| {
        assert_eq!(define(job_number, jobs(on), others), says, "{job_number} on {on:?}");
    };
    check(1, &[2], "1 jobs");
    check(1, &[2, 3, 2], "2 jobs");
    check(1, &[], "at least one job must be given");
    check(1, &[2, 1], "a job cannot depend on itself");
    check(5, &[2], "cycle 5 2 3 5");
    check(5, &[1, 4], "cycle 5 4 5");
    // What the job waited for before is replaced, so it closes no cycle.
    check(9, &[1], "cycle 9 1 9");
    check(1, &[3], "1 jobs");
}

#[test]
fn the_message_names_the_cycle() {
    let others = Prerequisites::from([(job(2), jobs(&[1]))]);
    let err = Dependencies::define(job(1), jobs(&[2]), Condition::AnySucceeded, &others);
    insta::assert_snapshot!(
        err.unwrap_err(),
        @"the dependencies form a cycle: 00000000-0000-0000-0000-000000000001 -> 00000000-0000-0000-0000-000000000002 -> 00000000-0000-0000-0000-000000000001"
    );
}

#[test]
fn a_hundred_prerequisites_are_the_most() {
    let most: Vec<JobId> = (1..=PREREQUISITES_MAX).map(job).collect();
    assert_eq!(define(0, most.clone(), &[]), "100 jobs");
    let more = most.into_iter().chain([job(101)]).collect();
    assert_eq!(define(0, more, &[]), "a job waits for at most 100 others, these are 101");
}

#[test]
fn a_chain_of_a_ten_thousand_jobs_is_walked() {
    let others: Prerequisites =
        (1..10_000).map(|number| (job(number), jobs(&[number + 1]))).collect();
    let last = Dependencies::define(job(10_000), jobs(&[1]), Condition::AllSucceeded, &others);
    assert!(matches!(last, Err(DependencyError::Cycle { path }) if path.len() == 10_001));
}
