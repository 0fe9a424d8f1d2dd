//! A Postgres server of our own, in a temporary directory, that a test may crash.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tempfile::TempDir;

use super::tools;
use crate::guard::Guard;
use crate::server_user::ServerUser;
use crate::{child, free_port};

/// Crash recovery after a loaded test takes seconds; a start otherwise 0.2 s.
const READY_WITHIN: Duration = Duration::from_mins(1);
const STOP_WITHIN: Duration = Duration::from_secs(20);
const INITDB_WITHIN: Duration = Duration::from_mins(1);

/// A start fails when the port was taken meanwhile, or when backends of a killed postmaster linger.
const STARTS_MAX: u32 = 10;
const BETWEEN_STARTS: Duration = Duration::from_millis(300);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// No fsync: fast, and worth nothing after a power cut. A crash of Postgres itself is survived.
    Throwaway,
    /// As in production, on a disk: for benches and for tests about loss.
    Durable,
}

/// Listens on 127.0.0.1 and on a socket in its own directory; anybody on this machine may enter.
pub struct PostgresServer {
    postmaster: Option<Child>,
    port: u16,
    durability: Durability,
    user: Option<ServerUser>,
    // Dropped in this order: the guard lets go of the directory before it is removed.
    guard: Guard,
    dir: TempDir,
}

impl PostgresServer {
    /// A durable one, for crash tests. Blocks for about 2 s.
    pub fn start() -> Self {
        Self::start_with(Durability::Durable)
    }

    pub fn start_with(durability: Durability) -> Self {
        let user = tools::server_user();
        let dir = make_dir(durability, user);
        let guard = Guard::start("QUIT", Some(dir.path()));
        let mut server = Self { postmaster: None, port: free_port(), durability, user, guard, dir };
        server.init();
        server.launch();
        server
    }

    /// Of the maintenance database, `postgres`. The same over restarts.
    pub fn url(&self) -> String {
        self.database_url("postgres")
    }

    pub fn database_url(&self, database: &str) -> String {
        format!("postgres://horarium@127.0.0.1:{}/{database}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Of the postmaster, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.postmaster.as_ref().map(Child::id)
    }

    /// `pg_ctl stop -m immediate`: no checkpoint, the next start recovers. Nothing when it is stopped.
    pub fn stop_immediate(&mut self) {
        self.stop_by(Signal::QUIT);
    }

    /// `pg_ctl stop -m fast`: connections are ended, a checkpoint is written.
    pub fn stop_fast(&mut self) {
        self.stop_by(Signal::INT);
    }

    /// SIGKILL to the postmaster; its backends notice and end by themselves.
    pub fn kill_9(&mut self) {
        self.stop_by(Signal::KILL);
    }

    /// Starts again on the same data and port, after an immediate stop when it still runs.
    pub fn restart(&mut self) {
        self.stop_immediate();
        self.launch();
    }

    /// What psql prints for `sql` on `database`.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        tools::psql(&self.database_url(database), &[sql])
    }

