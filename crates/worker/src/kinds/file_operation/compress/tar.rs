//! tar+zstd: a tape archive as one compressed stream.

use std::{collections::HashSet, ffi::OsStr, fs::File, io, os::unix::ffi::OsStrExt};

use tar::{Archive, Builder, EntryType, Header};

use super::{
    ARCHIVE_BYTES_MAX,
    pack::{Pack, too_large},
    sink::{Before, Sink, Watch, Watched, broken},
};
use crate::kinds::file_operation::{Desk, ENTRIES_MAX, fault::Setback, folder::Facts};

pub(super) struct TarZstd<'a> {
    desk: &'a Desk<'a>,
    builder: Builder<zstd::Encoder<'static, Sink<'a>>>,
    before: Option<File>,
    shown_at: String,
    watch: Watch<'a>,
    names: HashSet<Vec<u8>>,
}

impl<'a> TarZstd<'a> {
    pub(super) fn new(
        desk: &'a Desk<'a>,
        sink: Sink<'a>,
        before: Option<File>,
        shown_at: &str,
    ) -> Result<Self, Setback> {
        let watch = sink.watch.clone();
        let encoder = zstd::Encoder::new(sink, 0).and_then(|mut encoder| {
            encoder.include_checksum(true)?;
            Ok(encoder)
        });
        let encoder = encoder.map_err(|error| Setback::io("preparing zstd", &error))?;
        let (builder, shown_at) = (Builder::new(encoder), shown_at.to_owned());
        Ok(Self { desk, builder, before, shown_at, watch, names: HashSet::new() })
    }

    /// Reads what the archive held before through, and writes it again.
    fn keep(&mut self, before: File) -> Result<(), Setback> {
        let (desk, shown_at) = (self.desk, self.shown_at.clone());
        let unusable = |error: io::Error| match desk.report.check() {
            Ok(()) => {
                let error = format!("`{shown_at}` is there and cannot be added to: {error}");
                Setback::for_good(error).ending()
            }
            Err(stopped) => stopped,
        };
        let before = Before { watch: self.watch.clone(), file: before };
        let mut archive = Archive::new(zstd::Decoder::new(before).map_err(unusable)?);
        let (mut bytes, mut n_entries) = (0_u64, self.names.len());
        for entry in archive.entries().map_err(unusable)? {
            let entry = entry.map_err(unusable)?;
            n_entries += 1;
            if n_entries > ENTRIES_MAX {
                return Err(unusable(io::Error::other(format!("more than {ENTRIES_MAX} files"))));
            }
            if entry.header().entry_type() != EntryType::Regular {
                return Err(unusable(io::Error::other("it holds more than plain files")));
            }
            bytes = bytes.saturating_add(entry.size());
            if bytes > ARCHIVE_BYTES_MAX {
                return Err(too_large(&shown_at));
            }
            let (path, mut header) = (entry.path_bytes().into_owned(), entry.header().clone());
            if !self.names.insert(path.clone()) {
                continue;
            }
            let size = entry.size();
            header.set_size(size);
            let mut data = Watched::new(&self.watch, entry, size);
            let kept = self.builder.append_data(&mut header, OsStr::from_bytes(&path), &mut data);
            kept.map_err(unusable)?;
        }
        Ok(())
    }
}

impl<'a> Pack<'a> for TarZstd<'a> {
    fn add(
        &mut self,
        name: &OsStr,
        facts: &Facts,
        source: &mut Watched<'_, File>,
    ) -> Result<(), Setback> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(facts.bytes);
        header.set_mode(facts.mode);
        header.set_mtime(u64::try_from(facts.modified_seconds).unwrap_or(0));
        self.names.insert(name.as_bytes().to_owned());
        let added = self.builder.append_data(&mut header, name, &mut *source);
        let doing = format!("compressing `{}`", name.display());
        added.map_err(|error| broken(self.desk, &doing, &error))?;
        if source.bytes == facts.bytes {
            return Ok(());
        }
        // Its length stands before it and cannot be taken back.
        Err(Setback::for_now(format!("{doing}: it became shorter meanwhile")).ending())
    }

    fn finish(mut self: Box<Self>) -> Result<Sink<'a>, Setback> {
        if let Some(before) = self.before.take() {
            self.keep(before)?;
        }
        let ended = self.builder.into_inner().and_then(zstd::Encoder::finish);
        ended.map_err(|error| broken(self.desk, &format!("ending `{}`", self.shown_at), &error))
    }
}
