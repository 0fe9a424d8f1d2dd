//! What a program is given, and what becomes of its end.

use horarium_core::JobType;
use horarium_worker::{Ending, Stop};
use serde_json::json;

use crate::support::{Bench, failure};

#[tokio::test]
async fn arguments_arrive_one_by_one_and_no_shell_reads_them() {
    let bench = Bench::new();
    let arguments = ["a b", "", "$(id)", "`id`", "; exit 9", "*", "'", "\"", "-n", "ü\n"];
    let attempted = bench.run(r#"printf '<%s>' "$@""#, &arguments).await;
    assert_eq!(attempted.ending, Ending::Succeeded);
    let expect: Vec<String> = arguments.iter().map(|argument| format!("<{argument}>")).collect();
    assert_eq!(attempted.output.text, expect.concat());
}

#[tokio::test]
async fn a_variable_stays_within_its_argument() {
    let bench = Bench::new();
    let arguments = ["{{Job.Name}}", "at={{Now}}"];
    let attempted = bench.run(r#"printf '<%s>' "$@""#, &arguments).await;
    assert_eq!(attempted.output.text, "<a \"b\" $c><at=2026-01-31T09:00:01Z>");
}

#[tokio::test]
async fn the_environment_is_clean() {
    let bench = Bench::new();
    // PATH and HOME are set where the tests run; nothing of theirs may arrive.
    assert!(std::env::var("CARGO_MANIFEST_DIR").is_ok());
    let output = bench.output("/usr/bin/env -0 | sort -z | tr '\\0' '\\n'").await;
    let names: Vec<&str> = output.lines().filter_map(|line| line.split('=').next()).collect();
    let own = ["DOTNET_EnableDiagnostics", "HOME", "HORARIUM_ATTEMPT", "HORARIUM_EXECUTION_ID"];
    let rest = ["HORARIUM_SCHEDULED_FOR", "LANG", "PATH", "POWERSHELL_TELEMETRY_OPTOUT"];
    // bash adds the last ones by itself.
    let bash = ["PWD", "SHLVL", "TMPDIR", "_"];
    assert_eq!(names, [&own[..], &rest, &bash].concat());
    assert!(output.contains("HORARIUM_SCHEDULED_FOR=2026-01-31T09:00:00Z\n"), "{output}");
    assert!(output.contains("HORARIUM_ATTEMPT=2\n"), "{output}");
}

#[tokio::test]
async fn nothing_is_inherited_but_the_three_streams() {
    let bench = Bench::new();
    let _file = std::fs::File::open("/proc/self/status").unwrap();
    // The last one is the listing's own.
    let output = bench.output("ls /proc/self/fd; cat").await;
    assert_eq!(output, "0\n1\n2\n3\n");
}

#[tokio::test]
async fn a_step_has_a_home_of_its_own_that_is_removed() {
    let bench = Bench::new();
    let output = bench.output("mkdir ~/a; echo x > ~/a/b; stat -c %a ~; echo $HOME; pwd").await;
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines[0], "700");
    assert_eq!(lines[1], lines[2], "it is where a step without a working directory works");
    assert!(!std::path::Path::new(lines[1]).exists());
}

#[tokio::test]
async fn a_working_directory_is_one_of_the_operators() {
    let bench = Bench::new();
    let program = bench.program("program", "pwd; echo x > made");
    std::fs::create_dir(bench.path("work/in")).unwrap();
    std::os::unix::fs::symlink(bench.path("data"), bench.path("work/link")).unwrap();
    let run = async |folder: String| {
        let wanted = json!({ "executablePath": program, "workingDirectory": folder });
        let assignment = bench.assignment(JobType::Executable, wanted);
        bench.runner().run(assignment, Stop::new()).await
    };
    let attempted = run(bench.text("work/in")).await;
    assert_eq!(attempted.ending, Ending::Succeeded, "{}", attempted.output.text);
    assert_eq!(attempted.output.text, format!("{}\n", bench.text("work/in")));
    assert!(bench.path("work/in/made").exists());
    let refused = ["work/link", "data", "work/../data", "", "work/none", "work-evil"];
    for folder in refused {
        let attempted = run(bench.text(folder)).await;
        let (error, retryable) = failure(&attempted);
        assert!(error.contains("runners.working_roots") && !retryable, "{folder}: {error}");
    }
}

#[tokio::test]
async fn an_exit_code_is_the_end() {
    let bench = Bench::new();
    let check = async |body: &str, expect: &str, retryable: bool| {
        let attempted = bench.run(body, &[]).await;
        let program = bench.text("bin/program");
        assert_eq!(failure(&attempted), (format!("`{program}` {expect}").as_str(), retryable));
    };
    check("exit 3", "ended with exit code 3", true).await;
    check("echo no >&2; exit 255", "ended with exit code 255: no", true).await;
    check("kill -9 $$", "was killed by signal 9 (SIGKILL)", true).await;
    check("kill -SEGV $$", "was killed by signal 11 (SIGSEGV)", true).await;
}

#[tokio::test]
async fn what_is_written_to_stderr_is_a_warning() {
    let bench = Bench::new();
    let attempted = bench.run("echo out; echo 'disk is 91 % full' >&2", &[]).await;
    let program = bench.text("bin/program");
    let warning = format!("`{program}` wrote to stderr: disk is 91 % full");
    assert_eq!(attempted.ending, Ending::Warned { warning });
    assert!(attempted.output.text.contains("out\n"), "{}", attempted.output.text);
    assert!(attempted.output.text.contains("disk is 91 % full\n"), "{}", attempted.output.text);
}

#[tokio::test]
async fn output_that_is_not_text_is_replaced() {
    let bench = Bench::new();
    let output = bench.output(r"printf 'a\xff\xfe\x00b\xc3'").await;
    assert_eq!(output, "a\u{fffd}\u{fffd}\u{fffd}b\u{fffd}");
}

#[tokio::test]
async fn only_what_the_operator_named_runs() {
    let bench = Bench::new();
    bench.program("program", "echo no");
    let refused = [
        "/bin/sh".to_owned(),
        "program".to_owned(),
        "bin/program".to_owned(),
        bench.text("bin/../bin/program"),
        bench.text("bin/program\0"),
        bench.text("bin"),
        bench.text("bin/program -c"),
        String::new(),
    ];
    for path in refused {
        let assignment = bench.assignment(JobType::Executable, json!({ "executablePath": path }));
        let attempted = bench.runner().run(assignment, Stop::new()).await;
        let (error, retryable) = failure(&attempted);
        assert!(error.contains("runners.executables") && !retryable, "{path}: {error}");
    }
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let bench = Bench::new();
    let program = bench.program("program", "");
    std::fs::write(&program, "#!/no/such/interpreter\n").unwrap();
    let runner = bench.runner();
    let wanted = json!({ "executablePath": program });
    let attempted =
        runner.run(bench.assignment(JobType::Executable, wanted.clone()), Stop::new()).await;
    let expect = format!("starting `{program}`: No such file or directory (os error 2)");
    assert_eq!(failure(&attempted), (expect.as_str(), false));
    std::fs::remove_file(&program).unwrap();
    let attempted = runner.run(bench.assignment(JobType::Executable, wanted), Stop::new()).await;
    assert_eq!(failure(&attempted), (expect.as_str(), false));
}
