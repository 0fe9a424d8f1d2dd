//! One connection in use, and the three things a store function does with it.
//!
//! Store functions are written once, against [`Tx`]; the dialect is chosen here. On SQLite every
//! future is ready at once, because the statement ran on this very thread.

use horarium_core as _;
use rusqlite::Connection;
use sqlx::{Postgres, Transaction, pool::PoolConnection};

use crate::{
    error::Result,
    postgres, sqlite,
    value::{Row, Value},
};

/// Which database a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// A connection lent to a store function. `Transaction` commits after the function returned `Ok`.
pub(crate) enum Tx {
    Sqlite(Box<Connection>),
    PgRead(PoolConnection<Postgres>),
    PgWrite(Transaction<'static, Postgres>),
}

/// One statement for many rows. PostgreSQL takes the columns as arrays (`unnest($1, $2)`), SQLite
/// takes the rows one by one (`VALUES ($1, $2)`): its statements cost microseconds once prepared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Each {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Tx {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::PgRead(_) | Self::PgWrite(_) => Dialect::Postgres,
        }
    }

    /// Rows a statement answers with.
    pub(crate) async fn rows(&mut self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(connection) => sqlite::rows(connection, sql, &args),
            Self::PgRead(connection) => postgres::rows(connection, sql, args).await,
            Self::PgWrite(tx) => postgres::rows(tx, sql, args).await,
        }
    }

    /// The first row a statement answers with.
    pub(crate) async fn row(&mut self, sql: &str, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// How many rows a statement changed.
    pub(crate) async fn execute(&mut self, sql: &str, args: Vec<Value>) -> Result<u64> {
        match self {
            Self::Sqlite(connection) => sqlite::execute(connection, sql, &args),
            Self::PgRead(connection) => postgres::execute(connection, sql, args).await,
            Self::PgWrite(tx) => postgres::execute(tx, sql, args).await,
        }
    }

    /// Runs one statement for every row of parameters, and gives all rows it answers with.
    ///
    /// All rows have the same number of parameters of the same types.
    pub(crate) async fn each(&mut self, sql: Each, rows: Vec<Vec<Value>>) -> Result<Vec<Row>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        match self {
            Self::Sqlite(connection) => sqlite::each(connection, sql.sqlite, &rows),
            Self::PgRead(connection) => postgres::each(connection, sql.postgres, rows).await,
            Self::PgWrite(tx) => postgres::each(tx, sql.postgres, rows).await,
        }
    }
}
