//! An archive being written, whatever its format.

use std::{ffi::OsStr, fs::File, path::PathBuf};

use super::{
    ARCHIVE_BYTES_MAX,
    sink::{Sink, Watch, Watched},
    stream::Stream,
    tar::TarZstd,
    zip::Zip,
};
use crate::kinds::file_operation::{
    Desk,
    fault::Setback,
    folder::{Facts, Folder},
    plan::Format,
    report::shown,
    transfer::{admit_target, open_found},
    walk::{Found, Place},
};

/// One format's way to hold files.
pub(super) trait Pack<'a> {
    /// Adds a file as `name`. After a failure the archive is of no use.
    fn add(
        &mut self,
        name: &OsStr,
        facts: &Facts,
        source: &mut Watched<'_, File>,
    ) -> Result<(), Setback>;

    /// Adds what the archive held before, and ends it.
    fn finish(self: Box<Self>) -> Result<Sink<'a>, Setback>;
}

/// An archive that is open, and what its name will be.
pub(super) struct Open<'a> {
    pack: Box<dyn Pack<'a> + 'a>,
    watch: Watch<'a>,
    name: std::ffi::OsString,
    shown_at: String,
    bytes: u64,
    /// Said when the archive has its name: until then nothing was compressed.
    added: Vec<(String, u64)>,
}

impl<'a> Open<'a> {
    pub(super) fn new(
        desk: &'a Desk<'a>,
        format: Format,
        folder: &Folder,
        name: &OsStr,
        shown_at: String,
    ) -> Result<Self, Setback> {
        let is_there = admitted(desk, folder, name)?;
        let before = match format {
            Format::Zip | Format::TarZstd if is_there => Some(read_before(desk, folder, name)?),
            Format::Zip | Format::TarZstd | Format::Gzip | Format::Zstd => None,
        };
        let sink = Sink::create(desk, folder)?;
        let watch = sink.watch.clone();
        let pack: Box<dyn Pack<'a> + 'a> = match format {
            Format::Zip => Box::new(Zip::new(desk, sink, before, &shown_at)?),
            Format::TarZstd => Box::new(TarZstd::new(desk, sink, before, &shown_at)?),
            Format::Gzip | Format::Zstd => Box::new(Stream::new(desk, sink, format)),
        };
        Ok(Self { pack, watch, name: name.to_owned(), shown_at, bytes: 0, added: Vec::new() })
    }

    /// A failure to open the file is the file's; any later one ends the archive.
    pub(super) fn add(
        &mut self,
        desk: &Desk<'_>,
        place: &Place<'_>,
        found: &Found,
    ) -> Result<(), Setback> {
        let file = open_found(desk, place.folder, found)?;
        let bytes = found.facts.bytes;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > ARCHIVE_BYTES_MAX {
            return Err(too_large(&self.shown_at));
        }
        let mut name = PathBuf::new();
        name.extend(place.names);
        name.push(&found.name);
        let mut source = Watched::new(&self.watch, file, bytes);
        let added = self.pack.add(name.as_os_str(), &found.facts, &mut source);
        // Why writing failed, rather than that reading was given up for it.
        self.watch.settle(&self.shown_at).and(added)?;
        let path = place.folder.path.join(&found.name);
        self.added.push((format!("{} into {}", shown(path), self.shown_at), bytes));
        Ok(())
    }

    pub(super) fn finish(self, desk: &Desk<'_>) -> Result<(), Setback> {
        if self.added.is_empty() {
            return Ok(());
        }
        let finished = self.pack.finish();
        self.watch.settle(&self.shown_at)?;
        finished?.publish(&self.name, &self.shown_at)?;
        self.added.iter().try_for_each(|(what, bytes)| desk.report.done(what, *bytes))
    }
}

/// Whether there is an archive already that may be replaced.
pub(super) fn admitted(desk: &Desk<'_>, folder: &Folder, name: &OsStr) -> Result<bool, Setback> {
    let taken = folder.facts(name);
    let taken = taken.map_err(|error| Setback::io("reading the archive's place", &error))?;
    taken.map_or(Ok(false), |taken| admit_target(desk, folder, name, &taken).map(|()| true))
}

fn read_before(desk: &Desk<'_>, folder: &Folder, name: &OsStr) -> Result<File, Setback> {
    let doing = || format!("opening `{}`", folder.path.join(name).display());
    let peeked = folder.peek(name).map_err(|error| Setback::io(doing(), &error))?;
    admit_target(desk, folder, name, &peeked.facts)?;
    peeked.read().map_err(|error| Setback::io(doing(), &error))
}

pub(super) fn too_large(shown_at: &str) -> Setback {
    let gib = ARCHIVE_BYTES_MAX >> 30;
    Setback::for_good(format!("`{shown_at}`: more than {gib} GiB for one archive")).ending()
}
