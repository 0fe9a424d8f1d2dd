//! Every compression, to one archive, to one a file, and once more over what is there.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    os::unix::fs::PermissionsExt,
    path::Path,
};

use horarium_worker::Ending;
use serde_json::{Value, json};

use crate::support::Scene;

/// What an archive holds, by name; a stream's only file has no name.
fn held(path: &Path, compression: &str) -> BTreeMap<String, String> {
    let file = File::open(path).unwrap();
    match compression {
        "zip" => held_by_zip(file),
        "tar+zstd" => {
            let mut archive = tar::Archive::new(zstd::Decoder::new(file).unwrap());
            let entries = archive.entries().unwrap().map(Result::unwrap);
            let read = |mut entry: tar::Entry<'_, _>| {
                let name = entry.path().unwrap().display().to_string();
                (name, text(&mut entry))
            };
            entries.map(read).collect()
        }
        "gzip" => [(String::new(), text(&mut flate2::read::GzDecoder::new(file)))].into(),
        "zstd" => [(String::new(), text(&mut zstd::Decoder::new(file).unwrap()))].into(),
        other => panic!("{other}"),
    }
}

fn held_by_zip(file: File) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let n_entries = archive.len();
    let entry = |at| {
        let mut entry = archive.by_index(at).unwrap();
        (entry.name().unwrap().into_owned(), text(&mut entry))
    };
    (0..n_entries).map(entry).collect()
}

fn text(from: &mut impl Read) -> String {
    let mut text = String::new();
    from.read_to_string(&mut text).unwrap();
    text
}

fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn compress(scene: &Scene, source: &str, archive: Option<&str>, compression: &str) -> Value {
    json!({
        "operation": "Compress", "sourcePath": scene.root(source), "recursive": true,
        "archivePath": archive.map(|archive| scene.root(archive)), "compression": compression
    })
}

