//! A cgroup v2 of its own for each program, where one can be made: no process leaves it, and the
//! kernel kills all in it at once.
//!
//! Made below the server's own, which needs systemd's `Delegate=yes` or root. Without one the
//! supervisor's sweeps do the same work.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Names the folder from the supervisor to the program it starts.
pub(super) const VARIABLE: &str = "HORARIUM_STEP_CGROUP";

/// A program's own cgroup, removed when it is dropped.
#[derive(Debug)]
pub(super) struct Cgroup(PathBuf);

impl Cgroup {
    /// `None` where none can be made.
    pub(super) fn make() -> Option<Self> {
        let path = of(std::process::id())?;
        fs::create_dir(&path).ok()?;
        let made = Self(path);
        // Kernels before 5.14 cannot kill one.
        made.0.join("cgroup.kill").exists().then_some(made)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Kills every process in it.
    pub(super) fn kill(&self) -> io::Result<()> {
        fs::write(self.0.join("cgroup.kill"), "1")
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // What is left over is empty and holds nothing; the next boot has none.
        drop(fs::remove_dir(&self.0));
    }
}

/// Ends what a supervisor left behind that did not end by itself.
pub(super) fn clear(supervisor: u32) {
    let left = of(supervisor).filter(|path| path.is_dir()).map(Cgroup);
    if let Some(Err(error)) = left.as_ref().map(Cgroup::kill) {
        tracing::error!(%error, "ending what the supervisor {supervisor} left behind");
    }
}

fn of(supervisor: u32) -> Option<PathBuf> {
    Some(own()?.join(format!("horarium-step-{supervisor}")))
}

/// Enters the cgroup that the supervisor made, if it made one.
pub(super) fn join() -> io::Result<()> {
    match std::env::var_os(VARIABLE) {
        Some(path) => fs::write(Path::new(&path).join("cgroup.procs"), "0"),
        None => Ok(()),
    }
}

pub(super) fn can_be_made() -> bool {
    Cgroup::make().is_some()
}

/// The folder of the cgroup that this process is in.
fn own() -> Option<PathBuf> {
    let membership = fs::read_to_string("/proc/self/cgroup").ok()?;
    let within = membership.lines().find_map(|line| line.strip_prefix("0::"))?;
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let mount = mounts.lines().find_map(|line| {
        let mut fields = line.split(' ');
        let (_, folder, kind) = (fields.next()?, fields.next()?, fields.next()?);
        (kind == "cgroup2").then_some(folder)
    })?;
    Some(Path::new(mount).join(within.trim_start_matches('/')))
}
