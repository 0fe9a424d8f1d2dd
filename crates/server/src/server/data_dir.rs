//! The data directory and the files that the server makes in it: for their owner only.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use horarium_store::DatabaseUrl;

use super::StartError;
use crate::settings::{Secret, Settings};

const OWNER_ONLY_DIR: u32 = 0o700;
const OWNER_ONLY_FILE: u32 = 0o600;

/// Makes what is missing: the directory, and an empty SQLite file. SQLite gives its other files the
/// mode of the database, which would otherwise be readable by all.
pub(super) fn prepare(settings: &Settings) -> Result<(), StartError> {
    let dir = &settings.data_dir;
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(OWNER_ONLY_DIR).create(dir).map_err(failed("making", dir))?;
    if let DatabaseUrl::Sqlite(path) = settings.database() {
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(OWNER_ONLY_FILE);
        options.open(&path).map_err(failed("opening", &path))?;
    }
    Ok(())
}

pub(super) fn setup_token_file(dir: &Path) -> PathBuf {
    dir.join("setup-token")
}

/// Keeps the token, or removes one that is spent.
pub(super) fn keep_setup_token(dir: &Path, token: Option<&Secret>) -> Result<(), StartError> {
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

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StartError {
    let path = path.to_owned();
    move |cause| StartError::DataDir { doing, path, cause }
}
