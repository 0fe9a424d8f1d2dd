//! Executions of schedules over the wire, from queued to every end (contract J1 to J8, J11, J16).

use horarium_server::settings::ScheduleSuccess;
use horarium_testkit::{Witness, eventually};
use serde_json::{Value, json};

use crate::{
    schedules::SCHEDULES,
    support::{SOON, TestServer, invalid, problem, text},
};

const EXECUTIONS: &str = "/api/v1/schedule-executions";
const FINAL: [&str; 4] = ["Completed", "Complete", "Failed", "Cancelled"];

impl TestServer {
    /// A step that runs a job which calls this path of the witness.
    async fn calling(&self, witness: &Witness, step_index: u32, path: &str) -> Value {
        let job = json!({
            "jobType": "HttpCall", "retryPolicy": {"maxAttempts": 0},
            "jobConfiguration": {"url": witness.url(path), "method": "POST", "body": "{}"}
        });
        json!({"stepIndex": step_index, "stepType": "Job", "jobId": self.job_id(job).await})
    }

    /// Runs a schedule, as `Start-JIMSchedule` does: an empty body that claims to be JSON.
    async fn run_schedule(&self, id: &Value) -> String {
        let path = format!("{SCHEDULES}/{}/run", text(id));
        let sent = self.admin.send("POST", &path, Some(("application/json", b"")));
        text(&sent.await.unwrap().expect_status(202).json()["executionId"])
    }

    async fn schedule_execution(&self, id: &str) -> Value {
        self.admin_get(&format!("{EXECUTIONS}/{id}")).await
    }

    /// The execution once `is_so`.
    async fn await_execution(&self, id: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        eventually(SOON, what, async || {
            let found = self.schedule_execution(id).await;
            is_so(&found).then_some(found)
        })
        .await
    }

    async fn await_end(&self, id: &str) -> Value {
        let is_final = |found: &Value| FINAL.contains(&found["status"].as_str().unwrap());
        self.await_execution(id, "the execution to end", is_final).await
    }

    async fn cancel_execution(&self, id: &str) -> horarium_testkit::Answer {
        let path = format!("{EXECUTIONS}/{id}/cancel");
        self.admin.send("POST", &path, Some(("application/json", b""))).await.unwrap()
    }
}

/// The statuses of the steps.
fn statuses(execution: &Value) -> Vec<&str> {
    execution["steps"].as_array().unwrap().iter().map(|s| s["status"].as_str().unwrap()).collect()
}

