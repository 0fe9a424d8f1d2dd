//! How a server is to be started.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::ServerProcess;
use crate::free_port;
use crate::guard::Guard;

/// How to start a server. In arguments and in values of variables, `{port}` and `{data}` stand for the free
/// port and the data directory it gets.
///
/// ```no_run
/// # use horarium_testkit::ServerCommand;
/// # async fn example(binary: &str) {
/// let mut server = ServerCommand::new(binary)
///     .args(["serve", "--listen", "127.0.0.1:{port}", "--data", "{data}"])
///     .start()
///     .await;
/// server.client().get("/api/v1/jobs").await.unwrap();
/// server.kill_9();
/// server.start_again().await;
/// assert_eq!(server.terminate().await.code(), Some(0));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ServerCommand {
    binary: PathBuf,
    args: Vec<String>,
    env: BTreeMap<String, String>,
    data: Option<PathBuf>,
    pub(super) ready_path: String,
    pub(super) ready_within: Duration,
    pub(super) stop_within: Duration,
}

impl ServerCommand {
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        Self {
            binary: binary.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            data: None,
            ready_path: "/readyz".to_owned(),
            ready_within: Duration::from_secs(20),
            stop_within: Duration::from_secs(20),
        }
    }

    #[must_use]
    pub fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        self.args.extend(args.into_iter().map(str::to_owned));
        self
    }

    /// `HORARIUM_…` of our own environment is not handed on, only what is given here.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A directory of the caller's, which stays; a temporary one otherwise.
    #[must_use]
    pub fn data_dir(mut self, data: &Path) -> Self {
        self.data = Some(data.to_owned());
        self
    }

    /// 200 there means ready; `/readyz` otherwise.
    #[must_use]
    pub fn ready_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.ready_path);
        self
    }

    /// 20 s otherwise.
    #[must_use]
    pub fn ready_within(mut self, within: Duration) -> Self {
        self.ready_within = within;
        self
    }

    /// How long [`ServerProcess::terminate`] waits; 20 s otherwise.
    #[must_use]
    pub fn stop_within(mut self, within: Duration) -> Self {
        self.stop_within = within;
        self
    }

    pub async fn start(self) -> ServerProcess {
        self.try_start().await.unwrap_or_else(|text| panic!("{text}"))
    }

    /// For tests of refusals: the text has the exit status and what the server said.
    pub async fn try_start(self) -> Result<ServerProcess, String> {
        let dir = tempfile::Builder::new()
            .prefix("horarium-server-")
            .tempdir()
            .map_err(|cause| format!("a temporary directory for the server: {cause}"))?;
        let data = self.data.clone().unwrap_or_else(|| dir.path().join("data"));
        std::fs::create_dir_all(&data).map_err(|cause| format!("{}: {cause}", data.display()))?;
        let guard = Guard::start("KILL", Some(dir.path()));
        let port = free_port();
        let mut server = ServerProcess { child: None, port, data, command: self, guard, dir };
        server.launch().await?;
        Ok(server)
    }

    /// With the placeholders filled, and still without a place for its output.
    pub(super) fn filled(&self, port: u16, data: &Path) -> Command {
        let filled = |text: &str| {
            text.replace("{port}", &port.to_string()).replace("{data}", &data.to_string_lossy())
        };
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("HORARIUM_") {
                command.env_remove(name);
            }
        }
        command
            .args(self.args.iter().map(|arg| filled(arg)))
            .envs(self.env.iter().map(|(name, value)| (name, filled(value))));
        command
    }
}
