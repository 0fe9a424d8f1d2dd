//! PostgreSQL: a pool of connections; batches go as arrays in one statement.

use std::{str::FromStr as _, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::{
    AssertSqlSafe, Column as _, Executor as _, PgConnection, PgPool, Postgres, Row as _,
    TypeInfo as _, ValueRef as _,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow},
    query::Query,
};
use uuid::Uuid;

use crate::{
    error::{Result, StoreError},
    tx::Tx,
    value::{Cell, Row, Value},
};

/// Longest wait for a free connection before the call answers `Unavailable`.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Set on every connection, so that nothing of ours can hang on the server for ever.
const SESSION: &str = "SET statement_timeout = '30s'; SET lock_timeout = '10s'; \
     SET idle_in_transaction_session_timeout = '30s'; SET synchronous_commit = on";

/// An open PostgreSQL database.
#[derive(Clone)]
pub(crate) struct Pg {
    pool: PgPool,
}

impl Pg {
    pub(crate) async fn open(url: &str, connections_max: u32) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|err| StoreError::Unusable(format!("reading the database URL: {err}")))?
            .application_name("horarium");
        let pool = PgPoolOptions::new()
            .max_connections(connections_max)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SESSION).await.map(drop) })
            })
            .connect_with(options)
            .await
            .map_err(|err| StoreError::unavailable("connecting to PostgreSQL", err))?;
        Ok(Self { pool })
    }

    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>>,
    {
        let tx = self.pool.begin().await.map_err(|err| wording("BEGIN", err))?;
        let mut tx = Tx::PgWrite(tx);
        let result = work(&mut tx).await;
        let Tx::PgWrite(tx) = tx else {
            return Err(StoreError::Unusable("a PostgreSQL write lost its transaction".to_owned()));
        };
        match result {
            Ok(value) => tx.commit().await.map(|()| value).map_err(|err| wording("COMMIT", err)),
            Err(err) => {
                // The first fault is the one to tell; a rollback that fails ends with the connection.
                drop(tx.rollback().await);
                Err(err)
            }
        }
    }

    /// Runs `work` on a connection without a transaction around it: each statement is its own.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>>,
    {
        let connection = self.pool.acquire().await.map_err(|err| wording("connecting", err))?;
        work(&mut Tx::PgRead(connection)).await
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

pub(crate) async fn rows(
    connection: &mut PgConnection,
    sql: &str,
    args: Vec<Value>,
) -> Result<Vec<Row>> {
    let rows = bind(sql, args).fetch_all(connection).await.map_err(|err| wording(sql, err))?;
    rows.iter().map(|row| read_row(row).map_err(|err| wording(sql, err))).collect()
}

pub(crate) async fn execute(
    connection: &mut PgConnection,
    sql: &str,
    args: Vec<Value>,
) -> Result<u64> {
    let done = bind(sql, args).execute(connection).await.map_err(|err| wording(sql, err))?;
    Ok(done.rows_affected())
}

pub(crate) async fn each(
    connection: &mut PgConnection,
    sql: &str,
    rows: Vec<Vec<Value>>,
) -> Result<Vec<Row>> {
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for column in columns(rows) {
        query = match column {
            Array::Ints(values) => query.bind(values),
            Array::Texts(values) => query.bind(values),
            Array::Uuids(values) => query.bind(values),
            Array::Bools(values) => query.bind(values),
            Array::Bytes(values) => query.bind(values),
        };
    }
    let rows = query.fetch_all(connection).await.map_err(|err| wording(sql, err))?;
    rows.iter().map(|row| read_row(row).map_err(|err| wording(sql, err))).collect()
}

fn bind(sql: &str, args: Vec<Value>) -> Query<'static, Postgres, PgArguments> {
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for arg in args {
        query = match arg {
            Value::Int(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Uuid(value) => query.bind(value),
            Value::Bool(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
        };
    }
    query
}

/// One column of many rows, as PostgreSQL's `unnest` takes it.
enum Array {
    Ints(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Uuids(Vec<Option<Uuid>>),
    Bools(Vec<Option<bool>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

/// Turns rows of parameters into columns. The first row gives the types.
fn columns(rows: Vec<Vec<Value>>) -> Vec<Array> {
    let n_rows = rows.len();
    let mut arrays: Vec<Array> = rows.first().map_or_else(Vec::new, |first| {
        let empty = |value: &Value| match value {
            Value::Int(_) => Array::Ints(Vec::with_capacity(n_rows)),
            Value::Text(_) => Array::Texts(Vec::with_capacity(n_rows)),
            Value::Uuid(_) => Array::Uuids(Vec::with_capacity(n_rows)),
            Value::Bool(_) => Array::Bools(Vec::with_capacity(n_rows)),
            Value::Bytes(_) => Array::Bytes(Vec::with_capacity(n_rows)),
        };
        first.iter().map(empty).collect()
    });
    for row in rows {
        for (array, value) in arrays.iter_mut().zip(row) {
            match (array, value) {
                (Array::Ints(values), Value::Int(value)) => values.push(value),
                (Array::Texts(values), Value::Text(value)) => values.push(value),
                (Array::Uuids(values), Value::Uuid(value)) => values.push(value),
                (Array::Bools(values), Value::Bool(value)) => values.push(value),
                (Array::Bytes(values), Value::Bytes(value)) => values.push(value),
                (_, value) => unreachable!("a column changed its type to {value:?}"),
            }
        }
    }
    arrays
}

fn read_row(row: &PgRow) -> Result<Row, sqlx::Error> {
    let mut cells = Vec::with_capacity(row.columns().len());
    for (index, column) in row.columns().iter().enumerate() {
        if row.try_get_raw(index)?.is_null() {
            cells.push(Cell::Null);
            continue;
        }
        cells.push(match column.type_info().name() {
            "INT8" => Cell::Int(row.try_get(index)?),
            "INT4" => Cell::Int(i64::from(row.try_get::<i32, _>(index)?)),
            "INT2" => Cell::Int(i64::from(row.try_get::<i16, _>(index)?)),
            "FLOAT8" => Cell::Real(row.try_get(index)?),
            "UUID" => Cell::Uuid(row.try_get(index)?),
            "BOOL" => Cell::Bool(row.try_get(index)?),
            "BYTEA" => Cell::Bytes(row.try_get(index)?),
            _ => Cell::Text(row.try_get(index)?),
        });
    }
    Ok(Row(cells))
}

/// A PostgreSQL fault in the store's words: what passes by itself, what a unique key refused, and
/// what is a defect of ours.
fn wording(sql: &str, err: sqlx::Error) -> StoreError {
    let during = crate::first_words(sql);
    let database = match &err {
        sqlx::Error::Database(database) => database,
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => return StoreError::unavailable(during, err),
        _ => return StoreError::Refused { during, source: Box::new(err) },
    };
    match database.code().as_deref() {
        Some("23505") => StoreError::Duplicate("the row"),
        // Connection, resources, operator, serialisation, timeouts: SQLSTATE classes 08 53 57 58 40 55.
        Some(code)
            if ["08", "53", "57", "58", "40", "55"].contains(&code.get(..2).unwrap_or(""))
                || code == "25006" =>
        {
            StoreError::unavailable(during, err)
        }
        _ => StoreError::Refused { during, source: Box::new(err) },
    }
}
