//! PowerShell steps: which scripts run, and how. A program of the test's stands in for `pwsh`.

use std::{
    fs,
    os::unix::fs::symlink,
    sync::atomic::{AtomicBool, Ordering},
};

use horarium_core::JobType;
use horarium_worker::{Attempted, Ending, Stop};
use rustix::fs::{CWD, Mode, RenameFlags, mkfifoat, renameat_with};
use serde_json::{Value, json};

use crate::support::{Bench, failure};

const CANARY: &str = "canary-4712";
/// Races that a plain file won.
const RUNS: u32 = 5;
const TRIES: u32 = 50_000;

async fn run(bench: &Bench, configuration: Value) -> Attempted {
    let assignment = bench.assignment(JobType::PowerShell, configuration);
    bench.runner().run(assignment, Stop::new()).await
}

#[tokio::test]
async fn a_script_is_run_without_profile_and_without_questions() {
    let bench = Bench::new();
    bench.program("pwsh", r#"printf '<%s>' "$@"; cat "$4""#);
    let script = bench.script("in/nightly.ps1", "Write-Output 'hello'");
    let wanted = json!({ "scriptPath": script, "arguments": ["-Name", "a b"] });
    let attempted = run(&bench, wanted).await;
    assert_eq!(attempted.ending, Ending::Succeeded, "{}", attempted.output.text);
    let options = "<-NoProfile><-NonInteractive><-File>";
    let expect = format!("{options}<{script}><-Name><a b>Write-Output 'hello'");
    assert_eq!(attempted.output.text, expect);
}

#[tokio::test]
async fn without_powershell_a_step_fails_at_once_and_says_so() {
    let bench = Bench::new();
    let script = bench.script("a.ps1", "");
    let attempted = run(&bench, json!({ "scriptPath": script })).await;
    let (error, retryable) = failure(&attempted);
    assert!(error.starts_with("PowerShell is not installed: no ") && !retryable, "{error}");
}

#[tokio::test]
async fn no_path_leads_out_of_the_script_roots() {
    let bench = Bench::new();
    bench.program("pwsh", r#"cat "$4""#);
    bench.script("a.ps1", "fine");
    bench.script("in/b.ps1", "fine");
    fs::write(bench.path("secret.ps1"), CANARY).unwrap();
    fs::create_dir(bench.path("scripts-evil")).unwrap();
    fs::write(bench.path("scripts-evil/secret.ps1"), CANARY).unwrap();
    symlink(bench.path("secret.ps1"), bench.path("scripts/link.ps1")).unwrap();
    symlink("..", bench.path("scripts/up")).unwrap();
    symlink(bench.path(""), bench.path("scripts/top")).unwrap();
    symlink("/proc/self/root", bench.path("scripts/proc")).unwrap();
    symlink("a.ps1", bench.path("scripts/inside.ps1")).unwrap();
    mkfifoat(CWD, bench.path("scripts/fifo.ps1"), Mode::RUSR).unwrap();
    let (top, root) = (bench.text(""), bench.text("scripts"));
    let top = top.trim_end_matches('/');
    let mut ways = vec![
        format!("{top}/secret.ps1"),
        format!("//{top}/secret.ps1"),
        format!("{root}-evil/secret.ps1"),
        format!("{root}/link.ps1"),
        format!("{root}/inside.ps1"),
        format!("{root}/up/secret.ps1"),
        format!("{root}/top/secret.ps1"),
        format!("{root}/proc{top}/secret.ps1"),
        format!("/proc/self/root{top}/secret.ps1"),
        format!("{root}/fifo.ps1"),
        format!("{root}/in"),
        format!("{root}/in/"),
        root.clone(),
        "/".to_owned(),
        String::new(),
        "secret.ps1".to_owned(),
        "./a.ps1".to_owned(),
        "~/a.ps1".to_owned(),
        format!("{root}/none.ps1"),
        "/etc/shadow".to_owned(),
        "/dev/stdin".to_owned(),
        format!("{root}/a.ps1\0"),
        format!("{root}\0/../secret.ps1"),
    ];
    for up in [
        "/..",
        "/../",
        "//..//",
        "/./..",
        "/in/../..",
        "/in/./.././..",
        "/none/../..",
        "/..\n",
        "/%2e%2e",
        "/..%2f",
        "\\..",
        "/..\\",
        "/\u{ff0e}\u{ff0e}",
        "/..;",
        "/...",
        "/.. ",
    ] {
        ways.push(format!("{root}{up}/secret.ps1"));
    }
    for way in ways {
        let attempted = run(&bench, json!({ "scriptPath": way })).await;
        let (error, _) = failure(&attempted);
        assert!(!error.contains(CANARY) && !attempted.output.text.contains(CANARY), "{way}");
        assert!(error.contains("script"), "{way}: {error}");
    }
    let fine = run(&bench, json!({ "scriptPath": format!("{root}/./in//b.ps1") })).await;
    assert_eq!((fine.ending, fine.output.text.as_str()), (Ending::Succeeded, "fine"));
}

#[test]
fn a_script_that_becomes_a_link_leads_nowhere() {
    let bench = Bench::new();
    // The interpreter opens the script later than the server looked at it.
    bench.program("pwsh", r#"cat "$4""#);
    fs::write(bench.path("secret"), CANARY).unwrap();
    let script = bench.script("a.ps1", "fine");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let link = bench.path("scripts/link");
            symlink(bench.path("secret"), &link).unwrap();
            while !is_over.load(Ordering::Relaxed) {
                renameat_with(CWD, &link, CWD, &script, RenameFlags::EXCHANGE).unwrap();
            }
        });
        let n_ran = runs_while_it_changes(&bench, &script);
        is_over.store(true, Ordering::Relaxed);
        assert!(n_ran >= RUNS, "{n_ran} runs");
    });
}

/// Runs until the script was a plain file often enough, or never will be.
fn runs_while_it_changes(bench: &Bench, script: &str) -> u32 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let runner = bench.runner();
    let mut n_ran = 0;
    for attempt in 0..TRIES {
        let wanted = json!({ "scriptPath": script });
        let mut assignment = bench.assignment(JobType::PowerShell, wanted);
        assignment.attempt = attempt;
        let attempted = runtime.block_on(runner.run(assignment, Stop::new()));
        assert!(!attempted.output.text.contains(CANARY));
        n_ran += u32::from(attempted.output.text == "fine");
        if n_ran == RUNS {
            break;
        }
    }
    n_ran
}
