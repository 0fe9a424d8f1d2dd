//! WebAssembly modules: versions under a name, and their code.

use horarium_core::ModuleId;
use jiff::Timestamp;

use crate::{
    Store,
    error::{Result, StoreError},
    in_tx,
    sql::shared,
    tx::Dialect,
    value::{Row, args},
};

const TABLE: &str = "module_versions";
/// Versions of all modules together; more are not taken.
pub const MODULE_VERSIONS_MAX: u32 = 1_000;

const LOCK_TABLE: &str = include_str!("../sql/postgres/module_lock_table.sql");

/// A version of a module to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewModule {
    pub id: ModuleId,
    pub name: String,
    /// Of the code, in hexadecimal digits.
    pub sha256: String,
    pub code: Vec<u8>,
    pub description: Option<String>,
    pub created_by: String,
    pub created_at: Timestamp,
}

/// A version of a module, without its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    pub id: ModuleId,
    pub name: String,
    /// From 1, without end: the number of a deleted version is not given again.
    pub version: u32,
    pub sha256: String,
    pub size_bytes: u64,
    pub description: Option<String>,
    pub created_by: String,
    pub created_at: Timestamp,
}

/// What became of a new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    New(Module),
    /// The newest version has the same code.
    Present(Module),
    /// There are [`MODULE_VERSIONS_MAX`].
    TooMany,
}

impl Store {
    /// Adds the next version of a module, unless the newest has this very code.
    pub async fn add_module(&self, new: NewModule) -> Result<Added> {
        self.write(move |tx| {
            in_tx(async move {
                if tx.dialect() == Dialect::Postgres {
                    tx.execute(LOCK_TABLE, args![]).await?;
                }
                let newest = args![new.name.as_str(), None::<u32>, 1_u32];
                let newest = tx.row(shared!("module_versions"), newest).await?;
                let newest = newest.as_ref().map(read).transpose()?;
                if let Some(newest) = newest.filter(|newest| newest.sha256 == new.sha256) {
                    return Ok(Added::Present(newest));
                }
                let count = tx.row(shared!("module_count"), args![]).await?;
                if count.map_or(Ok(0), |row| row.get::<u32>(TABLE, 0))? >= MODULE_VERSIONS_MAX {
                    return Ok(Added::TooMany);
                }
                let number = args![new.name.as_str()];
                let number = tx.row(shared!("module_next_version"), number).await?;
                let number = number.ok_or_else(|| StoreError::bad_row("modules", "no number"))?;
                let module = module(&new, number.get("modules", 0)?);
                tx.execute(shared!("module_insert"), columns(&module)).await?;
                let code = args![module.id, new.code];
                tx.execute(shared!("module_code_insert"), code).await?;
                Ok(Added::New(module))
            })
        })
        .await
    }

    /// The newest version of each module, by name.
    pub async fn modules(&self) -> Result<Vec<Module>> {
        let most = args![MODULE_VERSIONS_MAX];
        let rows =
            self.read(|tx| in_tx(async move { tx.rows(shared!("module_list"), most).await }));
        rows.await?.iter().map(read).collect()
    }

    /// The versions of a module that are there, newest first.
    pub async fn module_versions(&self, name: &str) -> Result<Vec<Module>> {
        self.versions(name, None, MODULE_VERSIONS_MAX).await
    }

    /// This version of a module, or its newest.
    pub async fn module(&self, name: &str, version: Option<u32>) -> Result<Option<Module>> {
        Ok(self.versions(name, version, 1).await?.pop())
    }

    async fn versions(&self, name: &str, version: Option<u32>, n_max: u32) -> Result<Vec<Module>> {
        let wanted = args![name, version, n_max];
        let rows =
            self.read(|tx| in_tx(async move { tx.rows(shared!("module_versions"), wanted).await }));
        rows.await?.iter().map(read).collect()
    }

    pub async fn module_by_id(&self, id: ModuleId) -> Result<Option<Module>> {
        let row = self
            .read(move |tx| in_tx(async move { tx.row(shared!("module_by_id"), args![id]).await }));
        row.await?.as_ref().map(read).transpose()
    }

    pub async fn module_code(&self, id: ModuleId) -> Result<Option<Vec<u8>>> {
        let row = self.read(move |tx| {
            in_tx(async move { tx.row(shared!("module_code_by_id"), args![id]).await })
        });
        row.await?.map(|row| row.get("module_code", 0)).transpose()
    }

    /// Forgets a version and its code; `false` when there is none.
    pub async fn delete_module(&self, id: ModuleId) -> Result<bool> {
        self.write(move |tx| {
            in_tx(async move {
                tx.execute(shared!("module_code_delete"), args![id]).await?;
                Ok(tx.execute(shared!("module_delete"), args![id]).await? == 1)
            })
        })
        .await
    }
}

fn module(new: &NewModule, version: u32) -> Module {
    Module {
        id: new.id,
        name: new.name.clone(),
        version,
        sha256: new.sha256.clone(),
        size_bytes: new.code.len() as u64,
        description: new.description.clone(),
        created_by: new.created_by.clone(),
        created_at: new.created_at,
    }
}

fn columns(module: &Module) -> Vec<crate::value::Value> {
    args![
        module.id,
        module.name.as_str(),
        module.version,
        module.sha256.as_str(),
        i64::try_from(module.size_bytes).unwrap_or(i64::MAX),
        module.description.clone(),
        module.created_by.as_str(),
        module.created_at,
    ]
}

fn read(row: &Row) -> Result<Module> {
    Ok(Module {
        id: row.get(TABLE, 0)?,
        name: row.get(TABLE, 1)?,
        version: row.get(TABLE, 2)?,
        sha256: row.get(TABLE, 3)?,
        size_bytes: row.get(TABLE, 4)?,
        description: row.get(TABLE, 5)?,
        created_by: row.get(TABLE, 6)?,
        created_at: row.get(TABLE, 7)?,
    })
}
