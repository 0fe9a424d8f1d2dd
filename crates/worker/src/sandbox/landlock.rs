//! The part of the file system that a program may use, by Landlock, where the kernel has it.
//!
//! Landlock also keeps a program from tracing processes outside, and so from reading the server's
//! memory and environment in `/proc`; from kernel 6.12 on from signalling them too.

use std::{
    io,
    path::{Path, PathBuf},
};

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd,
    RestrictionStatus, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, Scope,
};

use super::{Folders, Order};

/// The newest that our rules are written for; an older kernel keeps what it knows of them.
const WRITTEN_FOR: ABI = ABI::V6;

/// What programs are made of. Not all of `/etc`: passwords and keys are there too.
const READABLE: [&str; 44] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/opt",
    "/proc",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup",
    "/etc/alternatives",
    "/etc/bash.bashrc",
    "/etc/ca-certificates",
    "/etc/ca-certificates.conf",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/locale.alias",
    "/etc/locale.conf",
    "/etc/localtime",
    "/etc/machine-id",
    "/etc/mime.types",
    "/etc/networks",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/profile",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/terminfo",
    "/etc/timezone",
    "/run/systemd/resolve",
    "/dev/random",
    "/dev/urandom",
];
const WRITABLE_DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/tty"];

/// Confines this thread and all that comes of it to these folders and what every program needs.
pub(super) fn restrict(folders: &Folders, order: &Order) -> io::Result<RestrictionStatus> {
    let all = AccessFs::from_all(WRITTEN_FOR);
    let read = AccessFs::from_read(WRITTEN_FOR);
    let system = READABLE.iter().map(Path::new);
    let readable =
        system.chain([&*order.program]).chain(folders.readable.iter().map(PathBuf::as_path));
    let writable = WRITABLE_DEVICES.iter().map(Path::new).chain([&*order.scratch]);
    let writable = writable.chain(folders.writable.iter().map(PathBuf::as_path));
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)
        .and_then(|rules| rules.scope(Scope::from_all(WRITTEN_FOR)))
        .and_then(Ruleset::create)
        .map_err(io::Error::other)?;
    for path in readable {
        rules = allow(rules, path, read)?;
    }
    for path in writable {
        rules = allow(rules, path, all)?;
    }
    rules.restrict_self().map_err(io::Error::other)
}

/// A path that is missing, as many of the system's are, allows nothing.
fn allow(
    rules: RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> io::Result<RulesetCreated> {
    let Ok(opened) = PathFd::new(path) else { return Ok(rules) };
    let access = if path.is_dir() { access } else { access & AccessFs::from_file(WRITTEN_FOR) };
    rules.add_rule(PathBeneath::new(opened, access)).map_err(io::Error::other)
}

/// What this kernel makes of such rules. Asked in a thread that ends, because it stays confined.
pub(super) fn probe() -> Option<RestrictionStatus> {
    let restricted = std::thread::spawn(|| {
        let rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(WRITTEN_FOR))
            .and_then(|rules| rules.scope(Scope::from_all(WRITTEN_FOR)))
            .and_then(Ruleset::create);
        rules.and_then(RulesetCreated::restrict_self).ok()
    });
    restricted.join().ok().flatten()
}
