//! The example `own_handlers`, run as its first line says.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::api::Api;

/// `cargo test` builds a package's examples with its tests.
fn example() -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_horarium")).with_file_name("examples");
    let example = built.join("own_handlers");
    assert!(example.exists(), "not built: cargo build -p horarium-cli --example own_handlers");
    example
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_runs_its_own_handlers() {
    let mut api = Api::of(example()).await;
    let configuration = json!({
        "handlerType": "reports.Nightly", "methodName": "Sales", "parameters": { "rows": 2 },
    });
    let execution = api.run(configuration, 60).await;
    let execution = api.await_status(&execution, "Succeeded").await;
    assert_eq!(execution["output"], "Sales, row 1\nSales, row 2\n2 rows");

    let execution = api.run(json!({"handlerType": "reports.Nightly"}), 60).await;
    let execution = api.await_status(&execution, "Failed").await;
    assert_eq!(execution["errorMessage"], "parameters.rows: a number is needed");

    let execution = api.run(json!({"handlerType": "SampleJob"}), 60).await;
    api.await_status(&execution, "Succeeded").await;

    let counting = api.run(json!({"handlerType": "archive.Count"}), 60).await;
    api.await_status(&counting, "Running").await;
    api.cancel(&counting).await;
    api.await_status(&counting, "Cancelled").await;
    assert_eq!(api.server.terminate().await.code(), Some(0));
}
