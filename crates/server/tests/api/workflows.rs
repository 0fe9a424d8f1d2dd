//! Workflows and dependencies through the API.

use horarium_server::clock::Clock;
use horarium_testkit::{Witness, eventually};
use serde_json::{Value, json};

use crate::support::{JOBS, SOON, TestServer, invalid, problem, text};

const WORKFLOWS: &str = "/api/v1/scheduler/workflows";
const RUNS: &str = "/api/v1/scheduler/workflow-runs";

impl TestServer {
    async fn workflow(&self, jobs: Value) -> String {
        let body = json!({"name": "nightly", "jobs": jobs});
        text(&self.post(WORKFLOWS, &body).await.expect_status(200).json())
    }

    async fn run(&self, workflow: &str) -> String {
        let answer = self.post_nothing(&format!("{WORKFLOWS}/{workflow}/trigger")).await;
        let id = text(&answer.expect_status(202).json());
        assert_eq!(answer.header("location"), Some(format!("{RUNS}/{id}").as_str()));
        id
    }

    async fn run_in(&self, run: &str, status: &str) -> Value {
        let path = format!("{RUNS}/{run}");
        eventually(SOON, &format!("{run} to be {status}"), async || {
            let found = self.get(&path).await;
            (found["status"] == status).then_some(found)
        })
        .await
    }
}

