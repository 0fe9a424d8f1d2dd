//! The request sequences of JIM's PowerShell module (`reference/jim.md` §6), call by call: its keys in
//! Pascal case, its empty bodies that claim to be JSON, its paging until a short page, its loop that
//! waits for an end.

use horarium_server::settings::ScheduleSuccess;
use horarium_testkit::{Answer, Client, Witness, eventually};
use serde_json::{Map, Value, json};

use crate::support::{SOON, TestServer, text};

/// What the module is, as far as a server can tell.
struct Module {
    client: Client,
}

impl Module {
    /// `Connect-JIM -Url -ApiKey`
    async fn connect(client: &Client) -> Self {
        let client = client.clone().header("Accept", "application/json");
        let module = Self { client };
        let health = module.get("/api/v1/health").await;
        assert!(health["status"].is_string());
        assert!(module.get("/api/v1/health/version").await["version"].is_string());
        module
    }

    /// `Invoke-JIMApi`: every call says that it is JSON, whatever its body.
    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let bytes = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        self.client.send(method, path, Some(("application/json", &bytes))).await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        self.call("GET", path, None).await.expect_status(200).json()
    }

    /// `Get-JIMSchedule`, `Get-JIMScheduleExecution`: pages of 100 while they are full.
    async fn all(&self, path: &str, parameters: &str) -> Vec<Value> {
        let mut all = Vec::new();
        for page in 1.. {
            let path = format!("{path}?{parameters}page={page}&pageSize=100");
            let items = self.get(&path).await["items"].as_array().unwrap().clone();
            let n_items = items.len();
            all.extend(items);
            if n_items < 100 {
                break;
            }
        }
        all
    }

    /// `New-JIMSchedule` with what it always sends, and these besides.
    async fn new_schedule(&self, fields: Value) -> Value {
        let mut body = json!({
            "triggerType": "Manual", "patternType": "SpecificTimes", "isEnabled": false, "steps": []
        });
        for (key, value) in fields.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.call("POST", "/api/v1/schedules", Some(body)).await.expect_status(201).json()
    }

    /// `Set-JIMSchedule`: everything it read, steps as objects with re-cased keys, and the change.
    async fn set_schedule(&self, id: &str, change: Value) -> Value {
        let path = format!("/api/v1/schedules/{id}");
        let present = self.get(&path).await;
        let mut body = Map::new();
        for key in [
            "name",
            "description",
            "triggerType",
            "patternType",
            "isEnabled",
            "daysOfWeek",
            "runTimes",
            "intervalValue",
            "intervalUnit",
            "intervalWindowStart",
            "intervalWindowEnd",
            "cronExpression",
        ] {
            body.insert(key.to_owned(), change.get(key).unwrap_or(&present[key]).clone());
        }
        let steps = present["steps"].as_array().unwrap().iter().map(pascal).collect();
        body.insert("steps".to_owned(), Value::Array(steps));
        self.call("PUT", &path, Some(Value::Object(body))).await.expect_status(200).json()
    }

    /// `Add-JIMScheduleStep`: the keys that it knows, the others left out.
    async fn add_step(&self, id: &str, step: Value, is_parallel: bool) -> Value {
        let path = format!("/api/v1/schedules/{id}");
        let present = self.get(&path).await;
        let mut steps: Vec<Value> =
            present["steps"].as_array().unwrap().iter().map(|step| kept(step, &ADDED)).collect();
        let last = steps.iter().filter_map(|step| step["stepIndex"].as_u64()).max();
        let index = last.map_or(0, |last| if is_parallel { last } else { last + 1 });
        let mode = if is_parallel { "ParallelWithPrevious" } else { "Sequential" };
        let mut new = step;
        new["stepIndex"] = json!(index);
        new["executionMode"] = json!(mode);
        steps.push(new);
        let mut body = kept(&present, &["name", "triggerType", "patternType", "isEnabled"]);
        body["steps"] = json!(steps);
        self.call("PUT", &path, Some(body)).await.expect_status(200).json()
    }

    /// `Remove-JIMScheduleStep`: the rest without ids, numbered by how many steps stand before.
    async fn remove_step(&self, id: &str, step_index: u64) -> Value {
        let path = format!("/api/v1/schedules/{id}");
        let present = self.get(&path).await;
        let rest = present["steps"].as_array().unwrap().iter();
        let rest: Vec<&Value> = rest.filter(|step| step["stepIndex"] != step_index).collect();
        let steps = rest.iter().map(|step| {
            let before =
                rest.iter().filter(|o| o["stepIndex"].as_u64() < step["stepIndex"].as_u64());
            let mut step = kept(step, &ADDED[2..]);
            step["stepIndex"] = json!(before.count());
            step
        });
        let steps: Vec<Value> = steps.collect();
        let mut body = kept(&present, &["name", "triggerType", "patternType", "isEnabled"]);
        body["steps"] = json!(steps);
        self.call("PUT", &path, Some(body)).await.expect_status(200).json()
    }

    /// `Start-JIMSchedule -Wait`: reads at once, then until one of its final words.
    async fn start_and_wait(&self, id: &str) -> Value {
        let started = self.call("POST", &format!("/api/v1/schedules/{id}/run"), None).await;
        let execution = text(&started.expect_status(202).json()["executionId"]);
        let path = format!("/api/v1/schedule-executions/{execution}");
        self.get(&path).await;
        eventually(SOON, "the module to see an end", async || {
            let found = self.get(&path).await;
            let index = found["currentStepIndex"].as_u64().unwrap();
            let percent = index * 100 / found["totalSteps"].as_u64().unwrap();
            assert!(percent <= 100, "Write-Progress would end the wait");
            let status = found["status"].as_str().unwrap();
            ["Complete", "Failed", "Cancelled"].contains(&status).then_some(found.clone())
        })
        .await
    }
}

