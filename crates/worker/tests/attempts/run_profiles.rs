//! Run profiles of a stand-in JIM, driven by whole attempts.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use horarium_core::{ExecutionId, JobType};
use horarium_testkit::{FakeJim, JimPlan, eventually};
use horarium_worker::{
    Assignment, Attempted, Begun, ConnectedSystems, Ending, Handlers, HttpCall, Kinds,
    RemoteActivity, RemoteCalls, RunProfile, RunProfiles, Runner, RunnerSettings, Stop,
};
use serde_json::json;

use crate::support::{assignment, internal, limits};

const KEY: &str = "jim_ak_0123456789abcdef";
const OTHER: &str = "0198c0de-0000-7000-8000-0000000000e2";
const SOON: Duration = Duration::from_secs(10);

/// One JIM with a run profile, and the memory of a store.
#[derive(Default)]
struct Systems {
    calls: Mutex<HashMap<(i64, i64), RemoteCalls>>,
    begun: Mutex<HashMap<ExecutionId, Option<RemoteActivity>>>,
}

impl ConnectedSystems for Systems {
    async fn find(&self, system: i64, profile: i64) -> Result<Option<RunProfile>, String> {
        let calls = self.calls.lock().unwrap().get(&(system, profile)).cloned();
        let named = |calls| RunProfile {
            system_name: "Corporate LDAP".to_owned(),
            name: "Delta Import".to_owned(),
            calls,
        };
        Ok(calls.map(named))
    }

    async fn begin(&self, execution: ExecutionId) -> Result<Begun, String> {
        let mut begun = self.begun.lock().unwrap();
        match begun.get(&execution) {
            Some(Some(activity)) => Ok(Begun::Started(activity.clone())),
            Some(None) => Ok(Begun::Unanswered),
            None => {
                begun.insert(execution, None);
                Ok(Begun::Now)
            }
        }
    }

    async fn started(
        &self,
        execution: ExecutionId,
        activity: &RemoteActivity,
    ) -> Result<(), String> {
        self.begun.lock().unwrap().insert(execution, Some(activity.clone()));
        Ok(())
    }

    async fn not_started(&self, execution: ExecutionId) -> Result<(), String> {
        self.begun.lock().unwrap().remove(&execution);
        Ok(())
    }
}

struct Bench {
    jim: FakeJim,
    systems: Arc<Systems>,
}

impl Bench {
    async fn new(plan: JimPlan) -> Self {
        let jim = FakeJim::start(KEY).await;
        jim.plan(3, 8, plan);
        let systems = Arc::new(Systems::default());
        let calls = RemoteCalls::jim(jim.base(), KEY, 3, 8);
        systems.calls.lock().unwrap().insert((3, 8), calls);
        Self { jim, systems }
    }

    /// As of a server that has just started: it remembers only what was stored.
    fn runner(&self) -> Runner {
        let profiles = RunProfiles::new(Arc::clone(&self.systems));
        let profiles = profiles.polling_every(Duration::from_millis(5));
        let kinds = Kinds::builtin(HttpCall::new(internal(), limits()), Handlers::builtin());
        Runner::new(kinds.with_run_profiles(profiles), RunnerSettings::default())
    }

    async fn run(&self) -> Attempted {
        self.runner().run(step(), Stop::new()).await
    }
}

fn step() -> Assignment {
    assignment(JobType::RunProfile, json!({ "connectedSystemId": 3, "runProfileId": 8 }))
}

fn ends(status: &str, message: Option<&str>) -> JimPlan {
    JimPlan { polls: Some(2), ends: status.to_owned(), message: message.map(str::to_owned) }
}

/// The error and whether another attempt may mend it.
fn failure(attempted: &Attempted) -> (&str, bool) {
    match &attempted.ending {
        Ending::Failed { error, retryable, .. } => (error, *retryable),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_activity_is_followed_to_its_end() {
    let bench = Bench::new(ends("Complete", None)).await;
    let attempted = bench.run().await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    let activity = &bench.jim.activities()[0];
    let expect = format!(
        "`Corporate LDAP - Delta Import`: activity {}\nInProgress, 10 of 100\n\
         InProgress, 20 of 100\nComplete, 30 of 100\n",
        activity.id
    );
    assert_eq!(attempted.output.text, expect);
    assert_eq!(activity.n_polls, 3);
}

#[tokio::test]
async fn an_activity_ends_as_the_other_side_says() {
    let profile = "`Corporate LDAP - Delta Import`";
    let bench = Bench::new(ends("CompleteWithWarning", Some("2 objects"))).await;
    let warning = format!("{profile} has a warning: 2 objects");
    assert_eq!(bench.run().await.ending, Ending::Warned { warning });
    for (status, said) in [
        ("CompleteWithError", "completed with errors: 2 objects"),
        ("FailedWithError", "failed: 2 objects"),
        ("Cancelled", "was cancelled there: 2 objects"),
    ] {
        let bench = Bench::new(ends(status, Some("2 objects"))).await;
        let expect = format!("{profile} {said}");
        assert_eq!(failure(&bench.run().await), (expect.as_str(), false));
    }
}

#[tokio::test]
async fn an_execution_that_is_taken_over_goes_on_with_its_activity() {
    let bench = Bench::new(JimPlan { polls: None, ..JimPlan::default() }).await;
    let (runner, stop) = (bench.runner(), Stop::new());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { runner.run(step(), stop).await }
    });
    eventually(SOON, "it to be asked about", async || {
        bench.jim.activities().first().is_some_and(|activity| activity.n_polls > 1).then_some(())
    })
    .await;
    // The node stops, and another one takes over.
    stop.interrupt();
    assert_eq!(running.await.unwrap().ending, Ending::Interrupted);
    assert_eq!(bench.jim.activities()[0].status, "InProgress", "it goes on");
    let (runner, stop) = (bench.runner(), Stop::new());
    let again = tokio::spawn({
        let stop = stop.clone();
        async move { runner.run(step(), stop).await }
    });
    let before = bench.jim.activities()[0].n_polls;
    eventually(SOON, "it to be asked about again", async || {
        (bench.jim.activities()[0].n_polls > before).then_some(())
    })
    .await;
    stop.cancel();
    assert_eq!(again.await.unwrap().ending, Ending::Cancelled);
    assert_eq!(bench.jim.activities().len(), 1, "never a second one");
}

