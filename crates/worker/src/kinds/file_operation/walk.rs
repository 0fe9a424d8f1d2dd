//! Finds the files an operation is for, folder by folder, and removes folders that are left empty.

use std::ffi::{OsStr, OsString};

use super::{
    Desk, ENTRIES_MAX,
    fault::Setback,
    folder::{Facts, FileId, FileKind, Folder},
    temporary,
};

/// Each folder on the way down keeps a handle open.
pub(super) const DEPTH_MAX: usize = 64;

/// What is done with the files found.
pub(super) trait Visitor {
    /// Does its work with the `files` of one folder. Returns how many of them are gone, or would be.
    fn visit(&mut self, place: &Place<'_>, files: &[Found]) -> Result<usize, Setback>;

    /// The folder it fills, which is not walked.
    fn own_folder(&self) -> Option<FileId> {
        None
    }
}

/// A folder on the walk.
pub(super) struct Place<'a> {
    pub(super) folder: &'a Folder,
    /// The names from the source folder to here.
    pub(super) names: &'a [OsString],
}

/// A regular file that pattern and age chose and the guard admitted.
pub(super) struct Found {
    pub(super) name: OsString,
    pub(super) facts: Facts,
}

pub(super) fn walk(
    desk: &Desk<'_>,
    source: &Folder,
    visitor: &mut dyn Visitor,
) -> Result<(), Setback> {
    let mut walk = Walk { desk, visitor, n_entries: 0, names: Vec::new() };
    walk.folder(source)?;
    Ok(())
}

struct Walk<'a> {
    desk: &'a Desk<'a>,
    visitor: &'a mut dyn Visitor,
    n_entries: usize,
    names: Vec<OsString>,
}

impl Walk<'_> {
    /// Returns how many entries stay in the folder.
    fn folder(&mut self, folder: &Folder) -> Result<usize, Setback> {
        let (names, is_all) = self.read_names(folder)?;
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for name in &names {
            self.desk.report.check()?;
            match self.sort(folder, name) {
                Ok(Sorted::File(facts)) => files.push(Found { name: name.clone(), facts }),
                Ok(Sorted::Folder(id)) => folders.push((name, id)),
                Ok(Sorted::Other) => {}
                Err(setback) => self.desk.report.set_back(&folder.path.join(name), setback)?,
            }
        }
        let place = Place { folder, names: &self.names };
        let mut n_left = names.len() - self.visitor.visit(&place, &files)?;
        if !is_all {
            let path = folder.path.display();
            let error = format!("`{path}`: more than {ENTRIES_MAX} files and folders in one run");
            return Err(Setback::for_good(error).ending());
        }
        for (name, id) in folders {
            match self.below(folder, name, id) {
                Ok(true) => n_left -= 1,
                Ok(false) => {}
                Err(setback) => self.desk.report.set_back(&folder.path.join(name), setback)?,
            }
        }
        Ok(n_left)
    }

    /// The names in a folder as far as they may be looked at, and whether that is all.
    fn read_names(&mut self, folder: &Folder) -> Result<(Vec<OsString>, bool), Setback> {
        let n_max = ENTRIES_MAX - self.n_entries;
        let doing = || format!("reading `{}`", folder.path.display());
        let names = folder.names(n_max).map_err(|error| Setback::io(doing(), &error));
        let mut names = names?;
        let is_all = names.len() <= n_max;
        names.truncate(n_max);
        self.n_entries += names.len();
        Ok((names, is_all))
    }

    fn sort(&self, folder: &Folder, name: &OsStr) -> Result<Sorted, Setback> {
        let plan = self.desk.plan;
        let facts = folder.facts(name).map_err(|error| Setback::io("reading it", &error))?;
        let Some(facts) = facts else { return Ok(Sorted::Other) };
        let text = name.to_string_lossy();
        if facts.kind == FileKind::Folder {
            if !plan.recursive && !plan.pattern.is_wild() && plan.pattern.matches(&text) {
                let reason = "is a folder: end sourcePath with `/` for the files in it";
                return Err(Setback::Skipped(reason.to_owned()));
            }
            return Ok(Sorted::Folder(facts.id));
        }
        if !plan.pattern.matches(&text) || temporary::is_left_over(&text, &plan.pattern) {
            return Ok(Sorted::Other);
        }
        match facts.kind {
            FileKind::Symlink => return Err(Setback::Skipped("is a symbolic link".to_owned())),
            FileKind::Other => {
                return Err(Setback::Skipped("is a device, a FIFO or a socket".to_owned()));
            }
            FileKind::File | FileKind::Folder => {}
        }
        self.desk.guard.admit(&facts)?;
        if plan.is_old_enough(&facts) {
            return Ok(Sorted::File(facts));
        }
        self.desk.report.too_young();
        Ok(Sorted::Other)
    }

    /// Walks the folder called `name`, and removes it when it is left empty. Returns whether it is
    /// gone, or would be.
    fn below(&mut self, folder: &Folder, name: &OsStr, id: FileId) -> Result<bool, Setback> {
        let (desk, removes) = (self.desk, self.desk.plan.removes_empty_folders);
        if !desk.plan.recursive && !removes || self.visitor.own_folder() == Some(id) {
            return Ok(false);
        }
        let Some(child) = desk.guard.child(folder, name)? else { return Ok(true) };
        if self.visitor.own_folder() == Some(child.id) {
            return Ok(false);
        }
        let n_left = if desk.plan.recursive {
            if self.names.len() == DEPTH_MAX {
                return Err(Setback::for_good(format!("deeper than {DEPTH_MAX} folders")));
            }
            self.names.push(name.to_owned());
            let n_left = self.folder(&child);
            self.names.pop();
            n_left?
        } else {
            self.read_names(&child)?.0.len()
        };
        Ok(n_left == 0 && removes && self.remove(folder, name, &child)?)
    }

    fn remove(&self, folder: &Folder, name: &OsStr, child: &Folder) -> Result<bool, Setback> {
        let desk = self.desk;
        if desk.roots.is_root(child.id) {
            return Ok(false);
        }
        if !desk.plan.dry_run && !is_removed(folder.remove_child(name, &desk.steps))? {
            return Ok(false);
        }
        desk.report.removed_folder(&child.path)?;
        Ok(true)
    }
}

/// Something may have been put into it since it was found empty: then it stays.
fn is_removed(removed: std::io::Result<()>) -> Result<bool, Setback> {
    use std::io::ErrorKind::{DirectoryNotEmpty, NotFound, ResourceBusy};
    match removed {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.kind(), DirectoryNotEmpty | NotFound | ResourceBusy) => {
            Ok(false)
        }
        Err(error) => Err(Setback::io("removing the empty folder", &error)),
    }
}

enum Sorted {
    File(Facts),
    Folder(FileId),
    Other,
}
