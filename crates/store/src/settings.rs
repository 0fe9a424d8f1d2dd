//! What the program notes for itself: a name and a text, such as the key that signs access tokens.

use crate::{
    Hidden, Store,
    error::{Result, StoreError},
    in_tx,
    value::args,
};

const TABLE: &str = "settings";

const GET: &str = include_str!("../sql/shared/setting_get.sql");
const SET: &str = include_str!("../sql/shared/setting_set.sql");
const INSERT: &str = include_str!("../sql/shared/setting_insert.sql");
const TAKE: &str = include_str!("../sql/shared/setting_take.sql");

impl Store {
    pub async fn setting(&self, key: &'static str) -> Result<Option<Hidden>> {
        let row = self.read(move |tx| in_tx(async move { tx.row(GET, args![key]).await })).await?;
        row.map(|row| row.get::<String>(TABLE, 0).map(Hidden::new)).transpose()
    }

    /// Sets a setting, whatever it was.
    pub async fn set_setting(&self, key: &'static str, value: Hidden) -> Result<()> {
        let values = args![key, value.expose()];
        self.write(move |tx| in_tx(async move { tx.execute(SET, values).await.map(drop) })).await
    }

    /// The setting, or `candidate`, which it then is: nodes that start together agree on one.
    pub async fn get_or_insert_setting(
        &self,
        key: &'static str,
        candidate: Hidden,
    ) -> Result<Hidden> {
        self.write(move |tx| {
            in_tx(async move {
                if tx.execute(INSERT, args![key, candidate.expose()]).await? == 1 {
                    return Ok(candidate);
                }
                let row = tx.row(GET, args![key]).await?;
                let row = row.ok_or_else(|| {
                    StoreError::bad_row(TABLE, format!("`{key}` was there and is gone"))
                })?;
                row.get::<String>(TABLE, 0).map(Hidden::new)
            })
        })
        .await
    }

    /// Removes a setting that still has the value the caller read; of many at once, one gets `true`.
    pub async fn take_setting(&self, key: &'static str, value: Hidden) -> Result<bool> {
        let values = args![key, value.expose()];
        let taken = self.write(move |tx| in_tx(async move { tx.execute(TAKE, values).await }));
        Ok(taken.await? == 1)
    }
}
