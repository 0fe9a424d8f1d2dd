//! Child processes: signals by pid, and waits that end.

use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How often a child is asked whether it has ended.
const POLL: Duration = Duration::from_millis(5);

/// How long a child may take to vanish after SIGKILL: only the kernel is left to do anything.
const AFTER_KILL: Duration = Duration::from_secs(10);

/// Signals a child that was not waited for yet, so its pid cannot be anybody else's.
pub(crate) fn signal(child: &Child, signal: Signal) {
    // A child that ended a moment ago is a zombie until it is waited for: the signal is then lost, rightly.
    if let Err(cause) = kill_process(Pid::from_child(child), signal) {
        eprintln!("sending {signal:?} to pid {}: {cause}", child.id());
    }
}

/// `None` when `within` has passed and the child still runs.
pub(crate) fn wait(child: &mut Child, within: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(status) = ended(child) {
            return Some(status);
        }
        if Instant::now() >= deadline {
            return None;
        }
        std::thread::sleep(POLL);
    }
}

/// The same without holding up the runtime: an in-process witness must be able to answer meanwhile.
pub(crate) async fn wait_async(child: &mut Child, within: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(status) = ended(child) {
            return Some(status);
        }
        if Instant::now() >= deadline {
            return None;
        }
        tokio::time::sleep(POLL).await;
    }
}

pub(crate) fn kill_and_wait(child: &mut Child) -> ExitStatus {
    signal(child, Signal::KILL);
    wait(child, AFTER_KILL)
        .unwrap_or_else(|| panic!("pid {} still there {AFTER_KILL:?} after SIGKILL", child.id()))
}

/// Kills the group the child leads, then waits for the child. Only for a child that leads one and was
/// not waited for.
pub(crate) fn kill_group_and_wait(child: &mut Child) -> ExitStatus {
    if let Err(cause) = kill_process_group(Pid::from_child(child), Signal::KILL) {
        eprintln!("killing the process group {}: {cause}", child.id());
    }
    kill_and_wait(child)
}

pub(crate) fn ended(child: &mut Child) -> Option<ExitStatus> {
    child.try_wait().unwrap_or_else(|cause| panic!("waiting for pid {}: {cause}", child.id()))
}

/// What a program prints, or what it said when it failed.
pub(crate) fn text_of(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let output = command.output().map_err(|cause| format!("starting {name}: {cause}"))?;
    if !output.status.success() {
        return Err(format!("{} {}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}
