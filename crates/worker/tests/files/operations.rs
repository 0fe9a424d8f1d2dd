//! What each operation does to files that nothing is wrong with, and to some that something is.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use horarium_worker::{Ending, Stop};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::json;

use crate::support::{Scene, assignment, runner};

#[tokio::test]
async fn delete_removes_what_matches_and_says_so() {
    for word in ["Delete", "deleteoldfiles"] {
        let scene = Scene::new();
        scene.write("in/a.log", "12");
        scene.write("in/b.log", "345");
        scene.write("in/c.txt", "");
        scene.write("in/deep/d.log", "");
        let given = json!({"operation": word, "sourcePath": scene.root("in/*.log")});
        let expect = "Deleted in/a.log\nDeleted in/b.log\nDeleted 2 files (5 bytes)\n";
        assert_eq!(scene.done(given).await, expect);
        assert_eq!(scene.names(), ["in/", "in/c.txt", "in/deep/", "in/deep/d.log"]);
    }
}

#[tokio::test]
async fn move_and_archive_fill_a_folder_and_replace_what_is_there() {
    for word in ["Move", "ARCHIVE"] {
        let scene = Scene::new();
        scene.write("in/a.txt", "new");
        scene.write("in/b.txt", "b");
        scene.write("out/2026/a.txt", "old");
        let given = json!({
            "operation": word, "sourcePath": scene.root("in/"),
            "destinationPath": scene.root("out/2026")
        });
        let expect = "Moved in/a.txt to out/2026/a.txt\nMoved in/b.txt to out/2026/b.txt\n\
            Moved 2 files (4 bytes)\n";
        assert_eq!(scene.done(given).await, expect);
        assert_eq!(scene.names(), ["in/", "out/", "out/2026/", "out/2026/a.txt", "out/2026/b.txt"]);
        assert_eq!(scene.read("out/2026/a.txt"), "new");
    }
}

#[tokio::test]
async fn a_file_moves_between_two_file_systems_as_it_is() {
    let (scene, disk) = (Scene::new(), tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap());
    let device = |path: &std::path::Path| path.metadata().unwrap().dev();
    if device(disk.path()) == device(&scene.path("root")) {
        eprintln!("skipped: there is only one file system here");
        return;
    }
    scene.write("in/x/a", "text");
    scene.age("in/x/a", 5);
    let path = scene.path("root/in/x/a");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    std::os::unix::fs::chown(&path, Some(12_345), Some(54_321)).unwrap_or_default();
    let before = path.metadata().unwrap();
    let runner = runner(&[scene.path("root"), disk.path().to_owned()], scene.path("data"));
    let given = json!({
        "operation": "Move", "sourcePath": scene.root("in/*"), "recursive": true,
        "destinationPath": disk.path().join("out")
    });
    let attempted = runner.run(assignment(given), Stop::new()).await;
    assert_eq!(attempted.ending, Ending::Succeeded, "{}", attempted.output.text);
    let after = disk.path().join("out/x/a").metadata().unwrap();
    let what = |m: &std::fs::Metadata| (m.mode(), m.uid(), m.gid(), m.mtime(), m.mtime_nsec());
    assert_eq!(what(&after), what(&before));
    assert_eq!(std::fs::read_to_string(disk.path().join("out/x/a")).unwrap(), "text");
    assert_eq!(scene.names(), ["in/", "in/x/"]);
}

#[tokio::test]
async fn copy_keeps_the_source_and_its_mode_and_time() {
    let scene = Scene::new();
    scene.write("in/a.sh", "text");
    scene.age("in/a.sh", 5);
    let path = scene.path("root/in/a.sh");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o4750)).unwrap();
    let given = json!({
        "operation": "Copy", "sourcePath": scene.root("in/*"), "destinationPath": scene.root("out/")
    });
    let expect = "Copied in/a.sh to out/a.sh\nCopied 1 files (4 bytes)\n";
    assert_eq!(scene.done(given.clone()).await, expect);
    let copied = scene.path("root/out/a.sh").metadata().unwrap();
    assert_eq!(copied.mode() & 0o7777, 0o750, "and never setuid");
    assert_eq!(copied.mtime(), path.metadata().unwrap().mtime());
    assert_eq!(scene.path("root/out").metadata().unwrap().mode() & 0o777, 0o700);
    assert_eq!(scene.done(given).await, expect, "again replaces it");
    assert_eq!(scene.names(), ["in/", "in/a.sh", "out/", "out/a.sh"]);
}

