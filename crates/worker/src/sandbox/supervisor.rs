//! The process between the server and a program: starts it, and ends everything that came of it.

use std::{
    fs::DirBuilder,
    io::{self, Read, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::{fs::DirBuilderExt, net::UnixStream, process::CommandExt},
    },
    process::{Child, Command, ExitCode},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, WaitStatus, getpid, pidfd_open},
};

use super::{
    CONFINE, MESSAGE_BYTES_MAX, Order, Report, Trees,
    cgroup::{self, Cgroup},
    confined, tree,
};

/// Orphans that end while the program runs are waited for at least so often.
const REAP_EVERY: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };
const STILL_THERE: &str = "some of its processes cannot be ended";

/// Reads its order from descriptor 0, runs it, and tells on the same descriptor how it ended. When
/// the other side closes it, or says anything, the program is ended.
pub(super) fn main() -> ExitCode {
    let Ok(mut server) = confined::control() else { return ExitCode::FAILURE };
    let report = run(&server).unwrap_or_else(Report::NotStarted);
    let mut line = serde_json::to_vec(&report).unwrap_or_default();
    line.push(b'\n');
    match server.write_all(&line) {
        // A server that is gone does not want to know.
        Ok(()) | Err(_) => ExitCode::SUCCESS,
    }
}

fn run(server: &UnixStream) -> Result<Report, String> {
    let order = confined::read_order(server)?;
    let supervising =
        |error: io::Error| format!("supervising `{}`: {error}", order.program.display());
    adopt_orphans().map_err(supervising)?;
    DirBuilder::new().mode(0o700).create(&order.scratch).map_err(supervising)?;
    let cgroup = match order.trees {
        Trees::Cgroup => Cgroup::make(),
        Trees::Orphans => None,
    };
    let ran = run_to_its_end(server, &order, cgroup.as_ref());
    let is_gone = tree::end(order.grace, cgroup.as_ref());
    // Nothing runs any more that could be in it; what cannot be removed is a temporary file.
    drop(std::fs::remove_dir_all(&order.scratch));
    if is_gone { ran.map_err(supervising) } else { Err(supervising(io::Error::other(STILL_THERE))) }
}

/// Until the program has ended, or is to end; what came of it may still run.
fn run_to_its_end(
    server: &UnixStream,
    order: &Order,
    cgroup: Option<&Cgroup>,
) -> io::Result<Report> {
    let (child, confined) = start(cgroup)?;
    if let Some(error) = await_start(confined, order)? {
        return Ok(Report::NotStarted(error));
    }
    Ok(match watch(server, Pid::from_child(&child))? {
        None => Report::Stopped,
        Some(status) => match (status.exit_status(), status.terminating_signal()) {
            (Some(code), _) => Report::Exited(code),
            (None, Some(signal)) => Report::Killed { signal },
            (None, None) => Report::Stopped,
        },
    })
}

/// Away from the server's session, and the parent of whatever loses its own.
fn adopt_orphans() -> io::Result<()> {
    rustix::process::setsid()?;
    Ok(rustix::process::set_child_subreaper(Some(getpid()))?)
}

/// Our own binary once more, and the socket to it. Afterwards the output streams are the program's
/// alone.
fn start(cgroup: Option<&Cgroup>) -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut command = Command::new("/proc/self/exe");
    command.arg(CONFINE).env_clear().process_group(0).stdin(OwnedFd::from(theirs));
    if let Some(cgroup) = cgroup {
        command.env(cgroup::VARIABLE, cgroup.path());
    }
    let child = command.spawn()?;
    let nothing = std::fs::File::options().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nothing)?;
    rustix::stdio::dup2_stderr(&nothing)?;
    Ok((child, ours))
}

/// Why the program did not start; `None` when it did, which closes the socket without a word.
fn await_start(mut confined: UnixStream, order: &Order) -> io::Result<Option<String>> {
    let mut line = serde_json::to_vec(order)?;
    line.push(b'\n');
    confined.write_all(&line)?;
    let mut error = String::new();
    (&mut confined).take(MESSAGE_BYTES_MAX).read_to_string(&mut error)?;
    Ok((!error.is_empty()).then_some(error))
}

/// Waits until the program has ended, or is to end (`None`).
fn watch(server: &UnixStream, program: Pid) -> io::Result<Option<WaitStatus>> {
    let handle = pidfd_open(program, PidfdFlags::empty())?;
    loop {
        let mut waiting = [
            PollFd::new(&handle, PollFlags::IN),
            PollFd::from_borrowed_fd(server.as_fd(), PollFlags::IN),
        ];
        match poll(&mut waiting, Some(&REAP_EVERY)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let is_asked = !waiting[1].revents().is_empty();
        let end = tree::reap().into_iter().find(|(pid, _)| *pid == program);
        match end {
            Some((_, status)) => return Ok(Some(status)),
            None if is_asked => return Ok(None),
            None => {}
        }
    }
}
