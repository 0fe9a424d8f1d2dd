//! What is refused wherever it stands: the server's own files, and the kernel's.

use std::{
    cell::RefCell,
    collections::HashSet,
    ffi::{OsStr, OsString},
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::io::Errno;

use super::{
    fault::Setback,
    folder::{Facts, FileId, FileKind, Folder},
};

/// Compared with at most so many files of the server.
const PROTECTED_MAX: usize = 100_000;
const OWN: &str = "belongs to the server's data directory";

/// Knows the server's own files by device and inode, so that no name leads to them: not a link, not
/// a mount, not a root around them.
#[derive(Debug)]
pub(super) struct Guard {
    paths: Vec<PathBuf>,
    own: RefCell<HashSet<FileId>>,
}

impl Guard {
    /// Looks at all there is beneath `paths`. Nothing is opened for reading: closing the database
    /// would give up SQLite's locks on it.
    pub(super) fn scan(paths: &[PathBuf]) -> Result<Self, Setback> {
        let own = RefCell::new(HashSet::new());
        let guard = Self { paths: paths.to_vec(), own };
        guard.look_again()?;
        Ok(guard)
    }

    fn look_again(&self) -> Result<(), Setback> {
        let mut own = HashSet::new();
        for path in &self.paths {
            let beside = ["-wal", "-shm", "-journal"].map(|suffix| with_suffix(path, suffix));
            for path in beside.iter().chain([path]) {
                collect(path, &mut own)
                    .map_err(|error| Setback::io("looking at the server's own files", &error))?;
            }
        }
        self.own.replace(own);
        Ok(())
    }

    /// Refuses a file of the server's own. One with several names is compared with what the server
    /// has now: it may have made it, and somebody linked it, since the operation began.
    pub(super) fn admit(&self, facts: &Facts) -> Result<(), Setback> {
        if facts.kind == FileKind::File && facts.is_hard_linked {
            self.look_again()?;
        }
        if self.is_own(facts.id) {
            return Err(Setback::Skipped(OWN.to_owned()));
        }
        Ok(())
    }

    fn is_own(&self, id: FileId) -> bool {
        self.own.borrow().contains(&id)
    }

    pub(super) fn admit_folder(&self, folder: &Folder) -> Result<(), Setback> {
        let path = folder.path.display();
        if self.is_own(folder.id) {
            return Err(Setback::Skipped(format!("`{path}` {OWN}")));
        }
        let doing = || format!("reading `{path}`");
        let magic = folder.file_system().map_err(|error| Setback::io(doing(), &error))?;
        match KERNEL_FILE_SYSTEMS.iter().find(|(kernel, _)| *kernel == magic) {
            Some((_, name)) => Err(Setback::Skipped(format!("`{path}` is on {name}"))),
            None => Ok(()),
        }
    }

    /// The folder called `name` in `folder`; `None` when there is no such name.
    pub(super) fn child(&self, folder: &Folder, name: &OsStr) -> Result<Option<Folder>, Setback> {
        let shown = folder.path.join(name);
        let child = match folder.child(name) {
            Ok(child) => child,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(not_opened(folder, name, &shown, &error)),
        };
        self.admit_folder(&child)?;
        Ok(Some(child))
    }
}

fn not_opened(folder: &Folder, name: &OsStr, shown: &Path, error: &io::Error) -> Setback {
    let shown = shown.display();
    if Errno::from_io_error(error) == Some(Errno::NOTDIR) {
        let facts = folder.facts(name).ok().flatten();
        return match facts.map(|facts| facts.kind) {
            Some(FileKind::Symlink) => {
                Setback::for_good(format!("`{shown}` is a symbolic link, which is not followed"))
            }
            Some(FileKind::File | FileKind::Folder | FileKind::Other) | None => {
                Setback::for_good(format!("`{shown}` is not a folder"))
            }
        };
    }
    Setback::io(format!("opening `{shown}`"), error)
}

/// `path` and everything beneath it. What vanishes meanwhile is no longer the server's.
fn collect(path: &Path, own: &mut HashSet<FileId>) -> io::Result<()> {
    let Some(first) = found(fs::metadata(path))? else { return Ok(()) };
    let mut waiting = vec![(path.to_owned(), first)];
    while let Some((path, metadata)) = waiting.pop() {
        let id = FileId { device: metadata.dev(), inode: metadata.ino() };
        if !own.insert(id) || !metadata.is_dir() {
            continue;
        }
        let Some(entries) = found(fs::read_dir(&path))? else { continue };
        for entry in entries {
            let path = entry?.path();
            if own.len() + waiting.len() >= PROTECTED_MAX {
                return Err(io::Error::other(format!("more than {PROTECTED_MAX} of them")));
            }
            waiting.extend(found(fs::symlink_metadata(&path))?.map(|metadata| (path, metadata)));
        }
    }
    Ok(())
}

fn found<T>(looked: io::Result<T>) -> io::Result<Option<T>> {
    match looked {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        looked => looked.map(Some),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Where a file is a knob of the kernel or a view of a process: `linux/magic.h`.
const KERNEL_FILE_SYSTEMS: [(u32, &str); 16] = [
    (0x9fa0, "procfs"),
    (0x6265_6572, "sysfs"),
    (0x1cd1, "devpts"),
    (0x0027_e0eb, "cgroup"),
    (0x6367_7270, "cgroup2"),
    (0x6462_6720, "debugfs"),
    (0x7472_6163, "tracefs"),
    (0x7363_6673, "securityfs"),
    (0xf97c_ff8c, "selinuxfs"),
    (0xcafe_4a11, "bpf"),
    (0x6265_6570, "configfs"),
    (0xde5e_81e4, "efivarfs"),
    (0x6165_676c, "pstore"),
    (0x4249_4e4d, "binfmt_misc"),
    (0x6573_5543, "fusectl"),
    (0x6e73_6673, "nsfs"),
];
