//! Compress: adds each file found to an archive; the source stays.
//!
//! | `archivePath` | zip, tar+zstd | gzip, zstd |
//! |---------------|---------------|------------|
//! | none | `<stem>.zip` beside each file | `<name>.gz` beside each file |
//! | a file | one archive of all, named by their paths below the source folder | of the one file that matches |
//! | a folder, or with `/` at its end | as with none, but there | as with none, but there |
//!
//! An archive is written under a temporary name and takes its own when it is complete: there is never
//! a half one. Running again loses nothing: a zip or tar+zstd that is there keeps what it has, a file
//! of the same name in it is replaced (the original added it a second time). A `.gz` or `.zst` of
//! one file is replaced. In the modes of an archive a file, what is compressed already is left.

mod each;
mod pack;
mod sink;
mod stream;
mod tar;
mod zip;

use std::{ffi::OsStr, path::Path};

use self::{
    each::{EachItsOwn, Into},
    pack::Open,
};
use super::{
    Desk,
    fault::Setback,
    folder::{FileKind, Folder},
    plan::Format,
    report::shown,
    walk::{Found, Place, Visitor, walk},
};

/// Read into one archive, what it had before included.
pub(super) const ARCHIVE_BYTES_MAX: u64 = 10 * 1024 * 1024 * 1024;

pub(super) fn run(
    desk: &Desk<'_>,
    source: &Folder,
    archive: Option<&str>,
    format: Format,
) -> Result<(), Setback> {
    match place_of(desk, archive)? {
        Target::One { parent, name } => {
            let mut one = OneOfAll { desk, format, parent, name, folder: None, open: None };
            walk(desk, source, &mut one)?;
            one.open.map_or(Ok(()), |open| open.finish(desk))
        }
        Target::Beside => walk(desk, source, &mut EachItsOwn { desk, format, into: None }),
        Target::Into(path) => {
            let folder = desk.roots.open_folder(&desk.guard, path)?;
            let into = Some(Into { path, folder });
            walk(desk, source, &mut EachItsOwn { desk, format, into })
        }
    }
}

/// Where archives go.
enum Target<'a> {
    Beside,
    Into(&'a str),
    One { parent: &'a str, name: &'a OsStr },
}

fn place_of<'a>(desk: &Desk<'_>, archive: Option<&'a str>) -> Result<Target<'a>, Setback> {
    let Some(path) = archive else { return Ok(Target::Beside) };
    let Some((parent, name)) = path.rsplit_once('/') else {
        return Err(Setback::for_good(format!("archivePath {path:?} must be absolute")));
    };
    if name.is_empty() {
        return Ok(Target::Into(path));
    }
    let parent = &path[..=parent.len()];
    if matches!(name, "." | "..") || name.contains('\0') {
        return Err(Setback::for_good(format!("archivePath {path:?} does not end in a name")));
    }
    let name = OsStr::new(name);
    let folder = desk.roots.open_folder(&desk.guard, parent)?;
    let taken = folder.map_or(Ok(None), |folder| folder.facts(name));
    let taken = taken.map_err(|error| Setback::io("reading archivePath", &error))?;
    match taken.map(|taken| taken.kind) {
        Some(FileKind::Folder) => Ok(Target::Into(path)),
        Some(FileKind::File | FileKind::Symlink | FileKind::Other) | None => {
            Ok(Target::One { parent, name })
        }
    }
}

/// One archive for all that is found.
struct OneOfAll<'a> {
    desk: &'a Desk<'a>,
    format: Format,
    parent: &'a str,
    name: &'a OsStr,
    folder: Option<Folder>,
    open: Option<Open<'a>>,
}

impl Visitor for OneOfAll<'_> {
    fn visit(&mut self, place: &Place<'_>, files: &[Found]) -> Result<usize, Setback> {
        for found in files {
            self.desk.report.check()?;
            if let Err(setback) = self.add(place, found) {
                self.desk.report.set_back(&place.folder.path.join(&found.name), setback)?;
            }
        }
        Ok(0)
    }
}

impl OneOfAll<'_> {
    fn add(&mut self, place: &Place<'_>, found: &Found) -> Result<(), Setback> {
        let desk = self.desk;
        if self.folder.is_none() {
            let folder = if desk.plan.dry_run {
                desk.roots.open_folder(&desk.guard, self.parent)
            } else {
                desk.roots.make_folder(&desk.guard, self.parent, &desk.steps).map(Some)
            };
            self.folder = folder.map_err(Setback::ending)?;
        }
        let is_same = |folder: &Folder| folder.id == place.folder.id && found.name == self.name;
        if self.folder.as_ref().is_some_and(is_same) {
            return Err(Setback::Skipped("is the archive itself".to_owned()));
        }
        let shown_at = Path::new(self.parent).join(self.name);
        if desk.plan.dry_run {
            return would_add(desk, self.folder.as_ref(), self.name, &shown_at, place, found);
        }
        let (Some(folder), None) = (&self.folder, &self.open) else {
            return self.open.as_mut().map_or(Ok(()), |open| open.add(desk, place, found));
        };
        let open = Open::new(desk, self.format, folder, self.name, shown(shown_at));
        self.open.insert(open.map_err(Setback::ending)?).add(desk, place, found)
    }
}

fn would_add(
    desk: &Desk<'_>,
    folder: Option<&Folder>,
    name: &OsStr,
    shown_at: &Path,
    place: &Place<'_>,
    found: &Found,
) -> Result<(), Setback> {
    if let Some(folder) = folder {
        pack::admitted(desk, folder, name)?;
    }
    let path = place.folder.path.join(&found.name);
    let what = format!("{} into {}", shown(&path), shown(shown_at));
    desk.report.done(&what, found.facts.bytes)
}
