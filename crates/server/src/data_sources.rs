//! Data sources: defined by an administrator, stored with their passwords sealed, opened for workers.

mod amend;
mod dto;

use std::sync::Arc;

use horarium_api::{
    FieldErrors,
    configuration::{Part, is_reference, parts},
    data_sources::{DataSourceDto, DataSourceRequest, DataSourceTestDto},
    fields::Change,
};
use horarium_core::DataSourceId;
use horarium_store::{Hidden, Store, StoredDataSource};
use horarium_worker::{DataSource, DataSources, Runner};
use jiff::Timestamp;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    fault::Fault,
    random,
    secrets::StoredSecrets,
    vault::{Place, Vault},
};

pub(crate) const TABLE: &str = "data_sources";
const PASSWORD: &str = "password";

/// What the routes of data sources call, and what workers ask.
#[derive(Clone)]
pub struct DefinedDataSources {
    store: Store,
    vault: Arc<Vault>,
    secrets: StoredSecrets,
}

impl DefinedDataSources {
    pub fn new(store: Store, vault: Arc<Vault>, secrets: StoredSecrets) -> Self {
        Self { store, vault, secrets }
    }

    /// By name.
    pub async fn list(&self) -> Result<Vec<DataSourceDto>, Fault> {
        let stored = self.store.data_sources().await?;
        stored.iter().map(dto::data_source_dto).collect()
    }

    /// By its id or its name.
    pub async fn get(&self, key: &str) -> Result<DataSourceDto, Fault> {
        dto::data_source_dto(&self.stored(key).await?)
    }

    pub async fn create(
        &self,
        request: DataSourceRequest,
        by: &str,
        now: Timestamp,
    ) -> Result<DataSourceDto, Fault> {
        let new = amend::blank(DataSourceId(random::id(now)), now);
        let new = self.amended(new, request, by, now).await?;
        let dto = dto::data_source_dto(&new)?;
        self.store.insert_data_source(new).await?;
        Ok(dto)
    }

    pub async fn update(
        &self,
        key: &str,
        request: DataSourceRequest,
        by: &str,
        now: Timestamp,
    ) -> Result<DataSourceDto, Fault> {
        let new = self.amended(self.stored(key).await?, request, by, now).await?;
        if !self.store.replace_data_source(new.clone()).await? {
            return Err(Fault::Contended);
        }
        dto::data_source_dto(&StoredDataSource { version: new.version + 1, ..new })
    }

    pub async fn delete(&self, key: &str) -> Result<(), Fault> {
        let stored = self.stored(key).await?;
        let gone = self.store.delete_data_source(stored.id).await?;
        if gone { Ok(()) } else { Err(Fault::Unknown) }
    }

    /// Connects as a job would, from this node.
    pub async fn test(&self, key: &str, runner: &Runner) -> Result<DataSourceTestDto, Fault> {
        let source = self.opened(&self.stored(key).await?).await?;
        let since = std::time::Instant::now();
        let error = runner.test_data_source(source).await.err();
        let duration_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(DataSourceTestDto { succeeded: error.is_none(), error, duration_ms })
    }

    async fn stored(&self, key: &str) -> Result<StoredDataSource, Fault> {
        let found = match Uuid::try_parse(key) {
            Ok(id) => self.store.data_source(DataSourceId(id)).await?,
            Err(_) => self.store.data_source_named(key).await?,
        };
        found.ok_or(Fault::Unknown)
    }

    async fn amended(
        &self,
        old: StoredDataSource,
        request: DataSourceRequest,
        by: &str,
        now: Timestamp,
    ) -> Result<StoredDataSource, Fault> {
        self.check_password(&request).await?;
        let mut new = amend::amended(old, request, |id, text| self.sealed(id, text))?;
        new.updated_at = now;
        by.clone_into(&mut new.updated_by);
        Ok(new)
    }

    /// A password that names a secret names one that there is.
    async fn check_password(&self, request: &DataSourceRequest) -> Result<(), Fault> {
        let Change::Set(password) = &request.password else { return Ok(()) };
        match secret_name(&password.0) {
            Some(name) if self.store.secret(name).await?.is_none() => {
                let text = format!("There is no secret named `{name}`.");
                Err(FieldErrors::one(PASSWORD, text).into())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The password to store: a reference as it is, anything else sealed.
    fn sealed(&self, id: DataSourceId, text: &str) -> Hidden {
        if is_reference(text) {
            return Hidden::new(text);
        }
        Hidden::new(self.vault.seal(place(&id.to_string()), text))
    }

    async fn password(
        &self,
        of: &StoredDataSource,
        stored: &str,
    ) -> Result<Zeroizing<String>, Fault> {
        if let Some(name) = secret_name(stored) {
            let value = self.secrets.value(name).await?;
            return value.ok_or_else(|| Fault::NoSecret(name.to_owned()));
        }
        self.vault.open(place(&of.id.to_string()), stored).map_err(|cause| {
            let what = format!("the password of data source `{}`", of.name);
            Fault::Sealed { what, cause }
        })
    }

    async fn opened(&self, stored: &StoredDataSource) -> Result<DataSource, Fault> {
        let password = match stored.password.as_ref().map(Hidden::expose) {
            None => String::new(),
            Some(text) => self.password(stored, text).await?.as_str().to_owned(),
        };
        dto::worker_data_source(stored, password)
    }
}

/// The secret that a password names, if it is nothing but a reference.
fn secret_name(password: &str) -> Option<&str> {
    match parts(password)[..] {
        [Part::Secret(name)] => Some(name),
        _ => None,
    }
}

/// Where a data source's password stands.
pub(crate) fn place(id: &str) -> Place<'_> {
    Place { table: TABLE, row: id, column: PASSWORD }
}

impl DataSources for DefinedDataSources {
    async fn find(&self, name: &str) -> Result<Option<DataSource>, String> {
        let found = self.store.data_source_named(name).await.map_err(|err| err.to_string())?;
        let Some(stored) = found else { return Ok(None) };
        let opened = self.opened(&stored).await;
        opened.map(Some).map_err(|fault| fault.to_string())
    }
}
