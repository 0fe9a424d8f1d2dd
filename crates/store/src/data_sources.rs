//! Data sources: other people's databases, by the names that jobs use.

use horarium_core::DataSourceId;
use jiff::Timestamp;

use crate::{
    Hidden, Store,
    error::{Result, StoreError},
    in_tx,
    sql::shared,
    value::{Row, args, from_json, to_json},
};

const TABLE: &str = "data_sources";
/// Most data sources that one call lists.
pub const DATA_SOURCES_LISTED_MAX: u32 = 1_000;

/// A data source as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDataSource {
    pub id: DataSourceId,
    /// Unique without regard to case.
    pub name: String,
    /// The wire's word: `PostgreSql`, `MySql`.
    pub kind: String,
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    /// Sealed for this row, or `secret://name`.
    pub password: Option<Hidden>,
    /// The wire's word: `Disable`, `Require`, `VerifyFull`.
    pub tls: String,
    /// In PEM.
    pub tls_ca: Option<String>,
    pub allowed_procedures: Vec<String>,
    pub statement_timeout_seconds: u32,
    pub pool_size: u32,
    /// From 1.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: String,
}

const NAME_TAKEN: StoreError = StoreError::Duplicate("a data source of this name");

impl Store {
    /// # Errors
    ///
    /// `Duplicate` when the name is taken.
    pub async fn insert_data_source(&self, new: StoredDataSource) -> Result<()> {
        let values = args![
            new.id,
            new.name.as_str(),
            new.name.to_lowercase(),
            new.kind,
            new.host,
            new.port,
            new.database,
            new.user,
            new.password.as_ref().map(Hidden::expose),
            new.tls,
            new.tls_ca,
            to_json(&new.allowed_procedures),
            new.statement_timeout_seconds,
            new.pool_size,
            new.version,
            new.created_at,
            new.updated_by,
        ];
        let sql = shared!("data_source_insert");
        let added =
            self.write(move |tx| in_tx(async move { tx.execute(sql, values).await })).await?;
        if added == 1 { Ok(()) } else { Err(NAME_TAKEN) }
    }

    /// Replaces everything but id, version and creation. `false`: it is not at `new.version` any more.
    ///
    /// # Errors
    ///
    /// `Duplicate` when another has the name.
    pub async fn replace_data_source(&self, new: StoredDataSource) -> Result<bool> {
        let name_key = new.name.to_lowercase();
        let id = new.id;
        let values = args![
            new.id,
            new.version,
            new.name,
            name_key.as_str(),
            new.kind,
            new.host,
            new.port,
            new.database,
            new.user,
            new.password.as_ref().map(Hidden::expose),
            new.tls,
            new.tls_ca,
            to_json(&new.allowed_procedures),
            new.statement_timeout_seconds,
            new.pool_size,
            new.updated_at,
            new.updated_by,
        ];
        self.write(move |tx| {
            in_tx(async move {
                let other = tx.row(shared!("data_source_by_name"), args![name_key]).await?;
                let other = other.map(|row| row.get::<DataSourceId>(TABLE, 0)).transpose()?;
                if other.is_some_and(|other| other != id) {
                    return Err(NAME_TAKEN);
                }
                Ok(tx.execute(shared!("data_source_update"), values).await? == 1)
            })
        })
        .await
    }

    pub async fn data_source(&self, id: DataSourceId) -> Result<Option<StoredDataSource>> {
        let sql = shared!("data_source_by_id");
        let row = self.read(move |tx| in_tx(async move { tx.row(sql, args![id]).await })).await?;
        row.as_ref().map(read_data_source).transpose()
    }

    /// By its name in any case.
    pub async fn data_source_named(&self, name: &str) -> Result<Option<StoredDataSource>> {
        let (sql, name_key) = (shared!("data_source_by_name"), args![name.to_lowercase()]);
        let row = self.read(move |tx| in_tx(async move { tx.row(sql, name_key).await })).await?;
        row.as_ref().map(read_data_source).transpose()
    }

    /// By name, at most [`DATA_SOURCES_LISTED_MAX`].
    pub async fn data_sources(&self) -> Result<Vec<StoredDataSource>> {
        let (sql, listed) = (shared!("data_source_list"), args![DATA_SOURCES_LISTED_MAX]);
        let rows = self.read(move |tx| in_tx(async move { tx.rows(sql, listed).await })).await?;
        rows.iter().map(read_data_source).collect()
    }

    /// `false`: there is none.
    pub async fn delete_data_source(&self, id: DataSourceId) -> Result<bool> {
        let sql = shared!("data_source_delete");
        let gone = self.write(move |tx| in_tx(async move { tx.execute(sql, args![id]).await }));
        Ok(gone.await? == 1)
    }

    /// Puts a password sealed anew in the place of the old one. `false`: it was changed meanwhile.
    pub async fn reseal_data_source(
        &self,
        id: DataSourceId,
        old: Hidden,
        new: Hidden,
    ) -> Result<bool> {
        let (sql, values) = (shared!("data_source_reseal"), args![id, old.expose(), new.expose()]);
        let done = self.write(move |tx| in_tx(async move { tx.execute(sql, values).await }));
        Ok(done.await? == 1)
    }
}

fn read_data_source(row: &Row) -> Result<StoredDataSource> {
    let port: u32 = row.get(TABLE, 4)?;
    let password: Option<String> = row.get(TABLE, 7)?;
    Ok(StoredDataSource {
        id: row.get(TABLE, 0)?,
        name: row.get(TABLE, 1)?,
        kind: row.get(TABLE, 2)?,
        host: row.get(TABLE, 3)?,
        port: u16::try_from(port)
            .map_err(|_| StoreError::bad_row(TABLE, format!("port {port}")))?,
        database: row.get(TABLE, 5)?,
        user: row.get(TABLE, 6)?,
        password: password.map(Hidden::new),
        tls: row.get(TABLE, 8)?,
        tls_ca: row.get(TABLE, 9)?,
        allowed_procedures: from_json(TABLE, &row.get::<String>(TABLE, 10)?)?,
        statement_timeout_seconds: row.get(TABLE, 11)?,
        pool_size: row.get(TABLE, 12)?,
        version: row.get(TABLE, 13)?,
        created_at: row.get(TABLE, 14)?,
        updated_at: row.get(TABLE, 15)?,
        updated_by: row.get(TABLE, 16)?,
    })
}
