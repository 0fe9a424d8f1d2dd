//! What an archive is written to and read from: both stop when the attempt does.

use std::{
    cell::RefCell,
    ffi::OsStr,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    rc::Rc,
};

use crate::kinds::file_operation::{
    Desk,
    fault::Setback,
    folder::Folder,
    steps::Step,
    temporary::Temporary,
    transfer::{CHUNK_BYTES, SYNC_BYTES},
};

/// A temporary file that fills up with an archive.
///
/// Once it has failed, or nobody wants it any more, it only pretends: a zip writer that meets a failure
/// ends its archive all the same when it is dropped, and panics. Whoever feeds it learns of the failure
/// from its source, and what has failed is never published.
pub(super) struct Sink<'a> {
    pub(super) watch: Watch<'a>,
    temporary: Temporary,
    unsynced: u64,
    position: u64,
    bytes: u64,
}

impl<'a> Sink<'a> {
    pub(super) fn create(desk: &'a Desk<'a>, folder: &Folder) -> Result<Self, Setback> {
        let temporary = Temporary::create(desk, folder)?;
        let watch = Watch { desk, failure: Rc::default() };
        Ok(Self { watch, temporary, unsynced: 0, position: 0, bytes: 0 })
    }

    pub(super) fn publish(self, name: &OsStr, shown_at: &str) -> Result<(), Setback> {
        self.watch.settle(shown_at)?;
        let published = self.temporary.publish(name);
        published.map_err(|error| Setback::io(format!("writing `{shown_at}`"), &error).ending())
    }

    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.watch.desk.steps.before(Step::Write)?;
        let n = self.temporary.file.write(bytes)?;
        self.unsynced += n as u64;
        if self.unsynced >= SYNC_BYTES {
            rustix::fs::fdatasync(&self.temporary.file)?;
            self.unsynced = 0;
        }
        Ok(n)
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = if self.watch.is_over() {
            bytes.len()
        } else {
            self.try_write(bytes).unwrap_or_else(|error| {
                self.watch.failure.replace(Some(error));
                bytes.len()
            })
        };
        self.position += n as u64;
        self.bytes = self.bytes.max(self.position);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Sink<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(rustix::io::Errno::INVAL)?;
        if !self.watch.is_over() {
            self.temporary.file.seek(SeekFrom::Start(self.position))?;
        }
        Ok(self.position)
    }
}

/// Whether there is any use in going on with an archive: what reads for it asks.
#[derive(Clone)]
pub(super) struct Watch<'a> {
    desk: &'a Desk<'a>,
    /// Of writing it.
    failure: Rc<RefCell<Option<io::Error>>>,
}

impl Watch<'_> {
    /// What became of writing, said once and for all.
    pub(super) fn settle(&self, shown_at: &str) -> Result<(), Setback> {
        self.desk.report.check()?;
        match &*self.failure.borrow() {
            None => Ok(()),
            Some(error) => Err(Setback::io(format!("writing `{shown_at}`"), error).ending()),
        }
    }

    fn is_over(&self) -> bool {
        self.desk.report.is_stopped() || self.failure.borrow().is_some()
    }

    fn check(&self) -> io::Result<()> {
        if self.is_over() { Err(io::Error::other("the archive is given up")) } else { Ok(()) }
    }
}

/// A source of an archive, up to the length it had when it was found, and what was read of it.
pub(super) struct Watched<'a, R> {
    watch: Watch<'a>,
    from: io::Take<R>,
    pub(super) bytes: u64,
}

impl<'a, R: Read> Watched<'a, R> {
    pub(super) fn new(watch: &Watch<'a>, from: R, bytes_max: u64) -> Self {
        Self { watch: watch.clone(), from: from.take(bytes_max), bytes: 0 }
    }

    /// Gives all there is to `to`.
    pub(super) fn pour(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match self.read(&mut chunk)? {
                0 => return Ok(()),
                n => to.write_all(&chunk[..n])?,
            }
        }
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.watch.check()?;
        let n = self.from.read(into)?;
        self.bytes += n as u64;
        Ok(n)
    }
}

/// An archive there was before, read where it is needed.
pub(super) struct Before<'a> {
    pub(super) watch: Watch<'a>,
    pub(super) file: File,
}

impl Read for Before<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.watch.check()?;
        self.file.read(into)
    }
}

impl Seek for Before<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// What a failure in the middle of an archive means: nobody may want it any more.
pub(super) fn broken(desk: &Desk<'_>, doing: &str, error: &io::Error) -> Setback {
    match desk.report.check() {
        Ok(()) => Setback::io(doing, error).ending(),
        Err(stopped) => stopped,
    }
}
