//! `with-postgres [--durable] [--mariadb] [--] COMMAND…`: runs a command beside a throw-away Postgres, and
//! a throw-away MariaDB if told to.
//!
//! The command finds them in `HORARIUM_TEST_POSTGRES` and `HORARIUM_TEST_MARIADB`. They go when the command
//! has ended, when we are told to stop, and when we are killed. The exit code is the command's.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use horarium_testkit::{CLUSTER_ENV, Durability, MARIADB_ENV, MariaDbServer, PostgresServer};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: with-postgres [--durable] [--mariadb] [--] COMMAND [ARGUMENT…]";

/// After Ctrl-C the terminal has told the command as well; it gets this long before we do.
const AFTER_INTERRUPT: Duration = Duration::from_secs(10);
const AFTER_TERMINATE: Duration = Duration::from_secs(20);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).peekable();
    let durability = match words.next_if(|word| word == "--durable") {
        Some(_) => Durability::Durable,
        None => Durability::Throwaway,
    };
    let wants_mariadb = words.next_if(|word| word == "--mariadb").is_some();
    words.next_if(|word| word == "--");
    let Some(program) = words.next().filter(|word| !word.starts_with('-')) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let server = PostgresServer::start_with(durability);
    let mut command = Command::new(&program);
    command.args(words).env(CLUSTER_ENV, server.url());
    let mariadb = wants_mariadb.then(MariaDbServer::start);
    if let Some(mariadb) = &mariadb {
        command.env(MARIADB_ENV, format!("127.0.0.1:{}", mariadb.port()));
    }
    match run(&mut command).await {
        Ok(status) => code_of(status),
        Err(cause) => {
            eprintln!("starting `{program}`: {cause}");
            ExitCode::from(127)
        }
    }
}

/// Runs until the command has ended, whatever we are told meanwhile.
async fn run(command: &mut Command) -> std::io::Result<ExitStatus> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut child = command.spawn()?;
    tokio::select! {
        status = child.wait() => return status,
        _ = interrupt.recv() => {
            if let Ok(status) = tokio::time::timeout(AFTER_INTERRUPT, child.wait()).await {
                return status;
            }
        }
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    tell_to_stop(&child)?;
    match tokio::time::timeout(AFTER_TERMINATE, child.wait()).await {
        Ok(status) => status,
        Err(_elapsed) => {
            child.kill().await?;
            child.wait().await
        }
    }
}

fn tell_to_stop(child: &Child) -> std::io::Result<()> {
    // No pid: it has ended and was waited for.
    let Some(pid) = child.id() else { return Ok(()) };
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a child's pid is a pid");
    Ok(kill_process(pid, Signal::TERM)?)
}

/// As a shell reports it: 128 and the signal's number when the command was killed.
fn code_of(status: ExitStatus) -> ExitCode {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}
