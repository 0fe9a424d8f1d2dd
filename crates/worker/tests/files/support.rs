//! A root to work in, a data directory and an outside that nothing may reach.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use horarium_core::JobType;
use horarium_worker::{
    Assignment, Attempted, EgressGuard, EgressPolicy, Ending, FileOperation, FileRoots, Handlers,
    HttpCall, HttpCallLimits, Kinds, Runner, RunnerSettings, Stop,
};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const CANARY: &str = "canary: nobody may read this";

/// Three folders side by side.
pub(crate) struct Scene {
    dir: TempDir,
    runner: Runner,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let dir = in_memory();
        let data = dir.path().join("data");
        Self::with(dir, data)
    }

    /// The data directory lies in the root.
    pub(crate) fn with_data_in_root() -> Self {
        let dir = in_memory();
        let data = dir.path().join("root/data");
        Self::with(dir, data)
    }

    fn with(dir: TempDir, data: PathBuf) -> Self {
        for folder in ["root/in", "outside"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        fs::create_dir_all(data.join("backups")).unwrap();
        for name in ["horarium.db", "horarium.db-wal", "key", "backups/1.db"] {
            fs::write(data.join(name), CANARY).unwrap();
        }
        fs::write(dir.path().join("outside/secret.txt"), CANARY).unwrap();
        let runner = runner(&[dir.path().join("root")], data);
        Self { dir, runner }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// A path beneath the root, as a job names it.
    pub(crate) fn root(&self, path: &str) -> String {
        format!("{}/root/{path}", self.dir.path().display())
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path("root").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path("root").join(path)).unwrap()
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.path("root").join(path).symlink_metadata().is_ok()
    }

    /// Last changed so many hours before the attempt's `now`.
    pub(crate) fn age(&self, path: &str, hours: i64) {
        let modified = now() - Duration::from_secs(u64::try_from(hours * 3_600).unwrap());
        let file = fs::File::open(self.path("root").join(path)).unwrap();
        file.set_modified(modified).unwrap();
    }

    /// The names beneath the root, folders with `/`.
    pub(crate) fn names(&self) -> Vec<String> {
        let root = self.path("root");
        let name = |path: PathBuf| path.strip_prefix(&root).unwrap().display().to_string();
        tree(&root).into_iter().map(|(path, found)| name(path) + &found.slash()).collect()
    }

    pub(crate) async fn run(&self, configuration: Value) -> Attempted {
        self.runner.run(assignment(configuration), Stop::new()).await
    }

    /// Runs what has to succeed. Returns its output, paths from the root on.
    pub(crate) async fn done(&self, configuration: Value) -> String {
        let attempted = self.run(configuration).await;
        assert_eq!(attempted.ending, Ending::Succeeded, "{}", attempted.output.text);
        attempted.output.text.replace(&self.root(""), "")
    }

    /// Runs what has to fail. Returns the error, and whether another attempt is worth it.
    pub(crate) async fn failed(&self, configuration: Value) -> (String, bool) {
        match self.run(configuration).await.ending {
            Ending::Failed { error, retryable, .. } => {
                (error.replace(&self.root(""), ""), retryable)
            }
            ending => panic!("{ending:?}"),
        }
    }
}

/// Where an fsync costs nothing, if there is such a place.
fn in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub(crate) fn runner(roots: &[PathBuf], data_dir: PathBuf) -> Runner {
    let guard = EgressGuard::new(EgressPolicy::Internal, vec![]);
    let http_call = HttpCall::new(guard, HttpCallLimits::default());
    let files = FileOperation::new(FileRoots::open(roots.to_vec()).unwrap(), data_dir);
    let kinds = Kinds::builtin(http_call, Handlers::builtin()).with_file_operation(files);
    let settings = RunnerSettings { output_bytes_max: 64 << 20, ..Default::default() };
    Runner::new(kinds, settings)
}

pub(crate) fn assignment(configuration: Value) -> Assignment {
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
        timeout: Duration::from_mins(2),
    }
}

fn now() -> SystemTime {
    let now: jiff::Timestamp = "2026-01-31T09:00:00Z".parse().unwrap();
    now.into()
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    File { bytes: Vec<u8>, inode: u64, modified: i64 },
    Folder,
    Link(PathBuf),
    Special,
}

impl Found {
    fn slash(&self) -> String {
        if *self == Self::Folder { "/".to_owned() } else { String::new() }
    }
}

/// All there is beneath `path`.
pub(crate) fn tree(path: &Path) -> BTreeMap<PathBuf, Found> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        let what = if metadata.is_dir() {
            found.extend(tree(&path));
            Found::Folder
        } else if metadata.is_symlink() {
            Found::Link(fs::read_link(&path).unwrap())
        } else if metadata.file_type().is_fifo() || metadata.file_type().is_socket() {
            Found::Special
        } else {
            let bytes = fs::read(&path).unwrap();
            Found::File { bytes, inode: metadata.ino(), modified: metadata.mtime() }
        };
        found.insert(path, what);
    }
    found
}
