//! Nothing of a program is left over, however it ends.

use std::{
    fs,
    time::{Duration, Instant},
};

use horarium_core::JobType;
use horarium_worker::{Ending, Stop};
use serde_json::json;

use crate::support::{Bench, GONE_WITHIN};

/// A process that has lost its parent, its session and its group, and does not mind SIGTERM.
const ESCAPE: &str =
    r#"( setsid bash -c 'trap "" TERM; ( setsid sleep 1000 & ); exec sleep 1000' & ) & "#;

/// This process's memory, in KiB.
fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

async fn cancelled_after(bench: &Bench, body: &str, n_processes: usize) -> Ending {
    let program = bench.program("program", body);
    let assignment = bench.assignment(JobType::Executable, json!({ "executablePath": program }));
    let (runner, stop) = (bench.runner(), Stop::new());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { runner.run(assignment, stop).await }
    });
    bench.await_survivors(n_processes).await;
    stop.cancel();
    running.await.unwrap().ending
}

async fn a_tree_is_gone(bench: Bench) {
    let body = format!("trap '' TERM; {ESCAPE} sleep 1000");
    assert_eq!(cancelled_after(&bench, &body, 4).await, Ending::Cancelled);
    assert_eq!(bench.survivors(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_that_forks_twice_and_ignores_sigterm_is_gone_when_the_attempt_is_over() {
    let since = Instant::now();
    a_tree_is_gone(Bench::new()).await;
    assert!(since.elapsed() < GONE_WITHIN, "{:?}", since.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cgroup_it_is_gone_too() {
    let since = Instant::now();
    a_tree_is_gone(Bench::new().without_cgroup()).await;
    assert!(since.elapsed() < GONE_WITHIN, "{:?}", since.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_a_gigabyte_is_read_and_not_kept() {
    let bench = Bench::new();
    let before = resident_kib();
    let attempted = bench.run(&format!("{ESCAPE} yes | head -c 1G; echo; echo end"), &[]).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    assert_eq!(attempted.output.bytes, (1 << 30) + 5);
    assert!(attempted.output.cut && attempted.output.text.ends_with("\nend\n"));
    assert_eq!(bench.survivors(), Vec::<String>::new());
    let grown = resident_kib() - before;
    assert!(grown <= 64 * 1024, "{grown} KiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_flood_is_gone() {
    let bench = Bench::new();
    let body = format!("trap '' TERM; {ESCAPE} while :; do yes; done");
    let before = resident_kib();
    assert_eq!(cancelled_after(&bench, &body, 4).await, Ending::Cancelled);
    assert_eq!(bench.survivors(), Vec::<String>::new());
    assert!(resident_kib() - before <= 64 * 1024);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_ends_leaves_nobody_behind() {
    let bench = Bench::new();
    let output = bench.output(&format!("{ESCAPE} echo done")).await;
    assert_eq!(output, "done\n");
    assert_eq!(bench.survivors(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_takes_too_long_is_ended() {
    let bench = Bench::new();
    let program = bench.program("program", &format!("echo begun; {ESCAPE} sleep 1000"));
    let mut assignment =
        bench.assignment(JobType::Executable, json!({ "executablePath": program }));
    assignment.timeout = Duration::from_millis(500);
    let attempted = bench.runner().run(assignment, Stop::new()).await;
    let error = "timed out after 500 ms (timeoutSeconds)".to_owned();
    assert_eq!(attempted.ending, Ending::TimedOut { error });
    assert_eq!(attempted.output.text, "begun\n");
    assert_eq!(bench.survivors(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_has_time_to_end_by_itself() {
    let bench = Bench::new();
    let said = bench.text("work/said");
    let body = format!("trap 'echo bye > {said}; exit 0' TERM; sleep 1000 & wait");
    assert_eq!(cancelled_after(&bench, &body, 2).await, Ending::Cancelled);
    assert_eq!(fs::read_to_string(said).unwrap(), "bye\n");
}

/// Twelve processes, each of which lives only until it has made the next one.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_the_same_process_twice_is_ended_all_the_same() {
    let bench = Bench::new().without_cgroup();
    let next = r#"trap "" TERM; sleep 0.01; setsid "$0" next & "#;
    let body = format!(
        "if [ \"$1\" = next ]; then {next} exit; fi; for i in {{1..12}}; do \"$0\" next & done; sleep 1000"
    );
    let program = bench.program("program", &body);
    let assignment = bench.assignment(JobType::Executable, json!({ "executablePath": program }));
    let (runner, stop) = (bench.runner(), Stop::new());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { runner.run(assignment, stop).await }
    });
    horarium_testkit::eventually(GONE_WITHIN, "all to run", async || {
        (bench.survivors().len() >= 12).then_some(())
    })
    .await;
    stop.cancel();
    assert_eq!(running.await.unwrap().ending, Ending::Cancelled);
    assert_eq!(bench.survivors(), Vec::<String>::new());
}
