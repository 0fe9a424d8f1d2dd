//! Statements and migrations of the store.

use std::collections::BTreeSet;
use std::path::Path;

use crate::repository::{files, name, read, root};

const STORE: &str = "crates/store";

fn store() -> std::path::PathBuf {
    root().join(STORE)
}

#[test]
fn every_statement_opens_with_what_it_does() {
    for path in files(&store().join("sql"), "sql") {
        assert!(read(&path).starts_with("-- "), "{} has no `--` head", name(&path));
    }
}

#[test]
fn every_statement_is_used() {
    let code: String = files(&store().join("src"), "rs").iter().map(|path| read(path)).collect();
    for path in files(&store().join("sql"), "sql") {
        // By the macros of sql.rs, which take the name alone, or by include_str!.
        let stem = path.file_stem().expect("a file has a name").to_string_lossy();
        let is_used = [format!("\"{stem}\""), format!("/{stem}.sql\"")];
        assert!(is_used.iter().any(|text| code.contains(text)), "{} is not used", name(&path));
    }
}

#[test]
fn every_migration_exists_for_both_databases() {
    let names = |dialect: &str| -> BTreeSet<String> {
        let dir = store().join("migrations").join(dialect);
        files(&dir, "sql").iter().map(|path| file_name(path)).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let numbers = names("sqlite").iter().map(|name| number(name)).collect::<Vec<_>>();
    let expected: Vec<u32> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected, "migrations are numbered without gaps");
    assert!(!numbers.is_empty());
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a file has a name").to_string_lossy().into_owned()
}

/// 12 of `0012_words.sql`.
fn number(name: &str) -> u32 {
    let digits = name.split_once('_').map_or("", |(digits, _)| digits);
    assert_eq!(digits.len(), 4, "{name} is not named `0012_words.sql`");
    digits.parse().unwrap_or_else(|cause| panic!("{name}: {cause}"))
}
