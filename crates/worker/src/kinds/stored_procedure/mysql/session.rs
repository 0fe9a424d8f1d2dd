//! One connection to MySQL or MariaDB, and how what it does is stopped.

use std::time::Duration;

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, MySqlConnection,
    mysql::{MySqlConnectOptions, MySqlDatabaseError, MySqlSslMode},
};
use tokio::time::sleep;

use super::variable;
use crate::data_sources::{DataSource, TlsMode, pool::Session};

/// Between the end of its statement and of its session: a handler for errors catches the first.
const BETWEEN_KILLS: Duration = Duration::from_millis(100);
/// `Unknown thread id`: the session is gone.
const UNKNOWN_THREAD: u16 = 1094;
/// `You are not owner of thread`: see [`MySqlSession::kill`].
const NOT_OWNER: u16 = 1095;

pub(in crate::kinds::stored_procedure) struct MySqlSession {
    connection: MySqlConnection,
    /// Of the address that was connected to.
    options: MySqlConnectOptions,
    /// It stays ours while the connection is open.
    id: u64,
    is_mariadb: bool,
    /// Variables set by a call.
    n_variables: usize,
}

impl MySqlSession {
    pub(in crate::kinds::stored_procedure) fn connection(&mut self) -> &mut MySqlConnection {
        &mut self.connection
    }

    /// What holds for one call: the server ends single statements by itself, should this process die.
    /// MySQL knows such a limit only for `SELECT`.
    pub(in crate::kinds::stored_procedure) async fn begin(
        &mut self,
        limit: Duration,
    ) -> sqlx::Result<()> {
        let sql = if self.is_mariadb {
            format!("SET max_statement_time = {}", limit.as_secs_f64())
        } else {
            format!("SET max_execution_time = {}", limit.as_millis())
        };
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await.map(drop)
    }

    pub(super) fn will_set(&mut self, n_variables: usize) {
        self.n_variables = n_variables;
    }
}

impl Session for MySqlSession {
    async fn connect(source: &DataSource, host: &str) -> sqlx::Result<Self> {
        let options = options(source, host);
        let mut connection = options.connect().await?;
        let (id, version): (u64, String) =
            sqlx::query_as("SELECT CAST(CONNECTION_ID() AS UNSIGNED), VERSION()")
                .persistent(false)
                .fetch_one(&mut connection)
                .await?;
        let is_mariadb = version.contains("MariaDB");
        Ok(Self { connection, options, id, is_mariadb, n_variables: 0 })
    }

    async fn is_alive(&mut self) -> bool {
        self.connection.ping().await.is_ok()
    }

    /// Undoes an open transaction and forgets our variables. Others', and temporary tables, stay: MySQL
    /// resets a session only by a command that the driver does not have.
    async fn reset(&mut self) -> sqlx::Result<()> {
        sqlx::raw_sql("ROLLBACK").execute(&mut self.connection).await?;
        let mut sql = "SET autocommit = 1".to_owned();
        sql.extend((0..self.n_variables).map(|i| format!(", {} = NULL", variable(i))));
        self.n_variables = 0;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await.map(drop)
    }

    async fn stop(&mut self) -> Result<(), String> {
        let mut other = self.options.connect().await.map_err(|error| error.to_string())?;
        self.kill("KILL QUERY", &mut other).await?;
        sleep(BETWEEN_KILLS).await;
        self.kill("KILL", &mut other).await?;
        other.close().await.map_err(|error| error.to_string())
    }
}

impl MySqlSession {
    /// While a procedure runs with its definer's rights, its session counts as the definer's. Its own user
    /// then needs the right to end others' sessions, or only the session's time limit ends the call.
    async fn kill(&self, command: &'static str, other: &mut MySqlConnection) -> Result<(), String> {
        let sql = AssertSqlSafe(format!("{command} {}", self.id));
        let Err(error) = sqlx::raw_sql(sql).execute(other).await else { return Ok(()) };
        match number(&error) {
            Some(UNKNOWN_THREAD) => Ok(()),
            Some(NOT_OWNER) => Err(format!(
                "{error}: the procedure has another user's rights (SQL SECURITY DEFINER), and \
                 stopping it takes CONNECTION ADMIN"
            )),
            Some(_) | None => Err(error.to_string()),
        }
    }
}

fn number(error: &sqlx::Error) -> Option<u16> {
    let error = error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

/// Everything is said here. A password is never sent as it is (no cleartext plugin).
fn options(source: &DataSource, host: &str) -> MySqlConnectOptions {
    let options = MySqlConnectOptions::new()
        .host(host)
        .port(source.port)
        .database(&source.database)
        .username(&source.user)
        .password(&source.password)
        .statement_cache_capacity(0)
        // A procedure brings its own mode; ours would change what its `||` means.
        .pipes_as_concat(false)
        // Statements and rows are not ours to log.
        .disable_statement_logging();
    match &source.tls {
        TlsMode::Disable => options.ssl_mode(MySqlSslMode::Disabled),
        TlsMode::Require => options.ssl_mode(MySqlSslMode::Required),
        TlsMode::VerifyFull { ca_pem: None } => options.ssl_mode(MySqlSslMode::VerifyIdentity),
        TlsMode::VerifyFull { ca_pem: Some(pem) } => {
            options.ssl_mode(MySqlSslMode::VerifyIdentity).ssl_ca_from_pem(pem.clone().into_bytes())
        }
    }
}
