//! A cancel or a timeout ends the work itself, soon, and leaves nothing half.

use std::{fs::File, time::Instant};

use super::*;
use crate::{
    EgressGuard, EgressPolicy, Ending, Handlers, HttpCall, HttpCallLimits, Kinds, Runner,
    RunnerSettings, Stop,
};

const LARGE_BYTES: u64 = 200 * 1024 * 1024;
const SOON: Duration = Duration::from_secs(1);

fn runner(disk: &Disk, steps: Steps) -> Runner {
    let guard = EgressGuard::new(EgressPolicy::Internal, vec![]);
    let http_call = HttpCall::new(guard, HttpCallLimits::default());
    let kinds = Kinds::builtin(http_call, Handlers::builtin());
    Runner::new(kinds.with_file_operation(disk.operation(steps)), RunnerSettings::default())
}

fn large() -> Disk {
    let disk = Disk::new();
    File::create(disk.path("in/a")).unwrap().set_len(LARGE_BYTES).unwrap();
    disk
}

/// Runs the assignment until it is told to stop, and until its thread has ended too.
fn run(disk: &Disk, steps: Steps, stop: Stop, assignment: Assignment) -> Ending {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let attempted = runtime.block_on(runner(disk, steps).run(assignment, stop));
    // Waits for the thread.
    drop(runtime);
    attempted.ending
}

#[test]
fn a_cancel_in_the_middle_of_a_large_file_leaves_no_temporary_file() {
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::MoveOnOneDisk) {
        let disk = large();
        let stop = Stop::new();
        let at = Arc::new(Mutex::new(None));
        // Zeros are compressed to very little: an archive has few writes.
        let n_writes_until = if kind.words().0 == "Compress" { 2 } else { 100 };
        let steps = {
            let (stop, at, mut n_writes) = (stop.clone(), Arc::clone(&at), 0);
            kind.steps(move |step| {
                n_writes += usize::from(step == Step::Write);
                if n_writes == n_writes_until && !at.lock().unwrap().is_some() {
                    *at.lock().unwrap() = Some(Instant::now());
                    stop.cancel();
                }
                Ok(())
            })
        };
        let ending = run(&disk, steps, stop, assignment(disk.configuration(kind)));
        let took = at.lock().unwrap().expect("it came so far").elapsed();
        assert_eq!(ending, Ending::Cancelled, "{kind:?}");
        assert!(took < SOON, "{kind:?}: {took:?}");
        assert_eq!(disk.n_left_over(), 0, "{kind:?}");
        assert!(!disk.path("out/a").exists(), "{kind:?}: no half file");
        assert_eq!(fs::metadata(disk.path("in/a")).unwrap().len(), LARGE_BYTES, "{kind:?}");
    }
}

#[test]
fn a_timeout_ends_the_work_too() {
    for kind in [Kind::MoveAcross, Kind::Zip, Kind::TarZstd] {
        let disk = large();
        // More than any machine copies in the time there is.
        let file = File::options().write(true).open(disk.path("in/a")).unwrap();
        file.set_len(10 * 1024 * 1024 * 1024).unwrap();
        let timeout = Duration::from_millis(20);
        let assignment = Assignment { timeout, ..assignment(disk.configuration(kind)) };
        let began = Instant::now();
        let ending = run(&disk, kind.steps(|_| Ok(())), Stop::new(), assignment);
        assert!(matches!(ending, Ending::TimedOut { .. }), "{ending:?}");
        assert!(began.elapsed() < SOON + timeout, "{:?}", began.elapsed());
        assert_eq!(disk.n_left_over(), 0, "{kind:?}");
        assert!(disk.path("in/a").exists() && !disk.path("out/a").exists());
    }
}

#[test]
fn a_cancel_between_files_leaves_the_others() {
    let disk = Disk::new();
    for n in 0..1_000 {
        File::create(disk.path(&format!("in/{n}"))).unwrap();
    }
    let stop = Stop::new();
    let steps = {
        let (stop, mut n_unlinks) = (stop.clone(), 0);
        Kind::Copy.steps(move |step| {
            n_unlinks += usize::from(step == Step::Unlink);
            if n_unlinks == 10 {
                stop.interrupt();
            }
            Ok(())
        })
    };
    let given = json!({"operation": "Delete", "sourcePath": disk.path("in/*")});
    assert_eq!(run(&disk, steps, stop, assignment(given)), Ending::Interrupted);
    // The attempt's lines are taken a moment longer than the stop was asked for.
    let n_left = fs::read_dir(disk.path("in")).unwrap().count();
    assert!((1..=990).contains(&n_left), "{n_left}");
}
