//! `with-postgres` leaves nothing behind, however it ends.

#![expect(clippy::unwrap_used, reason = "clippy knows #[test] functions only, not their helpers")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use horarium_testkit::eventually;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

const BINARY: &str = env!("CARGO_BIN_EXE_with-postgres");

/// Says where the data is, then stays until its stdin ends.
const STAY: &str =
    r#"psql -X -A -t -d "$HORARIUM_TEST_POSTGRES" -c 'SHOW data_directory'; exec cat"#;

struct Wrapper {
    process: Child,
    data: PathBuf,
    postmaster: u32,
}

impl Wrapper {
    fn start() -> Self {
        let mut process = Command::new(BINARY)
            .args(["--", "sh", "-c", STAY])
            // So that a test can send to the group what Ctrl-C sends.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let data = PathBuf::from(line.trim());
        let pid_file = std::fs::read_to_string(data.join("postmaster.pid")).unwrap();
        let postmaster = pid_file.lines().next().unwrap().parse().unwrap();
        assert!(is_running(postmaster));
        Self { process, data, postmaster }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.process)
    }

    async fn ended(&mut self) -> ExitStatus {
        eventually(Duration::from_secs(30), "the wrapper to end", async || {
            self.process.try_wait().unwrap()
        })
        .await
    }

    async fn left_nothing(&self) {
        eventually(Duration::from_secs(20), "postgres and its data to be gone", async || {
            let gone = !is_running(self.postmaster) && !self.data.parent().unwrap().exists();
            gone.then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn the_exit_code_is_the_commands() {
    let code = |args: &[&str]| Command::new(BINARY).args(args).status().unwrap().code();
    assert_eq!(code(&["sh", "-c", "exit 7"]), Some(7));
    assert_eq!(code(&["--durable", "--", "sh", "-c", "kill -9 $$"]), Some(128 + 9));
    assert_eq!(code(&["/nowhere/to/be/found"]), Some(127));
    assert_eq!(code(&[]), Some(2));
    assert_eq!(code(&["--fast", "true"]), Some(2));
}

#[tokio::test]
async fn the_end_of_the_command_is_the_end_of_the_cluster() {
    let mut wrapper = Wrapper::start();
    drop(wrapper.process.stdin.take());
    assert_eq!(wrapper.ended().await.code(), Some(0));
    wrapper.left_nothing().await;
}

#[tokio::test]
async fn sigterm_is_handed_on() {
    let mut wrapper = Wrapper::start();
    kill_process(wrapper.pid(), Signal::TERM).unwrap();
    assert_eq!(wrapper.ended().await.code(), Some(128 + 15));
    wrapper.left_nothing().await;
}

#[tokio::test]
async fn ctrl_c_stops_everything() {
    let mut wrapper = Wrapper::start();
    kill_process_group(wrapper.pid(), Signal::INT).unwrap();
    assert_eq!(wrapper.ended().await.code(), Some(128 + 2));
    wrapper.left_nothing().await;
}

#[tokio::test]
async fn kill_9_leaves_no_postgres_behind() {
    let mut wrapper = Wrapper::start();
    kill_process(wrapper.pid(), Signal::KILL).unwrap();
    assert_eq!(wrapper.ended().await.signal(), Some(9));
    wrapper.left_nothing().await;
}

/// A zombie, which only its new parent can take away, has no command line.
fn is_running(pid: u32) -> bool {
    let command = std::fs::read(Path::new("/proc").join(pid.to_string()).join("cmdline"));
    command.is_ok_and(|text| !text.is_empty())
}
