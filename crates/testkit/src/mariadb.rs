//! A throw-away MariaDB for tests: one server per process, one database per test.
//!
//! Shared as the Postgres is (see `postgres.rs`): a process makes its own at the first database asked for,
//! unless `with-postgres --mariadb` started one and handed it on in `HORARIUM_TEST_MARIADB`.

mod server;
mod tools;

use std::sync::OnceLock;

pub use server::MariaDbServer;

/// `127.0.0.1:port` of the server of this test run, for user `horarium` with password `horarium`.
pub const MARIADB_ENV: &str = "HORARIUM_TEST_MARIADB";

/// The user of every server; it may do anything.
const USER: &str = "horarium";
const PASSWORD: &str = "horarium";

/// The server of this test run.
pub struct MariaDb {
    port: u16,
    /// Kept by a static and so never dropped: its guard stops it when this process ends.
    _own: Option<MariaDbServer>,
}

impl MariaDb {
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<MariaDb> = OnceLock::new();
        SHARED.get_or_init(|| {
            if let Ok(address) = std::env::var(MARIADB_ENV) {
                let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
                let port = port.unwrap_or_else(|| panic!("{MARIADB_ENV}=`{address}`: no port"));
                return Self { port, _own: None };
            }
            let server = MariaDbServer::start();
            Self { port: server.port(), _own: Some(server) }
        })
    }

    /// On 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// A database of its own for one test, dropped with it.
///
/// ```no_run
/// let database = horarium_testkit::MariaDbDatabase::create();
/// assert_eq!(database.sql("SELECT 1"), "1");
/// ```
pub struct MariaDbDatabase {
    name: String,
    port: u16,
}

impl MariaDbDatabase {
    /// In the shared server. Blocks for about 0.1 s (2 s more in a process that makes its own server).
    pub fn create() -> Self {
        let port = MariaDb::shared().port();
        let name = format!("t_{}_{:016x}", std::process::id(), crate::port::random());
        let create = format!("CREATE DATABASE `{name}` CHARACTER SET utf8mb4");
        tools::sql(port, "", &create)
            .unwrap_or_else(|cause| panic!("creating the database {name}: {cause}"));
        Self { name, port }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// On 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn user(&self) -> &'static str {
        USER
    }

    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// What the client prints for `sql`: a line per row, columns apart by tabs. `DELIMITER` is understood.
    pub fn sql(&self, sql: &str) -> String {
        tools::sql(self.port, &self.name, sql)
            .unwrap_or_else(|cause| panic!("running `{sql}` on {}: {cause}", self.name))
    }
}

impl Drop for MariaDbDatabase {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS `{}`", self.name);
        if let Err(cause) = tools::sql(self.port, "", &drop) {
            // Best effort: the whole server goes at the end of the run.
            eprintln!("dropping the database {}: {cause}", self.name);
        }
    }
}
