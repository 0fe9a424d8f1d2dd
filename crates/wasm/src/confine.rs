//! What the child gives up before it reads anything.

use std::{fmt, fs::File, io, net::TcpStream, thread};

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetStatus, Scope,
};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use serde::{Deserialize, Serialize};

mod syscalls;

/// The newest that our rules are written for; an older kernel keeps what it knows of them.
const WRITTEN_FOR: ABI = ABI::V6;

/// What confines the child, as it found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layers {
    /// What this kernel has of it; seccomp alone closes the same doors.
    landlock: String,
    /// What the child could do all the same, having tried.
    pub open: Vec<String>,
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { landlock, open } = self;
        write!(f, "Landlock: {landlock}; seccomp: yes; no new privileges: yes; limits: yes")?;
        if open.is_empty() { Ok(()) } else { write!(f, "; STILL OPEN: {}", open.join(", ")) }
    }
}

/// Gives up what a module must not have. The order counts: seccomp closes the way to the others.
pub(crate) fn confine(parent: u64, address_bytes: u64, cpu_seconds: u64) -> io::Result<Layers> {
    outlive_no_parent(parent)?;
    limit(address_bytes, cpu_seconds)?;
    rustix::thread::set_no_new_privs(true)?;
    let landlock = restrict().map_err(io::Error::other)?;
    // Landlock takes a descriptor while it is set up.
    setrlimit(Resource::Nofile, Rlimit { current: Some(0), maximum: Some(0) })?;
    syscalls::allow_few().map_err(io::Error::other)?;
    Ok(Layers { landlock, open: Vec::new() })
}

/// The kernel kills this process when the server's ends.
fn outlive_no_parent(parent: u64) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have ended before the line above.
    if u64::from(std::os::unix::process::parent_id()) != parent {
        return Err(io::Error::other("the server has ended"));
    }
    Ok(())
}

fn limit(address_bytes: u64, cpu_seconds: u64) -> io::Result<()> {
    let to = |limit| Rlimit { current: Some(limit), maximum: Some(limit) };
    setrlimit(Resource::As, to(address_bytes))?;
    setrlimit(Resource::Cpu, to(cpu_seconds))?;
    for nothing in [Resource::Fsize, Resource::Core, Resource::Memlock] {
        setrlimit(nothing, to(0))?;
    }
    Ok(())
}

/// Nothing of the file system, no port, no signal to anybody, as far as the kernel knows how.
fn restrict() -> Result<String, landlock::RulesetError> {
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(WRITTEN_FOR))?
        .handle_access(AccessNet::from_all(WRITTEN_FOR))?
        .scope(Scope::from_all(WRITTEN_FOR))?;
    let status = ruleset.create()?.restrict_self()?;
    let abi = match status.landlock {
        LandlockStatus::NotEnabled => return Ok("no (not enabled in this kernel)".to_owned()),
        LandlockStatus::NotImplemented => return Ok("no (this kernel has none)".to_owned()),
        LandlockStatus::Available { effective_abi, .. } => effective_abi,
    };
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => format!("fully (ABI {abi:?})"),
        RulesetStatus::PartiallyEnforced => format!("partly (ABI {abi:?})"),
        RulesetStatus::NotEnforced => "no".to_owned(),
    })
}

impl Layers {
    /// Tries the doors: a layer that is said to be there but is not must be noticed at the start, not
    /// by whoever looks for it.
    pub(crate) fn tried(mut self) -> Self {
        let opened = [
            ("files", File::open("/").is_ok()),
            // Refused by a peer is reached, for this purpose.
            ("network", was_allowed(TcpStream::connect(("127.0.0.1", 9)).map(drop))),
            ("threads and processes", thread::Builder::new().spawn(|| ()).is_ok()),
            ("signals", is_process_reached()),
        ];
        self.open = opened
            .into_iter()
            .filter(|(_, is_open)| *is_open)
            .map(|(door, _)| door.to_owned())
            .collect();
        self
    }
}

/// Whether the server, or whoever else is the parent, can be signalled.
fn is_process_reached() -> bool {
    rustix::process::getppid().is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

fn was_allowed(tried: io::Result<()>) -> bool {
    !matches!(tried, Err(error) if error.kind() == io::ErrorKind::PermissionDenied)
}
