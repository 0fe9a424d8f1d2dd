//! Which steps a schedule takes, and what a request changes in them.

use horarium_core::{
    JobId,
    graph::{NODES_MAX, OnFailure},
    job::JobType,
    schedule_step::{StepFields, StepType, StepWork, check_steps},
};
use serde_json::json;
use uuid::Uuid;

use crate::pattern_texts::text;

fn of(step_type: StepType) -> StepFields {
    StepFields { step_type: Some(step_type), ..StepFields::default() }
}

fn job() -> StepFields {
    StepFields { job_id: Some(JobId(Uuid::nil())), ..of(StepType::Job) }
}

fn said(steps: &[StepFields]) -> String {
    check_steps(steps).map_or_else(|violations| violations.to_string(), |()| "fine".to_owned())
}

#[test]
fn what_a_type_needs_is_asked_for_in_jims_words() {
    let check = |step: StepFields, says: &str| assert_eq!(said(&[step]), says);
    let both = "steps[0].connectedSystemId: Connected System ID is required for RunProfile steps; \
                steps[0].runProfileId: Run Profile ID is required for RunProfile steps";
    check(StepFields::default(), both);
    check(
        StepFields {
            connected_system_id: Some(1),
            run_profile_id: Some(0),
            ..StepFields::default()
        },
        "steps[0].runProfileId: Run Profile ID is required for RunProfile steps",
    );
    check(
        of(StepType::PowerShell),
        "steps[0].scriptPath: Script path is required for PowerShell steps",
    );
    check(
        StepFields { executable_path: text(" "), ..of(StepType::Executable) },
        "steps[0].executablePath: Executable path is required for Executable steps",
    );
    check(
        of(StepType::SqlScript),
        "steps[0].sqlConnectionString: Connection string is required for SqlScript steps; \
         steps[0].sqlScriptPath: SQL script path is required for SqlScript steps",
    );
    check(of(StepType::Job), "steps[0].jobId: Job ID is required for Job steps");
    check(job(), "fine");
}

#[test]
fn bounds_are_the_documented_ones() {
    let check = |step: StepFields, says: &str| assert_eq!(said(&[job(), step]), says);
    check(StepFields { step_index: Some(1_000), timeout_seconds: Some(86_400), ..job() }, "fine");
    check(
        StepFields { step_index: Some(1_001), timeout_seconds: Some(0), ..job() },
        "steps[1].stepIndex: must be between 0 and 1000; \
         steps[1].timeoutSeconds: must be between 1 and 86400",
    );
    check(StepFields { name: Some("x".repeat(200)), ..job() }, "fine");
    check(
        StepFields { name: Some("x".repeat(201)), ..job() },
        "steps[1].name: must have at most 200 characters",
    );
    check(
        StepFields { arguments: text("\0"), ..job() },
        "steps[1].arguments: must not contain the character U+0000",
    );
}

#[test]
fn a_schedule_has_any_number_of_steps_up_to_a_thousand() {
    assert_eq!(said(&[]), "fine");
    assert_eq!(said(&vec![job(); NODES_MAX]), "fine");
    let one_more = vec![job(); NODES_MAX + 1];
    assert_eq!(said(&one_more), "steps: must be at most 1000 steps, these are 1001");
}

#[test]
fn a_step_sent_back_without_its_sql_fields_keeps_them() {
    let stored = StepFields {
        timeout_seconds: Some(60),
        sql_connection_string: text("secret://db"),
        sql_script_path: text("a.sql"),
        ..of(StepType::SqlScript)
    };
    let request = StepFields {
        step_index: Some(2),
        on_failure: Some(OnFailure::Continue),
        ..of(StepType::SqlScript)
    };
    let changed = stored.clone().amend(request);
    assert_eq!(changed.sql_script_path, stored.sql_script_path);
    assert_eq!(said(std::slice::from_ref(&changed)), "fine");
    let spec = changed.spec(Uuid::nil());
    assert_eq!((spec.step_index, spec.on_failure), (2, OnFailure::Continue));
}

#[test]
fn a_step_is_work_of_its_type() {
    let check = |step: StepFields, job_type: JobType, configuration: serde_json::Value| {
        assert_eq!(step.work(), Ok(Some(StepWork { job_type, configuration })));
    };
    check(
        StepFields {
            executable_path: text("/opt/backup "),
            arguments: text("--name '{{Job.Name}} x'"),
            ..of(StepType::Executable)
        },
        JobType::Executable,
        json!({
            "executablePath": "/opt/backup", "arguments": ["--name", "{{Job.Name}} x"],
            "workingDirectory": null
        }),
    );
    check(
        StepFields {
            script_path: text("/scripts/a.ps1"),
            working_directory: text("/work"),
            ..of(StepType::PowerShell)
        },
        JobType::PowerShell,
        json!({"scriptPath": "/scripts/a.ps1", "arguments": [], "workingDirectory": "/work"}),
    );
    check(
        StepFields {
            sql_connection_string: text("reports"),
            sql_script_path: text("/scripts/a.sql"),
            ..of(StepType::SqlScript)
        },
        JobType::SqlScript,
        json!({"databaseConnectionStringName": "reports", "scriptPath": "/scripts/a.sql"}),
    );
    check(
        StepFields {
            connected_system_id: Some(3),
            run_profile_id: Some(8),
            ..of(StepType::RunProfile)
        },
        JobType::RunProfile,
        json!({"connectedSystemId": 3, "runProfileId": 8}),
    );
    assert_eq!(job().work(), Ok(None));
}

#[test]
fn arguments_with_an_open_quote_are_refused() {
    let step = StepFields {
        executable_path: text("/opt/backup"),
        arguments: text("'a"),
        ..of(StepType::Executable)
    };
    assert_eq!(said(&[step]), "steps[0].arguments: the quote ' is not closed");
}
