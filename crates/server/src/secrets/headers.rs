//! Secret header values in a stored configuration: sealed when it is stored, opened for an attempt.
//!
//! At rest such a value is an object, `{"sealed": "v1.…"}`, which no request can send: a header's value
//! is text there. Text at rest is a value from before there was encryption.

use horarium_api::configuration::secret_headers_mut;
use horarium_core::JobId;
use serde_json::{Value, json};

use crate::vault::{OpenError, Place, Vault};

const SEALED: &str = "sealed";

/// Seals every secret header value that is still text. True when there was one.
pub(crate) fn seal_headers(vault: &Vault, job: JobId, configuration: &mut Value) -> bool {
    let row = job.to_string();
    let mut is_changed = false;
    for (name, value) in secret_headers_mut(configuration) {
        if let Value::String(text) = value {
            let column = column(name);
            *value = json!({ SEALED: vault.seal(place(&row, &column), text) });
            is_changed = true;
        }
    }
    is_changed
}

/// Seals anew what is sealed under an older key, and what is not sealed at all. True when something was.
pub(crate) fn reseal_headers(
    vault: &Vault,
    job: JobId,
    configuration: &mut Value,
) -> Result<bool, OpenError> {
    let row = job.to_string();
    for (name, value) in secret_headers_mut(configuration) {
        let column = column(name);
        if let Some(sealed) = value[SEALED].as_str().filter(|sealed| !vault.is_newest(sealed)) {
            let opened = vault.open(place(&row, &column), sealed)?;
            *value = Value::String(opened.as_str().to_owned());
        }
    }
    Ok(seal_headers(vault, job, configuration))
}

/// Opens them all.
pub(super) fn open_headers(
    vault: &Vault,
    job: JobId,
    configuration: &mut Value,
) -> Result<(), String> {
    let row = job.to_string();
    for (name, value) in secret_headers_mut(configuration) {
        let column = column(name);
        if let Some(sealed) = value[SEALED].as_str() {
            let opened = vault.open(place(&row, &column), sealed);
            let opened = opened.map_err(|cause| format!("opening header `{name}`: {cause}"))?;
            *value = Value::String(opened.as_str().to_owned());
        }
    }
    Ok(())
}

/// A header's name means the same in any case.
fn column(name: &str) -> String {
    format!("configuration.headers.{}", name.to_ascii_lowercase())
}

fn place<'a>(row: &'a str, column: &'a str) -> Place<'a> {
    Place { table: "jobs", row, column }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::vault::KeyRing;

    const OLD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "HxwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEAHx4=";

    fn vault(keys: &str) -> Vault {
        Vault::new(KeyRing::parse(keys).unwrap())
    }

    fn job() -> JobId {
        JobId(Uuid::from_u128(1))
    }

    fn plain() -> Value {
        json!({"url": "http://h/", "headers": {
            "X-Api-Key": "hunter2", "Accept": "*/*", "Authorization": "Bearer secret://billing"
        }})
    }

    #[test]
    fn secret_values_are_sealed_and_nothing_else_is() {
        let vault = vault(OLD);
        let mut configuration = plain();
        assert!(seal_headers(&vault, job(), &mut configuration));
        assert!(!configuration.to_string().contains("hunter2"));
        assert_eq!(configuration["headers"]["Accept"], "*/*");
        assert_eq!(configuration["headers"]["Authorization"], "Bearer secret://billing");
        assert!(!seal_headers(&vault, job(), &mut configuration), "they are sealed already");
        open_headers(&vault, job(), &mut configuration).unwrap();
        assert_eq!(configuration, plain());
    }

    #[test]
    fn a_value_does_not_open_for_another_job() {
        let vault = vault(OLD);
        let mut configuration = plain();
        seal_headers(&vault, job(), &mut configuration);
        let other = JobId(Uuid::from_u128(2));
        let refused = open_headers(&vault, other, &mut configuration).unwrap_err();
        assert!(refused.starts_with("opening header `X-Api-Key`"), "{refused}");
    }

    #[test]
    fn older_keys_give_way_to_the_newest() {
        let mut configuration = plain();
        seal_headers(&vault(OLD), job(), &mut configuration);
        let both = vault(&format!("{NEW} {OLD}"));
        assert_eq!(reseal_headers(&both, job(), &mut configuration), Ok(true));
        assert_eq!(reseal_headers(&both, job(), &mut configuration), Ok(false));
        open_headers(&vault(NEW), job(), &mut configuration).unwrap();
        assert_eq!(configuration, plain());
    }
}
