//! The real `horarium` binary as a child: started, killed, started again on the same data.

mod command;

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::guard::Guard;
use crate::{Client, child};

pub use command::ServerCommand;

/// The end of a log that a failed test shows.
const LOG_BYTES_SHOWN: usize = 64 << 10;

/// How often a starting server is asked whether it is ready.
const READY_POLL: Duration = Duration::from_millis(10);

/// Leads a process group; the whole group is killed when this is dropped and when this process dies.
/// A test that fails prints the server's log.
pub struct ServerProcess {
    child: Option<Child>,
    port: u16,
    data: PathBuf,
    command: ServerCommand,
    // Dropped in this order: the guard lets go of the directory before it is removed.
    guard: Guard,
    dir: TempDir,
}

impl ServerProcess {
    /// `http://127.0.0.1:PORT`, the same over restarts.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn client(&self) -> Client {
        Client::new(&self.url())
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// While it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// What it wrote to stdout and stderr, over all its lives.
    pub fn log(&self) -> String {
        let bytes = std::fs::read(self.log_path()).unwrap_or_default();
        let shown = &bytes[bytes.len().saturating_sub(LOG_BYTES_SHOWN)..];
        String::from_utf8_lossy(shown).into_owned()
    }

    /// SIGKILL to the server alone, as the kernel's OOM killer does it; its children are left to fate.
    pub fn kill_9(&mut self) -> ExitStatus {
        let mut child = self.running();
        let status = child::kill_and_wait(&mut child);
        self.guard.forget();
        status
    }

    /// SIGTERM, and the status it ended with. Panics when it takes too long; drop then kills it.
    pub async fn terminate(&mut self) -> ExitStatus {
        let within = self.command.stop_within;
        let child = self.child.as_mut().expect("the server runs");
        child::signal(child, Signal::TERM);
        let Some(status) = child::wait_async(child, within).await else {
            panic!("the server was still there {within:?} after SIGTERM");
        };
        self.child = None;
        self.guard.forget();
        status
    }

    /// Waits for an end the server chose itself; `None` when it still runs after `within`.
    pub async fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let status = child::wait_async(self.child.as_mut()?, within).await?;
        self.child = None;
        self.guard.forget();
        Some(status)
    }

    /// SIGSTOP: as a machine that hangs, or a garbage collector. [`Self::resume`] ends it.
    pub fn pause(&self) {
        child::signal(self.child.as_ref().expect("the server runs"), Signal::STOP);
    }

    pub fn resume(&self) {
        child::signal(self.child.as_ref().expect("the server runs"), Signal::CONT);
    }

    /// On the same port and data, after it has ended; returns when it is ready.
    pub async fn start_again(&mut self) {
        assert!(self.child.is_none(), "the server still runs");
        self.launch().await.unwrap_or_else(|text| panic!("{text}"));
    }

    fn running(&mut self) -> Child {
        self.child.take().expect("the server runs")
    }

    async fn launch(&mut self) -> Result<(), String> {
        let mut command = self.command.filled(self.port, &self.data);
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(self.open_log())
            .stderr(self.open_log());
        let name = command.get_program().display().to_string();
        let child = command.spawn().map_err(|cause| format!("starting {name}: {cause}"))?;
        self.guard.watch_group(&child);
        self.child = Some(child);
        let deadline = Instant::now() + self.command.ready_within;
        let probe = self.client().timeout(Duration::from_secs(2));
        while Instant::now() < deadline {
            let answer = probe.get(&self.command.ready_path).await;
            if let Some(status) = self.ended(Duration::ZERO).await {
                return Err(format!("{name} ended with {status}:\n{}", self.log()));
            }
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            tokio::time::sleep(READY_POLL).await;
        }
        let (path, within) = (&self.command.ready_path, self.command.ready_within);
        Err(format!("{name}: no 200 from {path} within {within:?}:\n{}", self.log()))
    }

    fn open_log(&self) -> File {
        let path = self.log_path();
        File::options()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap_or_else(|cause| panic!("opening {}: {cause}", path.display()))
    }

    fn log_path(&self) -> PathBuf {
        self.dir.path().join("log")
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the log of the server on port {}:\n{}", self.port, self.log());
        }
        if let Some(mut child) = self.child.take() {
            child::kill_group_and_wait(&mut child);
            self.guard.forget();
        }
    }
}
