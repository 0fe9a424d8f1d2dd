//! An archive for each file found, or for those of one stem.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{pack::Open, would_add};
use crate::kinds::file_operation::{
    Desk,
    fault::Setback,
    folder::{FileId, Folder},
    plan::Format,
    report::shown,
    transfer::mirrored,
    walk::{Found, Place, Visitor},
};

/// An archive for each file, or for the files of one stem.
pub(super) struct EachItsOwn<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) format: Format,
    /// Else beside the file.
    pub(super) into: Option<Into<'a>>,
}

pub(super) struct Into<'a> {
    pub(super) path: &'a str,
    /// `None` until it is there.
    pub(super) folder: Option<Folder>,
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
            let path = place.folder.path.join(&files[0].name);
            match packed {
                Ok(()) => {}
                Err(Setback::Ended(fault)) => {
                    self.desk.report.set_back(&path, Setback::Failed(fault))?;
                }
                Err(setback) => self.desk.report.set_back(&path, setback)?,
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
