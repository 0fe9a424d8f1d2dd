//! Calls on PostgreSQL, from version 12.
//!
//! Rows come back as JSON that the server made (`row_to_json`), so every type there is has a form.

mod arguments;
mod catalogue;
mod session;
mod statement;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Column, PgConnection, Row, postgres::PgRow};

pub(super) use self::session::PgSession;
use self::{arguments::Raw, statement::Statement};
use super::{
    Command,
    failure::Failure,
    limited::Calls,
    name::quote,
    result::{Outcome, RESULT_BYTES_MAX, string},
    signature::{self, RoutineKind},
};
use crate::data_sources::DataSource;

impl Calls for PgSession {
    async fn call(
        &mut self,
        source: &DataSource,
        command: &Command<'_>,
    ) -> Result<Outcome, Failure> {
        self.begin(&command.label, command.server_limit).await?;
        let connection = self.connection();
        let routines = catalogue::find(connection, command.procedure).await?;
        let Some(first) = routines.first() else {
            return Err(Failure::for_good("no such function or procedure"));
        };
        let (schema, name) = (&first.schema, &first.name);
        if !source.allows(schema, name) {
            let error =
                format!("`{schema}.{name}` is not among the data source's allowed procedures");
            return Err(Failure::for_good(error));
        }
        let fit = signature::choose(routines, command.given).map_err(Failure::for_good)?;
        let statement = Statement::of(&fit).map_err(Failure::for_good)?;
        arguments::check(connection, &fit, &statement).await?;
        match statement.kind {
            RoutineKind::Procedure => call(connection, statement).await,
            RoutineKind::Function | RoutineKind::VoidFunction => {
                select(connection, statement).await
            }
        }
    }
}

/// A function: its rows are a result set, unless it returns nothing.
async fn select(connection: &mut PgConnection, call: Statement) -> Result<Outcome, Failure> {
    // A row that is longer than all that is kept is not sent.
    let sql = format!(
        "SELECT CASE WHEN octet_length(json) <= {RESULT_BYTES_MAX} THEN json END FROM \
         (SELECT row_to_json(\"horarium row\")::text AS json FROM ({}) AS \"horarium row\") AS rows",
        call.sql
    );
    let has_rows = call.kind == RoutineKind::Function;
    let mut outcome = Outcome::default();
    if has_rows {
        outcome.begin_set();
    }
    let mut rows = arguments::bind(AssertSqlSafe(sql), call.values).fetch(connection);
    // Read to the end, kept or not: what the function did is committed only then.
    while let Some(row) = rows.try_next().await? {
        if has_rows {
            outcome.rows_affected += 1;
            let json = if outcome.has_room() { row.try_get(0)? } else { None };
            outcome.row(json);
        }
    }
    Ok(outcome)
}

/// A procedure: it gives at most one row, of what it gives out.
async fn call(connection: &mut PgConnection, call: Statement) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let mut given_out = None;
    let mut rows = arguments::bind(AssertSqlSafe(call.sql), call.values).fetch(&mut *connection);
    // To the end: what fails at the commit comes after the row.
    while let Some(row) = rows.try_next().await? {
        given_out = Some(row);
    }
    drop(rows);
    if let Some(row) = given_out {
        outcome.out_parameters = Some(as_json(connection, &row).await?);
    }
    Ok(outcome)
}

/// Sends the values back, as they came, for the server to make JSON of them.
async fn as_json(connection: &mut PgConnection, row: &PgRow) -> Result<String, Failure> {
    let columns = row.columns().iter().enumerate();
    let columns: Vec<_> =
        columns.map(|(i, column)| format!("${} AS {}", i + 1, quote(column.name(), '"'))).collect();
    let sql = format!(
        "SELECT row_to_json(\"horarium row\")::text FROM (SELECT {}) AS \"horarium row\"",
        columns.join(", ")
    );
    let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
    for i in 0..row.len() {
        query = query.bind(Raw::of(&row.try_get_raw(i)?)?);
    }
    let json: String = query.fetch_one(connection).await?;
    if json.len() > RESULT_BYTES_MAX {
        let text = format!("[{} bytes left out]", json.len());
        return Ok(format!("{{\"\":{}}}", string(&text)));
    }
    Ok(json)
}
