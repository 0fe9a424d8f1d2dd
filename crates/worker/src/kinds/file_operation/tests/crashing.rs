//! A crash or a failing disk at any step loses nothing and shows nothing half.

use std::{io, sync::LazyLock};

use super::*;
use crate::{assignment::Ending, output::Capture};

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// Nothing works from this step on, not even tidying up: what a crash leaves.
    CrashAt(usize),
    /// This step fails, and the ones after it work.
    FailAt(usize),
}

const OLD: &[u8] = b"old";

/// Not compressible, so that archives take several writes too.
static NEW: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..1_200_000).map(|_| next()).collect()
});

/// Of several writes, which for a copy have a MiB each.
fn new(kind: Kind) -> &'static [u8] {
    match kind {
        Kind::MoveOnOneDisk | Kind::MoveAcross | Kind::Copy => &NEW,
        Kind::Zip | Kind::TarZstd | Kind::Gzip | Kind::Zstd => &NEW[..100_000],
    }
}

/// Runs `kind` once over what was there. Returns its ending and the steps it took.
fn run(disk: &Disk, kind: Kind, trouble: Option<Trouble>) -> (Ending, Vec<Step>) {
    let taken = Arc::new(Mutex::new(Vec::new()));
    let steps = {
        let taken = Arc::clone(&taken);
        kind.steps(move |step| {
            let mut taken = taken.lock().unwrap();
            taken.push(step);
            let fails = match trouble {
                None => false,
                Some(Trouble::CrashAt(n)) => taken.len() > n,
                Some(Trouble::FailAt(n)) => taken.len() == n + 1,
            };
            if fails { Err(io::Error::other("the disk is gone")) } else { Ok(()) }
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (operation, mut capture) = (disk.operation(steps), Capture::new(1_000_000));
    let assignment = assignment(disk.configuration(kind));
    let ending = runtime.block_on(operation.run(&assignment, &mut capture));
    let taken = taken.lock().unwrap().clone();
    (ending, taken)
}

/// A disk on which `kind` has made an older file before.
fn prepared(kind: Kind) -> Disk {
    let disk = Disk::new();
    fs::write(disk.path("in/a"), OLD).unwrap();
    assert_eq!(run(&disk, kind, None).0, Ending::Succeeded);
    fs::write(disk.path("in/a"), new(kind)).unwrap();
    disk
}

/// What one file in `out/a` holds.
fn unpacked(kind: Kind, bytes: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut text = Vec::new();
    match kind {
        Kind::MoveOnOneDisk | Kind::MoveAcross | Kind::Copy => text = bytes.to_vec(),
        Kind::Zip => {
            let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
            archive.by_name("a").unwrap().read_to_end(&mut text).unwrap();
        }
        Kind::TarZstd => {
            let mut archive = tar::Archive::new(zstd::Decoder::new(bytes).unwrap());
            let mut entry = archive.entries().unwrap().next().unwrap().unwrap();
            entry.read_to_end(&mut text).unwrap();
        }
        Kind::Gzip => {
            flate2::read::GzDecoder::new(bytes).read_to_end(&mut text).unwrap();
        }
        Kind::Zstd => text = zstd::decode_all(bytes).unwrap(),
    }
    text
}

/// The source or the destination is whole, and the destination is the old one or the new one.
fn assert_nothing_lost(disk: &Disk, kind: Kind, trouble: Trouble) {
    let source = disk.read("in/a");
    let destination = unpacked(kind, &disk.read("out/a").unwrap());
    let is_new = destination == new(kind);
    assert!(is_new || destination == OLD, "{kind:?} {trouble:?}: half a destination");
    assert!(is_new || source == Some(new(kind).to_vec()), "{kind:?} {trouble:?}: the file is lost");
    if !matches!(kind, Kind::MoveOnOneDisk | Kind::MoveAcross) {
        assert!(source == Some(new(kind).to_vec()), "{kind:?} {trouble:?}: the source is lost");
    }
}

#[test]
fn a_crash_at_any_step_loses_nothing() {
    for kind in Kind::ALL {
        let (_, steps) = run(&prepared(kind), kind, None);
        for n in 0..steps.len() {
            let disk = prepared(kind);
            let trouble = Trouble::CrashAt(n);
            let (ending, _) = run(&disk, kind, Some(trouble));
            assert!(matches!(ending, Ending::Failed { retryable: true, .. }), "{ending:?}");
            assert_nothing_lost(&disk, kind, trouble);
            // The next attempt does it, whatever the crash left.
            let next = run(&disk, kind, None).0;
            assert_eq!(next, Ending::Succeeded);
            assert!(unpacked(kind, &disk.read("out/a").unwrap()) == new(kind), "{kind:?} {n}");
        }
    }
}

#[test]
fn a_disk_that_fails_once_at_any_step_loses_nothing_and_leaves_no_rubbish() {
    for kind in Kind::ALL {
        let (_, steps) = run(&prepared(kind), kind, None);
        for n in 0..steps.len() {
            let disk = prepared(kind);
            let trouble = Trouble::FailAt(n);
            let (ending, _) = run(&disk, kind, Some(trouble));
            assert!(matches!(ending, Ending::Failed { retryable: true, .. }), "{ending:?}");
            assert_nothing_lost(&disk, kind, trouble);
            assert_eq!(disk.n_left_over(), 0, "{kind:?} {n}");
        }
    }
}

#[test]
fn a_move_between_disks_removes_the_source_last() {
    use Step::{CreateTemporary, Move, Publish, SyncFile, SyncFolder, Unlink, Write};
    let (_, steps) = run(&prepared(Kind::MoveAcross), Kind::MoveAcross, None);
    let expect = [
        Move,
        CreateTemporary,
        Write,
        Write,
        SyncFile,
        Publish,
        SyncFolder,
        Unlink,
        SyncFolder,
        SyncFolder,
    ];
    assert_eq!(steps, expect);
}

#[test]
fn a_file_that_changes_while_it_moves_keeps_its_source() {
    for at in [Step::CreateTemporary, Step::SyncFolder] {
        let disk = prepared(Kind::MoveAcross);
        let path = disk.path("in/a");
        let mut changed = false;
        let steps = Kind::MoveAcross.steps(move |step| {
            if step == at && !changed {
                changed = true;
                let mut file = fs::File::options().append(true).open(&path)?;
                io::Write::write_all(&mut file, b"more")?;
            }
            Ok(())
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (operation, mut capture) = (disk.operation(steps), Capture::new(10_000));
        let assignment = assignment(disk.configuration(Kind::MoveAcross));
        let ending = runtime.block_on(operation.run(&assignment, &mut capture));
        let Ending::Failed { error, retryable: true, .. } = ending else { panic!("{ending:?}") };
        assert!(error.ends_with("changed while it was moved: the source is kept"), "{error}");
        assert_eq!(disk.read("in/a"), Some([new(Kind::MoveAcross), b"more"].concat()));
    }
}
