//! gzip and zstd: one file as one stream.

use std::{ffi::OsStr, fs::File, io, os::unix::ffi::OsStrExt};

use flate2::{Compression, GzBuilder};

use super::{
    pack::Pack,
    sink::{Sink, Watched, broken},
};
use crate::kinds::file_operation::{Desk, fault::Setback, folder::Facts, plan::Format};

pub(super) struct Stream<'a> {
    desk: &'a Desk<'a>,
    format: Format,
    /// Empty while there is nothing in it.
    filled: Option<Sink<'a>>,
    empty: Option<Sink<'a>>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(desk: &'a Desk<'a>, sink: Sink<'a>, format: Format) -> Self {
        Self { desk, format, filled: None, empty: Some(sink) }
    }

    fn compress(
        &self,
        sink: Sink<'a>,
        name: &OsStr,
        facts: &Facts,
        source: &mut Watched<'_, File>,
    ) -> io::Result<Sink<'a>> {
        if self.format == Format::Zstd {
            let mut encoder = zstd::Encoder::new(sink, 0)?;
            encoder.include_checksum(true)?;
            source.pour(&mut encoder)?;
            return encoder.finish();
        }
        let builder = GzBuilder::new().filename(name.as_bytes());
        let builder = builder.mtime(u32::try_from(facts.modified_seconds).unwrap_or(0));
        let mut encoder = builder.write(sink, Compression::default());
        source.pour(&mut encoder)?;
        encoder.finish()
    }
}

impl<'a> Pack<'a> for Stream<'a> {
    fn add(
        &mut self,
        name: &OsStr,
        facts: &Facts,
        source: &mut Watched<'_, File>,
    ) -> Result<(), Setback> {
        let Some(sink) = self.empty.take() else {
            let error = "gzip and zstd hold one file: end archivePath with `/` to make a folder, \
                or use zip or tar+zstd";
            return Err(Setback::for_good(error).ending());
        };
        let filled = self.compress(sink, name, facts, source);
        let doing = || format!("compressing `{}`", name.display());
        self.filled = Some(filled.map_err(|error| broken(self.desk, &doing(), &error))?);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Sink<'a>, Setback> {
        self.filled.ok_or_else(|| Setback::for_now("there is nothing in the archive").ending())
    }
}
