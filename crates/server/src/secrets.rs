//! Secrets: stored sealed, opened for the attempts that name them.

mod headers;

use std::sync::Arc;

use horarium_api::secrets::{SecretDto, SecretRequest, SecretValueRequest};
use horarium_core::{JobId, SecretId};
use horarium_store::{Hidden, Store, StoredSecret};
use horarium_worker::Secrets;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    clock::Clock,
    fault::Fault,
    random,
    vault::{Place, Vault},
};

pub(crate) use headers::{reseal_headers, seal_headers};

/// A use is noted when the last one is this long ago: not every attempt costs a write.
const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// What the routes of secrets call, and what workers ask.
#[derive(Clone)]
pub struct StoredSecrets {
    store: Store,
    vault: Arc<Vault>,
    clock: Clock,
}

impl StoredSecrets {
    pub fn new(store: Store, vault: Arc<Vault>, clock: Clock) -> Self {
        Self { store, vault, clock }
    }

    /// By name.
    pub async fn list(&self) -> Result<Vec<SecretDto>, Fault> {
        Ok(self.store.secrets("").await?.iter().map(secret_dto).collect())
    }

    pub async fn get(&self, name: &str) -> Result<SecretDto, Fault> {
        Ok(secret_dto(&self.stored(name).await?))
    }

    pub async fn create(&self, request: SecretRequest, by: &str) -> Result<SecretDto, Fault> {
        let now = self.clock.now();
        let id = SecretId(random::id(now));
        let new = StoredSecret {
            id,
            name: request.name,
            description: request.description,
            value: self.sealed(id, 1, &request.value.0),
            version: 1,
            created_at: now,
            updated_at: now,
            updated_by: by.to_owned(),
            last_used_at: None,
        };
        let dto = secret_dto(&new);
        self.store.insert_secret(new).await?;
        Ok(dto)
    }

    /// Gives it its next value; attempts that begin from now on use it.
    pub async fn replace(
        &self,
        name: &str,
        request: SecretValueRequest,
        by: &str,
    ) -> Result<SecretDto, Fault> {
        let old = self.stored(name).await?;
        let (now, version) = (self.clock.now(), old.version + 1);
        let value = self.sealed(old.id, version, &request.value.0);
        let new = StoredSecret {
            description: request.description.apply(old.description),
            version,
            updated_at: now,
            updated_by: by.to_owned(),
            value: value.clone(),
            ..old
        };
        let change = (now, by.to_owned());
        let description = new.description.clone();
        let is_done =
            self.store.replace_secret((old.id, old.version), description, value, change).await?;
        if is_done { Ok(secret_dto(&new)) } else { Err(Fault::Contended) }
    }

    pub async fn delete(&self, name: &str) -> Result<(), Fault> {
        if self.store.delete_secret(name).await? { Ok(()) } else { Err(Fault::Unknown) }
    }

    /// The present value, if there is a secret of this name; its use is noted.
    pub async fn value(&self, name: &str) -> Result<Option<Zeroizing<String>>, Fault> {
        let Some(stored) = self.store.secret(name).await? else { return Ok(None) };
        let value = self.opened(&stored)?;
        self.note_use(&stored).await;
        Ok(Some(value))
    }

    async fn stored(&self, name: &str) -> Result<StoredSecret, Fault> {
        self.store.secret(name).await?.ok_or(Fault::Unknown)
    }

    fn sealed(&self, id: SecretId, version: i64, value: &str) -> Hidden {
        let (row, column) = (id.to_string(), column(version));
        Hidden::new(self.vault.seal(place(&row, &column), value))
    }

    fn opened(&self, stored: &StoredSecret) -> Result<Zeroizing<String>, Fault> {
        let (row, column) = (stored.id.to_string(), column(stored.version));
        let opened = self.vault.open(place(&row, &column), stored.value.expose());
        opened.map_err(|cause| Fault::Sealed { what: format!("secret `{}`", stored.name), cause })
    }

    /// An attempt does not fail because its use could not be noted.
    async fn note_use(&self, stored: &StoredSecret) {
        let now = self.clock.now();
        if is_noted(stored.last_used_at, now) {
            return;
        }
        if let Err(err) = self.store.touch_secret(stored.id, now).await {
            tracing::warn!(error = %err, "noting a use of secret `{}` failed", stored.name);
        }
    }
}

fn is_noted(last_used_at: Option<Timestamp>, now: Timestamp) -> bool {
    last_used_at.is_some_and(|last| now.duration_since(last) < USE_NOTED_EVERY)
}

/// Where a version of a secret stands: an older value put back does not open.
pub(crate) fn place<'a>(row: &'a str, column: &'a str) -> Place<'a> {
    Place { table: "secrets", row, column }
}

pub(crate) fn column(version: i64) -> String {
    format!("value.v{version}")
}

fn secret_dto(stored: &StoredSecret) -> SecretDto {
    SecretDto {
        id: stored.id.0,
        name: stored.name.clone(),
        description: stored.description.clone(),
        version: stored.version,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
        updated_by: stored.updated_by.clone(),
        last_used_at: stored.last_used_at,
    }
}

impl Secrets for StoredSecrets {
    async fn find(&self, name: &str) -> Result<Option<String>, String> {
        let value = self.value(name).await.map_err(|fault| fault.to_string())?;
        Ok(value.map(|value| value.as_str().to_owned()))
    }

    async fn is_known(&self, name: &str) -> Result<bool, String> {
        Ok(self.store.secret(name).await.map_err(|err| err.to_string())?.is_some())
    }

    fn open_headers(&self, job: JobId, configuration: &mut Value) -> Result<(), String> {
        headers::open_headers(&self.vault, job, configuration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let now = Timestamp::UNIX_EPOCH + USE_NOTED_EVERY;
        assert!(!is_noted(None, now));
        assert!(!is_noted(Some(Timestamp::UNIX_EPOCH), now));
        assert!(is_noted(Some(Timestamp::UNIX_EPOCH + SignedDuration::from_millis(1)), now));
    }
}
