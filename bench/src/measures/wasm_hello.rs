//! Modules that write one word, each in a child of its own.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use horarium_api::modules::ModuleRequest;
use horarium_core::JobType;
use horarium_server::{modules::Modules, settings};
use horarium_wasm::Sandbox;
use serde_json::json;

use super::{ended, enqueue_all};
use crate::rig::Rig;

const HELLO: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\05\00\00\00hello")
    (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

/// Runs n of them, history kept.
pub(super) async fn wasm_hello(rig: Rig, n: usize) -> String {
    let settings = settings::Modules::default();
    let n_children = settings.concurrent_max;
    let sandbox = Sandbox::new("/proc/self/exe".into(), n_children as usize);
    let sandbox = Arc::new(sandbox.expect("a sandbox"));
    let modules =
        Modules::new(rig.store.clone(), rig.clock.clone(), Some(Arc::clone(&sandbox)), &settings);
    let code = BASE64_STANDARD.encode(wat::parse_str(HELLO).expect("a module"));
    let request = ModuleRequest { name: "hello".to_owned(), code, description: None };
    modules.upload(request, "bench").await.expect("uploaded");
    let limits = modules.limits();
    let modules = horarium_worker::Modules { source: Arc::new(modules), sandbox, limits };
    let hello = json!({ "handlerType": "hello" });
    let job = rig.manual_job_of(JobType::CodeExecution, hello).await;
    enqueue_all(&rig, job, n).await;
    let since = Instant::now();
    let engine = rig.engine_of(n_children, |kinds| kinds.with_modules(modules)).await;
    let all = ended(&rig, n).await;
    let per_second = n as f64 / since.elapsed().as_secs_f64();
    engine.stop(Duration::from_secs(5)).await;
    let missing = if all { "" } else { " (NOT ALL)" };
    format!("{per_second:.0} modules/s in {n_children} children at a time{missing}")
}
