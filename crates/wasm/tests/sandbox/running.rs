//! What a module is given, and what comes back.

use horarium_wasm::{Report, Run};

use crate::support::{LIMITS, command, printing, run, run_with, sandbox};

#[tokio::test]
async fn a_module_writes_and_ends() {
    let ran = run(&printing(1, "hello", 0), LIMITS).await;
    assert_eq!((ran.report.unwrap(), &ran.stdout[..]), (Report::Exited(0), &b"hello"[..]));
    let ran = run(&printing(2, "no such row", 3), LIMITS).await;
    assert_eq!((ran.report.unwrap(), &ran.stderr[..]), (Report::Exited(3), &b"no such row"[..]));
    let ran = run(&command(&[], "", ""), LIMITS).await;
    assert_eq!((ran.report.unwrap(), ran.stdout.len()), (Report::Exited(0), 0));
}

#[tokio::test]
async fn input_is_read_to_its_end() {
    // Reads into 1024.., writes what it read, until nothing is left.
    let body = r"
        (loop $again
            (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 1000))
            (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
            (i32.store (i32.const 4) (i32.load (i32.const 8)))
            (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
            (br_if $again (i32.load (i32.const 8))))";
    let code = command(&["fd_read", "fd_write"], "", body);
    let input: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let run = Run { code: &code, args: &[], env: &[], input: &input, limits: LIMITS };
    let ran = run_with(&sandbox(), run).await;
    assert_eq!(ran.report.unwrap(), Report::Exited(0));
    assert_eq!(ran.stdout, input);
}

/// The texts that `get` puts at 1024, as `sizes` says.
async fn texts(sizes: &str, get: &str) -> String {
    let body = format!(
        "(drop (call ${sizes} (i32.const 16) (i32.const 4)))
         (drop (call ${get} (i32.const 512) (i32.const 1024)))
         (i32.store (i32.const 0) (i32.const 1024))
         (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))"
    );
    let code = command(&[sizes, get, "fd_write"], "", &body);
    let args = ["reports".to_owned(), "Monthly".to_owned()];
    let env = [("HORARIUM_ATTEMPT".to_owned(), "2".to_owned())];
    let run = Run { code: &code, args: &args, env: &env, input: b"", limits: LIMITS };
    String::from_utf8(run_with(&sandbox(), run).await.stdout).unwrap()
}

#[tokio::test]
async fn arguments_and_variables_are_those_of_the_run_and_no_others() {
    assert_eq!(texts("args_sizes_get", "args_get").await, "reports\0Monthly\0");
    assert_eq!(texts("environ_sizes_get", "environ_get").await, "HORARIUM_ATTEMPT=2\0");
}

#[tokio::test]
async fn a_module_has_time_and_chance() {
    // The second reading of the clock is not before the first, and eight random bytes are not zero.
    let body = "
        (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 0)))
        (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8)))
        (drop (call $random_get (i32.const 16) (i32.const 8)))
        (call $proc_exit (i32.add
            (i64.lt_u (i64.load (i32.const 8)) (i64.load (i32.const 0)))
            (i64.eqz (i64.load (i32.const 16)))))";
    let code = command(&["clock_time_get", "random_get", "proc_exit"], "", body);
    assert_eq!(run(&code, LIMITS).await.report.unwrap(), Report::Exited(0));
}

#[tokio::test]
async fn a_module_may_sleep() {
    // One subscription: a clock, the monotonic one, 50 ms.
    let body = "
        (i32.store (i32.const 16) (i32.const 1))
        (i64.store (i32.const 24) (i64.const 50000000))
        (drop (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
        (call $proc_exit (i32.load (i32.const 128)))";
    let code = command(&["poll_oneoff", "proc_exit"], "", body);
    let since = std::time::Instant::now();
    assert_eq!(run(&code, LIMITS).await.report.unwrap(), Report::Exited(1), "one event");
    assert!(since.elapsed().as_millis() >= 50);
}

/// Of WASI.
const EFAULT: i32 = 21;
const EBADF: i32 = 8;

#[tokio::test]
async fn addresses_outside_of_the_memory_are_faults_of_the_module() {
    let call = |name: &str, arguments: &str| {
        let body = format!("(call $proc_exit (call ${name} {arguments}))");
        command(&[name, "proc_exit"], "", &body)
    };
    let far = "(i32.const -4)";
    let near = "(i32.const 0)";
    let one = "(i32.const 1)";
    for (code, expect) in [
        (call("random_get", &format!("{far} {far}")), EFAULT),
        (call("args_sizes_get", &format!("{far} {near}")), EFAULT),
        (call("fd_write", &format!("{one} {far} {one} {near}")), EFAULT),
        (call("fd_write", &format!("(i32.const 3) {near} {one} {near}")), EBADF),
        (call("fd_write", &format!("{near} {near} {one} {near}")), EBADF),
        (call("fd_read", &format!("{one} {near} {one} {near}")), EBADF),
    ] {
        assert_eq!(run(&code, LIMITS).await.report.unwrap(), Report::Exited(expect));
    }
}
