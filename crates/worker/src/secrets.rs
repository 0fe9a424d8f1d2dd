//! `secret://name` in a configuration: found, asked for, and put in its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
};

use horarium_api::configuration::{is_reference, references, secret_headers_mut};
use horarium_core::JobId;
use serde_json::Value;

use crate::{
    assignment::Ending,
    complaint::Complaint,
    redact::{HIDDEN_BYTES_MIN, of_header, of_url},
};

/// Different secrets that one configuration may name.
pub const SECRETS_MAX: usize = 50;

/// Who knows the secrets.
pub trait Secrets: Send + Sync + 'static {
    /// The present value, for an attempt that uses it now; `None` when there is none of this name. The
    /// error is why that could not be found out.
    fn find(&self, name: &str) -> impl Future<Output = Result<Option<String>, String>> + Send;

    /// Whether there is one.
    fn is_known(&self, name: &str) -> impl Future<Output = Result<bool, String>> + Send;

    /// Opens header values that are sealed at rest.
    ///
    /// # Errors
    ///
    /// Which one does not open, and why.
    fn open_headers(&self, job: JobId, configuration: &mut Value) -> Result<(), String>;
}

/// For a worker without any.
pub(crate) struct NoSecrets;

impl Secrets for NoSecrets {
    async fn find(&self, _: &str) -> Result<Option<String>, String> {
        Ok(None)
    }

    async fn is_known(&self, _: &str) -> Result<bool, String> {
        Ok(false)
    }

    fn open_headers(&self, _: JobId, _: &mut Value) -> Result<(), String> {
        Ok(())
    }
}

type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// [`Secrets`] with its futures' types erased.
pub(crate) trait AnySecrets: Send + Sync {
    fn find<'a>(&'a self, name: &'a str) -> Asking<'a, Option<String>>;
    fn is_known<'a>(&'a self, name: &'a str) -> Asking<'a, bool>;
    fn open_headers(&self, job: JobId, configuration: &mut Value) -> Result<(), String>;
}

impl<S: Secrets> AnySecrets for S {
    fn find<'a>(&'a self, name: &'a str) -> Asking<'a, Option<String>> {
        Box::pin(Secrets::find(self, name))
    }

    fn is_known<'a>(&'a self, name: &'a str) -> Asking<'a, bool> {
        Box::pin(Secrets::is_known(self, name))
    }

    fn open_headers(&self, job: JobId, configuration: &mut Value) -> Result<(), String> {
        Secrets::open_headers(self, job, configuration)
    }
}

/// Values by name.
pub(crate) type Found = BTreeMap<String, String>;

/// The secrets that an attempt needs, and everything to hide in what it prints.
///
/// Looked for before variables are filled: a job's name is text, never a reference.
pub(crate) async fn resolve(
    secrets: &dyn AnySecrets,
    job: JobId,
    configuration: &mut Value,
) -> Result<(Found, Vec<String>), Ending> {
    secrets.open_headers(job, configuration).map_err(Ending::failed_for_good)?;
    let mut hidden = Vec::new();
    for (name, value) in secret_headers_mut(configuration) {
        hidden.extend(value.as_str().into_iter().flat_map(|value| of_header(name, value)));
    }
    let mut found = Found::new();
    for reference in references(configuration) {
        let Some(name) = reference.name else {
            let error = format!("jobConfiguration.{}: `secret://` without a name", reference.path);
            return Err(Ending::failed_for_good(error));
        };
        if found.contains_key(&name) {
            continue;
        }
        if found.len() == SECRETS_MAX {
            return Err(Ending::failed_for_good(too_many()));
        }
        match secrets.find(&name).await {
            Ok(Some(value)) => drop(found.insert(name, value)),
            Ok(None) => return Err(Ending::failed_for_good(not_known(&name, &reference.path))),
            Err(cause) => return Err(Ending::failed(format!("reading secret `{name}`: {cause}"))),
        }
    }
    let is_url = configuration["url"].as_str().is_some_and(is_reference);
    hidden.extend(found.values().cloned());
    if is_url {
        hidden.extend(found.values().flat_map(|value| of_url(value)));
    }
    Ok((found, hidden))
}

fn not_known(name: &str, path: &str) -> String {
    format!("secret `{name}` is not known (jobConfiguration.{path})")
}

fn too_many() -> String {
    format!("more than {SECRETS_MAX} different secrets are named")
}

