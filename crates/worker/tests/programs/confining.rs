//! What a program cannot do, whatever it tries.

use std::fs;

use horarium_worker::sandbox::{Limits, abilities};

use crate::support::{Bench, failure};

const CANARY: &str = "canary-4711";

/// Landlock's part is tested where the kernel has it; the machine of the continuous tests does.
fn has_landlock() -> bool {
    abilities().starts_with("Landlock: fully")
}

#[tokio::test]
async fn what_is_not_a_steps_business_cannot_be_read() {
    let bench = Bench::new();
    fs::write(bench.path("data/horarium.db"), CANARY).unwrap();
    fs::hard_link(bench.path("data/horarium.db"), bench.path("secret")).unwrap();
    std::os::unix::fs::symlink(bench.path("secret"), bench.path("work/link")).unwrap();
    if !has_landlock() {
        return;
    }
    for path in [
        bench.text("data/horarium.db"),
        bench.text("secret"),
        bench.text("work/link"),
        "/etc/shadow".to_owned(),
        format!("/proc/{}/environ", std::process::id()),
        format!("/proc/{}/mem", std::process::id()),
        "/proc/$PPID/mem".to_owned(),
        "/proc/1/environ".to_owned(),
        "/proc/$PPID/root/etc/shadow".to_owned(),
        "/root".to_owned(),
    ] {
        let attempted = bench.run(&format!("cat {path} || exit 1; echo read"), &[]).await;
        assert!(!attempted.output.text.contains("read"), "{path}");
        let (error, _) = failure(&attempted);
        assert!(error.contains("Permission denied"), "{path}: {error}");
    }
}

#[tokio::test]
async fn what_is_not_a_steps_business_cannot_be_written() {
    let bench = Bench::new();
    fs::write(bench.path("data/kept"), CANARY).unwrap();
    let script = bench.script("a.ps1", "");
    if !has_landlock() {
        return;
    }
    let tries = [
        format!("echo x > {}", bench.text("new")),
        format!("echo x >> {}", bench.text("data/kept")),
        format!("rm {}", bench.text("data/kept")),
        format!("mv {} ~", bench.text("data/kept")),
        format!("echo x > {script}"),
        format!("ln {} ~/kept", bench.text("data/kept")),
        "echo x > /tmp/horarium-escaped".to_owned(),
    ];
    for tried in tries {
        let attempted = bench.run(&tried, &[]).await;
        let (error, _) = failure(&attempted);
        assert!(error.contains("denied") || error.contains("cross-device"), "{tried}: {error}");
    }
    assert_eq!(fs::read_to_string(bench.path("data/kept")).unwrap(), CANARY);
    let written = format!("echo x > {0}/a && cat {0}/a && rm {0}/a", bench.text("work"));
    assert_eq!(bench.output(&written).await, "x\n");
}

#[tokio::test]
async fn a_program_cannot_end_its_supervisor() {
    let bench = Bench::new();
    if !has_landlock() {
        return;
    }
    let attempted = bench.run("kill -9 $PPID", &[]).await;
    assert!(failure(&attempted).0.contains("Operation not permitted"));
}

#[tokio::test]
async fn privileges_are_not_gained() {
    let bench = Bench::new();
    let output = bench.output("grep NoNewPrivs /proc/self/status").await;
    assert_eq!(output, "NoNewPrivs:\t1\n");
}

#[tokio::test]
async fn limits_hold() {
    let limits =
        Limits { memory_bytes: 64 << 20, file_bytes: 1 << 20, files: 20, ..Limits::default() };
    let bench = Bench::new().limited(limits);
    let check = async |body: &str, expect: &str| {
        let attempted = bench.run(body, &[]).await;
        let (error, _) = failure(&attempted);
        assert!(error.contains(expect), "{body}: {error}");
    };
    check("x=$(head -c 200M /dev/zero | tr '\\0' x); exit 7", "").await;
    check("exec head -c 2M /dev/zero > ~/file", "SIGXFSZ").await;
    check(
        "for i in {10..40}; do eval \"exec $i<>/dev/null\" || exit 1; done",
        "Too many open files",
    )
    .await;
    assert_eq!(bench.output("ulimit -c; ulimit -n").await, "0\n20\n");
}
