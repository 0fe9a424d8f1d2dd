//! No path leads out of a root, and none to the server's own files.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt, symlink},
    path::PathBuf,
};

use horarium_worker::{Ending, Stop};
use rustix::fs::FlockOperation;
use serde_json::{Value, json};

use crate::{
    support::{CANARY, Found, Scene, assignment, runner, tree},
    vectors::ways_out,
};

/// All that no operation may change.
fn untouchable(scene: &Scene) -> BTreeMap<PathBuf, Found> {
    let mut all = tree(&scene.path("outside"));
    for folder in ["data", "root-evil", "root/data"] {
        let path = scene.path(folder);
        all.extend(path.is_dir().then(|| tree(&path)).into_iter().flatten());
    }
    all
}

/// Plain copies of a canary beneath the root, outside of the data directory.
fn leaked(scene: &Scene) -> Vec<PathBuf> {
    let is_leak = |(path, found): (PathBuf, Found)| match found {
        Found::File { bytes, .. } if !path.starts_with(scene.path("root/data")) => {
            let is_canary = bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
            is_canary.then_some(path)
        }
        Found::File { .. } | Found::Folder | Found::Link(_) | Found::Special => None,
    };
    tree(&scene.path("root")).into_iter().filter_map(is_leak).collect()
}

fn tries(scene: &Scene, way: &str) -> Vec<Value> {
    let (inside, out) = (scene.root("in/*"), scene.root("out"));
    let mut tries = vec![];
    for ending in ["", "*", "secret.txt", "horarium.db", "?*", "../*", "..", "."] {
        let source = format!("{way}{ending}");
        for operation in ["Delete", "Copy", "Move"] {
            tries.push(json!({
                "operation": operation, "sourcePath": source, "destinationPath": out,
                "recursive": true, "deleteEmptyDirectories": true
            }));
        }
        tries.push(json!({
            "operation": "Compress", "sourcePath": source, "archivePath": scene.root("out/all"),
            "compression": "tar+zstd"
        }));
    }
    for ending in ["", "secret.txt", "horarium.db", "new", "new/", "../x", ".."] {
        let to = format!("{way}{ending}");
        for operation in ["Copy", "Move", "Archive"] {
            tries.push(json!({
                "operation": operation, "sourcePath": inside, "destinationPath": to
            }));
        }
        for compression in ["zip", "gzip"] {
            tries.push(json!({
                "operation": "Compress", "sourcePath": inside, "archivePath": to,
                "compression": compression
            }));
        }
    }
    tries
}

#[tokio::test]
async fn no_path_leads_out_of_a_root() {
    let scene = Scene::new();
    let ways = ways_out(&scene);
    assert!(ways.len() >= 100, "{}", ways.len());
    // Named like what is wanted outside, so that a copy in the wrong place would show.
    for name in ["secret.txt", "horarium.db", "new"] {
        scene.write(&format!("in/{name}"), "");
    }
    let before = untouchable(&scene);
    let mut n_tries = 0;
    for way in &ways {
        for configuration in tries(&scene, way) {
            let attempted = scene.run(configuration.clone()).await;
            let failed = matches!(attempted.ending, Ending::Failed { .. } | Ending::Succeeded);
            assert!(failed, "{configuration}: {:?}", attempted.ending);
            n_tries += 1;
        }
        assert_eq!(untouchable(&scene), before, "{way:?}");
        assert_eq!(leaked(&scene), Vec::<PathBuf>::new(), "{way:?}");
        for name in ["secret.txt", "horarium.db", "new"] {
            scene.write(&format!("in/{name}"), "");
        }
    }
    assert!(n_tries > 5_000, "{n_tries}");
    // The same operations do their work where they may.
    for configuration in tries(&scene, &scene.root("in/")).iter().take(4) {
        scene.write("in/new", "");
        scene.done(configuration.clone()).await;
    }
    assert!(scene.has("out/new") && scene.has("out/all") && !scene.has("in/secret.txt"));
}

#[tokio::test]
async fn what_is_refused_says_why_and_is_not_tried_again() {
    let scene = Scene::new();
    ways_out(&scene);
    scene.write("in/a", "");
    let check = async |path: String, expect: &str| {
        for configuration in [
            json!({"operation": "Delete", "sourcePath": format!("{path}/*")}),
            json!({
                "operation": "Move", "sourcePath": scene.root("in/a"), "destinationPath": path
            }),
            json!({
                "operation": "Compress", "sourcePath": scene.root("in/a"),
                "archivePath": format!("{path}/a.zip")
            }),
        ] {
            let (error, retryable) = scene.failed(configuration).await;
            assert!(error.contains(expect) && !retryable, "{error}");
        }
    };
    let outside = scene.path("outside").display().to_string();
    check(outside, "is outside the allowed scheduler file roots. (files.roots)").await;
    check(scene.root("../outside"), "must not contain `..`").await;
    check(scene.root("in/\0"), "must not contain NUL").await;
    check("in".to_owned(), "must be absolute").await;
    check(scene.root("to-outside"), "`to-outside` is a symbolic link, which is not followed").await;
    check(scene.root("in/file"), "`in/file` is not a folder").await;
    let scene = Scene::with_data_in_root();
    scene.write("in/a", "");
    let given = json!({"operation": "Delete", "sourcePath": scene.root("data/*")});
    let expect = "`data` belongs to the server's data directory".to_owned();
    assert_eq!(scene.failed(given).await, (expect, false));
}

