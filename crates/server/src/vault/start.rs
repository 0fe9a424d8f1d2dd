//! The vault at a start: its keys found or made, tried out, and held against what the database says.

use horarium_store::{Hidden, Store, StoreError};
use tracing::{info, warn};

use super::{
    KeySource, KeySourceError, KeyTextError, OpenError, Place, SelfTestError, Vault,
    rotate::seal_what_is_plain, source::add_key, split,
};
use crate::settings::Settings;

/// A text sealed under the keys that this database's rows are sealed under.
pub(super) const CHECK: &str = "encryption.check";
pub(super) const CHECK_PLACE: Place<'_> = Place { table: "settings", row: CHECK, column: "value" };
pub(super) const CHECK_TEXT: &str = "these are the keys";

/// Why there is no vault.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error(transparent)]
    Source(#[from] KeySourceError),
    #[error("encryption failed its self-test: {0}")]
    SelfTest(#[from] SelfTestError),
    #[error(
        "this database is encrypted under key {wanted}, and this server has no key: give every node \
         the same one (encryption.key, its _FILE, or encryption.key_command), or put back `{file}`"
    )]
    Missing { wanted: String, file: String },
    #[error(
        "this database is encrypted under key {wanted}, and this server has {}: give every node the \
         same keys (encryption.key, its _FILE, or encryption.key_command)", .has.join(", ")
    )]
    Wrong { wanted: String, has: Vec<String> },
    #[error("the check value in the database ({CHECK}) does not open: {0}")]
    Damaged(OpenError),
    #[error("opening {what}: {cause}")]
    Row { what: String, cause: OpenError },
    #[error("rows kept changing while they were sealed anew: try again")]
    Restless,
    #[error("reading and writing what is encrypted")]
    Store(#[from] StoreError),
}

/// Finds the keys, or makes the first one where nothing is encrypted yet.
pub async fn start(settings: &Settings, store: &Store) -> Result<Vault, VaultError> {
    let source = KeySource::of(settings);
    let stored = store.setting(CHECK).await?;
    let keys = match (source.read().await?, &source, &stored) {
        (Some(keys), _, _) => keys,
        (None, KeySource::File(path), None) => {
            info!(
                "made an encryption key in `{}`: back it up apart from the database",
                path.display()
            );
            add_key(path)?
        }
        (None, source, Some(check)) => return Err(missing(source, check)),
        (None, KeySource::Given(_) | KeySource::Command(_), None) => {
            return Err(no_keys());
        }
    };
    let vault = Vault::new(keys);
    vault.test()?;
    let check = if let Some(check) = stored {
        check
    } else {
        let candidate = Hidden::new(vault.seal(CHECK_PLACE, CHECK_TEXT));
        store.get_or_insert_setting(CHECK, candidate).await?
    };
    vault.verify(check.expose())?;
    seal_what_is_plain(&vault, store).await?;
    Ok(vault)
}

/// Reading them says so itself, in more words.
pub(super) fn no_keys() -> VaultError {
    KeySourceError::Given(KeyTextError::Empty).into()
}

pub(super) fn missing(source: &KeySource, check: &Hidden) -> VaultError {
    let file = match source {
        KeySource::File(path) => path.display().to_string(),
        KeySource::Given(_) | KeySource::Command(_) => String::new(),
    };
    let wanted = split(check.expose()).map_or_else(|_| "?".to_owned(), |(id, _)| id.to_owned());
    VaultError::Missing { wanted, file }
}

impl Vault {
    pub(super) fn verify(&self, check: &str) -> Result<(), VaultError> {
        match self.open(CHECK_PLACE, check) {
            Ok(text) if text.as_str() == CHECK_TEXT => {}
            Ok(_) => return Err(VaultError::Damaged(OpenError::Damaged)),
            Err(OpenError::UnknownKey(wanted)) => {
                let has = self.keys.ids().into_iter().map(str::to_owned).collect();
                return Err(VaultError::Wrong { wanted, has });
            }
            Err(error) => return Err(VaultError::Damaged(error)),
        }
        if !self.is_newest(check) {
            warn!("rows are still sealed under an older key: run `horarium secrets rotate-key`");
        }
        Ok(())
    }
}
