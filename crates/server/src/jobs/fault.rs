//! Why something was not done to a job.

use horarium_api::FieldErrors;
use horarium_core::Violations;
use horarium_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum JobFault {
    /// The request breaks rules; fields are named as the wire does.
    #[error("the request is not valid")]
    Invalid(FieldErrors),
    /// No such job, or a deleted one.
    #[error("the job is unknown")]
    Unknown,
    /// Not in the state that it is in; the text is for the caller.
    #[error("{0}")]
    NotNow(String),
    /// It has another version than the caller saw.
    #[error("the job has another version")]
    Changed,
    /// Others changed it each time we tried.
    #[error("the job kept changing")]
    Contended,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FieldErrors> for JobFault {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<Violations> for JobFault {
    fn from(violations: Violations) -> Self {
        Self::Invalid(field_errors(&violations))
    }
}

impl JobFault {
    pub(super) fn not_now(reason: impl Into<String>) -> Self {
        Self::NotNow(reason.into())
    }

    pub(super) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(field, message))
    }
}

/// The core's violations under the names it gave them, which are the wire's.
pub(crate) fn field_errors(violations: &Violations) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for (field, message) in violations.iter() {
        errors.add(field, message);
    }
    errors
}