#[tokio::test]
async fn a_cancelled_step_cancels_its_activity() {
    let bench = Bench::new(JimPlan { polls: None, ..JimPlan::default() }).await;
    let (runner, stop) = (bench.runner(), Stop::new());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { runner.run(step(), stop).await }
    });
    eventually(SOON, "it to run", async || (!bench.jim.activities().is_empty()).then_some(()))
        .await;
    eventually(SOON, "it to be known", async || {
        bench.jim.activities()[0].n_polls.ge(&1).then_some(())
    })
    .await;
    stop.cancel();
    assert_eq!(running.await.unwrap().ending, Ending::Cancelled);
    assert_eq!(bench.jim.activities()[0].status, "Cancelled");
}

#[tokio::test]
async fn a_step_that_takes_too_long_cancels_its_activity() {
    let bench = Bench::new(JimPlan { polls: None, ..JimPlan::default() }).await;
    let short = Assignment { timeout: Duration::from_millis(300), ..step() };
    let attempted = bench.runner().run(short, Stop::new()).await;
    assert!(matches!(attempted.ending, Ending::TimedOut { .. }), "{attempted:?}");
    assert_eq!(bench.jim.activities()[0].status, "Cancelled");
}

#[tokio::test]
async fn what_may_have_started_is_not_started_again() {
    let bench = Bench::new(ends("Complete", None)).await;
    bench.jim.lose_execute_answer(502);
    let attempted = bench.run().await;
    let (error, retryable) = failure(&attempted);
    assert!(error.contains("answered 502 Bad Gateway: bad gateway") && retryable, "{error}");
    let attempted = bench.run().await;
    let (error, retryable) = failure(&attempted);
    assert!(error.contains("is not started a second time") && !retryable, "{error}");
    assert_eq!(bench.jim.activities().len(), 1);
}

#[tokio::test]
async fn what_certainly_did_not_start_may_be_tried_again() {
    let bench = Bench::new(ends("Complete", None)).await;
    bench.jim.refuse_execute(429);
    assert!(failure(&bench.run().await).1);
    bench.jim.refuse_execute(400);
    let attempted = bench.run().await;
    let (error, retryable) = failure(&attempted);
    assert!(
        error.ends_with("answered 400 Bad Request: the run profile's partition is not selected")
    );
    assert!(!retryable);
    assert_eq!(bench.run().await.ending, Ending::Succeeded);
    assert_eq!(bench.jim.activities().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_away_for_a_while_is_asked_again() {
    let bench = Bench::new(ends("Complete", None)).await;
    bench.jim.fail_progress(29);
    assert_eq!(bench.run().await.ending, Ending::Succeeded);
    let bench = Bench::new(ends("Complete", None)).await;
    bench.jim.fail_progress(30);
    let attempted = bench.run().await;
    let (error, retryable) = failure(&attempted);
    assert!(error.contains("answered 503") && retryable, "{error}");
    assert_eq!(bench.run().await.ending, Ending::Succeeded, "the next attempt goes on with it");
    assert_eq!(bench.jim.activities().len(), 1);
}

#[tokio::test]
async fn two_steps_on_one_system_have_an_activity_each() {
    let bench = Bench::new(ends("Complete", None)).await;
    let other = Assignment { execution_id: OTHER.parse().unwrap(), ..step() };
    let runner = bench.runner();
    let (one, two) = tokio::join!(runner.run(step(), Stop::new()), runner.run(other, Stop::new()));
    assert_eq!((one.ending, two.ending), (Ending::Succeeded, Ending::Succeeded));
    assert_eq!(bench.jim.activities().len(), 2);
    assert_ne!(one.output.text.lines().next(), two.output.text.lines().next());
}

#[tokio::test]
async fn a_wrong_key_and_an_unknown_profile_say_so() {
    let bench = Bench::new(JimPlan::default()).await;
    let calls = RemoteCalls::jim(bench.jim.base(), "wrong", 3, 8);
    bench.systems.calls.lock().unwrap().insert((3, 8), calls);
    let attempted = bench.run().await;
    assert!(failure(&attempted).0.contains("answered 401 Unauthorized: Authentication required"));
    bench.systems.calls.lock().unwrap().clear();
    let attempted = bench.run().await;
    assert_eq!(failure(&attempted), ("connected system 3 has no run profile 8", false));
}
