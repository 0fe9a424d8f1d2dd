//! Everything that is sealed, sealed anew under the newest key.

use horarium_core::JobId;
use horarium_store::{Hidden, Store};
use serde_json::Value;
use tracing::info;

use super::{
    KeySource, OpenError, Vault, VaultError,
    source::{add_key, keep_newest},
    start::{CHECK, CHECK_PLACE, CHECK_TEXT, missing, no_keys},
};
use crate::{
    data_sources,
    secrets::{self, reseal_headers},
    settings::Settings,
};

/// Rows that others change while they are sealed anew are read again this often.
const ROUNDS_MAX: usize = 10;
/// Set once no secret header value is stored as text.
const HEADERS_SEALED: &str = "encryption.headers_sealed";

/// What a rotation has sealed anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// The id of the newest key.
    pub key: String,
    pub n_secrets: usize,
    pub n_passwords: usize,
    pub n_configurations: usize,
}

impl Rotated {
    fn n_rows(&self) -> usize {
        self.n_secrets + self.n_passwords + self.n_configurations
    }
}

/// Makes a new key where the keys are this server's own file, seals everything under the newest key, and
/// lets the file's older keys go. Ended anywhere, it can be started again: until its end all keys stay.
pub async fn rotate(settings: &Settings, store: &Store) -> Result<Rotated, VaultError> {
    let source = KeySource::of(settings);
    let check = store.setting(CHECK).await?;
    // Before a new key is made: it would hide that the old one is missing.
    let found = source.read().await?.map(Vault::new);
    match (&found, &check) {
        (Some(vault), Some(check)) => vault.verify(check.expose())?,
        (None, Some(check)) => return Err(missing(&source, check)),
        (Some(_) | None, None) => {}
    }
    let vault = match (&source, found) {
        (KeySource::File(path), _) => Vault::new(add_key(path)?),
        (KeySource::Given(_) | KeySource::Command(_), Some(vault)) => vault,
        (KeySource::Given(_) | KeySource::Command(_), None) => return Err(no_keys()),
    };
    vault.test()?;
    let rotated = reseal(&vault, store).await?;
    store.set_setting(CHECK, Hidden::new(vault.seal(CHECK_PLACE, CHECK_TEXT))).await?;
    if let KeySource::File(path) = &source {
        keep_newest(path)?;
    }
    Ok(rotated)
}

/// Rounds until one finds nothing more to do.
async fn reseal(vault: &Vault, store: &Store) -> Result<Rotated, VaultError> {
    let mut all = Rotated { key: vault.keys.newest().id().to_owned(), ..Rotated::default() };
    for _ in 0..ROUNDS_MAX {
        let round = Rotated {
            key: String::new(),
            n_secrets: reseal_secrets(vault, store).await?,
            n_passwords: reseal_passwords(vault, store).await?,
            n_configurations: reseal_configurations(vault, store).await?,
        };
        if round.n_rows() == 0 {
            return Ok(all);
        }
        all.n_secrets += round.n_secrets;
        all.n_passwords += round.n_passwords;
        all.n_configurations += round.n_configurations;
    }
    Err(VaultError::Restless)
}

async fn reseal_secrets(vault: &Vault, store: &Store) -> Result<usize, VaultError> {
    let (mut n, mut after) = (0, String::new());
    loop {
        let listed = store.secrets(&after).await?;
        let Some(last) = listed.last() else { return Ok(n) };
        after.clone_from(&last.name);
        for stored in listed.into_iter().filter(|it| !vault.is_newest(it.value.expose())) {
            let (row, column) = (stored.id.to_string(), secrets::column(stored.version));
            let place = secrets::place(&row, &column);
            let value = vault.open(place, stored.value.expose());
            let value = value.map_err(failed(&format!("secret `{}`", stored.name)))?;
            let new = Hidden::new(vault.seal(place, &value));
            n += usize::from(store.reseal_secret(stored.id, stored.value, new).await?);
        }
    }
}

async fn reseal_passwords(vault: &Vault, store: &Store) -> Result<usize, VaultError> {
    let mut n = 0;
    for stored in store.data_sources().await? {
        let sealed = stored.password.as_ref().map(Hidden::expose);
        let sealed = sealed
            .filter(|it| !horarium_api::configuration::is_reference(it) && !vault.is_newest(it));
        let Some(sealed) = sealed else { continue };
        let id = stored.id.to_string();
        let password = vault.open(data_sources::place(&id), sealed);
        let password =
            password.map_err(failed(&format!("the password of data source `{}`", stored.name)))?;
        let new = Hidden::new(vault.seal(data_sources::place(&id), &password));
        let old = Hidden::new(sealed);
        n += usize::from(store.reseal_data_source(stored.id, old, new).await?);
    }
    Ok(n)
}

async fn reseal_configurations(vault: &Vault, store: &Store) -> Result<usize, VaultError> {
    let (mut n, mut after) = (0, None);
    loop {
        let listed = store.configurations_with_headers(after).await?;
        let Some((last, _)) = listed.last() else { return Ok(n) };
        after = Some(*last);
        for (id, text) in listed {
            let Some(new) = resealed(vault, id, &text)? else { continue };
            n += usize::from(store.reseal_configuration(id, text, new).await?);
        }
    }
}

/// The configuration to store instead, if there is anything to seal.
fn resealed(vault: &Vault, id: JobId, text: &str) -> Result<Option<String>, VaultError> {
    // One that does not read back is another's trouble: it holds nothing sealed of ours.
    let Ok(mut configuration) = serde_json::from_str::<Value>(text) else { return Ok(None) };
    let is_changed = reseal_headers(vault, id, &mut configuration);
    let is_changed = is_changed.map_err(failed(&format!("the headers of job {id}")))?;
    Ok(is_changed.then(|| configuration.to_string()))
}

fn failed(what: &str) -> impl FnOnce(OpenError) -> VaultError {
    let what = what.to_owned();
    move |cause| VaultError::Row { what, cause }
}

/// Seals header values that an earlier version stored as text, once, and leaves no copy of them behind.
pub(crate) async fn seal_what_is_plain(vault: &Vault, store: &Store) -> Result<(), VaultError> {
    if store.setting(HEADERS_SEALED).await?.is_some() {
        return Ok(());
    }
    let n = reseal_configurations(vault, store).await?;
    if n > 0 {
        store.scrub().await?;
        info!(n, "sealed the secret headers of {n} jobs");
    }
    store.set_setting(HEADERS_SEALED, Hidden::new("yes")).await?;
    Ok(())
}
