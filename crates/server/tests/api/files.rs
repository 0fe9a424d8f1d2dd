//! `FileOperation` jobs through the API: inside the operator's folders, and nowhere else.

use serde_json::{Value, json};

use crate::support::{TestServer, body, invalid};

fn delete(source: &str) -> Value {
    json!({
        "jobType": "FileOperation",
        "jobConfiguration": { "operation": "Delete", "sourcePath": source },
        "retryPolicy": { "maxAttempts": 0, "delaySeconds": 1 },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_below_a_root_is_deleted_and_the_output_says_so() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("old.log");
    std::fs::write(&file, "x").unwrap();
    let path = root.path().to_owned();
    let server = TestServer::start_with(move |settings| settings.files.roots = vec![path]).await;
    let job = server.job_id(delete(&format!("{}/*.log", root.path().display()))).await;
    let execution = server.trigger(&job).await;
    let execution = server.await_status(&execution, "Succeeded").await;
    assert!(execution["output"].as_str().unwrap().contains("Deleted"), "{execution}");
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_outside_the_roots_and_an_unknown_compression_are_refused_when_the_job_is_made() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().to_owned();
    let server = TestServer::start_with(move |settings| settings.files.roots = vec![path]).await;
    let within = format!("{}/*", root.path().display());
    let refused = async |key: &str, value: Value, field: &str| {
        let mut fields = delete(&within);
        fields["jobConfiguration"][key] = value;
        let answer = server.post("/api/v1/scheduler/jobs", &body(fields)).await;
        invalid(&answer, &[&format!("jobConfiguration.{field}")]);
    };
    refused("sourcePath", json!("/etc/*"), "sourcePath").await;
    refused("sourcePath", json!(format!("{within}/../../x")), "sourcePath").await;
    refused("destinationPath", json!("/tmp"), "destinationPath").await;
    refused("compression", json!("rar"), "compression").await;
    // What a variable makes of it is judged when the job runs.
    server.job_id(delete(&format!("{}/{{{{Today}}}}/*", root.path().display()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_roots_every_file_operation_is_refused_by_the_name_of_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept.log");
    std::fs::write(&file, "x").unwrap();
    let server = TestServer::start().await;
    let job = server.job_id(delete(&format!("{}/*", folder.path().display()))).await;
    let execution = server.trigger(&job).await;
    let execution = server.await_status(&execution, "Failed").await;
    assert!(execution["errorMessage"].as_str().unwrap().contains("files.roots"), "{execution}");
    assert!(file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_operation_is_refused_when_the_job_is_made() {
    let server = TestServer::start().await;
    let mut fields = delete("/tmp/*");
    fields["jobConfiguration"]["operation"] = json!("Delet");
    let answer = server.post("/api/v1/scheduler/jobs", &body(fields)).await;
    invalid(&answer, &["jobConfiguration.operation"]);
}
