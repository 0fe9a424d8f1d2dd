//! Programs in a folder of a test's own, and a runner that may start them.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use horarium_core::{ExecutionId, JobId, JobType};
use horarium_worker::{
    Assignment, Attempted, EgressGuard, EgressPolicy, Ending, Handlers, HttpCall, HttpCallLimits,
    Kinds, ProgramSettings, Programs, Runner, RunnerSettings, ScriptRoots, Stop,
    sandbox::{Limits, Trees},
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// More than SIGTERM's grace and the kill's limit together.
pub(crate) const GONE_WITHIN: Duration = Duration::from_secs(5);
const GRACE: Duration = Duration::from_secs(1);

pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    execution_id: ExecutionId,
    limits: Limits,
    trees: Trees,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["bin", "scripts", "work", "data"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        // One a test: its programs are known by it.
        let name = dir.path().file_name().unwrap().to_string_lossy().into_owned();
        let bits = name.bytes().fold(0_u128, |bits, byte| (bits << 7) ^ u128::from(byte));
        let execution_id = format!("{bits:032x}").parse().unwrap();
        Self { dir, execution_id, limits: Limits::default(), trees: Trees::Cgroup }
    }

    pub(crate) fn limited(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// As on a machine where no cgroup can be made.
    pub(crate) fn without_cgroup(mut self) -> Self {
        self.trees = Trees::Orphans;
        self
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub(crate) fn text(&self, path: &str) -> String {
        self.path(path).display().to_string()
    }

    /// A program in `bin`, written in bash.
    pub(crate) fn program(&self, name: &str, body: &str) -> String {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/bash\n{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    pub(crate) fn script(&self, name: &str, text: &str) -> String {
        let path = self.path("scripts").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Every program in `bin` is allowed, and `bin/pwsh` is PowerShell.
    pub(crate) fn runner(&self) -> Runner {
        let executables = fs::read_dir(self.path("bin")).unwrap();
        let settings = ProgramSettings {
            helper: helper(),
            executables: executables.map(|entry| entry.unwrap().path()).collect(),
            working_roots: vec![self.path("work")],
            readable: vec![],
            powershell: Some(self.path("bin/pwsh")),
            limits: self.limits,
            grace: GRACE,
            trees: self.trees,
        };
        let scripts = ScriptRoots::open(vec![self.path("scripts")], &self.path("data")).unwrap();
        runner(Programs::new(settings), scripts)
    }

    pub(crate) fn assignment(&self, job_type: JobType, configuration: Value) -> Assignment {
        Assignment {
            execution_id: self.execution_id,
            job_id: "0198c0de-0000-7000-8000-0000000000b1".parse::<JobId>().unwrap(),
            job_name: "a \"b\" $c".to_owned(),
            created_by: None,
            job_type,
            configuration,
            attempt: 2,
            due_at: Some("2026-01-31T09:00:00Z".parse().unwrap()),
            now: "2026-01-31T09:00:01Z".parse().unwrap(),
            timeout: Duration::from_mins(1),
        }
    }

    /// Runs a program of bash lines with these arguments.
    pub(crate) async fn run(&self, body: &str, arguments: &[&str]) -> Attempted {
        let program = self.program("program", body);
        let wanted = json!({ "executablePath": program, "arguments": arguments });
        let assignment = self.assignment(JobType::Executable, wanted);
        self.runner().run(assignment, Stop::new()).await
    }

    /// The same, and what it wrote.
    pub(crate) async fn output(&self, body: &str) -> String {
        let attempted = self.run(body, &[]).await;
        assert_eq!(attempted.ending, Ending::Succeeded, "{}", attempted.output.text);
        attempted.output.text
    }

    /// Processes that the test's programs have come to, by their environment.
    pub(crate) fn survivors(&self) -> Vec<String> {
        let mark = format!("HORARIUM_EXECUTION_ID={}", self.execution_id);
        let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
        let is_ours = |path: &PathBuf| {
            let environment = fs::read(path.join("environ")).unwrap_or_default();
            environment.windows(mark.len()).any(|part| part == mark.as_bytes())
        };
        let shown = |path: PathBuf| {
            let line = fs::read_to_string(path.join("cmdline")).unwrap_or_default();
            format!("{} {}", path.display(), line.replace('\0', " "))
        };
        processes.filter(is_ours).map(shown).collect()
    }

    /// Waits until there are so many.
    pub(crate) async fn await_survivors(&self, n: usize) {
        horarium_testkit::eventually(GONE_WITHIN, &format!("{n} processes"), async || {
            (self.survivors().len() == n).then_some(())
        })
        .await;
    }

    /// Waits until none is left, and says how long that took.
    pub(crate) async fn gone(&self) -> Duration {
        let since = Instant::now();
        self.await_survivors(0).await;
        since.elapsed()
    }
}

pub(crate) fn helper() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_horarium-sandbox")).to_owned()
}

fn runner(programs: Programs, scripts: ScriptRoots) -> Runner {
    let guard = EgressGuard::new(EgressPolicy::Internal, vec![]);
    let http_call = HttpCall::new(guard, HttpCallLimits::default());
    let kinds = Kinds::builtin(http_call, Handlers::builtin()).with_programs(programs, scripts);
    Runner::new(kinds, RunnerSettings::default())
}

/// The error text of an attempt that failed, and whether it is tried again.
pub(crate) fn failure(attempted: &Attempted) -> (&str, bool) {
    match &attempted.ending {
        Ending::Failed { error, retryable, .. } => (error, *retryable),
        other => panic!("{other:?}: {}", attempted.output.text),
    }
}
