//! Files that are made from the code: `make gen` writes them, `make gen-check` and a test compare.

mod permissions;
mod settings;

use std::fs;

use crate::repository;

/// A path below the root, and what belongs there.
pub(crate) struct Generated {
    pub path: &'static str,
    pub text: String,
}

pub(crate) fn all() -> Vec<Generated> {
    vec![
        Generated { path: "openapi.json", text: openapi() },
        Generated { path: "docs/settings.md", text: settings::page() },
        Generated { path: "docs/permissions.md", text: permissions::page() },
    ]
}

pub(crate) fn write() -> Result<(), String> {
    for Generated { path, text } in all() {
        let full = repository::root().join(path);
        if fs::read_to_string(&full).is_ok_and(|found| found == text) {
            continue;
        }
        fs::write(&full, text).map_err(|cause| format!("writing {path}: {cause}"))?;
        eprintln!("wrote {path}");
    }
    Ok(())
}

pub(crate) fn check() -> Result<(), String> {
    let is_stale = |file: &Generated| {
        !fs::read_to_string(repository::root().join(file.path))
            .is_ok_and(|found| found == file.text)
    };
    let stale: Vec<&str> = all().into_iter().filter(is_stale).map(|file| file.path).collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("{} would change: run `make gen`", stale.join(", ")))
}

fn openapi() -> String {
    let document = horarium_api::openapi::document(env!("CARGO_PKG_VERSION"));
    format!("{document:#}\n")
}

/// A Markdown table row; a `|` in a cell would end it.
fn row<const N: usize>(cells: [&str; N]) -> String {
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}
