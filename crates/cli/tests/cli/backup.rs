//! `horarium backup`, `restore` and `doctor`, also beside a server under load.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::{os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use horarium_testkit::{Client, ServerCommand, eventually};
use serde_json::{Value, json};

use crate::{Ran, horarium};

const KEY: &str =
    "hor_0123456789abcdef0123456789abcdef_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const SOON: Duration = Duration::from_secs(30);
/// Backups under load; `make backup-rounds` sets more.
const ROUNDS_USUAL: u32 = 5;

fn serve() -> ServerCommand {
    let command = ServerCommand::new(env!("CARGO_BIN_EXE_horarium"));
    let command = command.args(["serve", "--listen", "127.0.0.1:{port}", "--data-dir", "{data}"]);
    command.env("HORARIUM_BOOTSTRAP_API_KEY", KEY)
}

fn run(dir: &Path, args: &[&str]) -> Ran {
    horarium(dir, args, &[])
}

fn every_second() -> Value {
    json!({
        "name": "tick", "jobType": "CodeExecution", "scheduleType": "Interval", "intervalSeconds": 1,
        "jobConfiguration": {"handlerType": "noop"}
    })
}

async fn trigger(client: &Client, job: &str) {
    let path = format!("/api/v1/scheduler/jobs/{job}/trigger");
    client.send("POST", &path, None).await.unwrap().expect_status(202);
}

async fn n_executions(client: &Client) -> u64 {
    let page = client.get("/api/v1/scheduler/executions?pageSize=1").await.unwrap();
    page.expect_status(200).json()["totalCount"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_whole_and_its_copy_fires_only_once_confirmed() {
    let rounds = std::env::var("HORARIUM_TEST_BACKUPS").ok().and_then(|n| n.parse().ok());
    let server = serve().start().await;
    let client = server.client().api_key(KEY);
    let created = client.post("/api/v1/scheduler/jobs", &every_second()).await.unwrap();
    let job = created.expect_status(201).json()["id"].as_str().unwrap().to_owned();
    let load = {
        let (client, job) = (client.clone(), job.clone());
        tokio::spawn(async move {
            loop {
                trigger(&client, &job).await;
            }
        })
    };
    let dir = tempfile::tempdir().unwrap();
    let data = server.data_dir().to_str().unwrap().to_owned();
    let mut n_before = 0;
    for round in 0..rounds.unwrap_or(ROUNDS_USUAL) {
        n_before = n_executions(&client).await.min(9_999);
        let file = dir.path().join(format!("{round}.db"));
        let ran = run(dir.path(), &["backup", file.to_str().unwrap(), "--data-dir", &data]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "round {round}");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let copy = dir.path().join(format!("data-{round}"));
        let copy = copy.to_str().unwrap();
        let ran = run(dir.path(), &["restore", file.to_str().unwrap(), "--data-dir", copy]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "round {round}");
        let n_copied = n_in(&ran.stdout);
        assert!(
            n_copied >= n_before,
            "{n_copied} of {n_before} acknowledged before: {}",
            ran.stdout
        );
    }
    load.abort();
    assert!(n_before > 0, "there was a load");

    let copy = dir.path().join("data-0");
    // Kept apart from the database, as the documents say; the copy's server needs it too.
    std::fs::copy(server.data_dir().join("encryption.key"), copy.join("encryption.key")).unwrap();
    let mut restored = serve().data_dir(&copy).start().await;
    let client = restored.client().api_key(KEY);
    let n_held = n_executions(&client).await;
    trigger(&client, &job).await;
    let nodes = client.get("/api/v1/scheduler/nodes").await.unwrap().json();
    assert_eq!(nodes[0]["capacity"], 0, "it starts nothing: {nodes}");
    let doctor = run(dir.path(), &["doctor", "--data-dir", copy.to_str().unwrap()]);
    assert!(doctor.stdout.contains("horarium restore --confirm"), "{}", doctor.stdout);
    assert_eq!(doctor.code, 1);
    assert_eq!(
        n_executions(&client).await,
        n_held + 1,
        "what is triggered waits, what is due is not fired"
    );
    assert_eq!(restored.terminate().await.code(), Some(0));
    let ran = run(dir.path(), &["restore", "--confirm", "--data-dir", copy.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    restored.start_again().await;
    eventually(SOON, "the copy to fire", async || {
        (n_executions(&client).await > n_held + 1).then_some(())
    })
    .await;
}

/// The number before `executions`.
fn n_in(text: &str) -> u64 {
    let before = text.split(" executions").next().unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_backup_replaces_nothing_and_only_a_whole_one_is_restored() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(run(dir.path(), &["migrate"]).code, 0);
    assert_eq!(run(dir.path(), &["backup", &path("b.db")]).code, 0);
    let check = |args: &[&str], says: &str| {
        let ran = run(dir.path(), args);
        assert_eq!(ran.code, 1, "{args:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(says), "{args:?}: {}", ran.stderr);
    };
    check(&["backup", &path("b.db")], "is there already");
    check(&["restore", &path("b.db")], "is there already");
    check(&["restore", &path("none.db"), "--data-dir", &path("x")], "opening");
    check(
        &["restore", &path("data/horarium.db"), "--data-dir", &path("x")],
        "is no backup of Horarium's",
    );
    let whole = std::fs::read(path("b.db")).unwrap();
    std::fs::write(path("torn.db"), &whole[..whole.len() / 2]).unwrap();
    check(&["restore", &path("torn.db"), "--data-dir", &path("x")], "torn.db");
    assert!(!dir.path().join("x/horarium.db").exists());
    let left = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().ends_with(".partial")));
    let confirmed = run(dir.path(), &["restore", "--confirm"]);
    assert_eq!(
        (confirmed.code, confirmed.stdout.as_str()),
        (0, "it is not held: nothing to confirm\n")
    );
    assert_eq!(run(dir.path(), &["restore"]).code, 2);
    let ran =
        run(dir.path(), &["backup", "x", "--database-url", "postgres://u:secret@127.0.0.1:1/d"]);
    assert!(ran.stderr.contains("pg_dump") && !ran.stderr.contains("secret"), "{}", ran.stderr);
}

#[tokio::test]
async fn the_doctor_finds_nothing_bad_beside_a_server_and_says_so_without_one() {
    let mut server = serve().start().await;
    let data = server.data_dir().to_str().unwrap().to_owned();
    let dir = tempfile::tempdir().unwrap();
    let healthy = run(dir.path(), &["doctor", "--data-dir", &data]);
    assert_eq!(healthy.code, 0, "{}{}", healthy.stdout, healthy.stderr);
    server.terminate().await;
    let stopped = run(dir.path(), &["doctor", "--data-dir", &data]);
    assert_eq!(stopped.code, 1);
    let line = stopped.stdout.lines().find(|line| line.starts_with("nodes")).unwrap();
    assert!(line.contains("no server runs") && line.ends_with("horarium serve"), "{line}");
    let nowhere = run(dir.path(), &["doctor"]);
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.stdout.contains("horarium migrate"), "{}", nowhere.stdout);
    assert!(!dir.path().join("data").exists(), "a look makes nothing");
}
