//! The `horarium` binary: `serve` and what an operator needs beside it.
//!
//! Exit codes: 0 done, 1 it failed, 2 the command line was wrong, 3 something is pending.

mod args;
mod config;
mod config_command;
mod failure;
mod healthcheck;
mod logging;
mod migrate;
mod output;
mod serve;
mod version;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command, ConfigCommand};
use failure::Failure;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(args.command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(flags) => serve::run(&flags),
        Command::Migrate { flags, check } => migrate::run(&flags, check),
        Command::Config { command: ConfigCommand::Print { flags, output } } => {
            config_command::print(&flags, output)
        }
        Command::Config { command: ConfigCommand::Check { flags } } => {
            config_command::check(&flags)
        }
        Command::Healthcheck(flags) => healthcheck::run(&flags),
        Command::Version => version::run(),
    }
}
