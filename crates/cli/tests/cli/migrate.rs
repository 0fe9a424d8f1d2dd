//! `horarium migrate`, and the modes of the files it makes.

use std::os::unix::fs::PermissionsExt as _;

use crate::horarium;

#[test]
fn check_says_pending_until_migrate_ran() {
    let dir = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| horarium(dir.path(), args, &[]);
    let pending = run(&["migrate", "--check"]);
    assert_eq!((pending.code, pending.stdout.as_str()), (3, "pending: there is no database yet\n"));
    assert!(!dir.path().join("data").exists(), "a check makes nothing");
    let applied = run(&["migrate"]);
    assert_eq!((applied.code, applied.stderr.as_str()), (0, ""));
    assert!(applied.stdout.starts_with("applied: first"), "{}", applied.stdout);
    let again = run(&["migrate"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "the schema is up to date\n"));
    let current = run(&["migrate", "--check"]);
    assert_eq!((current.code, current.stdout.as_str()), (0, "the schema is up to date\n"));
}

#[test]
fn data_is_readable_by_its_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(horarium(dir.path(), &["migrate"], &[]).code, 0);
    let data = dir.path().join("data");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_database_that_cannot_be_opened_is_named_with_its_cause() {
    let dir = tempfile::tempdir().unwrap();
    let args = ["migrate", "--database-url", "sqlite:none/horarium.db"];
    let ran = horarium(dir.path(), &args, &[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(
        ran.stderr,
        @"error: opening `none/horarium.db`: No such file or directory (os error 2)"
    );
}