/// Keys of a step that `Add-JIMScheduleStep` sends back.
const ADDED: [&str; 11] = [
    "id",
    "stepIndex",
    "stepType",
    "executionMode",
    "continueOnFailure",
    "connectedSystemId",
    "runProfileId",
    "name",
    "scriptPath",
    "arguments",
    "executablePath",
];

fn kept(object: &Value, keys: &[&str]) -> Value {
    keys.iter().map(|key| ((*key).to_owned(), object[*key].clone())).collect::<Map<_, _>>().into()
}

/// The object as the module shows it: first letters upper.
fn pascal(object: &Value) -> Value {
    let recased =
        object.as_object().unwrap().iter().map(|(key, value)| {
            (format!("{}{}", key[..1].to_uppercase(), &key[1..]), value.clone())
        });
    recased.collect::<Map<_, _>>().into()
}

async fn module() -> (TestServer, Module) {
    let newest = ScheduleSuccess::Complete;
    let server = TestServer::start_with(|settings| settings.api.schedule_success = newest).await;
    let module = Module::connect(&server.admin).await;
    (server, module)
}

async fn job_step(server: &TestServer) -> Value {
    json!({"stepType": "Job", "jobId": server.job_id(json!({})).await})
}

fn run_profile(connected_system: u32) -> Value {
    json!({"stepType": "RunProfile", "connectedSystemId": connected_system, "runProfileId": 8})
}