#[tokio::test]
async fn a_data_directory_in_a_root_stays_as_it_is() {
    for operation in ["Delete", "Move", "Copy", "Archive", "Compress"] {
        let scene = Scene::with_data_in_root();
        scene.write("in/a", "");
        symlink("data", scene.path("root/to-data")).unwrap();
        let before = untouchable(&scene);
        let given = json!({
            "operation": operation, "sourcePath": scene.root(""), "recursive": true,
            "destinationPath": scene.root("out"), "archivePath": scene.root("out.zip"),
            "deleteEmptyDirectories": true
        });
        let text = scene.done(given).await;
        let expect = "Skipped data: `data` belongs to the server's data directory\n";
        let text = text.replace(scene.root("").trim_end_matches('/'), "");
        assert!(text.contains(expect), "{text}");
        assert_eq!(untouchable(&scene), before);
        assert_eq!(leaked(&scene), Vec::<PathBuf>::new());
    }
}

#[tokio::test]
async fn another_name_of_the_servers_files_is_refused() {
    let scene = Scene::new();
    scene.write("in/a", "plain");
    for (at, name) in ["horarium.db", "horarium.db-wal", "key", "backups/1.db"].iter().enumerate() {
        let link = scene.path(&format!("root/in/link-{at}"));
        fs::hard_link(scene.path("data").join(name), link).unwrap();
    }
    let before = untouchable(&scene);
    for operation in ["Copy", "Compress", "Delete", "Archive"] {
        let given = json!({
            "operation": operation, "sourcePath": scene.root("in/link-*"),
            "destinationPath": scene.root("out"), "archivePath": scene.root("out.zip")
        });
        let text = scene.done(given).await;
        let expect = "Skipped in/link-0: belongs to the server's data directory\n";
        assert!(text.contains(expect) && text.contains("4 skipped"), "{text}");
    }
    // Nor is such a name taken from it.
    fs::rename(scene.path("root/in/link-0"), scene.path("root/in/a.zip")).unwrap();
    for configuration in [
        json!({"operation": "Compress", "sourcePath": scene.root("in/a")}),
        json!({
            "operation": "Compress", "sourcePath": scene.root("in/a"), "compression": "zstd",
            "archivePath": scene.root("in/link-1")
        }),
    ] {
        let (error, retryable) = scene.failed(configuration).await;
        assert!(error.ends_with("belongs to the server's data directory"), "{error}");
        assert!(!retryable);
    }
    assert_eq!(untouchable(&scene), before);
    assert!(!scene.has("out") && !scene.has("out.zip"));
}

/// A POSIX lock goes when its process closes any handle of the file (fcntl(2)): SQLite's would, and
/// another server could write too.
#[tokio::test]
async fn a_refused_database_keeps_its_locks() {
    let scene = Scene::new();
    let database = fs::File::options().write(true).open(scene.path("data/horarium.db")).unwrap();
    rustix::fs::fcntl_lock(&database, FlockOperation::NonBlockingLockExclusive).unwrap();
    fs::hard_link(scene.path("data/horarium.db"), scene.path("root/in/link")).unwrap();
    let inode = format!(":{} ", database.metadata().unwrap().ino());
    let is_locked = || fs::read_to_string("/proc/locks").unwrap().contains(&inode);
    assert!(is_locked());
    for operation in ["Delete", "Move", "Copy", "Archive", "Compress"] {
        for source in ["in/link", "in/*", "", "../data/*"] {
            let given = json!({
                "operation": operation, "sourcePath": scene.root(source), "recursive": true,
                "destinationPath": scene.root("out"), "archivePath": scene.root("in/link")
            });
            scene.run(given).await;
            assert!(is_locked(), "{operation} {source}");
        }
    }
    drop(fs::File::open(scene.path("root/in/link")).unwrap());
    assert!(!is_locked(), "what must not happen");
}

#[tokio::test]
async fn a_root_in_the_data_directory_is_refused() {
    let scene = Scene::new();
    let before = untouchable(&scene);
    for root in ["data", "data/backups"] {
        let runner = runner(&[scene.path(root)], scene.path("data"));
        let source = scene.path(root).join("*").display().to_string();
        let given = json!({"operation": "Delete", "sourcePath": source});
        let attempted = runner.run(assignment(given), Stop::new()).await;
        let Ending::Failed { error, retryable: false, .. } = attempted.ending else {
            panic!("{attempted:?}")
        };
        assert!(error.contains("belongs to the server's data directory"), "{error}");
    }
    assert_eq!(untouchable(&scene), before);
}

#[tokio::test]
async fn a_root_that_a_link_leads_to_is_known_by_both_names() {
    let scene = Scene::new();
    symlink(scene.path("root"), scene.path("link")).unwrap();
    let runner = runner(&[scene.path("link")], scene.path("data"));
    for way in ["link", "root"] {
        scene.write("in/a", "");
        let source = scene.path(way).join("in/a").display().to_string();
        let given = json!({"operation": "Delete", "sourcePath": source});
        let attempted = runner.run(assignment(given), Stop::new()).await;
        assert_eq!(attempted.ending, Ending::Succeeded);
        assert!(!scene.has("in/a"));
    }
}
