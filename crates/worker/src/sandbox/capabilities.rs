//! What a program of root's is not given of root's powers.
//!
//! A server that runs as root should not; where it does, `CAP_SYS_PTRACE` and `CAP_PERFMON` would let a
//! program read the server's memory past Landlock, others load modules or mount.

use std::io;

use rustix::{
    io::Errno,
    thread::{
        CapabilitySet, capability_is_in_bounding_set, clear_ambient_capability_set,
        remove_capability_from_bounding_set,
    },
};

/// For files and processes of other users, and for low ports.
const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::NET_BIND_SERVICE);

/// Takes all others from what this process becomes: root's `exec` gives no more than is in the bounding
/// set, and no new privileges are gained after that.
pub(super) fn give_up() -> io::Result<()> {
    clear_ambient_capability_set()?;
    for capability in CapabilitySet::all().difference(KEPT).iter() {
        match capability_is_in_bounding_set(capability) {
            Ok(true) => {}
            // This kernel does not know it.
            Ok(false) | Err(Errno::INVAL) => continue,
            Err(errno) => return Err(errno.into()),
        }
        match remove_capability_from_bounding_set(capability) {
            // Who may not give them up has none of them: this user is not root.
            Ok(()) | Err(Errno::PERM) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}
