//! Data sources: other people's databases, by the names that jobs of type `StoredProcedure` use.
//!
//! An administrator defines them; a job only names one. What is stored of them is somebody else's
//! ([`DataSources`]); here they are connected to, each through one small pool.

mod lease;
mod pattern;
pub(crate) mod pool;
mod route;

use std::{fmt, pin::Pin, time::Duration};

pub use pattern::{PATTERN_CHARS_MAX, Pattern, PatternError};
pub use pool::{CONNECT_LIMIT, IDLE_KEPT, POOL_SIZE_MAX};

/// One database, as an administrator defined it.
#[derive(Clone, PartialEq, Eq)]
pub struct DataSource {
    pub name: String,
    pub kind: DataSourceKind,
    /// A name or an address; never the path of a socket.
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    pub password: String,
    pub tls: TlsMode,
    /// What may be called. Nothing, when there is none.
    pub allowed_procedures: Vec<Pattern>,
    /// Longest call, whatever a job's `commandTimeoutSeconds` says.
    pub statement_timeout: Duration,
    /// Calls at a time, 1 to [`POOL_SIZE_MAX`]; the next ones wait.
    pub pool_size: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataSourceKind {
    Postgres,
    /// MariaDB too.
    MySql,
    /// Can be defined, and is refused when called.
    SqlServer,
}

/// How much of a connection TLS protects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsMode {
    Disable,
    /// Encrypted, whoever answers: safe from listeners, not from impostors.
    Require,
    /// The certificate must be for `host`, and signed by this authority or a public one.
    VerifyFull {
        ca_pem: Option<String>,
    },
}

impl DataSource {
    /// Whether the allow-list has a pattern for this procedure, as the catalogue spells it.
    pub fn allows(&self, schema: &str, procedure: &str) -> bool {
        self.allowed_procedures.iter().any(|pattern| pattern.matches(schema, procedure))
    }
}

/// Without the password.
impl fmt::Debug for DataSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataSource")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("database", &self.database)
            .field("user", &self.user)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// Who knows the data sources. Asked once an attempt, so a changed definition counts from the next.
pub trait DataSources: Send + Sync + 'static {
    /// `None` when there is none of this name; the error is why that could not be found out.
    fn find(&self, name: &str) -> impl Future<Output = Result<Option<DataSource>, String>> + Send;
}

type Finding<'a> = Pin<Box<dyn Future<Output = Result<Option<DataSource>, String>> + Send + 'a>>;

/// [`DataSources`] with its future's type erased.
pub(crate) trait AnyDataSources: Send + Sync {
    fn find<'a>(&'a self, name: &'a str) -> Finding<'a>;
}

impl<D: DataSources> AnyDataSources for D {
    fn find<'a>(&'a self, name: &'a str) -> Finding<'a> {
        Box::pin(DataSources::find(self, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let source = DataSource {
            name: "reports".to_owned(),
            kind: DataSourceKind::Postgres,
            host: "db".to_owned(),
            port: 5432,
            database: "app".to_owned(),
            user: "horarium".to_owned(),
            password: "canary".to_owned(),
            tls: TlsMode::Require,
            allowed_procedures: vec![Pattern::parse("app.*").unwrap()],
            statement_timeout: Duration::from_mins(1),
            pool_size: 2,
        };
        let text = format!("{source:?}");
        assert!(text.contains("reports") && !text.contains("canary"), "{text}");
        assert!(source.allows("app", "nightly") && !source.allows("other", "nightly"));
    }
}
