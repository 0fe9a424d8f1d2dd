//! Somebody exchanges folders and files for links while an operation goes on.

use std::{
    fs,
    os::unix::fs::symlink,
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::{Value, json};

use crate::support::{CANARY, Found, Scene, tree};

/// Operations run while exchanges go on.
const RUNS: usize = 150;
/// Exchanges that go on meanwhile, at least; there are far more.
const EXCHANGES_MIN: usize = 1_000;

/// Exchanges `a` and `b` beneath the root while `configuration` runs again and again, and `prepare`
/// before each. Nothing outside may change, and nothing of it come in.
fn race(scene: &Scene, a: &str, b: &str, configuration: &Value, prepare: impl Fn()) {
    let (a, b) = (scene.path("root").join(a), scene.path("root").join(b));
    let outside = || [tree(&scene.path("outside")), tree(&scene.path("data"))];
    let (before, is_over) = (outside(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut n_exchanges = 0;
            while !is_over.load(Ordering::Acquire) {
                // May fail while an operation has taken one of the two away.
                match renameat_with(CWD, &a, CWD, &b, RenameFlags::EXCHANGE) {
                    Ok(()) => n_exchanges += 1,
                    Err(_) => std::thread::yield_now(),
                }
            }
            assert!(n_exchanges >= EXCHANGES_MIN, "{n_exchanges}");
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for _ in 0..RUNS {
            prepare();
            runtime.block_on(scene.run(configuration.clone()));
        }
        is_over.store(true, Ordering::Release);
    });
    assert_eq!(outside(), before, "{configuration}");
    for (path, found) in tree(&scene.path("root")) {
        let Found::File { bytes, .. } = found else { continue };
        let is_link = path.file_name().is_some_and(|name| name == "linked" || name == "swapped");
        assert!(is_link || bytes != CANARY.as_bytes(), "{} leaked", path.display());
    }
}

fn configuration(scene: &Scene, operation: &str, source: &str, to: &str) -> Value {
    json!({
        "operation": operation, "sourcePath": scene.root(source), "recursive": true,
        "destinationPath": scene.root(to), "archivePath": format!("{}/", scene.root(to)),
        "compression": "zstd"
    })
}

#[test]
fn a_source_folder_that_becomes_a_link_leads_nowhere() {
    for operation in ["Delete", "Copy", "Move", "Compress"] {
        for source in ["in/sub/*", "in/*"] {
            let scene = Scene::new();
            scene.write("in/sub/secret.txt", "plain");
            symlink(scene.path("outside"), scene.path("root/link")).unwrap();
            let given = configuration(&scene, operation, source, "out");
            race(&scene, "in/sub", "link", &given, || {
                // Through whichever of the two is a folder now: never through the link.
                if let Ok(true) = scene.path("root/in/sub").symlink_metadata().map(|m| m.is_dir()) {
                    let new = scene.path("root/new");
                    fs::write(&new, "plain").unwrap();
                    renamed_into(&new, &scene.path("root/in/sub"));
                }
            });
        }
    }
}

/// Puts `file` into `folder` unless that is a link.
fn renamed_into(file: &std::path::Path, folder: &std::path::Path) {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    if let Ok(folder) = rustix::fs::open(folder, flags, Mode::empty()) {
        rustix::fs::renameat(CWD, file, folder, "secret.txt").unwrap();
    }
}

#[test]
fn a_destination_that_becomes_a_link_leads_nowhere() {
    for operation in ["Copy", "Move", "Compress"] {
        for to in ["out", "out/new"] {
            let scene = Scene::new();
            fs::create_dir(scene.path("root/out")).unwrap();
            symlink(scene.path("outside"), scene.path("root/link")).unwrap();
            let given = configuration(&scene, operation, "in/*", to);
            race(&scene, "out", "link", &given, || {
                scene.write("in/secret.txt", "plain");
                scene.write("in/x/secret.txt", "plain");
            });
        }
    }
}

#[test]
fn a_file_that_becomes_a_link_or_the_database_is_not_read() {
    for operation in ["Copy", "Compress"] {
        for is_hard in [false, true] {
            let scene = Scene::new();
            scene.write("in/swapped", "plain");
            let (target, link) = (scene.path("data/horarium.db"), scene.path("root/linked"));
            if is_hard {
                fs::hard_link(target, link).unwrap();
            } else {
                symlink(target, link).unwrap();
            }
            let given = configuration(&scene, operation, "in/swapped", "out");
            race(&scene, "in/swapped", "linked", &given, || {});
            if operation == "Copy" && scene.has("out/swapped") {
                assert_eq!(scene.read("out/swapped"), "plain");
            }
            if operation == "Compress" && scene.has("out/swapped.zst") {
                let archive = fs::read(scene.path("root/out/swapped.zst")).unwrap();
                assert_eq!(zstd::decode_all(&archive[..]).unwrap(), b"plain");
            }
        }
    }
}
