//! Copies of a SQLite database: taken while it is written to, and checked before they count.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, backup::Backup, params};

/// The setting that a copy carries until somebody confirms that it is to run: the instant it was taken.
pub const HELD: &str = "held_since";
/// A copy is for its owner only: it holds what the database holds.
const OWNER_ONLY_FILE: u32 = 0o600;
/// Pages copied in one step: all. A step holds a snapshot, so writers go on meanwhile; between two steps
/// a write would make the copy begin anew.
const ALL_PAGES: i32 = -1;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{doing} `{}`", .path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("{doing} `{}`", .path.display())]
    Database {
        doing: &'static str,
        path: PathBuf,
        #[source]
        cause: rusqlite::Error,
    },
    #[error("`{}` is damaged: {found}", .path.display())]
    Damaged { path: PathBuf, found: String },
    #[error("`{}` is there already", .0.display())]
    Exists(PathBuf),
    #[error("`{}` is no backup of Horarium's", .0.display())]
    NotOurs(PathBuf),
}

/// What is known of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    pub bytes: u64,
    pub n_jobs: u64,
    pub n_executions: u64,
}

/// Copies the database `source` to the new file `target`, which appears only when it is whole and checked.
/// `taken_at` is noted in it: a server that finds the note starts nothing.
pub fn back_up(source: &Path, target: &Path, taken_at: &str) -> Result<BackupReport, BackupError> {
    if target.exists() {
        return Err(BackupError::Exists(target.to_owned()));
    }
    let partial = beside(target, ".partial");
    let made = copy(source, &partial, taken_at).and_then(|report| {
        fs::rename(&partial, target).map_err(io_error("renaming to", target))?;
        sync_directory(target)?;
        Ok(report)
    });
    if made.is_err() {
        remove_if_there(&partial)?;
    }
    made
}

/// Checks that `source` is a whole backup, and copies it to the new file `target`.
pub fn restore(source: &Path, target: &Path) -> Result<BackupReport, BackupError> {
    if target.exists() {
        return Err(BackupError::Exists(target.to_owned()));
    }
    let report = verify(source)?;
    let partial = beside(target, ".partial");
    let copied = make_file(&partial).and_then(|mut file| {
        let mut from = File::open(source).map_err(io_error("opening", source))?;
        io::copy(&mut from, &mut file).map_err(io_error("writing", &partial))?;
        file.sync_all().map_err(io_error("syncing", &partial))?;
        fs::rename(&partial, target).map_err(io_error("renaming to", target))?;
        sync_directory(target)
    });
    if copied.is_err() {
        remove_if_there(&partial)?;
    }
    copied.map(|()| report)
}

/// Reads a backup from end to end.
pub fn verify(path: &Path) -> Result<BackupReport, BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = Connection::open_with_flags(path, flags);
    let database = database.map_err(database_error("opening", path))?;
    let is_held =
        database.query_row("SELECT count(*) FROM settings WHERE key = ?1", params![HELD], |row| {
            row.get::<_, i64>(0)
        });
    match is_held {
        Ok(1) => {}
        Ok(_) => return Err(BackupError::NotOurs(path.to_owned())),
        Err(cause) => return Err(database_error("reading", path)(cause)),
    }
    check(&database, path)
}

fn copy(source: &Path, target: &Path, taken_at: &str) -> Result<BackupReport, BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let from = Connection::open_with_flags(source, flags);
    let from = from.map_err(database_error("opening", source))?;
    make_file(target)?;
    let mut to = Connection::open(target).map_err(database_error("opening", target))?;
    Backup::new(&from, &mut to)
        .and_then(|backup| backup.step(ALL_PAGES))
        .map_err(database_error("copying to", target))?;
    // One file: the copy of a database in WAL mode would leave its notes in a second one.
    to.pragma_update(None, "journal_mode", "DELETE")
        .and_then(|()| {
            let note = "INSERT INTO settings (key, value) VALUES (?1, ?2) \
                        ON CONFLICT (key) DO UPDATE SET value = excluded.value";
            to.execute(note, params![HELD, taken_at])
        })
        .map_err(database_error("writing", target))?;
    let report = check(&to, target)?;
    to.close().map_err(|(_, cause)| database_error("closing", target)(cause))?;
    let file = File::open(target).map_err(io_error("opening", target))?;
    file.sync_all().map_err(io_error("syncing", target))?;
    Ok(report)
}

/// Every page and every index, and what is in it.
fn check(database: &Connection, path: &Path) -> Result<BackupReport, BackupError> {
    let reading = database_error("reading", path);
    let found: String =
        database.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(&reading)?;
    if found != "ok" {
        return Err(BackupError::Damaged { path: path.to_owned(), found });
    }
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0));
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    let n_jobs = count("SELECT count(*) FROM jobs WHERE deleted_at IS NULL").map_err(&reading)?;
    let n_executions = count("SELECT count(*) FROM executions").map_err(&reading)?;
    let bytes = fs::metadata(path).map_err(io_error("reading", path))?.len();
    Ok(BackupReport { bytes, n_jobs: number(n_jobs), n_executions: number(n_executions) })
}

fn make_file(path: &Path) -> Result<File, BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(OWNER_ONLY_FILE);
    options.open(path).map_err(io_error("making", path))
}

fn sync_directory(path: &Path) -> Result<(), BackupError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    File::open(parent).and_then(|file| file.sync_all()).map_err(io_error("syncing", parent))
}

fn remove_if_there(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(io_error("removing", path)(cause))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn io_error(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |cause| BackupError::Io { doing, path: path.clone(), cause }
}

fn database_error(
    doing: &'static str,
    path: &Path,
) -> impl Fn(rusqlite::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |cause| BackupError::Database { doing, path: path.clone(), cause }
}
