//! The data directory and the files in it, readable by their owner only.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use horarium_server::settings::Settings;
use horarium_store::{DatabaseUrl, Hidden};

const OWNER_ONLY_DIR: u32 = 0o700;
const OWNER_ONLY_FILE: u32 = 0o600;
const OTHERS: u32 = 0o077;

#[derive(Debug, thiserror::Error)]
#[error("{doing} `{}`", .path.display())]
pub(crate) struct DataDirError {
    doing: &'static str,
    path: PathBuf,
    #[source]
    cause: io::Error,
}

/// The one-time token that makes the first administrator, for whoever can read this directory.
const SETUP_TOKEN: &str = "setup-token";

/// Makes what is missing: the directory, and an empty SQLite file. SQLite gives its -wal and -shm files
/// the mode of the database, which would otherwise be readable by all.
pub(crate) fn prepare(settings: &Settings) -> Result<(), DataDirError> {
    let dir = &settings.data_dir;
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(OWNER_ONLY_DIR).create(dir).map_err(fail("making", dir))?;
    let mode = std::fs::metadata(dir).map_err(fail("reading", dir))?.permissions().mode();
    if mode & OTHERS != 0 {
        tracing::warn!("`{}` is open to other users of this machine: chmod 700", dir.display());
    }
    if let DatabaseUrl::Sqlite(path) = settings.database() {
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(OWNER_ONLY_FILE);
        options.open(&path).map_err(fail("opening", &path))?;
    }
    Ok(())
}

/// Keeps the token, or removes one that is spent. Returns where it is.
pub(crate) fn keep_setup_token(
    dir: &Path,
    token: Option<&Hidden>,
) -> Result<PathBuf, DataDirError> {
    let path = dir.join(SETUP_TOKEN);
    match std::fs::remove_file(&path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            return Err(fail("removing", &path)(cause));
        }
        Ok(()) | Err(_) => {}
    }
    if let Some(token) = token {
        // A new file, never one that was there: its mode is then surely ours.
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(OWNER_ONLY_FILE);
        let written = options.open(&path).and_then(|mut file| writeln!(file, "{}", token.expose()));
        written.map_err(fail("writing", &path))?;
    }
    Ok(path)
}

fn fail(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DataDirError {
    let path = path.to_owned();
    move |cause| DataDirError { doing, path, cause }
}

pub(crate) fn is_database_missing(settings: &Settings) -> bool {
    match settings.database() {
        DatabaseUrl::Sqlite(path) => !path.exists(),
        DatabaseUrl::Postgres(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = dir.path().join("a/b");
        let settings = Settings { data_dir: data_dir.clone(), ..Settings::default() };
        assert!(is_database_missing(&settings));
        prepare(&settings).unwrap();
        assert_eq!(mode(&data_dir), 0o700);
        assert_eq!(mode(&data_dir.join("horarium.db")), 0o600);
        assert!(!is_database_missing(&settings));
    }

    #[test]
    fn twice_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings { data_dir: dir.path().to_owned(), ..Settings::default() };
        prepare(&settings).unwrap();
        std::fs::write(dir.path().join("horarium.db"), "pages").unwrap();
        prepare(&settings).unwrap();
        assert_eq!(std::fs::read(dir.path().join("horarium.db")).unwrap(), b"pages");
    }

    #[test]
    fn the_setup_token_is_for_its_owner_only_and_goes_when_spent() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("setup-token"), "an older one, open to all").unwrap();
        let path = keep_setup_token(dir.path(), Some(&Hidden::new("once"))).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "once\n");
        assert_eq!(mode(&path), 0o600);
        keep_setup_token(dir.path(), None).unwrap();
        assert!(!path.exists());
        keep_setup_token(dir.path(), None).unwrap();
    }
}
