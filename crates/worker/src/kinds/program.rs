//! `Executable` and `PowerShell`: steps that run a program of this machine.
//!
//! | | Executable | PowerShell |
//! |---|---|---|
//! | runs | a file of `runners.executables` | a script below `runners.script_roots` |
//! | as | its own arguments | `pwsh -NoProfile -NonInteractive -File SCRIPT ARGUMENTS` |
//! | exit code 0 | succeeded; with a warning when it wrote to stderr | the same |
//! | any other | failed | the same |
//!
//! No shell reads anything. What a program may use is in [`sandbox`](crate::sandbox); it is given a
//! clean environment: [`environment`].

mod environment;
mod stderr;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use self::stderr::StderrTail;
use super::{
    scripts::{ScriptRoots, is_plain},
    unusable,
};
use crate::{
    assignment::{Assignment, Ending},
    output::Capture,
    runner::Aftermath,
    sandbox::{Folders, Limits, Order, Process, Report, Stream, Trees},
};

pub use self::environment::PATH;

const EXECUTABLES_NOT_CONFIGURED: &str =
    "executables are refused: none is configured (runners.executables)";
const SCRIPTS_NOT_CONFIGURED: &str =
    "scripts are refused: no folder is configured for them (runners.script_roots)";

/// What the operator lets steps run, and with what.
#[derive(Debug)]
pub struct ProgramSettings {
    /// A binary whose `main` begins with [`sandbox::enter`](crate::sandbox::enter).
    pub helper: PathBuf,
    pub executables: Vec<PathBuf>,
    /// Folders that working directories are in, which steps may write to.
    pub working_roots: Vec<PathBuf>,
    /// Folders that steps may read besides.
    pub readable: Vec<PathBuf>,
    /// `None` looks for `pwsh` along [`PATH`].
    pub powershell: Option<PathBuf>,
    pub limits: Limits,
    /// From SIGTERM to SIGKILL.
    pub grace: Duration,
    pub trees: Trees,
}

/// Runs programs.
#[derive(Debug)]
pub struct Programs {
    settings: ProgramSettings,
    /// Where programs have their temporary files.
    temporary: PathBuf,
}

/// A step of type `Executable`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecutableConfiguration {
    executable_path: String,
    #[serde(default)]
    arguments: Vec<String>,
    working_directory: Option<String>,
}

/// A step of type `PowerShell`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PowerShellConfiguration {
    script_path: String,
    #[serde(default)]
    arguments: Vec<String>,
    working_directory: Option<String>,
}

/// What is to be started.
struct Start {
    program: PathBuf,
    arguments: Vec<String>,
    working_directory: Option<PathBuf>,
}

impl Programs {
    pub fn new(settings: ProgramSettings) -> Self {
        Self { settings, temporary: std::env::temp_dir() }
    }

    pub(super) async fn run_executable(
        &self,
        assignment: &Assignment,
        scripts: &ScriptRoots,
        capture: &mut Capture,
        aftermath: &Aftermath,
    ) -> Ending {
        let wanted = match ExecutableConfiguration::deserialize(&assignment.configuration) {
            Ok(wanted) => wanted,
            Err(error) => return unusable(&error),
        };
        match self.executable(wanted) {
            Ok(start) => self.run(start, scripts, assignment, capture, aftermath).await,
            Err(error) => Ending::failed_for_good(error),
        }
    }

    pub(super) async fn run_powershell(
        &self,
        assignment: &Assignment,
        scripts: &ScriptRoots,
        capture: &mut Capture,
        aftermath: &Aftermath,
    ) -> Ending {
        let wanted = match PowerShellConfiguration::deserialize(&assignment.configuration) {
            Ok(wanted) => wanted,
            Err(error) => return unusable(&error),
        };
        match self.powershell(wanted, scripts) {
            Ok(start) => self.run(start, scripts, assignment, capture, aftermath).await,
            Err(error) => Ending::failed_for_good(error),
        }
    }

    fn executable(&self, wanted: ExecutableConfiguration) -> Result<Start, String> {
        if self.settings.executables.is_empty() {
            return Err(EXECUTABLES_NOT_CONFIGURED.to_owned());
        }
        let path = wanted.executable_path;
        // As the operator wrote it: what a link or `..` leads to is not looked at.
        let is_it = |allowed: &&PathBuf| is_plain(&path) && allowed.as_path() == Path::new(&path);
        let Some(program) = self.settings.executables.iter().find(is_it).cloned() else {
            let error = format!("executable `{path}` is not one of the allowed executables");
            return Err(format!("{error} (runners.executables)"));
        };
        let working_directory = self.working_directory(wanted.working_directory.as_deref())?;
        Ok(Start { program, arguments: wanted.arguments, working_directory })
    }

