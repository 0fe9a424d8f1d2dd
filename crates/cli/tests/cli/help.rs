//! The help of every command, as a snapshot: a change of the command line is seen in review.

use crate::horarium;

fn help(command: &[&str]) -> String {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let ran = horarium(dir.path(), &[command, &["--help"]].concat(), &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    ran.stdout
}

#[test]
fn every_command_explains_itself() {
    insta::assert_snapshot!("horarium", help(&[]));
    insta::assert_snapshot!("serve", help(&["serve"]));
    insta::assert_snapshot!("migrate", help(&["migrate"]));
    insta::assert_snapshot!("config", help(&["config"]));
    insta::assert_snapshot!("config_print", help(&["config", "print"]));
    insta::assert_snapshot!("config_check", help(&["config", "check"]));
    insta::assert_snapshot!("secrets", help(&["secrets"]));
    insta::assert_snapshot!("secrets_rotate_key", help(&["secrets", "rotate-key"]));
    insta::assert_snapshot!("healthcheck", help(&["healthcheck"]));
    insta::assert_snapshot!("version", help(&["version"]));
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let dir = tempfile::tempdir().unwrap();
    let check = |args: &[&str]| assert_eq!(horarium(dir.path(), args, &[]).code, 2, "{args:?}");
    check(&[]);
    check(&["srve"]);
    check(&["serve", "--listn", "x"]);
    check(&["serve", "--listen", "8080"]);
    check(&["serve", "--workers", "many"]);
}
