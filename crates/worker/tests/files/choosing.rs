//! Which files an operation is for: patterns, ages, folders, bounds.

use std::fs;

use horarium_worker::kinds::ENTRIES_MAX;
use serde_json::{Value, json};

use crate::support::{Scene, runner};

#[tokio::test]
async fn a_file_is_old_enough_at_its_age_to_the_second() {
    let check = async |hours: Value, days: Value, expect: &[&str]| {
        let scene = Scene::new();
        for (name, age) in [("in/0", 0), ("in/23", 23), ("in/24", 24), ("in/48", 48)] {
            scene.write(name, "");
            scene.age(name, age);
        }
        let given = json!({
            "operation": "DeleteOldFiles", "sourcePath": scene.root("in/*"),
            "olderThanHours": hours, "deleteAfterDays": days
        });
        let text = scene.done(given).await;
        assert_eq!(scene.names()[1..], *expect, "{text}");
        let n_young = expect.len();
        assert_eq!(text.contains(&format!("{n_young} not old enough")), n_young > 0, "{text}");
    };
    check(json!(null), json!(null), &[]).await;
    check(json!(0), json!(null), &[]).await;
    check(json!(1), json!(null), &["in/0"]).await;
    check(json!(24), json!(null), &["in/0", "in/23"]).await;
    check(json!(null), json!(1), &["in/0", "in/23"]).await;
    check(json!(1), json!(2), &["in/0", "in/23", "in/24"]).await;
    check(json!(49), json!(1), &["in/0", "in/23", "in/24", "in/48"]).await;
}

#[tokio::test]
async fn an_age_chooses_for_every_operation() {
    for operation in ["Move", "Copy", "Archive", "Compress"] {
        let scene = Scene::new();
        scene.write("in/old", "");
        scene.write("in/new", "");
        scene.age("in/old", 2);
        scene.age("in/new", 0);
        let given = json!({
            "operation": operation, "sourcePath": scene.root("in/*"), "olderThanHours": 1,
            "destinationPath": scene.root("out"), "archivePath": scene.root("out/")
        });
        let text = scene.done(given).await;
        assert!(text.contains("1 files") && text.contains("1 not old enough"), "{text}");
        assert!(scene.has("in/new") && !scene.has("out/new"), "{text}");
    }
}

#[tokio::test]
async fn empty_folders_go_when_asked_and_the_source_folder_stays() {
    let scene = || {
        let scene = Scene::new();
        scene.write("in/a.log", "");
        scene.write("in/x/y/b.log", "");
        scene.write("in/kept/c.txt", "");
        fs::create_dir_all(scene.path("root/in/empty/deep")).unwrap();
        fs::create_dir_all(scene.path("root/in/bare")).unwrap();
        scene
    };
    let given = |scene: &Scene, recursive: bool, removes: bool| {
        json!({
            "operation": "Delete", "sourcePath": scene.root("in/*.log"), "recursive": recursive,
            "deleteEmptyDirectories": removes
        })
    };
    let deep = scene();
    deep.done(given(&deep, true, true)).await;
    assert_eq!(deep.names(), ["in/", "in/kept/", "in/kept/c.txt"]);
    let flat = scene();
    let text = flat.done(given(&flat, false, true)).await;
    assert!(text.contains("Deleted empty folder in/bare\n"), "{text}");
    assert!(!flat.has("in/bare") && flat.has("in/empty/deep") && flat.has("in/x/y/b.log"));
    let kept = scene();
    kept.done(given(&kept, true, false)).await;
    assert!(kept.has("in/bare") && kept.has("in/x/y") && !kept.has("in/x/y/b.log"));
}

#[tokio::test]
async fn a_root_in_a_root_is_not_removed() {
    let scene = Scene::new();
    fs::create_dir(scene.path("root/in/inner")).unwrap();
    let roots = [scene.path("root"), scene.path("root/in/inner")];
    let runner = runner(&roots, scene.path("data"));
    let given = json!({
        "operation": "Delete", "sourcePath": scene.root(""), "recursive": true,
        "deleteEmptyDirectories": true
    });
    let attempted = runner.run(crate::support::assignment(given), horarium_worker::Stop::new());
    attempted.await;
    assert!(scene.has("in/inner"));
}

#[tokio::test]
async fn wildcards_are_for_the_last_part() {
    let scene = Scene::new();
    scene.write("in/a", "");
    let given = json!({"operation": "Delete", "sourcePath": scene.root("*/a")});
    let (error, _) = scene.failed(given).await;
    assert_eq!(error, "sourcePath: `*` and `?` are for names in its last part");
}

#[tokio::test]
async fn one_run_looks_at_so_many_entries_and_says_when_there_are_more() {
    let scene = Scene::new();
    for n in 0..ENTRIES_MAX {
        fs::File::create(scene.path(&format!("root/in/{n}"))).unwrap();
    }
    let delete = |dry_run: bool| json!({"operation": "Delete", "sourcePath": scene.root("in/"), "dryRun": dry_run});
    assert!(scene.done(delete(true)).await.contains("Would delete 100000 files"));
    scene.write("in/more", "");
    let expect = "`in`: more than 100000 files and folders in one run".to_owned();
    assert_eq!(scene.failed(delete(false)).await, (expect, false));
    assert_eq!(scene.names().len(), 2, "the rest waits for the next run");
    scene.done(delete(false)).await;
    assert_eq!(scene.names(), ["in/"]);
}

#[tokio::test]
async fn one_run_goes_so_deep_and_says_when_there_is_more() {
    let check = async |depth: usize, expect: bool| {
        let scene = Scene::new();
        scene.write(&format!("in/{}a", "x/".repeat(depth)), "");
        let given =
            json!({"operation": "Delete", "sourcePath": scene.root("in/"), "recursive": true});
        let attempted = scene.run(given).await;
        let is_done = attempted.ending == horarium_worker::Ending::Succeeded;
        assert_eq!(is_done, expect, "{}", attempted.output.text);
        assert_eq!(attempted.output.text.contains("deeper than 64 folders"), !expect);
    };
    check(64, true).await;
    check(65, false).await;
}