    fn powershell(
        &self,
        wanted: PowerShellConfiguration,
        scripts: &ScriptRoots,
    ) -> Result<Start, String> {
        if scripts.is_empty() {
            return Err(SCRIPTS_NOT_CONFIGURED.to_owned());
        }
        let script = scripts.find(&wanted.script_path)?;
        let Some(program) = self.pwsh() else {
            let at = self.settings.powershell.as_deref().map(|path| path.display().to_string());
            let at = at.unwrap_or_else(|| format!("pwsh in {PATH}"));
            return Err(format!("PowerShell is not installed: no {at} (runners.powershell)"));
        };
        let options = ["-NoProfile", "-NonInteractive", "-File"].map(str::to_owned);
        let mut arguments: Vec<String> = options.into();
        arguments.push(script.path.to_string_lossy().into_owned());
        arguments.extend(wanted.arguments);
        let working_directory = self.working_directory(wanted.working_directory.as_deref())?;
        Ok(Start { program, arguments, working_directory })
    }

    fn pwsh(&self) -> Option<PathBuf> {
        let named = self.settings.powershell.clone();
        let mut places = PATH.split(':').map(|folder| Path::new(folder).join("pwsh"));
        named.map_or_else(
            || places.find(|path| path.is_file()),
            |path| path.is_file().then_some(path),
        )
    }

    /// The folder, when it is one of the operator's or in one, links resolved.
    fn working_directory(&self, wanted: Option<&str>) -> Result<Option<PathBuf>, String> {
        let Some(wanted) = wanted.map(str::trim).filter(|wanted| !wanted.is_empty()) else {
            return Ok(None);
        };
        let refused = || {
            let error = format!("working directory `{wanted}` is outside the allowed folders");
            format!("{error} (runners.working_roots)")
        };
        let is_below = |path: &Path| {
            let roots = self.settings.working_roots.iter();
            let mut roots = roots.filter_map(|root| root.canonicalize().ok());
            roots.any(|root| path.starts_with(root))
        };
        if !is_plain(wanted) {
            return Err(refused());
        }
        match Path::new(wanted).canonicalize() {
            Ok(path) if is_below(&path) => Ok(Some(path)),
            // Whether something else exists is nobody's business.
            Ok(_) | Err(_) => Err(refused()),
        }
    }

    async fn run(
        &self,
        start: Start,
        scripts: &ScriptRoots,
        assignment: &Assignment,
        capture: &mut Capture,
        aftermath: &Aftermath,
    ) -> Ending {
        let shown = start.program.display().to_string();
        let order = self.order(start, scripts, assignment);
        let process = match Process::start(&self.settings.helper, &order).await {
            Ok(process) => process,
            Err(error) => return Ending::failed(format!("starting `{shown}`: {error}")),
        };
        aftermath.await_left(process.left());
        let mut tail = StderrTail::default();
        let ran = process.run(|stream, chunk| {
            capture.write(chunk);
            if stream == Stream::Stderr {
                tail.write(chunk);
            }
        });
        match ran.await {
            Ok(report) => ending(&shown, &report, &tail),
            Err(error) => Ending::failed(format!("running `{shown}`: {error}")),
        }
    }

    fn order(&self, start: Start, scripts: &ScriptRoots, assignment: &Assignment) -> Order {
        let settings = &self.settings;
        let name = format!("horarium-step-{}-{}", assignment.execution_id, assignment.attempt);
        let scratch = self.temporary.join(name);
        let mut readable = settings.readable.clone();
        readable.extend(scripts.paths());
        // A program that is a script is read by its interpreter.
        readable.extend(settings.executables.iter().cloned());
        Order {
            environment: environment::of(assignment, &scratch),
            program: start.program,
            arguments: start.arguments,
            working_directory: start.working_directory,
            scratch,
            limits: settings.limits,
            folders: Folders { readable, writable: settings.working_roots.clone() },
            grace: settings.grace,
            trees: settings.trees,
        }
    }
}

fn ending(program: &str, report: &Report, stderr: &StderrTail) -> Ending {
    match report {
        Report::Exited(0) if stderr.is_empty() => Ending::Succeeded,
        Report::Exited(0) => {
            Ending::Warned { warning: format!("`{program}` wrote to stderr: {stderr}") }
        }
        Report::NotStarted(error) => Ending::failed_for_good(error),
        Report::Exited(_) | Report::Killed { .. } | Report::Stopped if stderr.is_empty() => {
            Ending::failed(format!("`{program}` {report}"))
        }
        Report::Exited(_) | Report::Killed { .. } | Report::Stopped => {
            Ending::failed(format!("`{program}` {report}: {stderr}"))
        }
    }
}