    fn init(&mut self) {
        let mut command = tools::server_command("initdb", self.user);
        command.arg("-D").arg(self.data()).args(["-U", "horarium", "-A", "trust", "-E", "UTF8"]);
        // Words in a language's order, as production servers sort: text a test wants bytewise must say so.
        command.args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]);
        if self.durability == Durability::Throwaway {
            command.arg("--no-sync");
        }
        let log = self.log();
        command.stdin(Stdio::null()).stdout(open(&log)).stderr(open(&log));
        let name = command.get_program().display().to_string();
        let mut initdb = command.spawn().unwrap_or_else(|cause| panic!("starting {name}: {cause}"));
        self.guard.watch_group(&initdb);
        let status = child::wait(&mut initdb, INITDB_WITHIN)
            .unwrap_or_else(|| child::kill_group_and_wait(&mut initdb));
        self.guard.forget();
        assert!(status.success(), "{name} ended with {status}:\n{}", read(&log));
    }

    fn launch(&mut self) {
        let first_start = !self.data().join("postmaster.opts").exists();
        for attempt in 1..=STARTS_MAX {
            if self.try_launch() {
                return;
            }
            eprintln!("PostgreSQL start {attempt} of {STARTS_MAX} on port {} failed", self.port);
            std::thread::sleep(BETWEEN_STARTS);
            if first_start {
                self.port = free_port();
            }
        }
        panic!("PostgreSQL did not start:\n{}", read(&self.log()));
    }

    /// False when the server ended instead of becoming ready.
    fn try_launch(&mut self) -> bool {
        let mut command = tools::server_command("postgres", self.user);
        command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        for setting in self.settings() {
            command.args(["-c", &setting]);
        }
        let log = self.log();
        command.stdin(Stdio::null()).stdout(open(&log)).stderr(open(&log));
        let name = command.get_program().display().to_string();
        let mut postmaster =
            command.spawn().unwrap_or_else(|cause| panic!("starting {name}: {cause}"));
        self.guard.watch_process(&postmaster);
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if is_ready(&self.data(), postmaster.id()) {
                self.postmaster = Some(postmaster);
                return true;
            }
            if child::ended(&mut postmaster).is_some() {
                self.guard.forget();
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.postmaster = Some(postmaster);
        self.stop_immediate();
        panic!("PostgreSQL was not ready within {READY_WITHIN:?}:\n{}", read(&log));
    }

    fn settings(&self) -> Vec<String> {
        let mut settings = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", self.dir.path().display()),
            format!("cluster_name={}", super::CLUSTER_NAME),
            "max_connections=300".to_owned(),
        ];
        if self.durability == Durability::Throwaway {
            let off = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
            settings.extend(off.map(str::to_owned));
        }
        settings
    }

    fn stop_by(&mut self, signal: Signal) {
        let Some(mut postmaster) = self.postmaster.take() else { return };
        child::signal(&postmaster, signal);
        if child::wait(&mut postmaster, STOP_WITHIN).is_none() {
            child::kill_and_wait(&mut postmaster);
        }
        self.guard.forget();
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the log of PostgreSQL on port {}:\n{}", self.port, read(&self.log()));
        }
        self.stop_immediate();
    }
}

/// `postmaster.pid` tells, as it tells `pg_ctl`: the pid in line 1, the state in line 8.
fn is_ready(data: &Path, pid: u32) -> bool {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let mut lines = text.lines();
    lines.next() == Some(pid.to_string().as_str())
        && lines.nth(6).is_some_and(|state| state.trim() == "ready")
}

/// Short, for the path of a socket ends at 107 bytes; and where the server's user may go.
fn make_dir(durability: Durability, user: Option<ServerUser>) -> TempDir {
    let root = match (durability, user) {
        // /tmp may be memory, /var/tmp is a disk (file-hierarchy(7)).
        (Durability::Durable, _) => PathBuf::from("/var/tmp"),
        // Root's TMPDIR may lie where `postgres` cannot enter.
        (Durability::Throwaway, Some(_)) => PathBuf::from("/tmp"),
        (Durability::Throwaway, None) => std::env::temp_dir(),
    };
    let dir =
        tempfile::Builder::new().prefix("horarium-pg-").tempdir_in(&root).unwrap_or_else(|cause| {
            panic!("a directory for PostgreSQL in {}: {cause}", root.display())
        });
    if let Some(ServerUser { uid, gid }) = user {
        std::os::unix::fs::chown(dir.path(), Some(uid), Some(gid))
            .unwrap_or_else(|cause| panic!("giving {} to postgres: {cause}", dir.path().display()));
    }
    dir
}

fn open(log: &Path) -> File {
    File::options()
        .create(true)
        .append(true)
        .open(log)
        .unwrap_or_else(|cause| panic!("opening {}: {cause}", log.display()))
}

fn read(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_else(|cause| format!("({}: {cause})", log.display()))
}
