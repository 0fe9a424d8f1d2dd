//! Move, Archive and Copy: each file found goes to the same place beneath the destination.
//!
//! On one file system a move is a rename. Between two it is a copy under a temporary name, fsync, a
//! rename, fsync of the folder, and only then the end of the source: a crash anywhere leaves one of
//! the two complete. A file that changes while it is moved so keeps its source, and fails. Mode, mtime
//! and, where the server may, owner go along; setuid, extended attributes and ACLs do not.

use std::{
    ffi::OsStr,
    io::{self, Read, Write},
    os::fd::AsFd,
};

use rustix::{
    fs::{Mode, Timespec, Timestamps},
    io::Errno,
    process::{Gid, Uid},
};

use super::{
    Desk,
    delete::still_the_same,
    fault::Setback,
    folder::{Facts, FileId, FileKind, Folder, facts_of},
    plan::Keeps,
    report::shown,
    roots::child_or_new,
    steps::Step,
    temporary::Temporary,
    walk::{Found, Place, Visitor, walk},
};

/// Read and written between two looks at whether to stop.
pub(super) const CHUNK_BYTES: usize = 1024 * 1024;
/// Written between two fsyncs: one at the end alone would keep a cancel waiting.
pub(super) const SYNC_BYTES: u64 = 32 * 1024 * 1024;
/// A file that still grows ends somewhere.
const FILE_BYTES_MAX: u64 = 1 << 40;

pub(super) fn run(desk: &Desk<'_>, source: &Folder, keeps: Keeps, to: &str) -> Result<(), Setback> {
    // Also a refusal of the destination comes before any file is looked at.
    let destination = desk.roots.open_folder(&desk.guard, to)?;
    walk(desk, source, &mut Transfer { desk, keeps, to, destination })
}

struct Transfer<'a> {
    desk: &'a Desk<'a>,
    keeps: Keeps,
    to: &'a str,
    /// `None` until it is there.
    destination: Option<Folder>,
}

impl Visitor for Transfer<'_> {
    fn visit(&mut self, place: &Place<'_>, files: &[Found]) -> Result<usize, Setback> {
        if files.is_empty() {
            return Ok(0);
        }
        let folder = self.folder_for(place)?;
        let mut n_gone = 0;
        for found in files {
            self.desk.report.check()?;
            let path = place.folder.path.join(&found.name);
            match self.transfer(place, found, folder.as_ref()) {
                Ok(()) => {
                    let to = self.shown_target(place, &found.name);
                    let what = format!("{} to {to}", shown(&path));
                    self.desk.report.done(&what, found.facts.bytes)?;
                    n_gone += usize::from(self.keeps == Keeps::Nothing);
                }
                Err(setback) => self.desk.report.set_back(&path, setback)?,
            }
        }
        if let (Some(folder), false) = (&folder, self.desk.plan.dry_run) {
            let synced = folder.sync(&self.desk.steps);
            let synced = synced.and_then(|()| place.folder.sync(&self.desk.steps));
            synced.map_err(|error| Setback::io("syncing folders", &error))?;
        }
        Ok(n_gone)
    }

    fn own_folder(&self) -> Option<FileId> {
        self.destination.as_ref().map(|folder| folder.id)
    }
}

impl Transfer<'_> {
    /// Where the files of `place` go; in a dry run `None` where it would be made.
    fn folder_for(&mut self, place: &Place<'_>) -> Result<Option<Folder>, Setback> {
        let (desk, dry_run) = (self.desk, self.desk.plan.dry_run);
        if self.destination.is_none() && !dry_run {
            self.destination = Some(desk.roots.make_folder(&desk.guard, self.to, &desk.steps)?);
        }
        let destination = self.destination.clone();
        destination.map_or(Ok(None), |folder| mirrored(desk, folder, place))
    }

    fn shown_target(&self, place: &Place<'_>, name: &OsStr) -> String {
        let mut path = std::path::PathBuf::from(self.to);
        path.extend(place.names);
        shown(path.join(name))
    }

    fn transfer(
        &self,
        place: &Place<'_>,
        found: &Found,
        to: Option<&Folder>,
    ) -> Result<(), Setback> {
        let from = place.folder;
        still_the_same(from, found)?;
        let Some(to) = to else { return Ok(()) };
        let taken =
            to.facts(&found.name).map_err(|error| Setback::io("reading its place", &error))?;
        if let Some(taken) = taken {
            self.admit_replaced(from, found, to, &taken)?;
        }
        if self.desk.plan.dry_run {
            return Ok(());
        }
        match self.keeps {
            Keeps::Source => copy(self.desk, from, found, to, Keeps::Source),
            Keeps::Nothing => move_file(self.desk, from, found, to),
        }
    }

    fn admit_replaced(
        &self,
        from: &Folder,
        found: &Found,
        to: &Folder,
        taken: &Facts,
    ) -> Result<(), Setback> {
        if from.id == to.id {
            return Err(Setback::Skipped("is already there".to_owned()));
        }
        if taken.id == found.facts.id && self.keeps == Keeps::Source {
            return Err(Setback::Skipped("source and destination are the same file".to_owned()));
        }
        admit_target(self.desk, to, &found.name, taken)
    }
}

