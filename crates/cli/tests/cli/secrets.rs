//! `horarium secrets rotate-key` as an operator meets it.

use horarium_testkit::ServerCommand;

use crate::horarium;

#[tokio::test]
async fn a_key_is_rotated_while_the_server_is_stopped_and_not_before() {
    let mut server = ServerCommand::new(env!("CARGO_BIN_EXE_horarium"))
        .args(["serve", "--listen", "127.0.0.1:{port}", "--data-dir", "{data}"])
        .start()
        .await;
    let data_dir = server.data_dir().to_string_lossy().into_owned();
    let arguments = ["secrets", "rotate-key", "--data-dir", &data_dir];
    let refused = horarium(server.data_dir(), &arguments, &[]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("is using"), "{}", refused.stderr);
    let key_file = server.data_dir().join("encryption.key");
    let old = std::fs::read_to_string(&key_file).unwrap();
    server.terminate().await;

    let ran = horarium(server.data_dir(), &arguments, &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with("sealed anew under key "), "{}", ran.stdout);
    assert_ne!(std::fs::read_to_string(&key_file).unwrap(), old);
    server.start_again().await;
}

#[test]
fn without_a_database_there_is_nothing_to_rotate() {
    let dir = tempfile::tempdir().unwrap();
    let ran = horarium(dir.path(), &["secrets", "rotate-key"], &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("there is no database yet"), "{}", ran.stderr);
}
