//! A full disk: the API says so, nothing false is promised, and it recovers by itself (F15).

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use horarium_testkit::{Client, ServerCommand, eventually};
use serde_json::{Value, json};

use crate::client::API_KEY;

/// Room for the server's files at first, and little more.
const DISK: &str = "size=24m";
const JOBS: &str = "/api/v1/scheduler/jobs";
/// Jobs tried before the disk must have been full for one of them.
const JOBS_MAX: usize = 2_000;
/// The lease runs out in this time when it cannot be renewed, and comes back sooner.
const NOTICED: Duration = Duration::from_secs(30);

/// A small file system of its own, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where mounting is not allowed: said loudly, because then nothing is shown.
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(at).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(at.to_owned()));
        }
        eprintln!("SKIPPED: this test mounts a small tmpfs, and may not here (it needs root)");
        None
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = File::create(&path).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![7; size]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is still ending holds its files.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

fn job(n: usize) -> Value {
    json!({
        "name": format!("job {n}"),
        "description": "x".repeat(1_900),
        "jobType": "CodeExecution",
        "scheduleType": "Cron",
        "scheduleExpression": "0 0 1 1 *",
        "jobConfiguration": { "handlerType": "noop" },
    })
}

async fn create(client: &Client, n: usize) -> (u16, Value) {
    let answer = client.post(JOBS, &job(n)).await.unwrap();
    (answer.status, answer.json())
}

async fn ready(client: &Client, status: u16) {
    let what = format!("/readyz to answer {status}");
    eventually(NOTICED, &what, async || {
        let answer = client.get("/readyz").await.ok()?;
        (answer.status == status).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_a_503_and_no_false_promise_and_passes_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&directory.path().join("disk")) else { return };
    let server = ServerCommand::new(env!("CARGO_BIN_EXE_horarium"))
        .args(["serve", "--listen", "127.0.0.1:{port}", "--data-dir", "{data}"])
        .data_dir(&disk.0.join("data"))
        .env("HORARIUM_BOOTSTRAP_API_KEY", API_KEY)
        .env("HORARIUM_LOG__FILTER", "warn")
        .start()
        .await;
    let client = server.client().api_key(API_KEY);
    let (status, first) = create(&client, 0).await;
    assert_eq!(status, 201, "{first}");

    let filler = disk.fill();
    let mut promised = vec![first["id"].as_str().unwrap().to_owned()];
    let mut refused = None;
    for n in 1..JOBS_MAX {
        match create(&client, n).await {
            (201, made) => promised.push(made["id"].as_str().unwrap().to_owned()),
            (status, problem) => {
                refused = Some((status, problem));
                break;
            }
        }
    }
    let (status, problem) = refused.expect("a full disk");
    assert_eq!(status, 503, "{problem}");
    assert_eq!(problem["code"], "SERVICE_UNAVAILABLE");
    ready(&client, 503).await;

    fs::remove_file(filler).unwrap();
    ready(&client, 200).await;
    let (status, after) = create(&client, JOBS_MAX).await;
    assert_eq!(status, 201, "{after}");
    for id in promised {
        let answer = client.get(&format!("{JOBS}/{id}")).await.unwrap();
        assert_eq!(answer.status, 200, "job {id} was promised");
    }
}
