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

mod pack;
mod sink;
mod stream;
mod tar;
mod zip;

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use self::pack::Open;
use super::{
    Desk,
    fault::Setback,
    folder::{FileId, FileKind, Folder},
    plan::Format,
    report::shown,
    transfer::mirrored,
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
            self.folder = match desk.plan.dry_run {
                true => desk.roots.open_folder(&desk.guard, self.parent),
                false => desk.roots.make_folder(&desk.guard, self.parent, &desk.steps).map(Some),
            }
            .map_err(Setback::ending)?;
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

/// An archive for each file, or for the files of one stem.
struct EachItsOwn<'a> {
    desk: &'a Desk<'a>,
    format: Format,
    /// Else beside the file.
    into: Option<Into<'a>>,
}

struct Into<'a> {
    path: &'a str,
    /// `None` until it is there.
    folder: Option<Folder>,
}

impl Visitor for EachItsOwn<'_> {
    fn visit(&mut self, place: &Place<'_>, files: &[Found]) -> Result<usize, Setback> {
        let mut groups: BTreeMap<OsString, Vec<&Found>> = BTreeMap::new();
        let extension = extension(self.format);
        for found in files {
            if found.name.as_bytes().ends_with(extension.as_bytes()) {
                let skipped = Setback::Skipped("is compressed already".to_owned());
                self.desk.report.set_back(&place.folder.path.join(&found.name), skipped)?;
                continue;
            }
            groups.entry(archive_name(self.format, &found.name)).or_default().push(found);
        }
        if groups.is_empty() {
            return Ok(0);
        }
        let folder = self.folder_for(place)?;
        for (name, files) in groups {
            self.desk.report.check()?;
            let packed = self.pack(place, folder.as_ref(), &name, &files);
            if let Err(Setback::Failed(fault) | Setback::Ended(fault)) = packed {
                let path = place.folder.path.join(&files[0].name);
                self.desk.report.set_back(&path, Setback::Failed(fault))?;
            }
        }
        Ok(0)
    }

    fn own_folder(&self) -> Option<FileId> {
        self.into.as_ref()?.folder.as_ref().map(|folder| folder.id)
    }
}

impl EachItsOwn<'_> {
    fn folder_for(&mut self, place: &Place<'_>) -> Result<Option<Folder>, Setback> {
        let desk = self.desk;
        let Some(into) = &mut self.into else { return Ok(Some(place.folder.clone())) };
        if into.folder.is_none() && !desk.plan.dry_run {
            into.folder = Some(desk.roots.make_folder(&desk.guard, into.path, &desk.steps)?);
        }
        into.folder.clone().map_or(Ok(None), |folder| mirrored(desk, folder, place))
    }

    fn pack(
        &self,
        place: &Place<'_>,
        folder: Option<&Folder>,
        name: &OsStr,
        files: &[&Found],
    ) -> Result<(), Setback> {
        let (desk, here) = (self.desk, Place { folder: place.folder, names: &[] });
        let shown_at = match &self.into {
            None => place.folder.path.join(name),
            Some(into) => {
                let mut path = PathBuf::from(into.path);
                path.extend(place.names);
                path.join(name)
            }
        };
        if desk.plan.dry_run {
            let would = |found: &&Found| would_add(desk, folder, name, &shown_at, &here, found);
            return files.iter().try_for_each(would);
        }
        let Some(folder) = folder else { return Ok(()) };
        let mut open = Open::new(desk, self.format, folder, name, shown(shown_at))?;
        for found in files {
            match open.add(desk, &here, found) {
                Ok(()) => {}
                Err(ended @ (Setback::Ended(_) | Setback::Stopped)) => return Err(ended),
                Err(setback) => {
                    desk.report.set_back(&place.folder.path.join(&found.name), setback)?;
                }
            }
        }
        open.finish(desk)
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

fn extension(format: Format) -> &'static str {
    match format {
        Format::Zip => ".zip",
        Format::Gzip => ".gz",
        Format::Zstd => ".zst",
        Format::TarZstd => ".tar.zst",
    }
}

/// `a.txt` goes into `a.zip` and `a.tar.zst`, but `a.txt.gz` and `a.txt.zst`.
fn archive_name(format: Format, name: &OsStr) -> OsString {
    let stem = match format {
        Format::Zip | Format::TarZstd => Path::new(name).file_stem().unwrap_or(name),
        Format::Gzip | Format::Zstd => name,
    };
    let mut archive = stem.to_owned();
    archive.push(extension(format));
    archive
}
