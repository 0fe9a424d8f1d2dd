//! The bytes of a file in another folder, perhaps on another disk.
//!
//! Mode and mtime go along, and with a move, where the server may, the owner; setuid, extended attributes
//! and ACLs do not. A file that changes while it is moved so keeps its source, and fails.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::fd::AsFd,
};

use rustix::{
    fs::{Mode, Timespec, Timestamps},
    io::Errno,
    process::{Gid, Uid},
};

use crate::kinds::file_operation::{
    Desk,
    delete::still_the_same,
    fault::Setback,
    folder::{Facts, FileKind, Folder, facts_of},
    plan::Keeps,
    steps::Step,
    temporary::Temporary,
    walk::Found,
};

/// Read and written between two looks at whether to stop.
pub(in crate::kinds::file_operation) const CHUNK_BYTES: usize = 1024 * 1024;
/// Written between two fsyncs: one at the end alone would keep a cancel waiting.
pub(in crate::kinds::file_operation) const SYNC_BYTES: u64 = 32 * 1024 * 1024;
/// A file that still grows ends somewhere.
const FILE_BYTES_MAX: u64 = 1 << 40;

/// Gives the file found a second life in `to`, whole or not at all.
pub(super) fn copy(
    desk: &Desk<'_>,
    from: &Folder,
    found: &Found,
    to: &Folder,
    keeps: Keeps,
) -> Result<(), Setback> {
    let mut source = open_found(desk, from, found)?;
    let mut temporary = Temporary::create(desk, to)?;
    let doing = || format!("copying `{}`", found.name.display());
    let failed = |error: io::Error| {
        if desk.report.is_stopped() { Setback::Stopped } else { Setback::io(doing(), &error) }
    };
    copy_bytes(desk, &mut source, &mut temporary.file).map_err(failed)?;
    put_on(&temporary.file, &found.facts, keeps).map_err(failed)?;
    if keeps == Keeps::Nothing {
        unchanged(&facts_of(&source).map_err(failed)?, &found.facts)?;
    }
    temporary.publish(&found.name).map_err(failed)?;
    if keeps == Keeps::Nothing {
        unchanged(&facts_of(&source).map_err(failed)?, &found.facts)?;
        still_the_same(from, found)?;
        from.unlink(&found.name, &desk.steps).map_err(failed)?;
    }
    Ok(())
}

/// Opens for reading the very file that was found, after the guard has looked at it again.
pub(in crate::kinds::file_operation) fn open_found(
    desk: &Desk<'_>,
    from: &Folder,
    found: &Found,
) -> Result<File, Setback> {
    let doing = || format!("opening `{}`", from.path.join(&found.name).display());
    let peeked = from.peek(&found.name).map_err(|error| Setback::io(doing(), &error))?;
    if peeked.facts.id != found.facts.id || peeked.facts.kind != FileKind::File {
        return Err(Setback::Skipped("is another file by now".to_owned()));
    }
    desk.guard.admit(&peeked.facts)?;
    peeked.read().map_err(|error| Setback::io(doing(), &error))
}

fn copy_bytes(
    desk: &Desk<'_>,
    from: &mut impl Read,
    to: &mut (impl Write + AsFd),
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let (mut bytes, mut unsynced) = (0, 0);
    loop {
        if desk.report.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        let n = from.read(&mut chunk)?;
        if n == 0 {
            return Ok(());
        }
        desk.steps.before(Step::Write)?;
        to.write_all(&chunk[..n])?;
        (bytes, unsynced) = (bytes + n as u64, unsynced + n as u64);
        if bytes > FILE_BYTES_MAX {
            return Err(Errno::FBIG.into());
        }
        if unsynced >= SYNC_BYTES {
            rustix::fs::fdatasync(&*to)?;
            unsynced = 0;
        }
    }
}

/// Gives the copy the source's mode and mtime, and a moved file its owner if the server may.
fn put_on(file: &File, facts: &Facts, keeps: Keeps) -> io::Result<()> {
    if keeps == Keeps::Nothing {
        let (user, group) = (Uid::from_raw(facts.owner.0), Gid::from_raw(facts.owner.1));
        match rustix::fs::fchown(file, Some(user), Some(group)) {
            Ok(()) | Err(Errno::PERM | Errno::INVAL | Errno::OPNOTSUPP) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    rustix::fs::fchmod(file, Mode::from_raw_mode(facts.mode))?;
    let modified =
        Timespec { tv_sec: facts.modified_seconds, tv_nsec: facts.modified_nanoseconds.into() };
    Ok(rustix::fs::futimens(
        file,
        &Timestamps { last_access: modified, last_modification: modified },
    )?)
}

fn unchanged(now: &Facts, before: &Facts) -> Result<(), Setback> {
    let stamp = |facts: &Facts| (facts.bytes, facts.modified_seconds, facts.modified_nanoseconds);
    if stamp(now) == stamp(before) {
        return Ok(());
    }
    Err(Setback::for_now("changed while it was moved: the source is kept"))
}
