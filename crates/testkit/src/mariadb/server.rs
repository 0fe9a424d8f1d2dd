//! A MariaDB server of our own, in a temporary directory.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{PASSWORD, USER, tools};
use crate::guard::Guard;
use crate::server_user::ServerUser;
use crate::{child, free_port};

const INSTALL_WITHIN: Duration = Duration::from_mins(1);
const READY_WITHIN: Duration = Duration::from_mins(1);
const BETWEEN_PROBES: Duration = Duration::from_millis(50);

/// A start fails when the port was taken meanwhile.
const STARTS_MAX: u32 = 5;

/// Listens on 127.0.0.1 and on a socket in its own directory. Nothing in it outlives it.
pub struct MariaDbServer {
    mariadbd: Option<Child>,
    port: u16,
    user: Option<ServerUser>,
    // Dropped in this order: the guard lets go of the directory before it is removed.
    guard: Guard,
    dir: TempDir,
}

impl MariaDbServer {
    /// Blocks for about 2 s.
    pub fn start() -> Self {
        let user = tools::server_user();
        let dir = make_dir(user);
        // KILL: nobody will read this data again.
        let guard = Guard::start("KILL", Some(dir.path()));
        let mut server = Self { mariadbd: None, port: free_port(), user, guard, dir };
        server.install();
        server.launch();
        server
    }

    /// On 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its data lies.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn install(&mut self) {
        let mut command = tools::server_command("mariadb-install-db", self.user);
        command.arg(format!("--datadir={}", self.data().display()));
        command.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
        command.args(["--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"]);
        command.args(["--innodb-log-file-size=4M", "--innodb-buffer-pool-size=16M"]);
        let log = self.log();
        command.stdin(Stdio::null()).stdout(open(&log)).stderr(open(&log));
        let mut install =
            command.spawn().unwrap_or_else(|cause| panic!("starting mariadb-install-db: {cause}"));
        self.guard.watch_group(&install);
        let status = child::wait(&mut install, INSTALL_WITHIN)
            .unwrap_or_else(|| child::kill_group_and_wait(&mut install));
        self.guard.forget();
        assert!(status.success(), "mariadb-install-db ended with {status}:\n{}", read(&log));
        let init = self.dir.path().join("init.sql");
        let grant = format!(
            "CREATE USER IF NOT EXISTS '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n\
             GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n"
        );
        std::fs::write(&init, grant)
            .unwrap_or_else(|cause| panic!("writing {}: {cause}", init.display()));
    }

    fn launch(&mut self) {
        for attempt in 1..=STARTS_MAX {
            if self.try_launch() {
                return;
            }
            eprintln!("MariaDB start {attempt} of {STARTS_MAX} on port {} failed", self.port);
            self.port = free_port();
        }
        panic!("MariaDB did not start:\n{}", read(&self.log()));
    }

    /// False when the server ended instead of becoming ready.
    fn try_launch(&mut self) -> bool {
        let mut command = tools::server_command("mariadbd", self.user);
        command.args(self.settings());
        let log = self.log();
        command.stdin(Stdio::null()).stdout(open(&log)).stderr(open(&log));
        let mut mariadbd =
            command.spawn().unwrap_or_else(|cause| panic!("starting mariadbd: {cause}"));
        self.guard.watch_process(&mariadbd);
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if child::ended(&mut mariadbd).is_some() {
                self.guard.forget();
                return false;
            }
            if self.is_ready() {
                self.mariadbd = Some(mariadbd);
                return true;
            }
            std::thread::sleep(BETWEEN_PROBES);
        }
        self.mariadbd = Some(mariadbd);
        self.stop();
        panic!("MariaDB was not ready within {READY_WITHIN:?}:\n{}", read(&log));
    }

    /// Somebody else's server on our port would not show our directory.
    fn is_ready(&self) -> bool {
        let data = tools::sql(self.port, "", "SELECT @@datadir").unwrap_or_default();
        Path::new(&data) == self.data()
    }

    fn settings(&self) -> Vec<String> {
        let dir = self.dir.path().display();
        vec![
            format!("--datadir={dir}/data"),
            format!("--socket={dir}/socket"),
            format!("--pid-file={dir}/pid"),
            format!("--tmpdir={dir}"),
            format!("--init-file={dir}/init.sql"),
            format!("--port={}", self.port),
            "--bind-address=127.0.0.1".to_owned(),
            "--skip-name-resolve".to_owned(),
            "--character-set-server=utf8mb4".to_owned(),
            "--max-connections=300".to_owned(),
            "--skip-log-bin".to_owned(),
            "--innodb-flush-log-at-trx-commit=0".to_owned(),
            "--innodb-buffer-pool-size=16M".to_owned(),
            "--innodb-log-file-size=4M".to_owned(),
        ]
    }

    fn stop(&mut self) {
        let Some(mut mariadbd) = self.mariadbd.take() else { return };
        child::kill_and_wait(&mut mariadbd);
        self.guard.forget();
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }
}

impl Drop for MariaDbServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the log of MariaDB on port {}:\n{}", self.port, read(&self.log()));
        }
        self.stop();
    }
}

/// Short, for the path of a socket ends at 107 bytes; and where the server's user may go.
fn make_dir(user: Option<ServerUser>) -> TempDir {
    // Root's TMPDIR may lie where `mysql` cannot enter.
    let root = if user.is_some() { PathBuf::from("/tmp") } else { std::env::temp_dir() };
    let dir = tempfile::Builder::new()
        .prefix("horarium-my-")
        .tempdir_in(&root)
        .unwrap_or_else(|cause| panic!("a directory for MariaDB in {}: {cause}", root.display()));
    if let Some(ServerUser { uid, gid }) = user {
        std::os::unix::fs::chown(dir.path(), Some(uid), Some(gid))
            .unwrap_or_else(|cause| panic!("giving {} to mysql: {cause}", dir.path().display()));
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
