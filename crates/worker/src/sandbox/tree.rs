//! The processes that have come of a supervisor, and how all of them are ended.

use std::{
    collections::BTreeSet,
    fs,
    time::{Duration, Instant},
};

use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, WaitStatus, getpid, pidfd_open, pidfd_send_signal, wait,
};

use super::{KILL_LIMIT, cgroup::Cgroup};

/// Between two looks at a tree that is ending.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Looks for processes that were forked while others were stopped.
const SWEEPS_MAX: usize = 20;

/// Takes note of every child that has ended, adopted ones too, and how.
pub(super) fn reap() -> Vec<(Pid, WaitStatus)> {
    std::iter::from_fn(|| wait(WaitOptions::NOHANG).ok().flatten()).collect()
}

/// Ends everything that came of this process: asks with SIGTERM, and after `grace` kills. `false`:
/// something is still there after [`KILL_LIMIT`] more.
pub(super) fn end(grace: Duration, cgroup: Option<&Cgroup>) -> bool {
    let since = Instant::now();
    signal_all(&descendants(), Signal::TERM);
    loop {
        reap();
        if descendants().is_empty() {
            return true;
        }
        if since.elapsed() > grace + KILL_LIMIT {
            return false;
        }
        if since.elapsed() >= grace {
            kill_all(cgroup);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Stops them first, until no new ones appear: what forks faster than it is killed would win.
fn kill_all(cgroup: Option<&Cgroup>) {
    // Where it fails, the sweep below does it.
    drop(cgroup.map(Cgroup::kill));
    let mut found = descendants();
    for _ in 0..SWEEPS_MAX {
        signal_all(&found, Signal::STOP);
        let now = descendants();
        if now.is_subset(&found) {
            break;
        }
        found = now;
    }
    signal_all(&found, Signal::KILL);
}

/// Every process that came of this one and has not been waited for.
fn descendants() -> BTreeSet<i32> {
    let parents = parents();
    let mut found = BTreeSet::new();
    let mut waiting = vec![getpid().as_raw_nonzero().get()];
    while let Some(parent) = waiting.pop() {
        for &(pid, _) in parents.iter().filter(|(_, its)| *its == parent) {
            if found.insert(pid) {
                waiting.push(pid);
            }
        }
    }
    found
}

/// Every process with its parent.
fn parents() -> Vec<(i32, i32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, parent_of(pid)?))).collect()
}

/// From `/proc/PID/stat`: the name in it may hold anything, so fields are counted behind its end.
fn parent_of(pid: i32) -> Option<i32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (_, behind_name) = stat.rsplit_once(')')?;
    behind_name.split_whitespace().nth(1)?.parse().ok()
}

/// By handle: a number may have been given to another process since it was read. What was a
/// descendant when it was found and is one when it is held, was one all the time.
fn signal_all(pids: &BTreeSet<i32>, signal: Signal) {
    let handles: Vec<_> = pids
        .iter()
        .filter_map(|&pid| Some((pid, pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()?)))
        .collect();
    let still = descendants();
    for (_, handle) in handles.iter().filter(|(pid, _)| still.contains(pid)) {
        match pidfd_send_signal(handle, signal) {
            // It has ended meanwhile: what was wanted.
            Ok(()) | Err(_) => {}
        }
    }
}