#[tokio::test]
async fn one_archive_holds_all_and_keeps_what_it_had() {
    for compression in ["zip", "tar+zstd"] {
        let scene = Scene::new();
        let long = format!("in/{}/name", "long".repeat(60));
        scene.write("in/a.txt", "a");
        scene.write("in/x/b.txt", &"b".repeat(3_000_000));
        scene.write(&long, "deep");
        let given = compress(&scene, "in/*", Some("out/all"), compression);
        let text = scene.done(given.clone()).await;
        assert!(text.starts_with("Compressed in/a.txt into out/all\n"), "{text}");
        assert!(text.ends_with("Compressed 3 files (3000005 bytes)\n"), "{text}");
        assert_eq!(scene.read("in/a.txt"), "a", "the source stays");
        let archive = scene.path("root/out/all");
        assert_eq!(fs::metadata(&archive).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_dir_all(scene.path("root/in/x")).unwrap();
        scene.write("in/a.txt", "newer");
        scene.write("in/c.txt", "c");
        for _ in 0..2 {
            scene.done(given.clone()).await;
            let b = "b".repeat(3_000_000);
            let expect =
                [("a.txt", "newer"), ("c.txt", "c"), (&long[3..], "deep"), ("x/b.txt", &b)];
            assert!(held(&archive, compression) == pairs(&expect), "{compression}");
        }
        let names = scene.names();
        assert!(!names.iter().any(|name| name.contains(".tmp")), "{names:?}");
    }
}

#[tokio::test]
async fn a_zip_holds_ten_thousand_files() {
    let scene = Scene::new();
    let files = 0..10_000;
    for n in files.clone() {
        scene.write(&format!("in/{}/{n}", n % 100), &n.to_string());
    }
    let text = scene.done(compress(&scene, "in/*", Some("out/all.zip"), "zip")).await;
    assert!(text.ends_with("Compressed 10000 files (38890 bytes)\n"), "{text}");
    let expect: BTreeMap<String, String> =
        files.map(|n| (format!("{}/{n}", n % 100), n.to_string())).collect();
    assert!(held(&scene.path("root/out/all.zip"), "zip") == expect);
}

#[tokio::test]
async fn each_file_has_its_own_archive_beside_it_or_in_a_folder() {
    for (compression, name, inner) in [
        ("zip", "a.zip", "a.txt"),
        ("tar+zstd", "a.tar.zst", "a.txt"),
        ("gzip", "a.txt.gz", ""),
        ("zstd", "a.txt.zst", ""),
    ] {
        let scene = Scene::new();
        scene.write("in/a.txt", "first");
        scene.write("in/x/a.txt", "second");
        for n in 0..2 {
            let text = scene.done(compress(&scene, "in/*", None, compression)).await;
            assert_eq!(text.contains("is compressed already"), n > 0, "{text}");
            scene.done(compress(&scene, "in/*.txt", Some("out/"), compression)).await;
            for folder in ["in", "out"] {
                let at = |path: String| held(&scene.path(&path), compression);
                assert_eq!(at(format!("root/{folder}/{name}")), pairs(&[(inner, "first")]));
                assert_eq!(at(format!("root/{folder}/x/{name}")), pairs(&[(inner, "second")]));
            }
        }
        assert_eq!(scene.names().len(), 10, "{:?}", scene.names());
    }
}

#[tokio::test]
async fn files_of_one_stem_share_a_zip() {
    let scene = Scene::new();
    scene.write("in/a.txt", "1");
    scene.write("in/a.csv", "2");
    scene.done(compress(&scene, "in/a.*", None, "zip")).await;
    let expect = pairs(&[("a.csv", "2"), ("a.txt", "1")]);
    assert_eq!(held(&scene.path("root/in/a.zip"), "zip"), expect);
}

#[tokio::test]
async fn a_stream_holds_one_file() {
    for compression in ["gzip", "zstd"] {
        let scene = Scene::new();
        scene.write("in/a", "1");
        let given = compress(&scene, "in/*", Some("out/one"), compression);
        scene.done(given.clone()).await;
        assert_eq!(held(&scene.path("root/out/one"), compression), pairs(&[("", "1")]));
        scene.write("in/a", "2");
        scene.done(given.clone()).await;
        assert_eq!(held(&scene.path("root/out/one"), compression), pairs(&[("", "2")]));
        scene.write("in/b", "3");
        let (error, retryable) = scene.failed(given).await;
        assert!(error.starts_with("gzip and zstd hold one file") && !retryable, "{error}");
        assert_eq!(held(&scene.path("root/out/one"), compression), pairs(&[("", "2")]));
        assert_eq!(scene.names().len(), 5, "{:?}", scene.names());
    }
}

#[tokio::test]
async fn the_archive_is_not_in_itself() {
    let scene = Scene::new();
    scene.write("in/a", "1");
    let given = compress(&scene, "in/*", Some("in/all.zip"), "zip");
    scene.done(given.clone()).await;
    let text = scene.done(given).await;
    assert!(text.contains("Skipped in/all.zip: is the archive itself"), "{text}");
    assert_eq!(held(&scene.path("root/in/all.zip"), "zip"), pairs(&[("a", "1")]));
}

#[tokio::test]
async fn what_is_not_an_archive_is_not_replaced() {
    for compression in ["zip", "tar+zstd"] {
        let scene = Scene::new();
        scene.write("in/a", "1");
        scene.write("out/all", "a letter");
        let (error, retryable) =
            scene.failed(compress(&scene, "in/*", Some("out/all"), compression)).await;
        assert!(error.starts_with("`out/all` is there and cannot be added to: "), "{error}");
        assert!(!retryable);
        assert_eq!(scene.read("out/all"), "a letter");
        assert_eq!(scene.names(), ["in/", "in/a", "out/", "out/all"]);
    }
}

#[tokio::test]
async fn an_archive_has_a_bound() {
    let scene = Scene::new();
    scene.write("in/a", "");
    let file = File::options().write(true).open(scene.path("root/in/a")).unwrap();
    file.set_len(10 * 1024 * 1024 * 1024 + 1).unwrap();
    for compression in ["zip", "tar+zstd", "gzip", "zstd"] {
        for archive in [Some("out/all"), None] {
            let (error, retryable) =
                scene.failed(compress(&scene, "in/*", archive, compression)).await;
            assert!(error.contains("more than 10 GiB for one archive") && !retryable, "{error}");
        }
    }
    let names = |path| fs::read_dir(scene.path(path)).unwrap().count();
    assert_eq!((names("root/in"), names("root/out")), (1, 0));
}

#[tokio::test]
async fn nothing_found_makes_no_archive() {
    let scene = Scene::new();
    for archive in [Some("out/all.zip"), Some("out/"), None] {
        let attempted = scene.run(compress(&scene, "in/*.txt", archive, "zip")).await;
        assert_eq!(attempted.ending, Ending::Succeeded);
    }
    assert_eq!(scene.names(), ["in/"]);
}