#[tokio::test(flavor = "multi_thread")]
async fn schedules_are_made_with_every_pattern_the_module_has() {
    let (_server, module) = module().await;
    let manual = module.new_schedule(json!({"name": "Manual", "description": "by hand"})).await;
    assert_eq!((&manual["triggerType"], &manual["isEnabled"]), (&json!("Manual"), &json!(false)));
    let made = async |fields: Value| {
        let schedule = module.new_schedule(fields).await;
        text(&schedule["cronExpression"])
    };
    let cron = "Cron";
    let times = made(
        json!({"name": "a", "triggerType": cron, "daysOfWeek": "1,5", "runTimes": "06:00,12:00"}),
    );
    assert_eq!(times.await, "0 6,12 * * 1,5");
    let hours = made(
        json!({"name": "b", "triggerType": cron, "patternType": "Interval", "intervalValue": 2,
        "intervalUnit": "Hours", "intervalWindowStart": "08:00", "intervalWindowEnd": "12:00"}),
    );
    assert_eq!(hours.await, "0 8,10,12 * * *");
    let custom = made(
        json!({"name": "c", "triggerType": cron, "patternType": "Custom", "cronExpression": "0 3 1-7 * 1"}),
    );
    assert_eq!(custom.await, "0 3 1-7 * 1");
    // Releases up to 0.13 send numbers.
    let numbers = made(
        json!({"name": "d", "triggerType": 0, "patternType": 2, "cronExpression": "0 4 * * *"}),
    );
    assert_eq!(numbers.await, "0 4 * * *");
    assert_eq!(module.all("/api/v1/schedules", "").await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn set_schedule_sends_back_what_it_read_and_changes_one_thing() {
    let (_server, module) = module().await;
    let made = module
        .new_schedule(json!({"name": "Nightly", "triggerType": "Cron", "runTimes": "02:15,14:45"}))
        .await;
    let id = text(&made["id"]);
    module.add_step(&id, run_profile(1), false).await;
    let before = module.add_step(&id, run_profile(2), true).await;
    assert_eq!(before["steps"][1]["executionMode"], "ParallelWithPrevious");
    let renamed = module.set_schedule(&id, json!({"name": "Renamed"})).await;
    assert_eq!(renamed["name"], "Renamed");
    assert_eq!(
        (&renamed["steps"], &renamed["cronExpression"]),
        (&before["steps"], &before["cronExpression"])
    );
    let timed = module.set_schedule(&id, json!({"cronExpression": "0 5 * * *"})).await;
    assert_eq!(
        (&timed["cronExpression"], &timed["steps"]),
        (&json!("0 5 * * *"), &before["steps"])
    );
    let again = module.set_schedule(&id, json!({"triggerType": "Manual"})).await;
    assert!(again["nextRunTime"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_are_added_and_removed_and_leave_no_gaps() {
    let (_server, module) = module().await;
    let sql = json!({"stepType": "SqlScript", "sqlConnectionString": "reports", "sqlScriptPath": "/a.sql",
        "timeoutSeconds": 30, "stepIndex": 0});
    let id = text(&module.new_schedule(json!({"name": "Steps", "steps": [sql]})).await["id"]);
    module.add_step(&id, run_profile(1), false).await;
    module.add_step(&id, run_profile(2), true).await;
    let four = module.add_step(&id, run_profile(3), false).await;
    let shown = |schedule: &Value| -> Vec<(u64, Value)> {
        let steps = schedule["steps"].as_array().unwrap().iter();
        steps.map(|s| (s["stepIndex"].as_u64().unwrap(), s["connectedSystemId"].clone())).collect()
    };
    let expect = [(0, Value::Null), (1, json!(1)), (1, json!(2)), (2, json!(3))];
    assert_eq!(shown(&four), expect);
    assert_eq!(four["steps"][0]["sqlScriptPath"], "/a.sql", "the module leaves it out");
    assert_eq!(four["steps"][0]["timeoutSeconds"], 30);
    let three = module.remove_step(&id, 0).await;
    assert_eq!(shown(&three), [(0, json!(1)), (0, json!(2)), (1, json!(3))], "0, 0, 2 was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_enabled_disabled_started_awaited_and_removed() {
    let (server, module) = module().await;
    let step = job_step(&server).await;
    let id = text(&module.new_schedule(json!({"name": "Run", "steps": [step]})).await["id"]);
    let path = format!("/api/v1/schedules/{id}");
    module.call("POST", &format!("{path}/enable?changeReason=on"), None).await.expect_status(200);
    module.call("POST", &format!("{path}/disable"), None).await.expect_status(200);
    let done = module.start_and_wait(&id).await;
    assert_eq!(done["status"], "Complete");
    assert_eq!(done["progress"]["currentStepNumber"], 1);
    let listed = module.all("/api/v1/schedules", "").await;
    assert_eq!(listed[0]["lastExecutionStatus"], "Complete");
    assert_eq!(listed[0]["lastExecutionId"], done["id"]);
    assert_eq!(module.get(&path).await["name"], "Run");
    module.call("DELETE", &format!("{path}?changeReason=over"), None).await.expect_status(204);
    let gone = module.call("GET", &path, None).await;
    assert!(gone.expect_status(404).json()["message"].is_string(), "all that the module shows");
}

#[tokio::test(flavor = "multi_thread")]
async fn executions_are_read_until_a_short_page_and_stopped_by_a_pipe() {
    let ((server, module), witness) = (module().await, Witness::start().await);
    let job = json!({"jobType": "HttpCall", "jobConfiguration": {"url": witness.url("/hang"), "method": "GET"}});
    let step = json!({"stepType": "Job", "jobId": server.job_id(job).await});
    let id = text(&module.new_schedule(json!({"name": "Hangs", "steps": [step]})).await["id"]);
    let other = text(
        &module.new_schedule(json!({"name": "Other", "steps": [job_step(&server).await]})).await["id"],
    );
    module.start_and_wait(&other).await;
    for _ in 0..100 {
        let path = format!("/api/v1/schedules/{id}/run");
        module.call("POST", &path, None).await.expect_status(202);
    }
    let executions = "/api/v1/schedule-executions";
    let filter = format!("scheduleId={id}&");
    assert_eq!(module.all(executions, &filter).await.len(), 100, "the second page is empty");
    assert_eq!(module.all(executions, "").await.len(), 101);
    assert_eq!(module.all(executions, "status=Complete&").await.len(), 1);
    let active = module.get(&format!("{executions}/active")).await;
    let active = active.as_array().unwrap().clone();
    assert_eq!(active.len(), 100);
    for execution in &active {
        let path = format!("{executions}/{}", text(&execution["id"]));
        module.call("POST", &format!("{path}/cancel"), None).await.expect_status(200);
        assert_eq!(module.get(&path).await["status"], "Cancelled");
    }
    assert_eq!(module.get(&format!("{executions}/active")).await, json!([]));
    assert_eq!(module.all(executions, "status=Cancelled&").await.len(), 100);
}
