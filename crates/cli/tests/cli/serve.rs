//! `horarium serve` as a process: its start, its end, and that there is one per SQLite file.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use horarium_testkit::{ServerCommand, ServerProcess, eventually};

use crate::horarium;

async fn server() -> ServerProcess {
    command().start().await
}

fn command() -> ServerCommand {
    ServerCommand::new(env!("CARGO_BIN_EXE_horarium")).args([
        "serve",
        "--listen",
        "127.0.0.1:{port}",
        "--data-dir",
        "{data}",
    ])
}

#[tokio::test]
async fn it_says_where_it_is_and_how_to_begin() {
    let server = server().await;
    let token = server.data_dir().join("setup-token");
    let said = eventually(Duration::from_secs(5), "the welcome", async || {
        Some(server.log()).filter(|log| log.contains("/api/v1/setup"))
    })
    .await;
    assert!(said.contains(&format!("{}/api/docs", server.url())), "{said}");
    let text = std::fs::read_to_string(&token).unwrap();
    assert!(text.trim().len() >= 43, "256 bits need 43 characters: {} has fewer", text.len());
    assert!(said.contains(text.trim()), "{said}");
    assert_eq!(token.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn sigterm_ends_it_in_order_and_it_starts_again() {
    let mut server = server().await;
    assert_eq!(server.terminate().await.code(), Some(0));
    server.start_again().await;
    assert_eq!(server.terminate().await.code(), Some(0));
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused() {
    let mut first = server().await;
    let pid = first.pid().unwrap();
    let second = command().data_dir(first.data_dir()).try_start().await;
    let refusal = second.err().unwrap();
    assert!(
        refusal.contains(&format!("error: another Horarium (pid {pid}) is using")),
        "{refusal}"
    );
    // A killed server's lock goes with it.
    first.kill_9();
    command().data_dir(first.data_dir()).start().await;
}

#[tokio::test]
async fn healthcheck_finds_it_ready() {
    let server = server().await;
    let listen = format!("127.0.0.1:{}", server.port());
    let ran = horarium(server.data_dir(), &["healthcheck", "--listen", &listen], &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[tokio::test]
async fn sighup_changes_the_log_level_and_names_what_needs_a_new_start() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("horarium.toml");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    write("[log]\nfilter = \"info\"\n");
    let server = command().env("HORARIUM_CONFIG", file.to_str().unwrap()).start().await;
    let said = async |text: &str| {
        eventually(Duration::from_secs(10), text, async || {
            Some(server.log()).filter(|log| log.contains(text))
        })
        .await
    };
    assert!(!server.log().contains(" DEBUG "), "{}", server.log());
    write("workers = 3\n[log]\nfilter = \"debug\"\n");
    hang_up(&server);
    said("log.filter is now as configured").await;
    said("workers has changed; that takes effect at the next start").await;
    server.client().get("/api/v1/health").await.unwrap().expect_status(200);
    said("GET /api/v1/health: 200").await;
    write("[log]\nfilter = \"horarium=loud\"\n");
    hang_up(&server);
    said("the configuration stays as it was: error: log.filter `horarium=loud`").await;
}

fn hang_up(server: &ServerProcess) {
    let pid = server.pid().unwrap().to_string();
    let sent = std::process::Command::new("kill").args(["-HUP", &pid]).status();
    assert!(sent.unwrap().success());
}
