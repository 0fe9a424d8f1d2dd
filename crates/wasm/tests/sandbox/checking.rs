//! Which modules are refused before they are run.

use horarium_wasm::{Report, SUPPORTED, Sandbox};

use crate::support::{LIMITS, command, printing, sandbox};

async fn refusal(sandbox: &Sandbox, code: &[u8]) -> String {
    match sandbox.check(code, LIMITS).await.unwrap() {
        Report::Refused(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_command_that_imports_what_there_is_is_fine() {
    let sandbox = sandbox();
    for code in [printing(1, "hello", 0), command(&[], "", "unreachable")] {
        assert_eq!(sandbox.check(&code, LIMITS).await.unwrap(), Report::Fine);
    }
}

#[tokio::test]
async fn every_refusal_says_why() {
    let sandbox = sandbox();
    let module = |text: &str| wat::parse_str(format!("(module {text})")).unwrap();
    let rest = r#"(memory (export "memory") 1) (func (export "_start"))"#;
    let import = |from: &str, name: &str, ty: &str| {
        module(&format!(r#"(import "{from}" "{name}" (func {ty})) {rest}"#))
    };
    let wasi = "wasi_snapshot_preview1";
    for (code, expect) in [
        (b"MZ".to_vec(), "it cannot be compiled"),
        (b"\0asm\x01\0\0\0\xff".to_vec(), "it cannot be compiled"),
        (
            import(wasi, "path_open", ""),
            "it imports `wasi_snapshot_preview1.path_open`, which modules do not get here",
        ),
        (import(wasi, "sock_accept", ""), "it imports `wasi_snapshot_preview1.sock_accept`"),
        (import("env", "fd_write", ""), "it imports `env.fd_write`"),
        (import(wasi, "fd_write", "(param i64)"), "cannot be started"),
        (module(r#"(memory (export "memory") 1)"#), "it exports no function `_start`"),
        (
            module(r#"(memory (export "memory") 1) (func (export "_start") (param i32))"#),
            "its `_start` is no function without parameters and results",
        ),
        (module(r#"(func (export "_start"))"#), "it exports no memory named `memory`"),
        (
            module(r#"(memory (export "memory") 1000) (func (export "_start"))"#),
            "cannot be started: failed to instantiate memory",
        ),
        (module(&format!("{rest} (func $s) (start $s)")), "it cannot be compiled"),
    ] {
        let why = refusal(&sandbox, &code).await;
        assert!(why.starts_with(expect), "{why:?} instead of {expect:?}");
    }
}

#[tokio::test]
async fn what_is_listed_as_supported_is_there() {
    let sandbox = sandbox();
    for name in SUPPORTED {
        let code = wat::parse_str(format!(
            r#"(module (import "wasi_snapshot_preview1" "{name}" (func (param f64)))
                (memory (export "memory") 1) (func (export "_start")))"#
        ));
        // Of no WASI type: so it is found, and found to differ.
        let why = refusal(&sandbox, &code.unwrap()).await;
        assert!(why.contains("type mismatch"), "{name}: {why}");
    }
}
