//! Paths that try to leave a root, or to name what is the server's.

use std::{fs, os::unix::fs::symlink};

use crate::support::Scene;

/// Lays traps in the root, and lists the ways through them. Each is a folder with `/` at its end.
pub(crate) fn ways_out(scene: &Scene) -> Vec<String> {
    lay_traps(scene);
    let top = scene.path("").display().to_string();
    let top = top.trim_end_matches('/');
    let root = format!("{top}/root");
    let mut ways = vec![];
    for goal in ["outside", "data", "data/backups"] {
        // Said plainly, by their neighbours, by the kernel's views of a process.
        for way in ["", "//", "/.", "/./", "/../..", "/proc/self/root", "/proc/1/root", "/dev/fd/3"]
        {
            ways.push(format!("{way}{top}/{goal}/"));
        }
        for up in [
            "/..",
            "/../",
            "//..//",
            "/./..",
            "/../.",
            "/in/../..",
            "/in//..//..",
            "/in/./.././..",
            "/no-such/../..",
            "/in/../../root/..",
            "/..\0",
            "\0/..",
            "/in/..;/..",
            "/..%2f",
            "/%2e%2e",
            "/%2e%2e%2f",
            "/..%5c",
            "\\..",
            "/..\\",
            "/\u{ff0e}\u{ff0e}",
            "/\u{2024}\u{2024}",
            "/..\u{2215}",
            "/.. ",
            "/ ..",
            "/...",
            "/..\n",
            "/.\u{200b}.",
            "-evil/..",
            "/in/file/..",
        ] {
            ways.push(format!("{root}{up}/{goal}/"));
        }
        for link in ["to-top", "to-top-relative", "in/deep/to-top", "to-link", "to-itself"] {
            ways.push(format!("{root}/{link}/{goal}/"));
        }
        for link in ["to-slash", "to-proc/root", "to-proc/cwd/../../../../..", "to-proc-root"] {
            ways.push(format!("{root}/{link}{top}/{goal}/"));
        }
        ways.push(format!("{root}/to-{}/", goal.replace('/', "-")));
        ways.push(format!("{root}/in/to-{}/.//", goal.replace('/', "-")));
        ways.push(format!("../{goal}/"));
        ways.push(format!("file://{top}/{goal}/"));
        ways.push(format!("{root}{top}/../../../../../../{goal}/"));
    }
    for odd in [
        "",
        "/",
        "//",
        ".",
        "..",
        "./",
        "../",
        "~/",
        "~root/",
        "/~/",
        "\0",
        "/\0/",
        "C:\\",
        "\\\\host\\",
        "/proc/self/fd/",
        "/proc/self/environ/",
        "/dev/",
        "/dev/shm/../",
        "/sys/",
        "/etc/",
        "/tmp/",
        "*/",
        "?",
        "$HOME/",
        "{{Job.Name}}/../",
        "-rf /",
        "%00/",
        "/root-evil/",
    ] {
        ways.push(odd.to_owned());
    }
    ways.push(format!("{root}-evil/"));
    ways.push(format!("{top}/ROOT/"));
    ways.push(format!("{root}/{}/", "x".repeat(4_000)));
    ways.push(format!("{root}/{}", "x/".repeat(1_900)));
    ways.push(format!("{root}{}", "/..".repeat(1_000)));
    ways
}

fn lay_traps(scene: &Scene) {
    let top = scene.path("");
    let root = scene.path("root");
    fs::create_dir_all(root.join("in/deep")).unwrap();
    fs::write(root.join("in/file"), "").unwrap();
    fs::create_dir_all(scene.path("root-evil")).unwrap();
    fs::write(scene.path("root-evil/secret.txt"), crate::support::CANARY).unwrap();
    for (target, link) in [
        (top.as_path(), "to-top"),
        ("..".as_ref(), "to-top-relative"),
        ("../../..".as_ref(), "in/deep/to-top"),
        ("to-top".as_ref(), "to-link"),
        ("to-itself".as_ref(), "to-itself"),
        ("/".as_ref(), "to-slash"),
        ("/proc/self".as_ref(), "to-proc"),
        ("/proc/self/root".as_ref(), "to-proc-root"),
    ] {
        symlink(target, root.join(link)).unwrap();
    }
    for goal in ["outside", "data", "data/backups"] {
        let link = format!("to-{}", goal.replace('/', "-"));
        symlink(scene.path(goal), root.join(&link)).unwrap();
        symlink(scene.path(goal), root.join("in").join(&link)).unwrap();
    }
}