/// The folder beneath `folder` that is to `place` as `folder` is to the source folder; in a dry run
/// `None` where it would be made.
pub(super) fn mirrored(
    desk: &Desk<'_>,
    mut folder: Folder,
    place: &Place<'_>,
) -> Result<Option<Folder>, Setback> {
    for name in place.names {
        folder = if desk.plan.dry_run {
            let Some(child) = desk.guard.child(&folder, name)? else { return Ok(None) };
            child
        } else {
            child_or_new(&desk.guard, &folder, name, &desk.steps)?
        };
    }
    Ok(Some(folder))
}

/// Only a regular file that is not the server's own may be replaced.
pub(super) fn admit_target(
    desk: &Desk<'_>,
    folder: &Folder,
    name: &OsStr,
    taken: &Facts,
) -> Result<(), Setback> {
    let path = folder.path.join(name);
    let path = path.display();
    if taken.kind != FileKind::File {
        return Err(Setback::for_good(format!("`{path}` is there and is not a regular file")));
    }
    desk.guard.admit(taken).map_err(|setback| match setback {
        Setback::Skipped(reason) => Setback::for_good(format!("`{path}` {reason}")),
        Setback::Stopped | Setback::Failed(_) | Setback::Ended(_) => setback,
    })
}

fn move_file(desk: &Desk<'_>, from: &Folder, found: &Found, to: &Folder) -> Result<(), Setback> {
    let name = &found.name;
    let renamed = desk.steps.before(Step::Move).and_then(|()| from.rename(name, to, name));
    match renamed {
        Ok(()) => moved_as_meant(desk, from, found, to),
        Err(error) if Errno::from_io_error(&error) == Some(Errno::XDEV) => {
            copy(desk, from, found, to, Keeps::Nothing)
        }
        Err(error) => Err(Setback::io(format!("moving `{}`", name.display()), &error)),
    }
}

/// Renaming goes by name, and the name may have been given to something else since the look: that is
/// put back.
fn moved_as_meant(
    desk: &Desk<'_>,
    from: &Folder,
    found: &Found,
    to: &Folder,
) -> Result<(), Setback> {
    let name = &found.name;
    let there = to.facts(name).map_err(|error| Setback::io("reading what was moved", &error))?;
    if there.is_none_or(|there| there.id != found.facts.id) {
        let back = to.rename_anew(name, from, name);
        let back = if back.is_ok() { "put back" } else { "could not be put back" };
        return Err(Setback::for_now(format!("became another file while it was moved: {back}")));
    }
    // Two names of one file: rename(2) does nothing then, and says it worked.
    let left = from.facts(name).map_err(|error| Setback::io("reading what was left", &error))?;
    match left {
        Some(left) if left.id == found.facts.id && left.is_hard_linked => {
            let unlinked = from.unlink(name, &desk.steps);
            unlinked.map_err(|error| Setback::io("removing the source", &error))
        }
        Some(_) | None => Ok(()),
    }
}

fn copy(
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
pub(super) fn open_found(
    desk: &Desk<'_>,
    from: &Folder,
    found: &Found,
) -> Result<std::fs::File, Setback> {
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
fn put_on(file: &std::fs::File, facts: &Facts, keeps: Keeps) -> io::Result<()> {
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
