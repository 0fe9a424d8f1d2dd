//! Which source wins, what is refused, and what is never shown.

use std::path::Path;

use super::*;

/// Flags as `ConfigFlags` gives them, variables as NAME=VALUE, and a file's text.
fn read(flags: &ConfigFlags, env: &[&str], file: &str) -> Result<Config, ConfigErrors> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("horarium.toml");
    std::fs::write(&path, file).unwrap();
    std::fs::write(dir.path().join("key"), "0123456789-0123456789-0123456789-\n").unwrap();
    let dir_text = dir.path().display().to_string();
    let variable = |text: &&str| {
        let (name, value) = text.split_once('=').unwrap();
        (name.to_owned(), value.replace("DIR", &dir_text))
    };
    let env = env.iter().map(variable).collect();
    Config::read(Sources { flags: given_flags(flags), env, file: Some(path) }).map_err(|errors| {
        ConfigErrors::one(errors.to_string().replace(&format!("{dir_text}/"), ""))
    })
}

fn refused(env: &[&str], file: &str) -> String {
    read(&ConfigFlags::default(), env, file).unwrap_err().to_string()
}

#[test]
fn a_flag_wins_over_a_variable_over_the_file_over_the_default() {
    let check = |flag: Option<u32>, env: &[&str], file: &str, workers: u32, origin: &str| {
        let flags = ConfigFlags { workers: flag, ..ConfigFlags::default() };
        let config = read(&flags, env, file).unwrap();
        assert_eq!(config.settings.workers, workers, "{origin}");
        let shown = config.origin("workers").to_string();
        assert!(
            shown.starts_with(origin) && shown.ends_with(origin.split(' ').next_back().unwrap())
        );
    };
    check(None, &[], "", 64, "default");
    let shown = read(&ConfigFlags::default(), &[], "\nworkers = 2").unwrap();
    assert_eq!(shown.settings.workers, 2);
    assert!(shown.origin("workers").to_string().ends_with("horarium.toml:2"));
    check(None, &["HORARIUM_WORKERS=3"], "workers = 2", 3, "env HORARIUM_WORKERS");
    check(Some(4), &["HORARIUM_WORKERS=3"], "workers = 2", 4, "flag --workers");
    check(None, &["HORARIUM_WORKERS="], "", 64, "default");
}

#[test]
fn every_flag_is_a_setting() {
    let flags = ConfigFlags {
        config: None,
        listen: Some(([127, 0, 0, 1], 1).into()),
        database_url: Some("sqlite:x.db".to_owned()),
        data_dir: Some("d".to_owned()),
        workers: Some(1),
        behind_tls_proxy: true,
    };
    let config = read(&flags, &[], "").unwrap();
    assert_eq!(config.settings.database().to_string(), "sqlite:x.db");
    assert_eq!(config.settings.data_dir, Path::new("d"));
    assert_eq!(config.origin("behind_tls_proxy").to_string(), "flag --behind-tls-proxy");
}

#[test]
fn every_kind_is_read_from_the_file_and_from_variables() {
    let file = r#"
        behind_tls_proxy = true
        database_url = "postgres://u:p@db/h"
        [jobs]
        cron_dialect = "hangfire"
        [egress]
        allow = ["10.0.0.0/8", "fd00::/8"]
    "#;
    let from_file = read(&ConfigFlags::default(), &[], file).unwrap().settings;
    let env = [
        "HORARIUM_BEHIND_TLS_PROXY=1",
        "HORARIUM_DATABASE_URL=postgres://u:p@db/h",
        "HORARIUM_JOBS__CRON_DIALECT=hangfire",
        "HORARIUM_EGRESS__ALLOW=10.0.0.0/8, fd00::/8",
    ];
    let from_env = read(&ConfigFlags::default(), &env, "").unwrap().settings;
    assert_eq!(format!("{from_file:?}"), format!("{from_env:?}"));
    assert_eq!(from_file.egress.allow.len(), 2);
    assert!(from_file.behind_tls_proxy);
}

#[test]
fn a_secret_that_looks_like_a_number_stays_as_it_is() {
    let env = ["HORARIUM_BOOTSTRAP_API_KEY=0123456", "HORARIUM_AUTH__JWT_SECRET_FILE=DIR/key"];
    let settings = read(&ConfigFlags::default(), &env, "").unwrap().settings;
    assert_eq!(settings.bootstrap.api_key.unwrap().expose(), "0123456");
    // The line end of the file is not part of it.
    let secret = settings.auth.jwt_secret.unwrap();
    assert_eq!(secret.expose(), "0123456789-0123456789-0123456789-");
}

#[test]
fn a_file_names_a_secrets_file_beside_itself() {
    let config = read(&ConfigFlags::default(), &[], "[auth]\njwt_secret_file = \"key\"").unwrap();
    assert!(config.settings.auth.jwt_secret.unwrap().expose().starts_with("0123456789"));
    assert!(config.origins["auth.jwt_secret"].to_string().ends_with("horarium.toml:2"));
}

