//! `horarium version` and `horarium healthcheck` without a server.

use crate::horarium;

#[test]
fn version_names_what_a_bug_report_needs() {
    let dir = tempfile::tempdir().unwrap();
    let ran = horarium(dir.path(), &["version"], &[]);
    let names: Vec<&str> =
        ran.stdout.lines().filter_map(|line| line.rsplit_once(' ')).map(|(name, _)| name).collect();
    assert_eq!(names, ["horarium", "time zones"]);
}

#[test]
fn healthcheck_without_a_server_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    // Port 1 is tcpmux: nobody listens there.
    let ran = horarium(dir.path(), &["healthcheck", "--listen", "127.0.0.1:1"], &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with("error: asking http://127.0.0.1:1/readyz: "), "{}", ran.stderr);
}
