//! How a module that will not end, or takes too much, is ended.

use std::time::{Duration, Instant};

use horarium_testkit::eventually;
use horarium_wasm::{Limits, Report, Run};

use crate::support::{LIMITS, command, run, sandbox};

const FOREVER: &str = "(loop $again (br $again))";
const SOON: Duration = Duration::from_secs(20);

async fn check(code: &[u8], limits: Limits, expect: &str) {
    let ran = run(code, limits).await;
    assert_eq!(ran.report.unwrap(), Report::Ended(expect.to_owned()));
}

#[tokio::test]
async fn a_loop_ends_with_its_fuel() {
    check(&command(&[], "", FOREVER), LIMITS, "used up its fuel").await;
}

#[tokio::test]
async fn a_loop_with_fuel_ends_with_its_processor_time() {
    let limits = Limits { fuel: u64::MAX, cpu_seconds: 1, ..LIMITS };
    let ran = run(&command(&[], "", FOREVER), limits).await;
    let died = ran.report.unwrap_err().to_string();
    assert_eq!(died, "the sandbox ended without a word: killed by signal 9");
}

#[tokio::test]
async fn memory_ends_at_its_limit() {
    let grow = |pages: u32| {
        let grow =
            format!("(br_if $again (i32.ne (memory.grow (i32.const {pages})) (i32.const -1)))");
        command(&[], "", &format!("(loop $again {grow})"))
    };
    check(&grow(1), LIMITS, "needs more memory than it may have").await;
    check(&grow(1_000), LIMITS, "needs more memory than it may have").await;
}

#[tokio::test]
async fn the_last_page_is_to_be_had_and_one_more_is_not() {
    let n_pages = u32::try_from(LIMITS.memory_bytes >> 16).unwrap();
    let grow = |by: u32| {
        let last = (n_pages << 16) - 4;
        let body = format!(
            "(drop (memory.grow (i32.const {by}))) (i32.store (i32.const {last}) (i32.const 1))"
        );
        command(&[], "", &body)
    };
    // It has one page to begin with.
    assert_eq!(run(&grow(n_pages - 1), LIMITS).await.report.unwrap(), Report::Exited(0));
    check(&grow(n_pages), LIMITS, "needs more memory than it may have").await;
}

#[tokio::test]
async fn output_ends_at_its_limit() {
    let flood = "
        (i32.store (i32.const 4) (i32.const 1024))
        (loop $again
            (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
            (br $again))";
    let ran = run(&command(&["fd_write"], "", flood), LIMITS).await;
    assert_eq!(ran.report.unwrap(), Report::Ended("wrote more than it may".to_owned()));
    assert_eq!(ran.stdout.len() as u64, LIMITS.written_bytes, "to the last byte");
}

#[tokio::test]
async fn a_trap_is_told() {
    let trap = "trapped: wasm `unreachable` instruction executed";
    check(&command(&[], "", "unreachable"), LIMITS, trap).await;
    let deep = wat::parse_str(
        r#"(module (memory (export "memory") 1) (func $f (export "_start") (call $f) (call $f)))"#,
    );
    check(&deep.unwrap(), LIMITS, "called itself too deep").await;
}

/// Children whose command line holds `mark`.
fn children(mark: u64) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    let mark = mark.to_string();
    lines.filter(|line| String::from_utf8_lossy(line).split('\0').any(|arg| arg == mark)).count()
}

#[tokio::test]
async fn a_run_that_is_let_go_of_is_killed_within_a_second() {
    // So that its child is told from those of other tests.
    const MARK: u64 = 4_321;
    let limits = Limits { fuel: u64::MAX, cpu_seconds: MARK, ..LIMITS };
    let code = command(&[], "", FOREVER);
    let running = tokio::spawn(async move {
        let run = Run { code: &code, args: &[], env: &[], input: b"", limits };
        sandbox().run(run, |_, _| {}).await.map(drop)
    });
    eventually(SOON, "the child", async || (children(MARK) == 1).then_some(())).await;
    let since = Instant::now();
    running.abort();
    eventually(SOON, "its end", async || (children(MARK) == 0).then_some(())).await;
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
}