#[test]
fn unknown_keys_are_refused_with_their_place() {
    let check = |env: &[&str], file: &str, shown: &str| assert_eq!(refused(env, file), shown);
    check(&[], "listn = 1", "file horarium.toml:1: there is no setting `listn`");
    check(&[], "\n[jobs]\nretries = 1", "file horarium.toml:3: there is no setting `jobs.retries`");
    check(&[], "[job]\nx = 1", "file horarium.toml:1: there is no setting `job`");
    check(&["HORARIUM_LISTN=1"], "", "env HORARIUM_LISTN: there is no such setting");
    check(
        &["HORARIUM_JOBS_DEFAULT_RETRIES=1"],
        "",
        "env HORARIUM_JOBS_DEFAULT_RETRIES: there is no such setting; did you mean \
         HORARIUM_JOBS__DEFAULT_RETRIES?",
    );
    check(
        &["HORARIUM_WORKERS_FILE=DIR/key"],
        "",
        "env HORARIUM_WORKERS_FILE: there is no such setting",
    );
}

#[test]
fn variables_of_other_programs_are_left_alone() {
    let env = [
        "HORARIUM_TEST_POSTGRES=x",
        "HORARIUM_CONFIG=elsewhere.toml",
        "HORARIUM_SERVICE_HOST=10.0.0.1",
        "HORARIUM_SERVICE_PORT=8080",
        "HORARIUM_SERVICE_PORT_HTTP=8080",
        "HORARIUM_PORT=tcp://10.0.0.1:8080",
        "HORARIUM_PORT_8080_TCP_ADDR=10.0.0.1",
    ];
    assert!(read(&ConfigFlags::default(), &env, "").unwrap().origins.is_empty());
    assert_eq!(refused(&["HORARIUM_PORT=80"], ""), "env HORARIUM_PORT: there is no such setting");
}

#[test]
fn values_that_do_not_fit_are_named_with_their_place() {
    let check = |env: &[&str], file: &str, shown: &str| assert_eq!(refused(env, file), shown);
    check(&["HORARIUM_WORKERS=many"], "", "env HORARIUM_WORKERS: `many` is not a number");
    check(
        &["HORARIUM_BEHIND_TLS_PROXY=yes"],
        "",
        "env HORARIUM_BEHIND_TLS_PROXY: `yes` is not true or false",
    );
    check(
        &["HORARIUM_LISTEN=8080"],
        "",
        "env HORARIUM_LISTEN: listen: invalid socket address syntax",
    );
    check(
        &[],
        "workers = \"4\"",
        "file horarium.toml:1: workers: invalid type: string \"4\", expected u32",
    );
    check(
        &[],
        "[jobs]\ncron_dialect = \"quartz\"",
        "file horarium.toml:2: jobs.cron_dialect: unknown variant `quartz`, expected `vixie` or `hangfire`",
    );
    check(&[], "workers = 0", "workers: 0 is not between 1 and 4096 (file horarium.toml:1)");
    check(
        &["HORARIUM_EGRESS__ALLOW=10.0.0.0"],
        "",
        "env HORARIUM_EGRESS__ALLOW: egress.allow: `10.0.0.0`: invalid IP address syntax",
    );
    check(
        &["HORARIUM_AUTH__JWT_SECRET_FILE=DIR/none"],
        "",
        "env HORARIUM_AUTH__JWT_SECRET_FILE: reading `none`: No such file or directory (os error 2)",
    );
}

#[test]
fn a_setting_given_twice_in_one_source_is_refused() {
    let env = ["HORARIUM_AUTH__JWT_SECRET=x", "HORARIUM_AUTH__JWT_SECRET_FILE=DIR/key"];
    assert_eq!(
        refused(&env, ""),
        "env HORARIUM_AUTH__JWT_SECRET and env HORARIUM_AUTH__JWT_SECRET_FILE give the same setting"
    );
    let file = "[auth]\njwt_secret = \"x\"\njwt_secret_file = \"key\"";
    assert!(refused(&[], file).contains("`auth.jwt_secret` is given already, file"));
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let lines = refused(&["HORARIUM_LISTN=1", "HORARIUM_WORKERS=x"], "listn = 1\nwrkers = 2");
    assert_eq!(lines.matches("error: ").count(), 3, "{lines}");
}

/// Every way a secret may be written wrongly.
#[test]
fn refusals_never_show_a_secret() {
    let check = |env: &[&str], file: &str| {
        let shown = refused(env, file);
        assert!(!shown.contains("hunter2") && !shown.contains("1234567"), "{shown}");
    };
    check(&[], "[auth]\njwt_secret = hunter2");
    check(&[], "[auth]\njwt_secret = \"hunter2");
    check(&[], "[auth]\njwt_secret = 1234567");
    check(&[], "[auth]\njwt_secret = [\"hunter2\"]");
    check(&[], "[auth]\njwt_secret = \"hunter2\"");
    check(&["HORARIUM_AUTH__JWT_SECRET=hunter2"], "");
    check(&["HORARIUM_DATABASE_URL=mysql://u:hunter2@db"], "");
    check(&[], "database_url = \"hunter2@db\"");
    check(&[], "database_url = 1234567");
}
