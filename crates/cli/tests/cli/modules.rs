//! WebAssembly modules in the binary: uploaded, run, ended, confined, gone with the server.
#![expect(clippy::unwrap_used, reason = "in a test it is an assertion")]

use std::time::{Duration, Instant};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use horarium_testkit::{Answer, eventually};
use serde_json::{Value, json};

use crate::api::{Api, SOON};

const MODULES: &str = "/api/v1/modules";

async fn start() -> Api {
    Api::of(env!("CARGO_BIN_EXE_horarium")).await
}

/// A WASI command with this body; `$write` takes a stream, an address and a length, `$exit` a code,
/// `$read` reads all input to 1024 and gives its length.
fn command(body: &str) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write"
                (func $fd_write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read"
                (func $fd_read (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (data (i32.const 64) "hello")
            (func $list (param $at i32) (param $n i32)
                (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $n)))
            (func $write (param $fd i32) (param $at i32) (param $n i32)
                (call $list (local.get $at) (local.get $n))
                (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
            (func $read (result i32)
                (call $list (i32.const 1024) (i32.const 60000))
                (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
                (i32.load (i32.const 8)))
            (func (export "_start") {body}))"#
    ))
    .unwrap()
}

const HELLO: &str = "(call $write (i32.const 1) (i32.const 64) (i32.const 5))";
const FOREVER: &str = "(loop $again (br $again))";

async fn upload(api: &Api, name: &str, code: &[u8]) -> Answer {
    let body = json!({ "name": name, "code": BASE64_STANDARD.encode(code) });
    api.client.post(MODULES, &body).await.unwrap()
}

async fn uploaded(api: &Api, name: &str, body: &str) -> Value {
    upload(api, name, &command(body)).await.expect_status(201).json()
}

/// Runs a module to its end and gives the execution.
async fn ran(api: &Api, handler: &str, timeout_seconds: u32, status: &str) -> Value {
    let execution = api.run(json!({"handlerType": handler}), timeout_seconds).await;
    api.await_status(&execution, status).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_is_uploaded_listed_run_and_deleted() {
    let api = start().await;
    let first = uploaded(&api, "reports.Hello", HELLO).await;
    assert_eq!(
        (first["version"].as_u64(), first["sha256"].as_str().map(str::len)),
        (Some(1), Some(64))
    );
    let execution = ran(&api, "reports.Hello", 60, "Succeeded").await;
    assert_eq!(execution["output"], "hello");

    let again = upload(&api, "reports.Hello", &command(HELLO)).await;
    assert_eq!(again.expect_status(200).json(), first, "the same code is no new version");
    let second = uploaded(&api, "reports.Hello", "(call $exit (i32.const 7))").await;
    let execution = ran(&api, "reports.Hello", 60, "Failed").await;
    let error = "module `reports.Hello` version 2 ended with exit code 7";
    assert_eq!(execution["errorMessage"], error);
    assert_eq!(ran(&api, "reports.Hello@1", 60, "Succeeded").await["output"], "hello");

    let get = async |path: &str| api.client.get(path).await.unwrap().expect_status(200).json();
    assert_eq!(get(MODULES).await, json!([second]));
    assert_eq!(get(&format!("{MODULES}?name=reports.Hello")).await, json!([second, first]));
    let path = format!("{MODULES}/{}", second["id"].as_str().unwrap());
    assert_eq!(get(&path).await, second);
    api.client.delete(&path).await.unwrap().expect_status(204);
    api.client.delete(&path).await.unwrap().expect_status(404);
    api.client.get(&path).await.unwrap().expect_status(404);
    assert_eq!(ran(&api, "reports.Hello", 60, "Succeeded").await["output"], "hello");
    let execution = ran(&api, "reports.Hello@2", 60, "Failed").await;
    assert_eq!(execution["errorMessage"], "Could not resolve handler type 'reports.Hello@2'.");
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_its_input_and_error_output_is_in_the_error() {
    let api = start().await;
    uploaded(&api, "echo", "(call $write (i32.const 1) (i32.const 1024) (call $read))").await;
    let configuration = json!({"handlerType": "echo", "parameters": {"rows": [1, "é"]}});
    let execution = api.run(configuration, 60).await;
    let execution = api.await_status(&execution, "Succeeded").await;
    assert_eq!(execution["output"], r#"{"rows":[1,"é"]}"#);

    let fails =
        "(call $write (i32.const 2) (i32.const 64) (i32.const 5)) (call $exit (i32.const 1))";
    uploaded(&api, "fails", fails).await;
    let execution = ran(&api, "fails", 60, "Failed").await;
    assert_eq!(execution["errorMessage"], "module `fails` version 1 ended with exit code 1: hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_much_is_ended_and_the_server_goes_on() {
    let api = start().await;
    for (name, body, expect) in [
        ("loop", FOREVER, "timed out after 1 s (timeoutSeconds)"),
        (
            "memory",
            "(loop $again (drop (memory.grow (i32.const 16))) (br $again))",
            "module `memory` version 1 was ended, it needs more memory than it may have",
        ),
        (
            "flood",
            "(loop $again
                (call $write (i32.const 1) (i32.const 1024) (i32.const 60000)) (br $again))",
            "module `flood` version 1 was ended, it wrote more than it may",
        ),
        (
            "trap",
            "unreachable",
            "module `trap` version 1 was ended, it trapped: wasm `unreachable` instruction executed",
        ),
    ] {
        uploaded(&api, name, body).await;
        let seconds = if name == "loop" { 1 } else { 60 };
        assert_eq!(ran(&api, name, seconds, "Failed").await["errorMessage"], expect);
    }
    uploaded(&api, "hello", HELLO).await;
    assert_eq!(ran(&api, "hello", 60, "Succeeded").await["output"], "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_run_is_refused_when_it_is_uploaded() {
    let api = start().await;
    let check = async |code: &[u8], expect: &str| {
        let problem = upload(&api, "bad", code).await.expect_status(400).json();
        let error = problem["errors"]["code"][0].as_str().unwrap_or_default().to_owned();
        assert!(error.contains(expect), "{problem}");
    };
    let opens = r#"(module (import "wasi_snapshot_preview1" "path_open" (func)))"#;
    let opens = wat::parse_str(opens).unwrap();
    check(&opens, "it imports `wasi_snapshot_preview1.path_open`").await;
    check(b"#!/bin/sh", "it cannot be compiled").await;
    check(&vec![0; (8 << 20) + 1], "must be at most 8388608 bytes (modules.bytes_max)").await;
    let not_base64 = json!({"name": "bad", "code": "?"});
    let answer = api.client.post(MODULES, &not_base64).await.unwrap();
    assert_eq!(answer.expect_status(400).json()["errors"]["code"][0], "must be base64");
    assert_eq!(api.client.get(MODULES).await.unwrap().json(), json!([]));
}

/// The children that a server runs modules in.
fn children(api: &Api) -> Vec<i32> {
    let pid = api.server.pid().unwrap().to_string();
    let stats = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let parent = stat.rsplit(')').next()?.split_whitespace().nth(1)?.to_owned();
        (parent == pid).then(|| entry.file_name().to_str()?.parse().ok()).flatten()
    });
    stats.collect()
}

async fn running_child(api: &Api) -> (String, i32) {
    uploaded(api, "loop", FOREVER).await;
    let execution = api.run(json!({"handlerType": "loop"}), 600).await;
    let child = eventually(SOON, "a child", async || children(api).first().copied()).await;
    (execution, child)
}

async fn await_end(child: i32) {
    let path = format!("/proc/{child}/stat");
    let is_gone = || {
        let stat = std::fs::read_to_string(&path);
        // A zombie runs no more; whoever adopted it will see to it.
        stat.map_or(true, |stat| stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")))
    };
    eventually(SOON, "the child's end", async || is_gone().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_module_is_gone_within_a_second() {
    let api = start().await;
    let (execution, child) = running_child(&api).await;
    let since = Instant::now();
    api.cancel(&execution).await;
    await_end(child).await;
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    api.await_status(&execution, "Cancelled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_end_with_a_server_that_is_killed() {
    let mut api = start().await;
    let (_, child) = running_child(&api).await;
    api.server.kill_9();
    await_end(child).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_says_what_confines_modules() {
    let api = start().await;
    let log = eventually(SOON, "the line", async || {
        Some(api.server.log()).filter(|log| log.contains("modules are "))
    });
    let log = log.await;
    assert!(log.contains("modules are confined by Landlock: "), "{log}");
    assert!(log.contains("seccomp: yes; no new privileges: yes; limits: yes"), "{log}");
}