fn statuses(run: &Value) -> Vec<&str> {
    let nodes = run["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["status"].as_str().unwrap()).collect()
}

/// Fails at once, and is not tried again.
fn failing() -> Value {
    json!({
        "jobConfiguration": {"handlerType": "nobody-has-this"}, "retryPolicy": {"maxAttempts": 0}
    })
}

/// Runs until it is stopped.
fn endless(witness: &Witness) -> Value {
    json!({
        "jobType": "HttpCall",
        "jobConfiguration": {"url": witness.url("/hang"), "method": "POST", "body": "{}"}
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_workflow_runs_in_its_order() {
    let server = TestServer::start().await;
    let (first, second) =
        (server.job_id(json!({"name": "import"})).await, server.job_id(json!({})).await);
    let id = server
        .workflow(json!([
            {"jobId": first, "dependsOn": [], "onFailure": "Stop"},
            {"jobId": second, "dependsOn": [first], "onFailure": "Continue"}
        ]))
        .await;
    let found = server.get(&format!("{WORKFLOWS}/{id}")).await;
    assert_eq!(found["name"], "nightly");
    assert_eq!(
        found["jobs"][1],
        json!({
            "jobId": second, "dependsOn": [first], "onFailure": "Continue"
        })
    );
    let run = server.run(&id).await;
    let ended = server.run_in(&run, "Succeeded").await;
    assert_eq!(statuses(&ended), ["Succeeded", "Succeeded"]);
    assert_eq!(ended["workflowId"], json!(id));
    assert_eq!(ended["origin"], "Manual");
    let execution = text(&ended["nodes"][0]["executionId"]);
    let execution = server.get(&format!("/api/v1/scheduler/executions/{execution}")).await;
    assert_eq!((&execution["jobId"], &execution["origin"]), (&json!(first), &json!("Workflow")));
    let page = server.get(&format!("{WORKFLOWS}/{id}/runs?status=Succeeded")).await;
    assert_eq!((&page["totalCount"], &page["items"][0]["id"]), (&json!(1), &json!(run)));
    assert_eq!(server.get(WORKFLOWS).await["items"][0]["id"], json!(id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_goes_on_from_where_it_failed() {
    let server = TestServer::start().await;
    let first = server.job_id(json!({})).await;
    let second = server.job_id(failing()).await;
    let id =
        server.workflow(json!([{"jobId": first}, {"jobId": second, "dependsOn": [first]}])).await;
    let run = server.run(&id).await;
    let failed = server.run_in(&run, "Failed").await;
    assert_eq!(statuses(&failed), ["Succeeded", "Failed"]);
    assert!(text(&failed["errorMessage"]).contains(&second), "{failed}");
    assert!(text(&failed["nodes"][1]["errorMessage"]).contains("nobody-has-this"), "{failed}");

    let mend = json!({"jobConfiguration": {"handlerType": "noop"}});
    let path = format!("{JOBS}/{second}");
    server.operator.put(&path, &mend).await.unwrap().expect_status(200);
    let retry = format!("{RUNS}/{run}/retry");
    let again = text(&server.post_nothing(&retry).await.expect_status(202).json());
    let ended = server.run_in(&again, "Succeeded").await;
    assert_eq!(ended["retryParentId"], json!(run));
    assert_eq!(ended["nodes"][0]["executionId"], failed["nodes"][0]["executionId"]);
    let refused = server.post_nothing(&format!("{RUNS}/{again}/retry")).await;
    problem(&refused, 400, "Retry workflow run failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_stops_what_runs_of_it() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let first = server.job_id(endless(&witness)).await;
    let second = server.job_id(json!({})).await;
    let id =
        server.workflow(json!([{"jobId": first}, {"jobId": second, "dependsOn": [first]}])).await;
    let run = server.run(&id).await;
    let running = server.run_in(&run, "Running").await;
    let execution = text(&running["nodes"][0]["executionId"]);
    server.await_status(&execution, "Running").await;
    let cancel = format!("{RUNS}/{run}/cancel");
    server.post_nothing(&cancel).await.expect_status(200);
    let cancelled = server.get(&format!("{RUNS}/{run}")).await;
    assert_eq!(cancelled["status"], "Cancelled");
    assert_eq!(statuses(&cancelled), ["Cancelled", "Skipped"]);
    let execution = server.get(&format!("/api/v1/scheduler/executions/{execution}")).await;
    assert_eq!(execution["status"], "Cancelled");
    eventually(SOON, "the work to stop", async || {
        let nodes = server.get("/api/v1/scheduler/nodes").await;
        (nodes[0]["running"] == 0).then_some(())
    })
    .await;
    problem(&server.post_nothing(&cancel).await, 409, "Cancel workflow run failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_deleted_meanwhile_is_a_failed_node() {
    let server = TestServer::start().await;
    let first = server.job_id(json!({})).await;
    let id = server.workflow(json!([{"jobId": first}])).await;
    let path = format!("{JOBS}/{first}");
    server.operator.delete(&path).await.unwrap().expect_status(204);
    let run = server.run(&id).await;
    let failed = server.run_in(&run, "Failed").await;
    assert!(text(&failed["nodes"][0]["errorMessage"]).contains("deleted"), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_workflow_is_named_by_its_field() {
    let server = TestServer::start().await;
    let (a, b) =
        (server.job_id(json!({"name": "a"})).await, server.job_id(json!({"name": "b"})).await);
    let stranger = "0198c0de-7a3b-7c4d-8e5f-001122334455";
    let check = async |jobs: Value, fields: &[&str]| {
        let answer = server.post(WORKFLOWS, &json!({"name": "x", "jobs": jobs})).await;
        invalid(&answer, fields)
    };
    check(json!([]), &["jobs"]).await;
    check(json!([{"jobId": a}, {"jobId": stranger}]), &["jobs[1].jobId"]).await;
    check(json!([{"jobId": a}, {"jobId": a}]), &["jobs[1].jobId"]).await;
    check(json!([{"jobId": a, "dependsOn": [a]}]), &["jobs[0].dependsOn[0]"]).await;
    check(
        json!([{"jobId": a}, {"jobId": b, "dependsOn": [a, stranger]}]),
        &["jobs[1].dependsOn[1]"],
    )
    .await;
    let cycle = json!([{"jobId": a, "dependsOn": [b]}, {"jobId": b, "dependsOn": [a]}]);
    let cycle = check(cycle, &["jobs"]).await;
    let message = text(&cycle["errors"]["jobs"][0]);
    assert_eq!(message, "The dependencies form a cycle: a → b → a.");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_workflows_and_runs_are_told_as_documented() {
    let server = TestServer::start().await;
    let id = "0198c0de-7a3b-7c4d-8e5f-001122334455";
    let get = async |path: &str| server.viewer.get(path).await.unwrap();
    problem(&get(&format!("{WORKFLOWS}/{id}")).await, 404, "Workflow not found");
    problem(&get(&format!("{RUNS}/{id}")).await, 404, "Workflow run not found");
    let trigger = server.post_nothing(&format!("{WORKFLOWS}/{id}/trigger")).await;
    problem(&trigger, 400, "Trigger workflow failed");
    let cancel = server.post_nothing(&format!("{RUNS}/{id}/cancel")).await;
    problem(&cancel, 409, "Cancel workflow run failed");
    assert_eq!(server.get(&format!("{WORKFLOWS}/{id}/runs")).await["totalCount"], 0);
    let first = server.job_id(json!({})).await;
    let workflow = server.workflow(json!([{"jobId": first}])).await;
    let path = format!("{WORKFLOWS}/{workflow}");
    server.operator.delete(&path).await.unwrap().expect_status(204);
    problem(&get(&path).await, 404, "Workflow not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_starts_with_its_roots_schedule() {
    let server = TestServer::start().await;
    let second = server.job_id(json!({})).await;
    let soon = Clock::system().now() + jiff::SignedDuration::from_secs(2);
    let first = server.job_id(json!({"scheduleType": "OneTime", "runAt": soon.to_string()})).await;
    let id =
        server.workflow(json!([{"jobId": first}, {"jobId": second, "dependsOn": [first]}])).await;
    let run = eventually(SOON, "a run that ended", async || {
        let page = server.get(&format!("{WORKFLOWS}/{id}/runs")).await;
        (page["items"][0]["status"] == "Succeeded").then(|| page["items"][0].clone())
    })
    .await;
    assert_eq!(run["origin"], "Schedule");
    let executions = server.get(&format!("{JOBS}/{first}/executions")).await;
    assert_eq!(executions["totalCount"], 1, "the scheduled execution is the root's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_execution_says_for_whom_it_waits_and_starts_when_they_succeed() {
    let server = TestServer::start().await;
    let first = server.job_id(json!({"name": "first"})).await;
    let soon = Clock::system().now() + jiff::SignedDuration::from_secs(1);
    let waiting = json!({
        "scheduleType": "OneTime", "runAt": soon.to_string(),
        "dependencies": {"dependsOnJobIds": [first], "condition": "AllSucceeded"}
    });
    let waiting = server.job_id(waiting).await;
    let held = eventually(SOON, "a held execution", async || {
        let page = server.get(&format!("{JOBS}/{waiting}/executions")).await;
        let found = page["items"][0].clone();
        (found["waitReason"] == "WaitingForDependencies").then_some(found)
    })
    .await;
    let id = text(&held["id"]);
    let shown = server.get(&format!("/api/v1/scheduler/executions/{id}")).await;
    assert_eq!(shown["waitingForJobIds"], json!([first]));
    server.trigger(&first).await;
    let ended = server.await_status(&id, "Succeeded").await;
    assert_eq!(ended["waitingForJobIds"], Value::Null);
}

/// Schedules are for administrators alone; their runs stand in the same table.
#[tokio::test(flavor = "multi_thread")]
async fn the_run_of_a_schedule_is_no_workflow_run() {
    let (server, witness) = (TestServer::start().await, Witness::start().await);
    let job = server.job_id(endless(&witness)).await;
    let steps = json!([{"stepIndex": 0, "stepType": "Job", "jobId": job}]);
    let schedule = server.schedule(json!({"steps": steps})).await;
    let path = format!("/api/v1/schedules/{}/run", text(&schedule["id"]));
    let answer = server.admin.send("POST", &path, None).await.unwrap();
    let run = text(&answer.json()["executionId"]);
    let found = server.operator.get(&format!("{RUNS}/{run}")).await.unwrap();
    problem(&found, 404, "Workflow run not found");
    let cancel = server.post_nothing(&format!("{RUNS}/{run}/cancel")).await;
    problem(&cancel, 409, "Cancel workflow run failed");
    let retry = server.post_nothing(&format!("{RUNS}/{run}/retry")).await;
    problem(&retry, 400, "Retry workflow run failed");
}
