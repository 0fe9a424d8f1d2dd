//! The server, or the supervisor, is killed -9 while a program runs.

use std::process::Command;

use horarium_core::JobType;
use horarium_worker::{Ending, Stop};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::support::{Bench, GONE_WITHIN, failure};

const ESCAPE: &str = r#"( setsid bash -c 'trap "" TERM; exec sleep 1000' & ) & "#;
const PROGRAM: &str = "HORARIUM_TEST_PROGRAM";

/// What the test below starts a second time, to kill it.
#[tokio::test]
#[ignore = "stands in for a server that is killed"]
async fn stands_in_for_a_server() {
    let Ok(program) = std::env::var(PROGRAM) else { return };
    let bench = Bench::new();
    std::os::unix::fs::symlink(&program, bench.path("bin/program")).unwrap();
    let wanted = json!({ "executablePath": bench.text("bin/program") });
    let assignment = bench.assignment(JobType::Executable, wanted);
    bench.runner().run(assignment, Stop::new()).await;
}

/// Processes with this argument somewhere in their command line.
fn running(mark: &str) -> Vec<i32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let is_marked = |entry: &std::fs::DirEntry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        line.windows(mark.len()).any(|part| part == mark.as_bytes())
    };
    let marked = processes.filter(is_marked);
    marked.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_leaves_no_program() {
    let bench = Bench::new();
    // Unique, and shown by both processes.
    let mark = format!("1000.{}", std::process::id());
    let program = bench.program(
        "program",
        &format!("trap '' TERM; {} sleep {mark}", ESCAPE.replace("1000", &mark)),
    );
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "dying::stands_in_for_a_server", "--ignored"])
        .env(PROGRAM, &program)
        .spawn()
        .unwrap();
    horarium_testkit::eventually(GONE_WITHIN, "both to run", async || {
        (running(&mark).len() == 2).then_some(())
    })
    .await;
    server.kill().unwrap();
    server.wait().unwrap();
    horarium_testkit::eventually(GONE_WITHIN, "both to be gone", async || {
        running(&mark).is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_that_is_killed_takes_its_program_along() {
    let bench = Bench::new();
    let program = bench.program("program", "echo $PPID; exec sleep 1000");
    let wanted = json!({ "executablePath": program });
    let assignment = bench.assignment(JobType::Executable, wanted);
    let runner = bench.runner();
    let running = tokio::spawn(async move { runner.run(assignment, Stop::new()).await });
    bench.await_survivors(1).await;
    let stat = bench.survivors().pop().unwrap();
    let program = stat.split(' ').next().unwrap().to_owned();
    let status = std::fs::read_to_string(format!("{program}/status")).unwrap();
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap();
    let supervisor = Pid::from_raw(parent.trim().parse().unwrap()).unwrap();
    kill_process(supervisor, Signal::KILL).unwrap();
    let attempted = running.await.unwrap();
    assert!(failure(&attempted).0.ends_with("its supervisor ended without a word"));
    assert_ne!(attempted.ending, Ending::Succeeded);
    bench.gone().await;
}
