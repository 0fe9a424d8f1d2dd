//! The working tree: where it is and which files are ours.

use std::path::Path;
#[cfg(test)]
use std::{fs, path::PathBuf};

/// Made by tools, not by us.
#[cfg(test)]
const FOREIGN_DIRS: [&str; 5] = ["target", ".git", "node_modules", "dist", "data"];

/// The directory of the workspace's Cargo.toml.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}

/// Where `path` lies below the root, for messages.
#[cfg(test)]
pub(crate) fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Files below `dir` with this ending, sorted; none when the directory is missing.
#[cfg(test)]
pub(crate) fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            let is_foreign = FOREIGN_DIRS.iter().any(|dir| entry.file_name() == *dir);
            if path.is_dir() && !is_foreign {
                dirs.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|cause| panic!("reading {}: {cause}", path.display()))
}
