//! Modules written as text, and a sandbox to run them in.

use horarium_wasm::{Limits, Report, Run, Sandbox, SandboxError, Stream};

pub(crate) const LIMITS: Limits =
    Limits { memory_bytes: 16 << 20, fuel: 50_000_000, written_bytes: 1 << 20, cpu_seconds: 20 };

pub(crate) fn sandbox() -> Sandbox {
    Sandbox::new(env!("CARGO_BIN_EXE_horarium-wasm").into(), 4).unwrap()
}

/// A command with these imports of WASI and this body of its entry. Bytes 0 to 1023 are for texts.
pub(crate) fn command(imports: &[&str], data: &str, body: &str) -> Vec<u8> {
    let import = |name: &&str| {
        let parameters = match *name {
            "proc_exit" => "(param i32)",
            "args_get" | "args_sizes_get" | "environ_get" | "environ_sizes_get" | "random_get" => {
                "(param i32 i32) (result i32)"
            }
            "clock_time_get" => "(param i32 i64 i32) (result i32)",
            _ => "(param i32 i32 i32 i32) (result i32)",
        };
        format!(r#"(import "wasi_snapshot_preview1" "{name}" (func ${name} {parameters}))"#)
    };
    let imports: String = imports.iter().map(import).collect();
    wat::parse_str(format!(
        r#"(module {imports} (memory (export "memory") 1) {data} (func (export "_start") {body}))"#
    ))
    .unwrap()
}

/// Writes `text` to a stream, again and again if `times` says so, and ends with `code`.
pub(crate) fn printing(fd: u32, text: &str, code: u32) -> Vec<u8> {
    let data = format!(
        r#"(data (i32.const 64) "{text}") (data (i32.const 0) "\40\00\00\00\{:02x}\00\00\00")"#,
        text.len()
    );
    let body = format!(
        "(drop (call $fd_write (i32.const {fd}) (i32.const 0) (i32.const 1) (i32.const 8)))
         (call $proc_exit (i32.const {code}))"
    );
    command(&["fd_write", "proc_exit"], &data, &body)
}

/// How a run went: the report, what was written to stdout and to stderr.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) report: Result<Report, SandboxError>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

pub(crate) async fn run_with(sandbox: &Sandbox, run: Run<'_>) -> Ran {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let write = |stream, bytes: &[u8]| match stream {
        Stream::Stdout => stdout.extend(bytes),
        Stream::Stderr => stderr.extend(bytes),
    };
    let report = sandbox.run(run, write).await;
    Ran { report, stdout, stderr }
}

pub(crate) async fn run(code: &[u8], limits: Limits) -> Ran {
    let run = Run { code, args: &["m".to_owned()], env: &[], input: b"{}", limits };
    run_with(&sandbox(), run).await
}
