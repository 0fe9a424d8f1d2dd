//! `horarium config`: origins are right, secrets stay hidden.

use crate::horarium;

/// One of each secret, and a password in a URL.
const FILE: &str = r#"
database_url = "postgres://horarium:hunter2@db/horarium"

[auth]
jwt_secret = "hunter2-hunter2-hunter2-hunter2-"

[bootstrap]
admin_email = "admin@example.com"
admin_password = "hunter2"
"#;

const ENV: [(&str, &str); 2] =
    [("HORARIUM_BOOTSTRAP_API_KEY", "hunter2"), ("HORARIUM_NODE__NAME", "here")];

#[test]
fn print_shows_values_and_origins_and_hides_secrets() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("horarium.toml"), FILE).unwrap();
    let ran = horarium(dir.path(), &["config", "print", "--workers", "8"], &ENV);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(!ran.stdout.contains("hunter2"));
    insta::assert_snapshot!("config_print_table", ran.stdout);
    let ran = horarium(dir.path(), &["config", "print", "-o", "json"], &ENV);
    assert!(!ran.stdout.contains("hunter2"));
    let rows: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(rows[0]["key"], "listen");
    assert_eq!(rows[0]["origin"], "default");
    assert_eq!(rows[4]["value"], 64);
}

#[test]
fn a_named_file_must_exist_and_a_usual_one_need_not() {
    let dir = tempfile::tempdir().unwrap();
    let check = |args: &[&str], env: &[(&str, &str)], code| {
        assert_eq!(horarium(dir.path(), args, env).code, code, "{args:?}");
    };
    check(&["config", "check"], &[], 0);
    check(&["config", "check", "--config", "none.toml"], &[], 1);
    check(&["config", "check"], &[("HORARIUM_CONFIG", "none.toml")], 1);
}

#[test]
fn what_is_wrong_is_one_line_each_on_stderr() {
    let dir = tempfile::tempdir().unwrap();
    let env = [("HORARIUM_WORKRS", "1"), ("HORARIUM_WORKERS", "x")];
    let ran = horarium(dir.path(), &["config", "check"], &env);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    let mut lines: Vec<&str> = ran.stderr.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "error: env HORARIUM_WORKERS: `x` is not a number",
            "error: env HORARIUM_WORKRS: there is no such setting",
        ]
    );
}

#[test]
fn a_listen_address_open_to_the_network_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let args = ["serve", "--listen", "0.0.0.0:0"];
    let ran = horarium(dir.path(), &args, &[]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(
        ran.stderr,
        @"error: listen: passwords would cross the network in clear text; listen on 127.0.0.1, or set behind_tls_proxy when a proxy in front ends TLS (flag --listen)"
    );
    assert!(!dir.path().join("data").exists());
}
