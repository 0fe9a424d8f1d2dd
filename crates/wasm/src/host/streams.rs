//! The three standard streams. stdin is the input; what is written to the others goes to the server.

use std::io;

use wasmi::Error;

use super::{View, element};
use crate::{
    engine::Stop,
    frame::{self, Tag},
    wasi::{Done, Errno},
};

const STDIN: u32 = 0;
/// Pieces of one read or write (`IOV_MAX` of Linux).
const PIECES_MAX: u32 = 1_024;
/// Length of an `fdstat`, and of a `filestat`.
const FDSTAT_BYTES: usize = 24;
const FILESTAT_BYTES: usize = 64;
/// Bits of an fdstat's rights.
const RIGHT_READ: u64 = 1 << 1;
const RIGHT_WRITE: u64 = 1 << 6;
const RIGHT_POLL: u64 = 1 << 27;

impl View<'_> {
    /// Fills the pieces of a list with input; 0 bytes at its end.
    pub(crate) fn read(&mut self, fd: u32, list: (u32, u32), read: u32) -> Result<(), Errno> {
        self.host.check_open(fd)?;
        if fd != STDIN {
            return Err(Errno::Badf);
        }
        let mut n_read = 0;
        for (at, n_bytes) in self.pieces(list)? {
            let input = &self.host.input[self.host.n_read..];
            let part = input[..input.len().min(n_bytes)].to_vec();
            self.put(at, &part)?;
            self.host.n_read += part.len();
            n_read += part.len();
        }
        self.put_u32(read, n_read)
    }

    /// Sends the pieces of a list to the server.
    ///
    /// # Errors
    ///
    /// The outer one ends the module: it wrote too much, or nobody reads.
    pub(crate) fn write(&mut self, fd: u32, list: (u32, u32), wrote: u32) -> Done {
        let tag = match (self.host.check_open(fd), fd) {
            (Ok(()), 1) => Tag::Stdout,
            (Ok(()), 2) => Tag::Stderr,
            (Ok(()) | Err(_), _) => return Ok(Err(Errno::Badf)),
        };
        let pieces = match self.pieces(list) {
            Ok(pieces) => pieces,
            Err(errno) => return Ok(Err(errno)),
        };
        let mut n_wrote = 0;
        for (at, n_bytes) in pieces {
            let left = self.host.writable;
            let bytes = match self.bytes(at, n_bytes) {
                Ok(bytes) => bytes,
                Err(errno) => return Ok(Err(errno)),
            };
            if bytes.len() as u64 > left {
                return Err(Error::host(Stop::WroteTooMuch));
            }
            let sent = frame::write(&mut io::stdout().lock(), tag, bytes);
            sent.map_err(|_| Error::host(Stop::NobodyReads))?;
            n_wrote += n_bytes;
            self.host.writable -= n_bytes as u64;
        }
        Ok(self.put_u32(wrote, n_wrote))
    }

    pub(crate) fn close(&mut self, fd: u32) -> Result<(), Errno> {
        self.host.check_open(fd)?;
        self.host.is_closed[fd as usize] = true;
        Ok(())
    }

    /// Of an unknown type, so that nobody takes it for a terminal.
    pub(crate) fn put_fdstat(&mut self, fd: u32, at: u32) -> Result<(), Errno> {
        self.host.check_open(fd)?;
        let right = if fd == STDIN { RIGHT_READ } else { RIGHT_WRITE };
        let mut fdstat = [0; FDSTAT_BYTES];
        fdstat[8..16].copy_from_slice(&(right | RIGHT_POLL).to_le_bytes());
        self.put(at, &fdstat)
    }

    /// With nothing in it: a stream has no size, no times.
    pub(crate) fn put_filestat(&mut self, fd: u32, at: u32) -> Result<(), Errno> {
        self.host.check_open(fd)?;
        self.put(at, &[0; FILESTAT_BYTES])
    }

    /// Address and length of each piece of a list of `n`.
    fn pieces(&mut self, (list, n): (u32, u32)) -> Result<Vec<(u32, usize)>, Errno> {
        if n > PIECES_MAX {
            return Err(Errno::Inval);
        }
        let piece = |n| {
            let at = element(list, n, 8)?;
            let n_bytes = self.u32_at(at.checked_add(4).ok_or(Errno::Fault)?)?;
            Ok((self.u32_at(at)?, n_bytes as usize))
        };
        (0..n).map(piece).collect()
    }
}
