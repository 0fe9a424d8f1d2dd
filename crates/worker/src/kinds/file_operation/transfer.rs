//! Move, Archive and Copy: each file found goes to the same place beneath the destination.
//!
//! On one file system a move is a rename. Between two it is a copy under a temporary name, fsync, a
//! rename, fsync of the folder, and only then the end of the source: a crash anywhere leaves one of
//! the two complete. See [`copy`] for what goes along.

mod copy;

use std::ffi::OsStr;

use rustix::io::Errno;

use self::copy::copy;
pub(super) use self::copy::{CHUNK_BYTES, SYNC_BYTES, open_found};
use super::{
    Desk,
    delete::still_the_same,
    fault::Setback,
    folder::{Facts, FileId, FileKind, Folder},
    plan::Keeps,
    report::shown,
    roots::child_or_new,
    steps::Step,
    walk::{Found, Place, Visitor, walk},
};

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
            let child = desk.guard.child(&folder, name).map_err(Setback::refusing)?;
            let Some(child) = child else { return Ok(None) };
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
        Ok(()) => end_of_source(desk, from, found),
        Err(error) if Errno::from_io_error(&error) == Some(Errno::XDEV) => {
            copy(desk, from, found, to, Keeps::Nothing)
        }
        Err(error) => Err(Setback::io(format!("moving `{}`", name.display()), &error)),
    }
}

/// Two names of one file: rename(2) does nothing then, and says it worked. That the file is no longer at
/// its new place is no failure: who waited for it there may have taken it.
fn end_of_source(desk: &Desk<'_>, from: &Folder, found: &Found) -> Result<(), Setback> {
    if !found.facts.is_hard_linked {
        return Ok(());
    }
    let left = from.facts(&found.name);
    let left = left.map_err(|error| Setback::io("reading what was left", &error))?;
    if left.is_some_and(|left| left.id == found.facts.id && left.is_hard_linked) {
        let unlinked = from.unlink(&found.name, &desk.steps);
        return unlinked.map_err(|error| Setback::io("removing the source", &error));
    }
    Ok(())
}
