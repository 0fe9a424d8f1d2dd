//! What is wrong with a configuration, as far as it can be known before the job runs.

/// One thing wrong, under the key it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Within the configuration: `storedProcedureName`, `headers.X-Api-Key`.
    pub key: String,
    /// What whoever sent it reads.
    pub text: String,
}

impl Complaint {
    pub(crate) fn new(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self { key: key.into(), text: text.into() }
    }
}
