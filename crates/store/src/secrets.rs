//! Secrets: values that jobs name instead of holding them. What is stored of a value is sealed.

use horarium_core::{JobId, SecretId};
use jiff::Timestamp;

use crate::{
    Hidden, Store,
    error::{Result, StoreError},
    in_tx,
    sql::shared,
    value::{Row, args},
};

const TABLE: &str = "secrets";
/// Most secrets that one call lists.
pub const SECRETS_LISTED_MAX: u32 = 1_000;
/// Most configurations that one call lists.
pub const CONFIGURATIONS_LISTED_MAX: u32 = 500;

/// A secret as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSecret {
    pub id: SecretId,
    pub name: String,
    pub description: Option<String>,
    /// Sealed for this row and version.
    pub value: Hidden,
    /// From 1; grows with every value.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: String,
    pub last_used_at: Option<Timestamp>,
}

impl Store {
    /// # Errors
    ///
    /// `Duplicate` when the name is taken.
    pub async fn insert_secret(&self, new: StoredSecret) -> Result<()> {
        let values = args![
            new.id,
            new.name,
            new.description,
            new.value.expose(),
            new.version,
            new.created_at,
            new.updated_by,
        ];
        let sql = shared!("secret_insert");
        let added =
            self.write(move |tx| in_tx(async move { tx.execute(sql, values).await })).await?;
        if added == 1 { Ok(()) } else { Err(StoreError::Duplicate("a secret of this name")) }
    }

    /// Stores the value of the version after `old`. `false`: `old` is not the present one.
    pub async fn replace_secret(
        &self,
        old: (SecretId, i64),
        description: Option<String>,
        value: Hidden,
        (now, by): (Timestamp, String),
    ) -> Result<bool> {
        let values = args![old.0, old.1, description, value.expose(), now, by];
        let sql = shared!("secret_update");
        let done = self.write(move |tx| in_tx(async move { tx.execute(sql, values).await }));
        Ok(done.await? == 1)
    }

    pub async fn secret(&self, name: &str) -> Result<Option<StoredSecret>> {
        let (sql, name) = (shared!("secret_by_name"), args![name]);
        let row = self.read(move |tx| in_tx(async move { tx.row(sql, name).await })).await?;
        row.as_ref().map(read_secret).transpose()
    }

    /// By name, those after `after`, at most [`SECRETS_LISTED_MAX`].
    pub async fn secrets(&self, after: &str) -> Result<Vec<StoredSecret>> {
        let (sql, listed) = (shared!("secret_list"), args![after, SECRETS_LISTED_MAX]);
        let rows = self.read(move |tx| in_tx(async move { tx.rows(sql, listed).await })).await?;
        rows.iter().map(read_secret).collect()
    }

    /// `false`: there is none.
    pub async fn delete_secret(&self, name: &str) -> Result<bool> {
        let (sql, name) = (shared!("secret_delete"), args![name]);
        let gone = self.write(move |tx| in_tx(async move { tx.execute(sql, name).await }));
        Ok(gone.await? == 1)
    }

    /// Notes a use. The caller decides how often.
    pub async fn touch_secret(&self, id: SecretId, now: Timestamp) -> Result<()> {
        let sql = shared!("secret_touch");
        self.write(move |tx| in_tx(async move { tx.execute(sql, args![id, now]).await.map(drop) }))
            .await
    }

    /// Puts a value sealed anew in the place of the old one. `false`: it was changed meanwhile.
    pub async fn reseal_secret(&self, id: SecretId, old: Hidden, new: Hidden) -> Result<bool> {
        let (sql, values) = (shared!("secret_reseal"), args![id, old.expose(), new.expose()]);
        let done = self.write(move |tx| in_tx(async move { tx.execute(sql, values).await }));
        Ok(done.await? == 1)
    }

    /// Configurations, as text, that may hold sealed headers; of deleted jobs too. At most
    /// [`CONFIGURATIONS_LISTED_MAX`], after `after`.
    pub async fn configurations_with_headers(
        &self,
        after: Option<JobId>,
    ) -> Result<Vec<(JobId, String)>> {
        let (sql, listed) = (shared!("job_headers_list"), args![after, CONFIGURATIONS_LISTED_MAX]);
        let rows = self.read(move |tx| in_tx(async move { tx.rows(sql, listed).await })).await?;
        rows.iter().map(|row| Ok((row.get("jobs", 0)?, row.get("jobs", 1)?))).collect()
    }

    /// Puts a configuration sealed anew in the place of the old one. `false`: it was changed meanwhile.
    pub async fn reseal_configuration(&self, id: JobId, old: String, new: String) -> Result<bool> {
        let (sql, values) = (shared!("job_reseal"), args![id, old, new]);
        let done = self.write(move |tx| in_tx(async move { tx.execute(sql, values).await }));
        Ok(done.await? == 1)
    }
}

fn read_secret(row: &Row) -> Result<StoredSecret> {
    Ok(StoredSecret {
        id: row.get(TABLE, 0)?,
        name: row.get(TABLE, 1)?,
        description: row.get(TABLE, 2)?,
        value: Hidden::new(row.get::<String>(TABLE, 3)?),
        version: row.get(TABLE, 4)?,
        created_at: row.get(TABLE, 5)?,
        updated_at: row.get(TABLE, 6)?,
        updated_by: row.get(TABLE, 7)?,
        last_used_at: row.get(TABLE, 8)?,
    })
}
