//! A `horarium` put together from its parts.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use horarium_server::{
    Handler, Handlers, Parts, Running, Server, StartError, enter, enter_sandbox, settings::Settings,
};

use crate::args::{Args, Command, ConfigCommand, SecretsCommand};
use crate::failure::Failure;
use crate::{
    backup, config_command, doctor, healthcheck, migrate, secrets_command, serve, version,
};

/// This very binary, also when the file was replaced by an update since.
const OWN_BINARY: &str = "/proc/self/exe";

/// Where a `horarium` of one's own begins.
pub struct Horarium;

/// What a `horarium` is made of besides what it always has.
#[derive(Debug)]
#[must_use = "nothing is started before `run` or `start`"]
pub struct Builder {
    handlers: Handlers,
    sandbox: Option<PathBuf>,
}

impl Horarium {
    /// With the handlers that every `horarium` has.
    pub fn builder() -> Builder {
        Builder { handlers: Handlers::builtin(), sandbox: None }
    }
}

impl Builder {
    /// Jobs whose `handlerType` is `name` run this.
    ///
    /// # Panics
    ///
    /// When the name is taken: two handlers with one name is a programming mistake.
    pub fn handler(self, name: &str, handler: impl Handler) -> Self {
        Self { handlers: self.handlers.with(name, handler), ..self }
    }

    /// All of `horarium`, for a `main`: does what the command line of this process says.
    /// Also the child that modules run in; so this comes first in `main`.
    pub fn run(self) -> ExitCode {
        // First of all, while there is one thread: this may be a process that runs a step's program
        // or a module.
        if let Some(code) = enter_sandbox().or_else(enter) {
            return code;
        }
        let args = Args::parse();
        let own = Self { sandbox: Some(OWN_BINARY.into()), ..self };
        match own.obey(args.command) {
            Ok(code) => code,
            Err(failure) => {
                eprintln!("{failure}");
                ExitCode::FAILURE
            }
        }
    }

    /// Modules run in a child of this binary, whose `main` must call [`enter`] first. Needed before
    /// [`Self::start`] alone: without it jobs that name modules fail.
    pub fn sandbox(self, program: impl Into<PathBuf>) -> Self {
        Self { sandbox: Some(program.into()), ..self }
    }

    /// Only the server, in the caller's tokio runtime and with its settings: neither the command
    /// line, the environment, files nor signals are looked at, and log lines go to the caller's
    /// `tracing` subscriber. Where steps may run programs, `main` begins with
    /// [`enter_sandbox`](crate::enter_sandbox), as [`Builder::run`] does.
    pub async fn start(self, settings: Settings) -> Result<Running, StartError> {
        Server::start_with(settings, self.parts()).await
    }

    fn obey(self, command: Command) -> Result<ExitCode, Failure> {
        match command {
            Command::Serve(flags) => serve::run(flags, self.parts()),
            Command::Migrate { flags, check } => migrate::run(&flags, check),
            Command::Config { command: ConfigCommand::Print { flags, output } } => {
                config_command::print(&flags, output)
            }
            Command::Config { command: ConfigCommand::Check { flags } } => {
                config_command::check(&flags)
            }
            Command::Backup { file, flags } => backup::backup(&flags, &file),
            Command::Restore { file: Some(file), flags, .. } => backup::from_file(&flags, &file),
            Command::Restore { confirm: true, flags, .. } => backup::confirm(&flags),
            Command::Restore { flags, .. } => backup::hold(&flags),
            Command::Doctor(flags) => doctor::run(&flags),
            Command::Secrets { command: SecretsCommand::RotateKey(flags) } => {
                secrets_command::rotate_key(&flags)
            }
            Command::Healthcheck(flags) => healthcheck::run(&flags),
            Command::Version => version::run(),
        }
    }

    fn parts(self) -> Parts {
        Parts { handlers: self.handlers, sandbox: self.sandbox }
    }
}
