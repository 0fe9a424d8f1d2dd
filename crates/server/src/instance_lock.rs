//! One server per SQLite file: a second one would write through a second group commit, and neither
//! would hear the other's wake-ups. Nodes that share work share a PostgreSQL.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// Held as long as the value lives; the kernel lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct InstanceLock {
    _file: File,
}

#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another Horarium{} is using `{}`", .pid.map_or_else(String::new, |pid| format!(" (pid {pid})")), .database.display())]
    Taken { database: PathBuf, pid: Option<u32> },
    #[error("locking `{}`", .path.display())]
    Io {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
}

impl InstanceLock {
    /// Takes `<database>.lock`, beside the file the path really leads to; it is made when missing and stays.
    pub fn take(database: &Path) -> Result<Self, LockError> {
        let path = lock_path(database);
        let io_error = |cause| LockError::Io { path: path.clone(), cause };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io_error)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = read_pid(&mut file);
                return Err(LockError::Taken { database: database.to_owned(), pid });
            }
            Err(TryLockError::Error(cause)) => return Err(io_error(cause)),
        }
        // For the message above only: the lock is what counts, the text may be a dead server's.
        write_pid(&mut file).map_err(io_error)?;
        Ok(Self { _file: file })
    }
}

/// Two names of one database, such as a link and its target, have one lock.
fn lock_path(database: &Path) -> PathBuf {
    let real = database.canonicalize().unwrap_or_else(|_missing| database.to_owned());
    let mut path = real.into_os_string();
    path.push(".lock");
    path.into()
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_and_told_who_has_it() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("horarium.db");
        let lock = InstanceLock::take(&database).unwrap();
        let refused = InstanceLock::take(&database).unwrap_err().to_string();
        let expected = format!(
            "another Horarium (pid {}) is using `{}`",
            std::process::id(),
            database.display()
        );
        assert_eq!(refused, expected);
        drop(lock);
        InstanceLock::take(&database).unwrap();
    }

    #[test]
    fn a_dead_servers_text_does_not_lock() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("horarium.db.lock"), "999999\nand more").unwrap();
        let database = dir.path().join("horarium.db");
        let _lock = InstanceLock::take(&database).unwrap();
        let text = std::fs::read_to_string(dir.path().join("horarium.db.lock")).unwrap();
        assert_eq!(text, format!("{}\n", std::process::id()));
    }

    #[test]
    fn a_link_to_the_database_has_the_same_lock() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("horarium.db");
        std::fs::write(&database, "").unwrap();
        let link = dir.path().join("link.db");
        std::os::unix::fs::symlink(&database, &link).unwrap();
        let _lock = InstanceLock::take(&database).unwrap();
        assert!(matches!(InstanceLock::take(&link), Err(LockError::Taken { .. })));
    }

    #[test]
    fn a_missing_directory_is_named() {
        let refused = InstanceLock::take(Path::new("/nowhere/horarium.db")).unwrap_err();
        assert_eq!(refused.to_string(), "locking `/nowhere/horarium.db.lock`");
    }
}
