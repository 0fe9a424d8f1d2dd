//! The throw-away MariaDB: a database per test, gone with its server.

use horarium_testkit::{MariaDbDatabase, MariaDbServer};

#[test]
fn each_database_is_empty_and_its_own() {
    let (one, other) = (MariaDbDatabase::create(), MariaDbDatabase::create());
    assert_ne!(one.name(), other.name());
    one.sql("CREATE TABLE t (x int); INSERT INTO t VALUES (1), (2)");
    assert_eq!(one.sql("SELECT x FROM t ORDER BY x"), "1\n2");
    assert_eq!(other.sql("SHOW TABLES"), "");
    let name = one.name().to_owned();
    drop(one);
    assert_eq!(other.sql(&format!("SHOW DATABASES LIKE '{name}'")), "");
}

#[test]
fn a_dropped_server_leaves_nothing_behind() {
    let server = MariaDbServer::start();
    let (data, port) = (server.data(), server.port());
    assert!(data.is_dir());
    drop(server);
    assert!(!data.exists(), "{} is left behind", data.display());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_wrapped_command_is_told_where_it_is() {
    let script =
        "test -z \"${HORARIUM_TEST_MARIADB##127.0.0.1:*}\" && test -n \"$HORARIUM_TEST_POSTGRES\"";
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_with-postgres"))
        .args(["--mariadb", "--", "sh", "-c", script])
        .env_remove("HORARIUM_TEST_MARIADB")
        .status()
        .unwrap();
    assert!(status.success());
}