/// Every documented field is there with a value of its documented type.
#[track_caller]
fn check_shape(execution: &Value) {
    let is = |value: &Value, kind: &str| match kind {
        "text" => value.is_string(),
        "text?" => value.is_string() || value.is_null(),
        "number" => value.is_u64(),
        "number?" => value.is_u64() || value.is_null(),
        "flag" => value.is_boolean(),
        "list" => value.is_array(),
        "object?" => value.is_object() || value.is_null(),
        other => panic!("{other}"),
    };
    let check = |object: &Value, fields: &[(&str, &str)]| {
        for (field, kind) in fields {
            let value = object.get(field).unwrap_or_else(|| panic!("{field} is missing: {object}"));
            assert!(is(value, kind), "{field} is {value}, no {kind}");
        }
    };
    check(
        execution,
        &[
            ("id", "text"),
            ("scheduleId", "text"),
            ("scheduleName", "text"),
            ("status", "text"),
            ("currentStepIndex", "number"),
            ("totalSteps", "number"),
            ("queuedAt", "text"),
            ("startedAt", "text?"),
            ("completedAt", "text?"),
            ("initiatedByType", "text"),
            ("initiatedById", "text?"),
            ("initiatedByName", "text?"),
            ("errorMessage", "text?"),
            ("steps", "list"),
            ("progress", "object?"),
        ],
    );
    for step in execution["steps"].as_array().unwrap() {
        check(
            step,
            &[
                ("stepIndex", "number"),
                ("name", "text"),
                ("stepType", "text"),
                ("executionMode", "text"),
                ("connectedSystemId", "number?"),
                ("status", "text"),
                ("taskId", "text?"),
                ("startedAt", "text?"),
                ("completedAt", "text?"),
                ("errorMessage", "text?"),
                ("activityId", "text?"),
                ("activityStatus", "text?"),
                ("connectedSystemName", "text?"),
                ("runProfileId", "number?"),
                ("runProfileName", "text?"),
                ("continueOnFailure", "flag"),
            ],
        );
    }
    let (current, total) = (&execution["currentStepIndex"], &execution["totalSteps"]);
    assert!(current.as_u64() < total.as_u64(), "a client's percentage must stay below 100");
    assert_eq!(execution["progress"]["totalSteps"], *total);
    let number = execution["progress"]["currentStepNumber"].as_u64().unwrap();
    assert_eq!(number, current.as_u64().unwrap() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_run_one_after_the_other_and_are_shown_at_every_stage() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let steps = [
        server.calling(&witness, 0, "/slow/50").await,
        server.calling(&witness, 3, "/hang").await,
        server.calling(&witness, 3, "/ok").await,
        server.calling(&witness, 7, "/ok").await,
    ];
    let schedule = server.schedule(json!({"name": "Daily Delta Sync", "steps": steps})).await;
    let id = server.run_schedule(&schedule["id"]).await;
    let first = server.schedule_execution(&id).await;
    check_shape(&first);
    assert_eq!(first["scheduleName"], "Daily Delta Sync");
    assert_eq!((&first["totalSteps"], first["steps"].as_array().unwrap().len()), (&json!(3), 4));
    assert_eq!(first["initiatedByType"], "ApiKey");
    assert!(first["initiatedById"].is_string() && first["initiatedByName"].is_string());
    let second = ["Completed", "Processing", "Completed", "Pending"];
    let is_there = |found: &Value| statuses(found) == second;
    let middle = server.await_execution(&id, "the second group to hang", is_there).await;
    check_shape(&middle);
    assert_eq!((&middle["status"], &middle["currentStepIndex"]), (&json!("InProgress"), &json!(1)));
    let modes: Vec<&Value> =
        middle["steps"].as_array().unwrap().iter().map(|step| &step["executionMode"]).collect();
    assert_eq!(modes, ["Sequential", "Sequential", "ParallelWithPrevious", "Sequential"]);
    assert!(middle["steps"][3]["taskId"].is_null() && middle["steps"][3]["startedAt"].is_null());
    assert!(middle["steps"][1]["taskId"].is_string());
    assert_eq!(middle["progress"]["steps"][1]["name"], "2 in parallel");
    assert_eq!(middle["progress"]["steps"][1]["taskStatuses"], json!(["Completed", "Processing"]));
    let active = server.admin_get(&format!("{EXECUTIONS}/active")).await;
    assert_eq!(active[0]["id"], json!(id));

    let cancelled = server.cancel_execution(&id).await.expect_status(200).json();
    assert_eq!(cancelled["status"], "Cancelled");
    assert_eq!(cancelled["errorMessage"], "Cancelled by user");
    assert!(cancelled["completedAt"].is_string() && cancelled.get("steps").is_none());
    let stopped = ["Completed", "Cancelled", "Completed", "Cancelled"];
    let is_there = |found: &Value| statuses(found) == stopped;
    let end = server.await_execution(&id, "the step to stop", is_there).await;
    check_shape(&end);
    assert_eq!(end["status"], "Cancelled");
    assert!(end["steps"][1]["taskId"].is_string(), "it stays after the end");
    let again = server.cancel_execution(&id).await;
    let refused = problem(&again, 400, "Cancel schedule execution failed");
    assert_eq!(refused["message"], "Cannot cancel execution with status: Cancelled");
    assert_eq!(refused["code"], "BAD_REQUEST");
    assert_eq!(server.admin_get(&format!("{EXECUTIONS}/active")).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_stops_the_execution_unless_it_may_fail() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let steps = async |goes_on: bool| {
        let mut failing = server.calling(&witness, 0, "/status/500").await;
        failing["continueOnFailure"] = json!(goes_on);
        failing["name"] = json!("Import");
        json!([
            failing,
            server.calling(&witness, 0, "/ok").await,
            server.calling(&witness, 1, "/ok").await
        ])
    };
    let stopped = server.schedule(json!({"name": "stops", "steps": steps(false).await})).await;
    let id = server.run_schedule(&stopped["id"]).await;
    let failed = server.await_end(&id).await;
    check_shape(&failed);
    assert_eq!(failed["status"], "Failed");
    let text = "Step 'Import' failed and ContinueOnFailure is false.";
    assert_eq!(failed["errorMessage"], text);
    assert_eq!(statuses(&failed), ["Failed", "Completed", "Pending"]);
    assert!(failed["steps"][0]["errorMessage"].as_str().unwrap().contains("500"));
    assert!(failed["steps"][0]["startedAt"].is_string());
    assert!(failed["steps"][0]["completedAt"].is_string());
    let schedule =
        server.admin_get(&format!("{SCHEDULES}/{}", crate::support::text(&stopped["id"]))).await;
    assert_eq!(schedule["lastExecutionId"], json!(id));
    assert_eq!(schedule["lastExecutionStatus"], "Failed");
    assert_eq!(schedule["lastExecutionErrorMessage"], text);
    assert_eq!(
        (&schedule["lastExecutionCurrentStepIndex"], &schedule["lastExecutionTotalSteps"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(schedule["lastRunTime"], failed["queuedAt"]);
    assert!(schedule["lastUpdated"].is_null(), "running is no change");

    let goes_on = server.schedule(json!({"name": "goes on", "steps": steps(true).await})).await;
    let done = server.await_end(&server.run_schedule(&goes_on["id"]).await).await;
    assert_eq!((&done["status"], &done["errorMessage"]), (&json!("Completed"), &Value::Null));
    assert_eq!(statuses(&done), ["Failed", "Completed", "Completed"]);
    let refused = server.cancel_execution(&crate::support::text(&done["id"])).await;
    let refused = problem(&refused, 400, "Cancel schedule execution failed");
    assert_eq!(refused["message"], "Cannot cancel execution with status: Completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_steps_time_limit_is_enforced() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let mut step = server.calling(&witness, 0, "/hang").await;
    step["timeoutSeconds"] = json!(1);
    let schedule = server.schedule(json!({"steps": [step]})).await;
    let failed = server.await_end(&server.run_schedule(&schedule["id"]).await).await;
    assert_eq!(failed["status"], "Failed");
    let why = failed["steps"][0]["errorMessage"].as_str().unwrap();
    assert!(why.contains("timed out after 1 s"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn later_changes_of_a_schedule_change_nothing_in_its_executions() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let steps =
        [server.calling(&witness, 0, "/slow/300").await, server.calling(&witness, 1, "/ok").await];
    let schedule = server.schedule(json!({"name": "Before", "steps": steps})).await;
    let path = format!("{SCHEDULES}/{}", text(&schedule["id"]));
    let id = server.run_schedule(&schedule["id"]).await;
    let change = json!({"name": "After", "steps": []});
    server.admin.put(&path, &change).await.unwrap().expect_status(200);
    let answer = server.admin.send("POST", &format!("{path}/run"), None).await.unwrap();
    let refused = problem(&answer, 400, "Run schedule failed");
    assert_eq!(refused["message"], "Cannot run a schedule with no steps");
    server.admin.delete(&path).await.unwrap().expect_status(204);
    let done = server.await_end(&id).await;
    assert_eq!((&done["status"], &done["scheduleName"]), (&json!("Completed"), &json!("Before")));
    assert_eq!(statuses(&done), ["Completed", "Completed"]);
    let listed =
        server.admin_get(&format!("{EXECUTIONS}?scheduleId={}", text(&schedule["id"]))).await;
    assert_eq!(listed["totalCount"], 1, "its executions stay readable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_whose_job_is_deleted_fails_clearly() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let step = server.calling(&witness, 0, "/ok").await;
    server
        .operator
        .delete(&format!("/api/v1/scheduler/jobs/{}", text(&step["jobId"])))
        .await
        .unwrap()
        .expect_status(204);
    let schedule = server.schedule(json!({"steps": [step]})).await;
    let failed = server.await_end(&server.run_schedule(&schedule["id"]).await).await;
    assert_eq!(failed["status"], "Failed");
    let why = failed["steps"][0]["errorMessage"].as_str().unwrap();
    assert!(why.contains("deleted"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn manual_runs_may_overlap_and_lists_find_them() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let steps = [server.calling(&witness, 0, "/hang").await];
    let schedule = server.schedule(json!({"steps": steps})).await;
    let other = server
        .schedule(json!({"name": "other", "steps": [server.calling(&witness, 0, "/ok").await]}))
        .await;
    let (first, second) =
        (server.run_schedule(&schedule["id"]).await, server.run_schedule(&schedule["id"]).await);
    let done = server.run_schedule(&other["id"]).await;
    server.await_end(&done).await;
    let ids = async |query: &str| -> Vec<String> {
        let page = server.admin_get(&format!("{EXECUTIONS}?{query}")).await;
        page["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
    };
    assert_eq!(ids("").await, [done.clone(), second.clone(), first.clone()]);
    assert_eq!(
        ids("sortDescending=false&sortBy=queuedAt").await,
        [first.clone(), second.clone(), done.clone()]
    );
    assert_eq!(
        ids(&format!("scheduleId={}", text(&schedule["id"]))).await,
        [second.clone(), first.clone()]
    );
    assert_eq!(ids("status=Completed").await, [done.as_str()]);
    assert_eq!(ids("status=complete").await, [done.as_str()]);
    assert_eq!(ids("status=2").await, [done.as_str()]);
    assert_eq!(ids("status=InProgress&pageSize=1&page=2").await, [first.as_str()]);
    assert_eq!(ids("status=Paused").await, Vec::<String>::new());
    assert_eq!(ids("sortBy=status&sortDescending=false").await.last(), Some(&done));
    assert_eq!(ids("sortBy=completedAt").await.last(), Some(&done), "unfinished ones come first");
    assert_eq!(ids("page=9").await, Vec::<String>::new());
    let active = server.admin_get(&format!("{EXECUTIONS}/active")).await;
    let active: Vec<String> =
        active.as_array().unwrap().iter().map(|item| text(&item["id"])).collect();
    assert_eq!(active, [first, second], "oldest first");
    let bad = server.admin.get(&format!("{EXECUTIONS}?status=Done&scheduleId=x")).await.unwrap();
    invalid(&bad, &["scheduleId", "status"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_runs_when_it_is_due_and_never_overlaps_itself() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let steps = [server.calling(&witness, 0, "/hang").await];
    let schedule = server
        .schedule(json!({"triggerType": "Cron", "cronExpression": "* * * * * *", "isEnabled": true, "steps": steps}))
        .await;
    let path = format!("{EXECUTIONS}?scheduleId={}", text(&schedule["id"]));
    let first = eventually(SOON, "the schedule to run", async || {
        server.admin_get(&path).await["items"].get(0).cloned()
    })
    .await;
    assert_eq!(first["initiatedByType"], "NotSet");
    assert_eq!(
        (&first["initiatedById"], &first["initiatedByName"]),
        (&Value::Null, &json!("Scheduler Service"))
    );
    let schedule = format!("{SCHEDULES}/{}", text(&schedule["id"]));
    let next = async || text(&server.admin_get(&schedule).await["nextRunTime"]);
    for _ in 0..2 {
        let before = next().await;
        let has_passed = async || (next().await > before).then_some(());
        eventually(SOON, "an instant to pass", has_passed).await;
    }
    assert_eq!(server.admin_get(&path).await["totalCount"], 1);
    server.cancel_execution(&text(&first["id"])).await.expect_status(200);
    eventually(SOON, "it to run again", async || {
        (server.admin_get(&path).await["totalCount"] == 2).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setting_chooses_how_success_is_spelt() {
    let complete = ScheduleSuccess::Complete;
    let server = TestServer::start_with(|settings| settings.api.schedule_success = complete).await;
    let witness = Witness::start().await;
    let schedule =
        server.schedule(json!({"steps": [server.calling(&witness, 0, "/ok").await]})).await;
    let done = server.await_end(&server.run_schedule(&schedule["id"]).await).await;
    assert_eq!(
        (&done["status"], &done["steps"][0]["status"]),
        (&json!("Complete"), &json!("Completed"))
    );
    let listed = server.admin_get(&format!("{EXECUTIONS}?status=Completed")).await;
    assert_eq!(listed["items"][0]["status"], "Complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_asked_for_with_a_key_happens_once() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let schedule =
        server.schedule(json!({"steps": [server.calling(&witness, 0, "/ok").await]})).await;
    let path = format!("{SCHEDULES}/{}/run", text(&schedule["id"]));
    let keyed = server.admin.clone().header("Idempotency-Key", "run-1");
    let first = keyed.send("POST", &path, None).await.unwrap().expect_status(202).json();
    let again = keyed.send("POST", &path, None).await.unwrap().expect_status(202).json();
    assert_eq!(first, again);
    assert_eq!(first["message"], "Schedule 'Nightly' started successfully");
    assert_eq!(server.admin_get(EXECUTIONS).await["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_executions_are_named_and_only_administrators_see_any() {
    let server = TestServer::start().await;
    let nobody = format!("{EXECUTIONS}/0198c0de-7a3b-7c4d-8e5f-001122334455");
    let missing =
        problem(&server.admin.get(&nobody).await.unwrap(), 404, "Schedule execution not found");
    let message = "Schedule execution not found: 0198c0de-7a3b-7c4d-8e5f-001122334455";
    assert_eq!((&missing["message"], &missing["code"]), (&json!(message), &json!("NOT_FOUND")));
    server.admin.send("POST", &format!("{nobody}/cancel"), None).await.unwrap().expect_status(404);
    for path in [EXECUTIONS, &format!("{EXECUTIONS}/active"), &nobody] {
        server.viewer.get(path).await.unwrap().expect_status(403);
        server.anonymous.get(path).await.unwrap().expect_status(401);
    }
    let empty = server.admin_get(EXECUTIONS).await;
    assert_eq!(
        (&empty["items"], &empty["totalCount"], &empty["totalPages"]),
        (&json!([]), &json!(0), &json!(0))
    );
}
