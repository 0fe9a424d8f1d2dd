//! Keys at a start: made, shared, missing, wrong.

use std::os::unix::fs::PermissionsExt as _;

use horarium_server::{
    Server, StartError,
    settings::{Secret, Settings},
};
use serde_json::json;

use crate::support::{TestServer, settings};

const OTHER_KEY: &str = "HxwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEAHx4=";

async fn refused(settings: Settings) -> String {
    match Server::start(settings).await {
        Ok(_) => panic!("it started"),
        Err(StartError::Vault(error)) => error.to_string(),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_at_the_first_start_for_its_owner_only() {
    let server = TestServer::start().await;
    let path = server.dir.path().join("data/encryption.key");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    assert_eq!(std::fs::read_to_string(&path).unwrap().trim().len(), 44);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_the_wrong_key_or_none_does_not_start_and_names_both() {
    let dir = tempfile::tempdir().unwrap();
    let running = Server::start(settings(&dir)).await.unwrap();
    running.stop(std::time::Duration::ZERO).await;
    drop(running);
    let file = dir.path().join("data/encryption.key");

    let mut wrong = settings(&dir);
    wrong.encryption.key = Some(Secret::new(OTHER_KEY));
    let text = refused(wrong).await;
    assert!(text.contains("is encrypted under key") && text.contains("this server has"), "{text}");
    assert!(!text.contains(OTHER_KEY), "{text}");

    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let missing = refused(settings(&dir)).await;
    assert!(missing.contains("this server has no key"), "{missing}");
    assert!(!file.exists(), "a new key would hide the loss of the old one");

    let mut both = settings(&dir);
    both.encryption.key = Some(Secret::new(format!("{OTHER_KEY},{}", text.trim())));
    Server::start(both).await.unwrap().stop(std::time::Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_is_not_in_the_database_file() {
    let server = TestServer::start().await;
    let fields = json!({
        "name": "Reports", "kind": "MySql", "host": "db", "database": "app", "user": "u",
        "password": "hunter2-canary"
    });
    server.admin.post("/api/v1/data-sources", &fields).await.unwrap().expect_status(201);
    for name in ["horarium.db", "horarium.db-wal"] {
        let bytes = std::fs::read(server.dir.path().join("data").join(name)).unwrap_or_default();
        let found = bytes.windows(14).any(|window| window == b"hunter2-canary");
        assert!(!found, "{name}");
    }
}
