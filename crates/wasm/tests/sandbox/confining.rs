//! That a child is confined, as one of them finds out.

use crate::support::sandbox;

#[tokio::test]
async fn no_door_is_open() {
    let layers = sandbox().layers().await.unwrap();
    assert_eq!(layers.open, Vec::<String>::new());
    let told = layers.to_string();
    assert!(told.ends_with("seccomp: yes; no new privileges: yes; limits: yes"), "{told}");
}

#[tokio::test]
async fn a_program_that_is_no_sandbox_is_noticed() {
    let sandbox = horarium_wasm::Sandbox::new("/bin/true".into(), 1).unwrap();
    let error = sandbox.layers().await.unwrap_err().to_string();
    assert!(error.starts_with("the sandbox ended without a word"), "{error}");
}
