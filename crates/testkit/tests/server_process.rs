//! The helper that runs a server as a child, tried on the witness: it listens, too, and keeps a file.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::time::Duration;

use horarium_testkit::{ServerCommand, eventually, read_log};

const SOON: Duration = Duration::from_secs(10);

fn witness() -> ServerCommand {
    ServerCommand::new(env!("CARGO_BIN_EXE_witness"))
        .args(["{data}/calls", "{port}"])
        .ready_path("/ok")
}

fn shell(script: &str) -> ServerCommand {
    ServerCommand::new("/bin/sh").args(["-c", script]).ready_within(Duration::from_millis(300))
}

#[tokio::test]
async fn a_killed_server_starts_again_on_the_same_port_and_data() {
    let mut server = witness().start().await;
    let url = server.url();
    assert_eq!(server.client().get("/status/204").await.unwrap().status, 204);
    assert_eq!(server.kill_9().signal(), Some(9));
    assert!(server.client().get("/ok").await.is_err());
    server.start_again().await;
    assert_eq!(server.url(), url);
    let paths: Vec<_> = read_log(&server.data_dir().join("calls")).unwrap();
    assert!(paths.iter().any(|call| call.path == "/status/204"));
    assert_eq!(server.terminate().await.signal(), Some(15));
    assert_eq!(server.pid(), None);
}

#[tokio::test]
async fn a_data_directory_of_the_caller_stays() {
    let dir = tempfile::tempdir().unwrap();
    drop(witness().data_dir(dir.path()).start().await);
    assert!(!read_log(&dir.path().join("calls")).unwrap().is_empty());
}

#[tokio::test]
async fn a_paused_server_goes_on_where_it_was() {
    let server = witness().start().await;
    let impatient = server.client().timeout(Duration::from_millis(100));
    server.pause();
    assert!(impatient.get("/ok").await.is_err());
    server.resume();
    server.client().timeout(SOON).get("/ok").await.unwrap().expect_status(200);
}

#[tokio::test]
async fn a_server_that_refuses_to_start_tells_why() {
    let refusal = shell("echo no such setting >&2; exit 3").try_start().await.err().unwrap();
    assert!(refusal.contains("exit status: 3") && refusal.contains("no such setting"), "{refusal}");
    let late = shell("echo still busy; sleep 600").try_start().await.err().unwrap();
    assert!(late.contains("no 200 from /readyz within 300ms:\nstill busy"), "{late}");
    let missing = ServerCommand::new("/nowhere/horarium").try_start().await.err().unwrap();
    assert!(missing.contains("starting /nowhere/horarium: No such file"), "{missing}");
}

#[tokio::test]
async fn our_own_settings_are_not_handed_on() {
    let script = "env | grep HORARIUM_; echo port {port}; exit 1";
    let text = shell(script).env("HORARIUM_PORT", "{port}").try_start().await.err().unwrap();
    let port = text.lines().find_map(|line| line.strip_prefix("port ")).unwrap();
    assert!(text.contains(&format!("\nHORARIUM_PORT={port}\n")), "{text}");
    assert!(!text.contains("\nHORARIUM_TEST_POSTGRES"), "{text}");
}

#[tokio::test]
async fn a_dropped_server_takes_its_children_along() {
    let dir = tempfile::tempdir().unwrap();
    let binary = env!("CARGO_BIN_EXE_witness");
    let script =
        format!("sleep 600 & echo $! >{{data}}/child; exec {binary} {{data}}/calls {{port}}");
    let command = shell(&script).data_dir(dir.path()).ready_path("/ok").ready_within(SOON);
    let server = command.start().await;
    let child = std::fs::read_to_string(dir.path().join("child")).unwrap();
    let proc = PathBuf::from("/proc").join(child.trim()).join("cmdline");
    assert!(!std::fs::read(&proc).unwrap().is_empty());
    drop(server);
    eventually(SOON, "the child to be gone", async || {
        std::fs::read(&proc).map_or(true, |text| text.is_empty()).then_some(())
    })
    .await;
}
