//! A folder by its handle, and what can be done to the names in it.
//!
//! A path is opened name by name: each name is looked up in the handle of the folder before it, with
//! `O_NOFOLLOW`, and a name is never `..` and never has a `/`. One such lookup cannot leave the folder
//! it is made in, so no exchange of names, links or folders while it goes on leads out of a root.
//! That is what `openat2` with `RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS` promises; here it also holds
//! where a container's filter refuses that call, and every folder on the way can be compared with
//! the server's own.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io,
    os::{
        fd::{AsFd, AsRawFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};

use super::steps::{Step, Steps};

const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// New folders are the server's own: umask 077.
const FOLDER_MODE: Mode = Mode::RWXU;
const TEMPORARY_MODE: Mode = Mode::RUSR.union(Mode::WUSR);

/// What makes a file the same file, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FileId {
    pub(super) device: u64,
    pub(super) inode: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    File,
    Folder,
    Symlink,
    /// A device, a FIFO, a socket.
    Other,
}

/// What a file is at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) id: FileId,
    pub(super) kind: FileKind,
    pub(super) bytes: u64,
    /// Permission bits without setuid, setgid and sticky.
    pub(super) mode: u32,
    pub(super) owner: (u32, u32),
    pub(super) is_hard_linked: bool,
    pub(super) modified_seconds: i64,
    pub(super) modified_nanoseconds: u32,
}

impl From<Stat> for Facts {
    fn from(stat: Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => FileKind::File,
            FileType::Directory => FileKind::Folder,
            FileType::Symlink => FileKind::Symlink,
            _ => FileKind::Other,
        };
        Self {
            id: FileId { device: stat.st_dev, inode: stat.st_ino },
            kind,
            bytes: u64::try_from(stat.st_size).unwrap_or(0),
            mode: stat.st_mode & 0o777,
            owner: (stat.st_uid, stat.st_gid),
            is_hard_linked: stat.st_nlink > 1,
            modified_seconds: stat.st_mtime,
            modified_nanoseconds: u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
        }
    }
}

/// A folder that was opened. Its path is for people.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    handle: Arc<OwnedFd>,
    pub(super) id: FileId,
    pub(super) path: PathBuf,
}

impl Folder {
    /// Opens what the operator named, through links if need be.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let handle = rustix::fs::open(path, FOLDER, Mode::empty())?;
        Self::of(handle, path.to_owned())
    }

    /// The folder called `name` in this one; never through a link.
    pub(super) fn child(&self, name: &OsStr) -> io::Result<Self> {
        let flags = FOLDER | OFlags::NOFOLLOW;
        let handle = rustix::fs::openat(&self.handle, one(name)?, flags, Mode::empty())?;
        Self::of(handle, self.path.join(name))
    }

    fn of(handle: OwnedFd, path: PathBuf) -> io::Result<Self> {
        let id = Facts::from(rustix::fs::fstat(&handle)?).id;
        Ok(Self { handle: Arc::new(handle), id, path })
    }

    pub(super) fn make_child(&self, name: &OsStr, steps: &Steps) -> io::Result<()> {
        steps.before(Step::MakeFolder)?;
        match rustix::fs::mkdirat(&self.handle, one(name)?, FOLDER_MODE) {
            Err(rustix::io::Errno::EXIST) => Ok(()),
            made => Ok(made?),
        }
    }

    /// What `name` is, itself and not what it points to; `None` when there is no such name.
    pub(super) fn facts(&self, name: &OsStr) -> io::Result<Option<Facts>> {
        match rustix::fs::statat(&self.handle, one(name)?, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat.into())),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Up to `n_max` names and one more, which says that there are more; sorted.
    pub(super) fn names(&self, n_max: usize) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::new(self.readable()?)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.to_owned());
            }
            if names.len() > n_max {
                break;
            }
        }
        names.sort();
        Ok(names)
    }

    /// A handle that says what a file is without opening it: opening a FIFO would wait, a device
    /// would act, and closing the database would give up SQLite's locks on it (fcntl(2)).
    pub(super) fn peek(&self, name: &OsStr) -> io::Result<Peeked> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = rustix::fs::openat(&self.handle, one(name)?, flags, Mode::empty())?;
        let facts = rustix::fs::fstat(&handle)?.into();
        Ok(Peeked { handle, facts })
    }

    /// A new file that nobody else had a name for.
    pub(super) fn create(&self, name: &OsStr, steps: &Steps) -> io::Result<File> {
        steps.before(Step::CreateTemporary)?;
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW;
        let flags = flags | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(&self.handle, one(name)?, flags, TEMPORARY_MODE)?))
    }

    /// Gives `from` here the name `to` there, in the place of what had it.
    pub(super) fn rename(&self, from: &OsStr, folder: &Self, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.handle, one(from)?, &folder.handle, one(to)?)?)
    }

    pub(super) fn unlink(&self, name: &OsStr, steps: &Steps) -> io::Result<()> {
        steps.before(Step::Unlink)?;
        Ok(rustix::fs::unlinkat(&self.handle, one(name)?, AtFlags::empty())?)
    }

    /// Removes a folder that is empty; the system refuses others.
    pub(super) fn remove_child(&self, name: &OsStr, steps: &Steps) -> io::Result<()> {
        steps.before(Step::RemoveFolder)?;
        Ok(rustix::fs::unlinkat(&self.handle, one(name)?, AtFlags::REMOVEDIR)?)
    }

    /// Makes the names in it survive a crash.
    pub(super) fn sync(&self, steps: &Steps) -> io::Result<()> {
        steps.before(Step::SyncFolder)?;
        Ok(rustix::fs::fsync(self.readable()?)?)
    }

    /// The same folder once more: its own handle only leads to names, and asks for no right to list.
    fn readable(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.handle, c".", flags, Mode::empty())?)
    }

    /// The kind of file system it is on: statfs(2)'s `f_type`.
    pub(super) fn file_system(&self) -> io::Result<u32> {
        let magic = rustix::fs::fstatfs(&self.handle)?.f_type;
        // Magic numbers have 32 bits; some come sign-extended.
        Ok(u32::try_from(magic & 0xffff_ffff).unwrap_or(0))
    }
}

/// A file that can be looked at and not yet read.
pub(super) struct Peeked {
    handle: OwnedFd,
    pub(super) facts: Facts,
}

impl Peeked {
    /// Opens for reading exactly the file that was looked at, whatever has its name by now.
    pub(super) fn read(&self) -> io::Result<File> {
        let own = format!("/proc/self/fd/{}", self.handle.as_fd().as_raw_fd());
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
        Ok(File::from(rustix::fs::open(own, flags, Mode::empty())?))
    }
}

/// What an open file is now.
pub(super) fn facts_of(file: &File) -> io::Result<Facts> {
    Ok(rustix::fs::fstat(file)?.into())
}

/// One name and nothing else. What comes here was read from a folder or split at `/`; this holds
/// even when that is forgotten.
fn one(name: &OsStr) -> io::Result<&OsStr> {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.contains(&b'/') || bytes == b"." || bytes == b".." {
        return Err(rustix::io::Errno::INVAL.into());
    }
    Ok(name)
}
