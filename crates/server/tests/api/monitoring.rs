//! The dashboard's figures, failing jobs and the timeline, by every documented name.

use serde_json::{Value, json};

use crate::support::{EXECUTIONS, JOBS, TestServer, invalid, text};

const STATS: &str = "/api/v1/scheduler/dashboard/stats";

/// A job whose every run fails at once: its handler is none of ours.
async fn failing_job(server: &TestServer) -> String {
    let fields = json!({
        "name": "fails", "jobConfiguration": {"handlerType": "nobody's"},
        "retryPolicy": {"maxAttempts": 0}
    });
    server.job_id(fields).await
}

async fn run(server: &TestServer, job: &str, status: &str) {
    let execution = server.trigger(job).await;
    server.await_status(&execution, status).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_server_has_figures_too() {
    let server = TestServer::start().await;
    let stats = server.get(STATS).await;
    let expect = json!({
        "totalJobs": 0, "enabledJobs": 0, "successRate": 100.0, "upcomingExecutions": 0,
        "recentFailures": 0, "recentFailureCount": 0, "activeJobs": 0, "pausedJobs": 0,
        "failedJobs": 0, "executionsToday": 0, "averageDurationSeconds": 0.0,
        "upcomingExecutionDetails": []
    });
    assert_eq!(stats, expect);
    server.anonymous.get(STATS).await.unwrap().expect_status(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_follow_jobs_and_executions() {
    let server = TestServer::start().await;
    let good = server.job_id(json!({"name": "good"})).await;
    let bad = failing_job(&server).await;
    let hourly = json!({"name": "hourly", "scheduleExpression": "0 * * * *"});
    let hourly = server.job_id(hourly).await;
    run(&server, &good, "Succeeded").await;
    run(&server, &good, "Succeeded").await;
    run(&server, &bad, "Failed").await;
    let stats = server.get(STATS).await;
    for (name, expect) in [
        ("totalJobs", json!(3)),
        ("enabledJobs", json!(3)),
        ("activeJobs", json!(3)),
        ("successRate", json!(66.67)),
        ("recentFailures", json!(1)),
        ("recentFailureCount", json!(1)),
        ("failedJobs", json!(1)),
        ("upcomingExecutions", json!(24)),
    ] {
        assert_eq!(stats[name], expect, "{name} of {stats}");
    }
    let today = stats["executionsToday"].as_u64().unwrap();
    assert!(today <= 3, "fewer only around midnight");
    assert!(stats["averageDurationSeconds"].as_f64().unwrap() >= 0.0);
    let details = stats["upcomingExecutionDetails"].as_array().unwrap();
    assert_eq!(details.len(), 10);
    assert_eq!((&details[0]["jobId"], &details[0]["jobName"]), (&json!(hourly), &json!("hourly")));
    let next_runs: Vec<String> = details.iter().map(|one| text(&one["nextRun"])).collect();
    assert!(next_runs.is_sorted() && next_runs[0].ends_with(":00:00Z"), "{next_runs:?}");

    let nights = json!({"timeRange": {"start": "12:00", "end": "00:00"}});
    server.post(&format!("{JOBS}/{hourly}/exclusions"), &nights).await.expect_status(200);
    assert_eq!(server.get(STATS).await["upcomingExecutions"], 12, "excluded ones are not due");
    server.post_nothing(&format!("{JOBS}/{hourly}/pause")).await.expect_status(200);
    let stats = server.get(STATS).await;
    assert_eq!((&stats["upcomingExecutions"], &stats["pausedJobs"]), (&json!(0), &json!(1)));
    assert_eq!(stats["enabledJobs"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_count_of_what_is_to_come_ends_at_its_ceiling() {
    let server = TestServer::start().await;
    for _ in 0..2 {
        let job = server
            .job(json!({
                "scheduleType": "Interval", "intervalSeconds": 1, "scheduleExpression": null,
                "startAt": null
            }))
            .await;
        let stats = server.get(STATS).await;
        let n_due = stats["upcomingExecutions"].as_u64().unwrap();
        assert!(n_due == 100_000 || (86_300..=86_400).contains(&n_due), "{n_due} of {job}");
    }
    assert_eq!(server.get(STATS).await["upcomingExecutions"], 100_000);
    let numbers = server.viewer.clone().header("X-Enum-Format", "number");
    let stats = numbers.get(STATS).await.unwrap().json();
    assert_eq!(stats["upcomingExecutions"].as_array().unwrap().len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_fail_again_and_again_are_listed() {
    let server = TestServer::start().await;
    let job = failing_job(&server).await;
    for _ in 0..3 {
        run(&server, &job, "Failed").await;
    }
    let path = format!("{JOBS}/failed");
    let jobs = server.get(&path).await;
    assert_eq!((&jobs[0]["id"], &jobs[0]["consecutiveFailures"]), (&json!(job), &json!(3)));
    assert_eq!(jobs[0]["currentStatus"], "Failed");
    assert_eq!(jobs.as_array().unwrap().len(), 1);
    assert_eq!(server.get(&format!("{path}?threshold=4")).await, json!([]));
    for bad in ["0", "-1", "x"] {
        let answer = server.viewer.get(&format!("{path}?threshold={bad}")).await.unwrap();
        invalid(&answer, &["threshold"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeline_is_hourly_ascending_and_without_gaps() {
    let server = TestServer::start().await;
    let (good, bad) = (server.job_id(json!({})).await, failing_job(&server).await);
    run(&server, &good, "Succeeded").await;
    run(&server, &bad, "Failed").await;
    let path = format!("{EXECUTIONS}/timeline");
    let points = server.get(&path).await;
    let points = points.as_array().unwrap();
    assert_eq!(points.len(), 24);
    let sum = |name: &str| points.iter().map(|point| point[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("succeeded"), sum("failed"), sum("running")), (1, 1, 0));
    for (name, twin) in [
        ("timestamp", "bucket"),
        ("succeeded", "successCount"),
        ("failed", "failedCount"),
        ("running", "runningCount"),
    ] {
        assert!(points.iter().all(|point| point[name] == point[twin]), "{name} and {twin}");
    }
    let hours: Vec<jiff::Timestamp> =
        points.iter().map(|point| text(&point["timestamp"]).parse().unwrap()).collect();
    let hour = jiff::SignedDuration::from_hours(1);
    assert!(hours.windows(2).all(|two| two[1].duration_since(two[0]) == hour), "{hours:?}");
    assert!(hours.iter().all(|at| at.as_second() % 3_600 == 0));
    let count = async |hours: u32| match server.get(&format!("{path}?hours={hours}")).await {
        Value::Array(points) => points.len(),
        other => panic!("no array: {other}"),
    };
    assert_eq!((count(1).await, count(8_760).await), (1, 8_760));
    for bad in ["0", "8761", "-1", "x"] {
        let answer = server.viewer.get(&format!("{path}?hours={bad}")).await.unwrap();
        invalid(&answer, &["hours"]);
    }
}
