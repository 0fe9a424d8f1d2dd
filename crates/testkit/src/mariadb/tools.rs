//! MariaDB's programs: where they are, and as whom they run.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use super::{PASSWORD, USER};
use crate::child;
use crate::server_user::ServerUser;

const MISSING: &str = "MariaDB's programs (mariadbd, mariadb-install-db, mariadb) are not all in PATH or \
    /usr/sbin; install them: apt-get install --no-install-recommends mariadb-server";

pub(super) fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        // Where Debian puts mariadbd, and what an ordinary user's PATH lacks.
        .chain([PathBuf::from("/usr/sbin")])
        .map(|dir| dir.join(name))
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("no `{name}`: {MISSING}"))
}

/// MariaDB refuses to run as root.
pub(super) fn server_user() -> Option<ServerUser> {
    ServerUser::needed("mysql", MISSING)
}

/// A server program in a group of its own, away from our terminal's Ctrl-C.
pub(super) fn server_command(name: &str, user: Option<ServerUser>) -> Command {
    let mut command = Command::new(program(name));
    // First of all arguments: nothing of /etc/mysql is about our server.
    command.arg("--no-defaults").current_dir("/").process_group(0);
    if let Some(ServerUser { uid, gid }) = user {
        command.uid(uid).gid(gid);
    }
    command
}

/// Runs `sql` on `database`, or on none.
pub(super) fn sql(port: u16, database: &str, sql: &str) -> Result<String, String> {
    let mut command = Command::new(program("mariadb"));
    command.args(["--no-defaults", "--batch", "--skip-column-names", "--host=127.0.0.1"]);
    command.arg("--connect-timeout=10").arg("--default-character-set=utf8mb4");
    command.arg(format!("--port={port}")).arg(format!("--user={USER}"));
    // In the environment: a password among the arguments makes the client complain.
    command.env("MYSQL_PWD", PASSWORD).arg(format!("--execute={sql}")).arg(database);
    child::text_of(&mut command)
}
