//! The data directory and the files that the server makes in it: for their owner only.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use horarium_store::DatabaseUrl;

use crate::settings::{Secret, Settings};

const OWNER_ONLY_DIR: u32 = 0o700;
const OWNER_ONLY_FILE: u32 = 0o600;
const OTHERS: u32 = 0o077;

#[derive(Debug, thiserror::Error)]
#[error("{doing} `{}`", .path.display())]
pub struct DataDirError {
    doing: &'static str,
    path: PathBuf,
    #[source]
    cause: io::Error,
}

/// Makes what is missing: the directory, and an empty SQLite file. SQLite gives its other files the
/// mode of the database, which would otherwise be readable by all.
pub fn prepare(settings: &Settings) -> Result<(), DataDirError> {
    prepare_directory(settings)?;
    if let DatabaseUrl::Sqlite(path) = settings.database() {
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(OWNER_ONLY_FILE);
        options.open(&path).map_err(failed("opening", &path))?;
    }
    Ok(())
}

/// Makes the directory alone.
pub fn prepare_directory(settings: &Settings) -> Result<(), DataDirError> {
    let dir = &settings.data_dir;
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(OWNER_ONLY_DIR).create(dir).map_err(failed("making", dir))?;
    let mode = std::fs::metadata(dir).map_err(failed("reading", dir))?.permissions().mode();
    if mode & OTHERS != 0 {
        tracing::warn!("`{}` is open to other users of this machine: chmod 700", dir.display());
    }
    Ok(())
}

/// Whether there is no SQLite file yet; looking at its schema would make it.
pub fn is_database_missing(settings: &Settings) -> bool {
    match settings.database() {
        DatabaseUrl::Sqlite(path) => !path.exists(),
        DatabaseUrl::Postgres(_) => false,
    }
}

/// Where the one-time token is that makes the first administrator, for whoever can read it.
pub fn setup_token_file(dir: &Path) -> PathBuf {
    dir.join("setup-token")
}

/// Keeps the token, or removes one that is spent.
pub(crate) fn keep_setup_token(dir: &Path, token: Option<&Secret>) -> Result<(), DataDirError> {
    let path = setup_token_file(dir);
    match std::fs::remove_file(&path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            return Err(failed("removing", &path)(cause));
        }
        Ok(()) | Err(_) => {}
    }
    let Some(token) = token else { return Ok(()) };
    // A new file, never one that was there: its mode is then surely ours.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(OWNER_ONLY_FILE);
    let written = options.open(&path).and_then(|mut file| writeln!(file, "{}", token.expose()));
    written.map_err(failed("writing", &path))
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DataDirError {
    let path = path.to_owned();
    move |cause| DataDirError { doing, path, cause }
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
        keep_setup_token(dir.path(), Some(&Secret::new("once"))).unwrap();
        let path = setup_token_file(dir.path());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "once\n");
        assert_eq!(mode(&path), 0o600);
        keep_setup_token(dir.path(), None).unwrap();
        assert!(!path.exists());
        keep_setup_token(dir.path(), None).unwrap();
    }
}