#[tokio::test]
async fn recursion_makes_the_folders_again_and_leaves_the_destination_alone() {
    let scene = Scene::new();
    scene.write("in/a.txt", "");
    scene.write("in/x/b.txt", "");
    scene.write("in/x/y/c.txt", "");
    let given = json!({
        "operation": "Move", "sourcePath": scene.root("in/*.txt"), "recursive": true,
        "destinationPath": scene.root("in/x/out"), "deleteEmptyDirectories": true
    });
    scene.done(given.clone()).await;
    let expect = ["in/", "in/x/", "in/x/out/", "in/x/out/a.txt", "in/x/out/x/", "in/x/out/x/b.txt"];
    let deep = ["in/x/out/x/y/", "in/x/out/x/y/c.txt"];
    assert_eq!(scene.names(), [&expect[..], &deep].concat());
    let again = scene.done(given).await;
    assert_eq!(again, "Moved 0 files (0 bytes)\n");
}

#[tokio::test]
async fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let scene = Scene::new();
    scene.write("in/a.txt", "1");
    scene.write("in/x/b.txt", "2");
    let before = scene.names();
    let run = async |operation: &str, more: &str| {
        let given = json!({
            "operation": operation, "sourcePath": scene.root("in/*"), "recursive": true,
            "destinationPath": scene.root("out"), "deleteEmptyDirectories": true, "dryRun": true,
            "archivePath": format!("{}{more}", scene.root("out"))
        });
        let text = scene.done(given).await;
        assert_eq!(scene.names(), before, "{operation}");
        text
    };
    let expect = "Would delete in/a.txt\nWould delete in/x/b.txt\nWould delete empty folder in/x\n\
        Would delete 2 files (2 bytes), 1 empty folders deleted\n";
    assert_eq!(run("Delete", "").await, expect);
    let expect = "Would move in/a.txt to out/a.txt\nWould move in/x/b.txt to out/x/b.txt\n";
    assert!(run("Archive", "").await.starts_with(expect));
    let expect = "Would copy in/a.txt to out/a.txt\nWould copy in/x/b.txt to out/x/b.txt\n\
        Would copy 2 files (2 bytes)\n";
    assert_eq!(run("Copy", "").await, expect);
    let expect = "Would compress in/a.txt into out.zip\nWould compress in/x/b.txt into out.zip\n";
    assert!(run("Compress", ".zip").await.starts_with(expect));
    let expect =
        "Would compress in/a.txt into out/a.zip\nWould compress in/x/b.txt into out/x/b.zip";
    assert!(run("Compress", "/").await.starts_with(expect));
}

#[tokio::test]
async fn what_is_missing_is_nothing_to_do() {
    let scene = Scene::new();
    for operation in ["Delete", "Move", "Copy", "Archive", "Compress"] {
        let given = json!({
            "operation": operation, "sourcePath": scene.root("no/such/*"),
            "destinationPath": scene.root("out")
        });
        let text = scene.done(given).await;
        assert!(text.starts_with("no/such/ does not exist: nothing to do\n"), "{text}");
    }
    assert_eq!(scene.names(), ["in/"]);
    let folder = json!({"operation": "Delete", "sourcePath": scene.root("in")});
    assert!(scene.done(folder).await.starts_with("Skipped in: is a folder"));
}

