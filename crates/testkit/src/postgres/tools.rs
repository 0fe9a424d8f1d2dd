//! Postgres's programs: where they are, and as whom they run.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child;
use crate::server_user::ServerUser;

const DEBIAN: &str = "/usr/lib/postgresql";

const MISSING: &str = "PostgreSQL's programs (initdb, postgres, psql) are neither in \
    /usr/lib/postgresql/*/bin nor in PATH; install them: apt-get install postgresql";

/// The program `name` of the newest Postgres of this machine.
pub(super) fn program(name: &str) -> PathBuf {
    let debian = newest_of(Path::new(DEBIAN)).into_iter();
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .chain(std::env::split_paths(&path))
        // All from one directory: another version's initdb makes clusters that postgres refuses.
        .find(|dir| ["initdb", "postgres", "psql"].iter().all(|name| dir.join(name).is_file()))
        .unwrap_or_else(|| panic!("{MISSING}"))
        .join(name)
}

/// `root/15/bin` before `root/9.6/bin`.
fn newest_of(root: &Path) -> Option<PathBuf> {
    let versions = std::fs::read_dir(root).ok()?.filter_map(Result::ok);
    versions
        .filter_map(|entry| {
            let version: f64 = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            bin.join("postgres").is_file().then_some((version, bin))
        })
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, bin)| bin)
}

/// Postgres refuses to run as root.
pub(super) fn server_user() -> Option<ServerUser> {
    ServerUser::needed("postgres", MISSING)
}

/// A server program in a group of its own, away from our terminal's Ctrl-C.
pub(super) fn server_command(name: &str, user: Option<ServerUser>) -> Command {
    let mut command = Command::new(program(name));
    without_postgres_variables(&mut command);
    command.env("LC_MESSAGES", "C").current_dir("/").process_group(0);
    if let Some(ServerUser { uid, gid }) = user {
        command.uid(uid).gid(gid);
    }
    command
}

/// Runs each statement in its own transaction, until one fails.
pub(super) fn psql(url: &str, statements: &[&str]) -> Result<String, String> {
    let mut command = Command::new(program("psql"));
    without_postgres_variables(&mut command);
    command
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url])
        .env("PGCONNECT_TIMEOUT", "10")
        .env("PGOPTIONS", "-c statement_timeout=60s -c client_min_messages=warning");
    for statement in statements {
        command.args(["-c", statement]);
    }
    child::text_of(&mut command)
}

/// PGHOST, PGDATA and so on of the person at the keyboard are not about our cluster.
fn without_postgres_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_by_number_not_by_text() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9.6", "15", "common", "17"] {
            std::fs::create_dir_all(root.path().join(version).join("bin")).unwrap();
        }
        for version in ["9.6", "15"] {
            std::fs::write(root.path().join(version).join("bin/postgres"), "").unwrap();
        }
        assert_eq!(newest_of(root.path()), Some(root.path().join("15/bin")));
    }
}
