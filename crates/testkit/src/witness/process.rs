//! The witness as a process of its own.

use std::io::{self, BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Call, read_log};
use crate::child;
use crate::guard::Guard;

/// Where the `witness` binary is, when it is not beside the test's own.
pub const WITNESS_ENV: &str = "HORARIUM_TEST_WITNESS";

/// Killed when dropped, and when this process dies.
pub struct WitnessProcess {
    child: Child,
    _guard: Guard,
    address: String,
    log: PathBuf,
}

impl WitnessProcess {
    /// Writes to `log`, after the lines that are there.
    pub fn start(log: &Path) -> Self {
        Self::start_binary(&binary(), log)
    }

    pub fn start_binary(binary: &Path, log: &Path) -> Self {
        let mut guard = Guard::start("KILL", None);
        let mut child = Command::new(binary)
            .arg(log)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|cause| panic!("starting {}: {cause}", binary.display()));
        guard.watch_process(&child);
        let stdout = child.stdout.take().expect("it was piped");
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address).expect("reading the witness's address");
        let address = address.trim().to_owned();
        if address.is_empty() {
            let status = child::kill_and_wait(&mut child);
            panic!(
                "{} {} said no address and ended with {status}",
                binary.display(),
                log.display()
            );
        }
        Self { child, _guard: guard, address, log: log.to_owned() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The truth so far.
    pub fn calls(&self) -> io::Result<Vec<Call>> {
        read_log(&self.log)
    }
}

impl Drop for WitnessProcess {
    fn drop(&mut self) {
        child::kill_and_wait(&mut self.child);
    }
}

/// `target/debug/witness` for a test in `target/debug/deps`.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os(WITNESS_ENV) {
        return path.into();
    }
    let test = std::env::current_exe().expect("a test has a path");
    let beside = test.ancestors().skip(1).take(2).map(|dir| dir.join("witness"));
    beside.into_iter().find(|path| path.is_file()).unwrap_or_else(|| {
        panic!(
            "no `witness` beside {}; make it: cargo build -p horarium-testkit --bin witness",
            test.display()
        )
    })
}