#[tokio::test]
async fn what_is_no_plain_file_is_left_and_the_others_are_done() {
    let scene = Scene::new();
    scene.write("in/a", "");
    scene.write("in/z", "");
    let fifo = scene.path("root/in/fifo");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(scene.path("root/in/socket")).unwrap();
    symlink("a", scene.path("root/in/link")).unwrap();
    for operation in ["Copy", "Move"] {
        let given = json!({
            "operation": operation, "sourcePath": scene.root("in/*"),
            "destinationPath": scene.root("out")
        });
        let text = scene.done(given).await;
        assert!(text.contains("Skipped in/fifo: is a device, a FIFO or a socket\n"), "{text}");
        assert!(text.contains("Skipped in/socket: is a device") && text.contains("3 skipped"));
        assert!(text.contains("Skipped in/link: is a symbolic link\n"), "{text}");
    }
    assert_eq!(scene.names(), ["in/", "in/fifo", "in/link", "in/socket", "out/", "out/a", "out/z"]);
}

#[tokio::test]
async fn one_failure_holds_up_no_other_file() {
    let scene = Scene::new();
    for name in ["in/a", "in/b", "in/c", "out/b/taken"] {
        scene.write(name, "");
    }
    let given = json!({
        "operation": "Move", "sourcePath": scene.root("in/*"), "destinationPath": scene.root("out")
    });
    let expect = "1 of 3 failed, first: `out/b` is there and is not a regular file".to_owned();
    assert_eq!(scene.failed(given).await, (expect, false));
    assert_eq!(scene.names(), ["in/", "in/b", "out/", "out/a", "out/b/", "out/b/taken", "out/c"]);
}

#[tokio::test]
async fn a_line_break_in_a_name_begins_no_line() {
    let scene = Scene::new();
    scene.write("in/a\nDeleted everything", "");
    let given = json!({"operation": "Delete", "sourcePath": scene.root("in/*")});
    let expect = "Deleted in/a\\nDeleted everything\nDeleted 1 files (0 bytes)\n";
    assert_eq!(scene.done(given).await, expect);
}

#[tokio::test]
async fn source_and_destination_may_be_one_folder_or_one_file() {
    let scene = Scene::new();
    scene.write("in/a", "text");
    for operation in ["Move", "Copy"] {
        let given = json!({
            "operation": operation, "sourcePath": scene.root("in/*"),
            "destinationPath": scene.root("in")
        });
        assert!(scene.done(given).await.starts_with("Skipped in/a: is already there\n"));
    }
    scene.write("out/b", "");
    std::fs::hard_link(scene.path("root/in/a"), scene.path("root/out/a")).unwrap();
    let given = json!({
        "operation": "Move", "sourcePath": scene.root("in/*"), "destinationPath": scene.root("out")
    });
    scene.done(given).await;
    assert_eq!(scene.names(), ["in/", "out/", "out/a", "out/b"]);
    assert_eq!(scene.read("out/a"), "text");
}

#[tokio::test]
async fn a_word_that_is_not_known_fails_for_good_and_deletes_nothing() {
    let scene = Scene::new();
    scene.write("in/a", "");
    for word in ["", "Destroy", "deleteall", "Delete;"] {
        let given = json!({"operation": word, "sourcePath": scene.root("in/*")});
        let (error, retryable) = scene.failed(given).await;
        assert!(error.contains("is not known") && !retryable, "{error}");
    }
    let (error, _) = scene.failed(json!({"sourcePath": scene.root("in/*")})).await;
    assert_eq!(error, "reading jobConfiguration: missing field `operation`");
    assert!(scene.has("in/a"));
}

#[tokio::test]
async fn without_roots_every_file_is_refused() {
    let scene = Scene::new();
    scene.write("in/a", "");
    let runner = runner(&[], scene.path("data"));
    let given = json!({"operation": "Delete", "sourcePath": scene.root("in/*")});
    let attempted = runner.run(assignment(given), Stop::new()).await;
    let Ending::Failed { error, retryable: false, .. } = attempted.ending else { panic!() };
    assert!(error.contains("(files.roots)"), "{error}");
    assert!(scene.has("in/a"));
}
