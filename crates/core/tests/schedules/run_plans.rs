//! What a schedule's execution runs, read back from what was copied when it started.

use horarium_core::{
    JobId, JobType, RetryPolicy,
    graph::{Intent, NodeState, OnFailure, Outcomes},
    run::{JobStep, NO_STEPS, RunKind, RunPlan, StepDefinition, Work},
    schedule::Step,
    schedule_step::{STEP_TIMEOUT_SECONDS_MAX, StepFields, StepType},
};
use serde_json::json;
use uuid::Uuid;

fn step(n: u128, step_index: u32, fields: StepFields) -> Step {
    Step { id: Uuid::from_u128(n), fields: StepFields { step_index: Some(step_index), ..fields } }
}

fn program(name: Option<&str>) -> StepFields {
    StepFields {
        name: name.map(str::to_owned),
        step_type: Some(StepType::Executable),
        executable_path: Some("/bin/true".to_owned()),
        ..StepFields::default()
    }
}

fn plan(steps: &[Step]) -> RunPlan {
    RunPlan::read(RunKind::Schedule, &serde_json::to_string(steps).unwrap()).unwrap()
}

#[test]
fn steps_are_groups_of_work() {
    let job = StepFields {
        step_type: Some(StepType::Job),
        job_id: Some(JobId(Uuid::from_u128(70))),
        timeout_seconds: Some(30),
        ..StepFields::default()
    };
    let plan = plan(&[step(1, 0, program(Some("a"))), step(2, 1, job), step(3, 1, program(None))]);
    let work = |n: u128| plan.work(plan.graph.find(Uuid::from_u128(n)).unwrap()).clone();
    let configuration =
        json!({"executablePath": "/bin/true", "arguments": [], "workingDirectory": null});
    let definition = StepDefinition {
        name: "a".to_owned(),
        job_type: JobType::Executable,
        configuration,
        retry: RetryPolicy::none(),
        timeout_seconds: STEP_TIMEOUT_SECONDS_MAX,
    };
    assert_eq!(work(1), Work::Step(definition));
    let job_step = JobStep {
        name: "Step 2".to_owned(),
        job: JobId(Uuid::from_u128(70)),
        timeout_seconds: Some(30),
    };
    assert_eq!(work(2), Work::JobStep(job_step));
    assert_eq!(plan.job_timeout_seconds(Uuid::from_u128(2)), Some(30));
    assert_eq!(plan.job_timeout_seconds(Uuid::from_u128(1)), None);
    let first = plan.graph.find(Uuid::from_u128(1)).unwrap();
    for n in [2, 3] {
        let node = plan.graph.node(plan.graph.find(Uuid::from_u128(n)).unwrap());
        assert_eq!(node.depends_on, [first]);
        assert_eq!(node.on_failure, OnFailure::Stop);
    }
}

#[test]
fn no_steps_are_no_plan() {
    assert_eq!(RunPlan::read(RunKind::Schedule, "[]").unwrap_err(), NO_STEPS);
    assert!(RunPlan::read(RunKind::Schedule, "{").is_err());
}

#[test]
fn a_failed_execution_names_the_steps_that_stopped_it() {
    let goes_on = StepFields { on_failure: Some(OnFailure::Continue), ..program(Some("c")) };
    let three = [step(1, 0, program(Some("a"))), step(2, 0, program(None)), step(3, 0, goes_on)];
    let text = |plan: &RunPlan| {
        let failed = plan.graph.nodes().iter().map(|node| (node.id, NodeState::Failed));
        let outcomes = Outcomes::recorded(&plan.graph, Intent::Run, failed).unwrap();
        plan.stop_text(RunKind::Schedule, &outcomes)
    };
    let expect = "Step 'a, Step 1' failed and ContinueOnFailure is false.";
    assert_eq!(text(&plan(&three)), expect);
    let many: Vec<Step> = (0..23).map(|n| step(n, 0, program(Some("x")))).collect();
    let named = vec!["x"; 20].join(", ");
    let expect = format!("Step '{named}, 3 more' failed and ContinueOnFailure is false.");
    assert_eq!(text(&plan(&many)), expect);
}
