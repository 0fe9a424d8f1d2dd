//! What a program may use of the machine: `setrlimit(2)`.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// Limits of each process of a program, and of its user's processes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Private writable memory of one process. Not its address space: a garbage collector reserves
    /// far more than it uses.
    pub memory_bytes: u64,
    /// Of one file it writes.
    pub file_bytes: u64,
    /// Open at a time.
    pub files: u64,
    /// Of the user the server runs as, this program's and others; the kernel asks it of nobody who is
    /// root.
    pub processes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 4 << 30, file_bytes: 64 << 30, files: 1_024, processes: 4_096 }
    }
}

impl Limits {
    /// Sets them for this process and all that come of it; none is ever raised.
    pub(super) fn apply(self) -> io::Result<()> {
        let limits = [
            (Resource::Data, self.memory_bytes),
            (Resource::Fsize, self.file_bytes),
            (Resource::Nofile, self.files),
            (Resource::Nproc, self.processes),
            // A core would hold whatever the program was given.
            (Resource::Core, 0),
        ];
        limits.into_iter().try_for_each(|(resource, wanted)| {
            let least = getrlimit(resource).maximum.map_or(wanted, |maximum| maximum.min(wanted));
            Ok(setrlimit(resource, Rlimit { current: Some(least), maximum: Some(least) })?)
        })
    }
}
