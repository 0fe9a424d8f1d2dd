//! A name that came to mean another file between two looks: the moment a race is for, made to last.

use std::ffi::OsStr;

use tokio::sync::mpsc;

use super::*;
use crate::kinds::file_operation::{
    Desk, delete::still_the_same, fault::Setback, folder::Folder, guard::Guard, plan::Plan,
    report::Report, transfer::open_found, walk::Found,
};

/// What opening `in/a` gives after `exchange` was made since it was found.
fn opened(exchange: impl Fn(&Disk)) -> [Option<Setback>; 2] {
    let disk = Disk::new();
    fs::write(disk.path("in/a"), "plain").unwrap();
    fs::write(disk.dir.path().join("data/horarium.db"), "pages").unwrap();
    let roots = FileRoots::open(vec![disk.path("")]).unwrap();
    let guard = Guard::scan(&[disk.dir.path().join("data")]).unwrap();
    let plan = Plan::read(&assignment(disk.configuration(Kind::Copy))).unwrap();
    let (lines, _written) = mpsc::channel(1);
    let report = Report::new(lines, plan.action.verb(), false);
    let (steps, prefix) = (Steps::default(), String::new());
    let at_hand = Desk { roots: &roots, guard, steps, report: &report, plan: &plan, prefix };
    let folder = Folder::open(&disk.path("in")).unwrap();
    let facts = folder.facts(OsStr::new("a")).unwrap().unwrap();
    let found = Found { name: "a".into(), facts };
    exchange(&disk);
    [open_found(&at_hand, &folder, &found).err(), still_the_same(&folder, &found).err()]
}

#[test]
fn a_file_that_was_exchanged_is_neither_read_nor_removed() {
    assert_eq!(opened(|_| {}), [None, None]);
    let another = || Some(Setback::Skipped("is another file by now".to_owned()));
    let check = |exchange: &dyn Fn(&Disk)| {
        let exchanged = opened(|disk| {
            fs::rename(disk.path("in/a"), disk.path("in/kept")).unwrap();
            exchange(disk);
        });
        assert_eq!(exchanged, [another(), another()]);
    };
    check(&|disk| fs::write(disk.path("in/a"), "other").unwrap());
    check(&|disk| std::os::unix::fs::symlink("kept", disk.path("in/a")).unwrap());
    check(&|disk| fs::create_dir(disk.path("in/a")).unwrap());
    check(&|disk| {
        fs::hard_link(disk.dir.path().join("data/horarium.db"), disk.path("in/a")).unwrap();
    });
}

#[test]
fn a_file_that_became_the_servers_since_is_not_read() {
    // The server's own files are looked at again for whatever has a second name.
    let [opened, _] = opened(|disk| {
        fs::hard_link(disk.path("in/a"), disk.dir.path().join("data/new.db")).unwrap();
    });
    let own = "belongs to the server's data directory".to_owned();
    assert_eq!(opened, Some(Setback::Skipped(own)));
}