/// What is wrong with the references of a configuration.
pub(crate) async fn check(
    secrets: &dyn AnySecrets,
    configuration: &Value,
) -> Result<Vec<Complaint>, String> {
    let mut complaints = Vec::new();
    let (mut known, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    for reference in references(configuration) {
        let Some(name) = reference.name else {
            let text = "`secret://` must be followed by a secret's name";
            complaints.push(Complaint::new(reference.path, text));
            continue;
        };
        if known.len() + unknown.len() == SECRETS_MAX
            && !known.contains(&name)
            && !unknown.contains(&name)
        {
            complaints.push(Complaint::new(reference.path, too_many()));
            break;
        }
        if known.contains(&name) || (!unknown.contains(&name) && secrets.is_known(&name).await?) {
            known.insert(name);
        } else {
            let text = format!("There is no secret named `{name}`.");
            complaints.push(Complaint::new(reference.path, text));
            unknown.insert(name);
        }
    }
    Ok(complaints)
}

/// Shortest value that can be hidden, which a stored secret must have.
pub const SECRET_BYTES_MIN: usize = HIDDEN_BYTES_MIN;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `known` is known; everything else is not.
    struct One;

    impl Secrets for One {
        async fn find(&self, name: &str) -> Result<Option<String>, String> {
            match name {
                "away" => Err("the store is away".to_owned()),
                name => Ok(name.starts_with("known").then(|| format!("value of {name}"))),
            }
        }

        async fn is_known(&self, name: &str) -> Result<bool, String> {
            Ok(Secrets::find(self, name).await?.is_some())
        }

        fn open_headers(&self, _: JobId, configuration: &mut Value) -> Result<(), String> {
            for (_, value) in secret_headers_mut(configuration) {
                *value = value["sealed"].take();
            }
            Ok(())
        }
    }

    async fn resolved(mut configuration: Value) -> Result<(Found, Vec<String>), Ending> {
        resolve(&One, JobId(uuid::Uuid::nil()), &mut configuration).await
    }

    #[tokio::test]
    async fn what_is_named_is_found_and_hidden() {
        let resolved = resolved(json!({
            "body": "secret://known-1 and secret://known-2",
            "headers": {"Authorization": {"sealed": "Bearer hunter2"}}
        }))
        .await;
        let (found, hidden) = resolved.unwrap();
        assert_eq!(found.len(), 2);
        for value in ["value of known-1", "value of known-2", "Bearer hunter2", "hunter2"] {
            assert!(hidden.iter().any(|it| it == value), "{value}");
        }
    }

    #[tokio::test]
    async fn what_is_not_found_is_named() {
        let check = async |configuration: Value, expect: &str, may_mend: bool| {
            let Err(Ending::Failed { error, retryable, .. }) = resolved(configuration).await else {
                panic!("it did not fail")
            };
            assert_eq!((error.as_str(), retryable), (expect, may_mend));
        };
        let unknown = "secret `x` is not known (jobConfiguration.parameters.a[0])";
        check(json!({"parameters": {"a": ["secret://x"]}}), unknown, false).await;
        check(json!({"body": "secret://away"}), "reading secret `away`: the store is away", true)
            .await;
        check(
            json!({"body": "secret://"}),
            "jobConfiguration.body: `secret://` without a name",
            false,
        )
        .await;
    }

    #[tokio::test]
    async fn a_configuration_names_so_many_secrets_and_no_more() {
        let body = |n: usize| {
            let names = (0..n).map(|n| format!("secret://known-{n}"));
            json!({"body": names.collect::<Vec<_>>().join(" ")})
        };
        assert!(resolved(body(SECRETS_MAX)).await.is_ok());
        assert!(resolved(body(SECRETS_MAX + 1)).await.is_err());
        assert_eq!(check(&One, &body(SECRETS_MAX)).await, Ok(vec![]));
        assert_eq!(check(&One, &body(SECRETS_MAX + 1)).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn references_that_lead_nowhere_are_complained_about_by_their_place() {
        let configuration = json!({
            "url": "http://h/?k=secret://x", "headers": {"X-Api-Key": "secret://known"},
            "body": "secret://!", "parameters": {"a": "secret://x"}
        });
        let complaints = check(&One, &configuration).await.unwrap();
        let keys: Vec<_> = complaints.iter().map(|complaint| complaint.key.as_str()).collect();
        assert_eq!(keys, ["url", "body", "parameters.a"]);
    }
}
