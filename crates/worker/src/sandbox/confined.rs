//! The process that becomes the program: it gives up what the program must not have, and execs.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    os::{
        fd::{AsFd, AsRawFd, RawFd},
        unix::{
            net::UnixStream,
            process::{CommandExt, parent_id},
        },
    },
    process::{Command, ExitCode, Stdio},
};

use rustix::process::Signal;

use super::{MESSAGE_BYTES_MAX, Order, capabilities, cgroup, landlock};

/// Reads its order from descriptor 0 and becomes the program. Comes back only when that failed, and
/// says why on the same descriptor.
pub(super) fn main() -> ExitCode {
    let Ok(mut supervisor) = control() else { return ExitCode::FAILURE };
    let kept = supervisor.as_raw_fd();
    let error = match read_order(&supervisor).and_then(|order| become_program(&order, kept)) {
        Ok(never) => match never {},
        Err(error) => error,
    };
    match supervisor.write_all(error.as_bytes()) {
        Ok(()) | Err(_) => ExitCode::FAILURE,
    }
}

/// Descriptor 0 as the socket that it is.
pub(super) fn control() -> io::Result<UnixStream> {
    Ok(UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// One line of JSON.
pub(super) fn read_order(from: &UnixStream) -> Result<Order, String> {
    let mut line = String::new();
    let read = BufReader::new(from.take(MESSAGE_BYTES_MAX)).read_line(&mut line);
    read.map_err(|error| format!("reading what to run: {error}"))?;
    serde_json::from_str(&line).map_err(|error| format!("reading what to run: {error}"))
}

enum Never {}

fn become_program(order: &Order, kept: RawFd) -> Result<Never, String> {
    let program = order.program.display();
    let confining = |what: &str| {
        let text = format!("confining `{program}`: {what}");
        move |error: io::Error| format!("{text}: {error}")
    };
    close_inherited(kept).map_err(confining("closing what it inherits"))?;
    outlive_no_supervisor().map_err(confining("binding it to its supervisor"))?;
    cgroup::join().map_err(confining("entering its cgroup"))?;
    rustix::thread::set_no_new_privs(true)
        .map_err(|errno| confining("no new privileges")(errno.into()))?;
    capabilities::give_up().map_err(confining("giving up capabilities"))?;
    order.limits.apply().map_err(confining("setting its limits"))?;
    landlock::restrict(&order.folders, order).map_err(confining("Landlock"))?;
    let mut command = Command::new(&order.program);
    command.args(&order.arguments).env_clear().envs(&order.environment).stdin(Stdio::null());
    command.current_dir(order.working_directory.as_ref().unwrap_or(&order.scratch));
    let error = command.exec();
    Err(match &order.working_directory {
        Some(folder) => format!("starting `{program}` in `{}`: {error}", folder.display()),
        None => format!("starting `{program}`: {error}"),
    })
}

/// What the server was started with and did not open itself has no mark that closes it.
fn close_inherited(kept: RawFd) -> io::Result<()> {
    let open: Vec<RawFd> = std::fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for number in open.into_iter().filter(|number| *number > 2 && *number != kept) {
        match nix::unistd::close(number) {
            // The listing's own is closed already.
            Ok(()) | Err(nix::errno::Errno::EBADF) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// The kernel kills this process, and so the program, when its supervisor ends.
fn outlive_no_supervisor() -> io::Result<()> {
    let supervisor = parent_id();
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have ended before the line above; whoever adopted us is another one.
    if parent_id() != supervisor {
        return Err(io::Error::other("it has ended"));
    }
    Ok(())
}
