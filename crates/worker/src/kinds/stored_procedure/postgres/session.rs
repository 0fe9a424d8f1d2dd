//! One connection to PostgreSQL, and how what it does is stopped.

use std::time::Duration;

use sqlx::{
    ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::time::sleep;

use crate::data_sources::{DataSource, TlsMode, pool::Session};

/// Asked to cancel this often before its session is ended: a function may catch a cancel.
const CANCELS_MAX: u32 = 4;
const BETWEEN_CANCELS: Duration = Duration::from_millis(50);

pub(in crate::kinds::stored_procedure) struct PgSession {
    connection: PgConnection,
    /// Of the address that was connected to.
    options: PgConnectOptions,
    backend: Backend,
    /// The server can look whether we are still there (from version 14, where its system can).
    is_watched: bool,
}

/// A pid may become another session's; together with its start it does not.
struct Backend {
    pid: i32,
    started: String,
}

impl PgSession {
    pub(in crate::kinds::stored_procedure) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// What holds for one call. If this process dies meanwhile, the server ends the call by itself.
    pub(in crate::kinds::stored_procedure) async fn begin(
        &mut self,
        label: &str,
        limit: Duration,
    ) -> sqlx::Result<()> {
        let mut sql = "SELECT set_config('application_name', $1, false), \
                       set_config('statement_timeout', $2, false)"
            .to_owned();
        if self.is_watched {
            sql.push_str(", set_config('client_connection_check_interval', '1000', false)");
        }
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .persistent(false)
            .bind(label)
            .bind(limit.as_millis().to_string())
            .execute(&mut self.connection)
            .await
            .map(drop)
    }
}

impl Session for PgSession {
    async fn connect(source: &DataSource, host: &str) -> sqlx::Result<Self> {
        let options = options(source, host);
        let mut connection = options.connect().await?;
        let (pid, started) = sqlx::query_as(
            "SELECT pid, backend_start::text AS started FROM pg_stat_activity \
             WHERE pid = pg_backend_pid()",
        )
        .persistent(false)
        .fetch_one(&mut connection)
        .await?;
        let watching = sqlx::raw_sql("SET client_connection_check_interval = 1000");
        let is_watched = match watching.execute(&mut connection).await {
            Ok(_) => true,
            Err(sqlx::Error::Database(_)) => false,
            Err(error) => return Err(error),
        };
        let backend = Backend { pid, started };
        Ok(Self { connection, options, backend, is_watched })
    }

    async fn is_alive(&mut self) -> bool {
        self.connection.ping().await.is_ok()
    }

    /// Fails, rightly, when a transaction was left open.
    async fn reset(&mut self) -> sqlx::Result<()> {
        sqlx::raw_sql("DISCARD ALL").execute(&mut self.connection).await.map(drop)
    }

    async fn stop(&mut self) -> Result<(), String> {
        self.backend.stop(&self.options).await.map_err(|error| error.to_string())
    }
}

impl Backend {
    async fn stop(&self, options: &PgConnectOptions) -> sqlx::Result<()> {
        let mut other = options.connect().await?;
        for _ in 0..CANCELS_MAX {
            if self.signal("pg_cancel_backend", &mut other).await? == 0 {
                return other.close().await;
            }
            sleep(BETWEEN_CANCELS).await;
        }
        self.signal("pg_terminate_backend", &mut other).await?;
        other.close().await
    }

    /// 0 when it is not working.
    async fn signal(&self, function: &'static str, other: &mut PgConnection) -> sqlx::Result<i64> {
        let sql = format!(
            "SELECT count({function}(pid)) FROM pg_stat_activity \
             WHERE pid = $1 AND backend_start = $2::text::timestamptz AND state = 'active'"
        );
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .persistent(false)
            .bind(self.pid)
            .bind(&self.started)
            .fetch_one(other)
            .await
    }
}

/// Everything is said here: nothing is left to a password file, a service file or a socket.
fn options(source: &DataSource, host: &str) -> PgConnectOptions {
    let options = PgConnectOptions::new_without_pgpass()
        .host(host)
        .port(source.port)
        .database(&source.database)
        .username(&source.user)
        .password(&source.password)
        .application_name("horarium")
        // Behind a pooler, a statement prepared on one connection is missing on the next.
        .statement_cache_capacity(0)
        // Statements and rows are not ours to log.
        .disable_statement_logging();
    match &source.tls {
        TlsMode::Disable => options.ssl_mode(PgSslMode::Disable),
        TlsMode::Require => options.ssl_mode(PgSslMode::Require),
        TlsMode::VerifyFull { ca_pem: None } => options.ssl_mode(PgSslMode::VerifyFull),
        TlsMode::VerifyFull { ca_pem: Some(pem) } => {
            options.ssl_mode(PgSslMode::VerifyFull).ssl_root_cert_from_pem(pem.clone().into_bytes())
        }
    }
}
