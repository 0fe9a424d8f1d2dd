//! `SqlScript`: steps that run a file of SQL statements on a data source.
//!
//! Statement by statement, in one transaction: the first failure undoes all before it. MySQL and MariaDB
//! commit by themselves before and after each statement that defines something (`CREATE`, `ALTER`, ..).
//! The scheduler begins and ends the transaction, so the script must not.

mod dialect;
mod lines;
mod split;

use std::io::Read;

use serde::Deserialize;
use sqlx::{AssertSqlSafe, Executor, MySqlConnection, PgConnection};

use self::{
    dialect::Dialect,
    lines::position,
    split::{Statement, split},
};
use super::{
    StoredProcedure,
    failure::Failure,
    limited::{Limit, Work},
    mysql::MySqlSession,
    postgres::PgSession,
};
use crate::{
    assignment::{Assignment, Ending},
    data_sources::{DataSource, DataSourceKind},
    kinds::{
        scripts::{Script, ScriptRoots},
        unusable,
    },
    output::Capture,
};

/// Longest script.
pub(super) const SCRIPT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most statements of one script.
pub(super) const STATEMENTS_MAX: usize = 10_000;

const NOT_CONFIGURED: &str =
    "scripts are refused: no folder is configured for them (runners.script_roots)";

/// A step of type `SqlScript`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SqlScriptConfiguration {
    /// The data source.
    database_connection_string_name: String,
    script_path: String,
}

/// A script on its way through one session.
struct Run<'a> {
    path: &'a str,
    statements: &'a [Statement<'a>],
    label: String,
}

/// What a script did, statement by statement.
#[derive(Debug, Default)]
struct Done(Vec<(usize, u64)>);

impl StoredProcedure {
    pub(in crate::kinds) async fn run_script(
        &self,
        assignment: &Assignment,
        scripts: &ScriptRoots,
        capture: &mut Capture,
    ) -> Ending {
        let wanted = match SqlScriptConfiguration::deserialize(&assignment.configuration) {
            Ok(wanted) => wanted,
            Err(error) => return unusable(&error),
        };
        match self.perform_script(&wanted, scripts, assignment, capture).await {
            Ok(done) => {
                done.write(capture);
                Ending::Succeeded
            }
            Err(ending) => ending,
        }
    }

    async fn perform_script(
        &self,
        wanted: &SqlScriptConfiguration,
        scripts: &ScriptRoots,
        assignment: &Assignment,
        capture: &Capture,
    ) -> Result<Done, Ending> {
        if scripts.is_empty() {
            return Err(Ending::failed_for_good(NOT_CONFIGURED));
        }
        let path = wanted.script_path.as_str();
        let script = scripts.find(path).map_err(Ending::failed_for_good)?;
        let text = read(script).map_err(Ending::failed_for_good)?;
        let source = self.find(Some(&wanted.database_connection_string_name), capture).await?;
        let dialect = match source.kind {
            DataSourceKind::Postgres => Dialect::Postgres,
            DataSourceKind::MySql => Dialect::MySql,
            DataSourceKind::SqlServer => return Err(super::not_supported(&source)),
        };
        let statements = split(&text, dialect)
            .map_err(|error| Ending::failed_for_good(format!("script `{path}`, {error}")))?;
        let label = format!("horarium execution {}", assignment.execution_id);
        let run = Run { path, statements: &statements, label };
        let limit = Limit::of_script(&source);
        match dialect {
            Dialect::Postgres => {
                self.mysql.forget(&source.name);
                limit.perform(&self.postgres.of(source, &self.context), &run).await
            }
            Dialect::MySql => {
                self.postgres.forget(&source.name);
                limit.perform(&self.mysql.of(source, &self.context), &run).await
            }
        }
    }
}

fn read(script: Script) -> Result<String, String> {
    let reading = |why: String| format!("reading script `{}`: {why}", script.path.display());
    let mut bytes = Vec::new();
    let limit = SCRIPT_BYTES_MAX as u64 + 1;
    let read = script.file.take(limit).read_to_end(&mut bytes);
    read.map_err(|error| reading(error.to_string()))?;
    if bytes.len() > SCRIPT_BYTES_MAX {
        return Err(reading(format!("it is longer than {SCRIPT_BYTES_MAX} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|error| reading(error.to_string()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn failed(statement: &Statement<'_>, error: sqlx::Error) -> Failure {
    let line = statement.line + position(&error, statement.sql);
    Failure::from(error).at(format!("line {line}"))
}

impl Work<PgSession> for Run<'_> {
    type Done = Done;

    fn what(&self) -> String {
        format!("running script `{}`", self.path)
    }

    async fn perform(&self, session: &mut PgSession, source: &DataSource) -> Result<Done, Failure> {
        session.begin(&self.label, source.statement_timeout).await?;
        let connection: &mut PgConnection = session.connection();
        connection.execute("BEGIN").await?;
        let mut done = Done::default();
        for statement in self.statements {
            let ran = connection.execute(sqlx::raw_sql(AssertSqlSafe(statement.sql.to_owned())));
            match ran.await {
                Ok(result) => done.0.push((statement.line, result.rows_affected())),
                Err(error) => {
                    let failure = failed(statement, error);
                    // What cannot be undone by word is undone when the session is closed.
                    return Err(match connection.execute("ROLLBACK").await {
                        Ok(_) => failure,
                        Err(_) => failure.breaking(),
                    });
                }
            }
        }
        connection
            .execute("COMMIT")
            .await
            .map_err(|error| Failure::from(error).at("at its end"))?;
        Ok(done)
    }
}

impl Work<MySqlSession> for Run<'_> {
    type Done = Done;

    fn what(&self) -> String {
        format!("running script `{}`", self.path)
    }

    async fn perform(
        &self,
        session: &mut MySqlSession,
        source: &DataSource,
    ) -> Result<Done, Failure> {
        session.begin(source.statement_timeout).await?;
        let connection: &mut MySqlConnection = session.connection();
        connection.execute(sqlx::raw_sql("START TRANSACTION")).await?;
        let mut done = Done::default();
        for statement in self.statements {
            let ran = connection.execute(sqlx::raw_sql(AssertSqlSafe(statement.sql.to_owned())));
            match ran.await {
                Ok(result) => done.0.push((statement.line, result.rows_affected())),
                // The end of the session undoes the transaction.
                Err(error) => return Err(failed(statement, error).breaking()),
            }
        }
        let ended = connection.execute(sqlx::raw_sql("COMMIT")).await;
        ended.map_err(|error| Failure::from(error).at("at its end"))?;
        Ok(done)
    }
}

impl Done {
    fn write(&self, capture: &mut Capture) {
        for (line, n_rows) in &self.0 {
            capture.write(format!("line {line}: {n_rows} rows\n").as_bytes());
        }
        capture.write(format!("{} statements committed\n", self.0.len()).as_bytes());
    }
}
