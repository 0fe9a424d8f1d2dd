//! zip: a file after the other, deflated.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::File,
    io::{self, BufReader},
};

use jiff::{Timestamp, tz::TimeZone};
use zip::{
    CompressionMethod, DateTime, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions,
};

use super::{
    ARCHIVE_BYTES_MAX,
    pack::{Pack, too_large},
    sink::{Before, Sink, Watched, broken},
};
use crate::kinds::file_operation::{Desk, ENTRIES_MAX, fault::Setback, folder::Facts};

/// From here on an entry needs the larger header; deflate may add a little to what it cannot shrink.
const LARGE_BYTES: u64 = 0xf000_0000;

pub(super) struct Zip<'a> {
    desk: &'a Desk<'a>,
    writer: ZipWriter<Sink<'a>>,
    before: Option<ZipArchive<BufReader<Before<'a>>>>,
    shown_at: String,
    names: HashSet<String>,
}

impl<'a> Zip<'a> {
    pub(super) fn new(
        desk: &'a Desk<'a>,
        sink: Sink<'a>,
        before: Option<File>,
        shown_at: &str,
    ) -> Result<Self, Setback> {
        let before = before.map(|file| BufReader::new(Before { watch: sink.watch.clone(), file }));
        let read = before.map(ZipArchive::new).transpose();
        let before = read.map_err(|error| {
            Setback::for_good(format!("`{shown_at}` is there and cannot be added to: {error}"))
        })?;
        let (writer, shown_at) = (ZipWriter::new(sink), shown_at.to_owned());
        Ok(Self { desk, writer, before, shown_at, names: HashSet::new() })
    }

    /// Copies what the archive held before as it is, without inflating it.
    fn keep(&mut self) -> Result<(), Setback> {
        let Some(before) = &mut self.before else { return Ok(()) };
        if before.len() + self.names.len() > ENTRIES_MAX {
            let error = format!("`{}`: more than {ENTRIES_MAX} files in it", self.shown_at);
            return Err(Setback::for_good(error).ending());
        }
        let doing = format!("keeping what `{}` held", self.shown_at);
        let mut bytes = 0_u64;
        for at in 0..before.len() {
            let kept = before.by_index_raw(at).map_err(|error| failed(self.desk, &doing, error))?;
            let name = kept.name().map_err(|error| failed(self.desk, &doing, error))?.into_owned();
            if !self.names.insert(name) {
                continue;
            }
            bytes = bytes.saturating_add(kept.compressed_size());
            if bytes > ARCHIVE_BYTES_MAX {
                return Err(too_large(&self.shown_at));
            }
            let copied = self.writer.raw_copy_file(kept);
            copied.map_err(|error| failed(self.desk, &doing, error))?;
        }
        Ok(())
    }
}

impl<'a> Pack<'a> for Zip<'a> {
    fn add(
        &mut self,
        name: &OsStr,
        facts: &Facts,
        source: &mut Watched<'_, File>,
    ) -> Result<(), Setback> {
        let Some(name) = name.to_str() else {
            return Err(Setback::for_good("its name is not UTF-8, which zip needs"));
        };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(modified(facts))
            .unix_permissions(facts.mode)
            .large_file(facts.bytes >= LARGE_BYTES);
        let doing = format!("compressing `{name}`");
        let started = self.writer.start_file(name, options);
        started.map_err(|error| failed(self.desk, &doing, error))?;
        self.names.insert(name.to_owned());
        source.pour(&mut self.writer).map_err(|error| broken(self.desk, &doing, &error))
    }

    fn finish(mut self: Box<Self>) -> Result<Sink<'a>, Setback> {
        self.keep()?;
        let doing = format!("ending `{}`", self.shown_at);
        self.writer.finish().map_err(|error| failed(self.desk, &doing, error))
    }
}

fn failed(desk: &Desk<'_>, doing: &str, error: ZipError) -> Setback {
    match error {
        ZipError::Io(error) => broken(desk, doing, &error),
        error => {
            let error = io::Error::new(io::ErrorKind::InvalidData, error);
            broken(desk, doing, &error)
        }
    }
}

/// In UTC: zip's times have no zone. What lies outside its years is its first.
fn modified(facts: &Facts) -> DateTime {
    let at = Timestamp::from_second(facts.modified_seconds).unwrap_or_default();
    let at = at.to_zoned(TimeZone::UTC);
    let part = |n: i8| u8::try_from(n).unwrap_or(0);
    let year = u16::try_from(at.year()).unwrap_or(0);
    let (month, day) = (part(at.month()), part(at.day()));
    let (hour, minute, second) = (part(at.hour()), part(at.minute()), part(at.second()));
    DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}
