//! Programs of others, run so that nothing of them is left over.
//!
//! The server never becomes a program's parent. It starts its own binary twice over:
//!
//! ```text
//!  server ──control socket── supervisor ──────────── confined: becomes the program
//!     ▲                      own session, adopts        own process group, limits,
//!     └──── stdout, stderr ──orphans, ends the tree ─── no new privileges, Landlock
//! ```
//!
//! - The server is gone, or lets go: the socket closes, and the supervisor ends the tree.
//! - The supervisor is gone: the kernel kills the program (`PDEATHSIG`).
//! - The program forks twice and leaves its group: its orphans become the supervisor's children
//!   (`PR_SET_CHILD_SUBREAPER`), and where a cgroup v2 can be made, all of them are in it.
//!
//! Everything a program is confined by is set up in a process of one thread and of our own code;
//! nothing runs between `fork` and `exec` in the server.

mod abilities;
mod capabilities;
mod cgroup;
mod confined;
mod landlock;
mod limits;
mod process;
mod report;
mod supervisor;
mod tree;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, time::Duration};

use serde::{Deserialize, Serialize};

pub use self::abilities::abilities;
pub use self::limits::Limits;
pub(crate) use self::{
    process::{Left, Process, Stream},
    report::Report,
};

/// First argument of our binary when it is a supervisor.
const SUPERVISE: &str = "__supervise";
/// First argument of our binary when it is about to become a program.
const CONFINE: &str = "__confine";
/// Longest order, and longest report.
const MESSAGE_BYTES_MAX: u64 = 1 << 20;
/// The longest that a tree may take to be gone once its grace is over.
pub const KILL_LIMIT: Duration = Duration::from_secs(2);

/// The part of a binary that runs programs: called first in `main`, before there is another thread.
/// `None`: this process is none of a sandbox's.
pub fn enter() -> Option<ExitCode> {
    match std::env::args_os().nth(1)?.to_str()? {
        SUPERVISE => Some(supervisor::main()),
        CONFINE => Some(confined::main()),
        _ => None,
    }
}

/// What a supervisor is asked to run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) working_directory: Option<PathBuf>,
    /// All of it: nothing is inherited.
    pub(crate) environment: BTreeMap<String, String>,
    /// Made before the program starts, its home and the place of its temporary files, and removed
    /// after its end.
    pub(crate) scratch: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) folders: Folders,
    /// From SIGTERM to SIGKILL.
    pub(crate) grace: Duration,
    pub(crate) trees: Trees,
}

/// How the processes of a program are kept together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trees {
    /// In a cgroup v2 where one can be made, and as below.
    Cgroup,
    /// By adopting orphans alone.
    Orphans,
}

/// What Landlock leaves a program of the file system, besides what every program needs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Folders {
    pub(crate) readable: Vec<PathBuf>,
    pub(crate) writable: Vec<PathBuf>,
}
