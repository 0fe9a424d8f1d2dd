//! Calls on MySQL and MariaDB.
//!
//! Each parameter travels in a variable of the session, set from a bound value: `CALL` then has only
//! variables to name, and what it gives out is found in them. Rows come as text, as the server writes them.

mod catalogue;
mod rows;
mod session;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Either, MySqlConnection, query::Query};

pub(super) use self::session::MySqlSession;
use super::{
    Command,
    failure::Failure,
    limited::Calls,
    name::quote,
    result::Outcome,
    signature::{self, Argument, Fit, Mode},
    value,
};
use crate::data_sources::DataSource;

impl Calls for MySqlSession {
    async fn call(
        &mut self,
        source: &DataSource,
        command: &Command<'_>,
    ) -> Result<Outcome, Failure> {
        self.begin(command.server_limit).await?;
        let connection = self.connection();
        let found = catalogue::find(connection, command.procedure, &source.database).await?;
        let Some(routine) = found else { return Err(Failure::for_good("no such procedure")) };
        if !source.allows(&routine.schema, &routine.name) {
            let (schema, name) = (&routine.schema, &routine.name);
            let error =
                format!("`{schema}.{name}` is not among the data source's allowed procedures");
            return Err(Failure::for_good(error));
        }
        let fit = signature::choose(vec![routine], command.given).map_err(Failure::for_good)?;
        let values = values(&fit).map_err(Failure::for_good)?;
        self.will_set(values.len());
        let connection = self.connection();
        set_variables(connection, values).await?;
        let mut outcome = call(connection, &fit).await?;
        outcome.out_parameters = given_out(connection, &fit).await?;
        Ok(outcome)
    }
}

/// The session's variable for a parameter.
fn variable(i: usize) -> String {
    format!("@horarium_{i}")
}

fn values(fit: &Fit<'_>) -> Result<Vec<Option<String>>, String> {
    let parameters = fit.arguments.iter().zip(&fit.routine.parameters).enumerate();
    parameters
        .map(|(i, (argument, parameter))| match argument {
            Argument::Given(given) => value::text(given, parameter.shape)
                .map_err(|why| format!("{}: {why}", fit.routine.label(i))),
            Argument::Default | Argument::Out => Ok(None),
        })
        .collect()
}

async fn set_variables(
    connection: &mut MySqlConnection,
    values: Vec<Option<String>>,
) -> sqlx::Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let texts: Vec<_> = (0..values.len()).map(|i| format!("{} = ?", variable(i))).collect();
    let sql = AssertSqlSafe(format!("SET {}", texts.join(", ")));
    let query = sqlx::query(sql).persistent(false);
    let query = values.into_iter().fold(query, Query::bind);
    query.execute(connection).await.map(drop)
}

async fn call(connection: &mut MySqlConnection, fit: &Fit<'_>) -> Result<Outcome, Failure> {
    let variables: Vec<_> = (0..fit.arguments.len()).map(variable).collect();
    let (schema, name) = (quote(&fit.routine.schema, '`'), quote(&fit.routine.name, '`'));
    let sql = AssertSqlSafe(format!("CALL {schema}.{name}({})", variables.join(", ")));
    let mut outcome = Outcome::default();
    let mut results = sqlx::raw_sql(sql).fetch_many(connection);
    // Whether the rows that come next begin a result set. Each ends with a word about how it went, and so
    // does the call as a whole: the last such word is about no result set.
    let mut is_between = true;
    let mut ended: Option<bool> = None;
    while let Some(result) = results.try_next().await? {
        if is_between && ended.take().is_some_and(|had_rows| !had_rows) {
            // The end before had no rows and was not the last: an empty result set.
            outcome.begin_set();
        }
        match result {
            Either::Right(row) => {
                if is_between {
                    outcome.begin_set();
                    is_between = false;
                }
                let json = outcome.has_room().then(|| rows::as_json(&row)).transpose()?;
                outcome.row(json);
            }
            Either::Left(done) => {
                outcome.rows_affected = done.rows_affected();
                ended = Some(!is_between);
                is_between = true;
            }
        }
    }
    Ok(outcome)
}

/// `None` when the procedure gives nothing out.
async fn given_out(
    connection: &mut MySqlConnection,
    fit: &Fit<'_>,
) -> Result<Option<String>, Failure> {
    let parameters = fit.routine.parameters.iter().enumerate();
    let out: Vec<_> = parameters
        .filter(|(_, parameter)| matches!(parameter.mode, Mode::Out | Mode::InOut))
        .map(|(i, parameter)| {
            let name = parameter.name.as_deref().unwrap_or_default();
            format!("{} AS {}", variable(i), quote(name, '`'))
        })
        .collect();
    if out.is_empty() {
        return Ok(None);
    }
    let sql = AssertSqlSafe(format!("SELECT {}", out.join(", ")));
    let row = sqlx::raw_sql(sql).fetch_one(connection).await?;
    Ok(Some(rows::as_json(&row)?))
}
