//! Disks that fail, crashes and stops, at every single step.

mod crashing;
mod exchanged;
mod stopping;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use horarium_core::JobType;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    FileOperation, FileRoots,
    steps::{Step, Steps},
};
use crate::assignment::Assignment;

/// A root with `in` and `out`.
struct Disk {
    dir: TempDir,
}

impl Disk {
    fn new() -> Self {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        for folder in ["root/in", "root/out", "data"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        Self { dir }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join("root").join(path)
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(self.path(path)).ok()
    }

    fn operation(&self, steps: Steps) -> FileOperation {
        let roots = FileRoots::open(vec![self.dir.path().join("root")]).unwrap();
        let operation = FileOperation::new(roots, self.dir.path().join("data"));
        FileOperation { steps, ..operation }
    }

    fn configuration(&self, kind: Kind) -> Value {
        let (operation, compression) = kind.words();
        json!({
            "operation": operation, "compression": compression,
            "sourcePath": self.path("in/*"), "destinationPath": self.path("out"),
            "archivePath": self.path("out/a")
        })
    }

    /// Temporary files beneath the root.
    fn n_left_over(&self) -> usize {
        let names = |folder: &Path| fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name());
        let names = names(&self.path("in")).chain(names(&self.path("out")));
        names.filter(|name| name.to_string_lossy().ends_with(".tmp")).count()
    }
}

/// Every way of making a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    MoveOnOneDisk,
    MoveAcross,
    Copy,
    Zip,
    TarZstd,
    Gzip,
    Zstd,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::MoveOnOneDisk,
        Self::MoveAcross,
        Self::Copy,
        Self::Zip,
        Self::TarZstd,
        Self::Gzip,
        Self::Zstd,
    ];

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::MoveOnOneDisk | Self::MoveAcross => ("Move", ""),
            Self::Copy => ("Copy", ""),
            Self::Zip => ("Compress", "zip"),
            Self::TarZstd => ("Compress", "tar+zstd"),
            Self::Gzip => ("Compress", "gzip"),
            Self::Zstd => ("Compress", "zstd"),
        }
    }

    /// Steps as they come, with the system's answer to a rename between two disks.
    fn steps(self, mut each: impl FnMut(Step) -> std::io::Result<()> + Send + 'static) -> Steps {
        let across = self == Self::MoveAcross;
        let each: Arc<Mutex<dyn FnMut(Step) -> std::io::Result<()> + Send>> =
            Arc::new(Mutex::new(move |step| {
                each(step)?;
                let is_across = across && step == Step::Move;
                if is_across { Err(rustix::io::Errno::XDEV.into()) } else { Ok(()) }
            }));
        Steps::new(move |step| (each.lock().unwrap())(step))
    }
}

fn assignment(configuration: Value) -> Assignment {
    Assignment {
        execution_id: "0198c0de-0000-7000-8000-0000000000e1".parse().unwrap(),
        job_id: "0198c0de-0000-7000-8000-0000000000b1".parse().unwrap(),
        job_name: "nightly".to_owned(),
        created_by: None,
        job_type: JobType::FileOperation,
        configuration,
        attempt: 1,
        due_at: None,
        now: "2026-01-31T09:00:00Z".parse().unwrap(),
        timeout: Duration::from_mins(1),
    }
}
