//! Why something that an administrator defines was not shown or changed.

use horarium_api::FieldErrors;
use horarium_store::StoreError;

use crate::vault::OpenError;

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The request breaks rules; fields are named as the wire does.
    #[error("the request is not valid")]
    Invalid(FieldErrors),
    #[error("there is none")]
    Unknown,
    #[error("the name is taken")]
    Taken,
    /// Others changed it meanwhile.
    #[error("it was changed meanwhile")]
    Contended,
    /// A data source's password names a secret that is gone.
    #[error("secret `{0}` is not known")]
    NoSecret(String),
    /// A stored text does not open: the database was tampered with, or a key is missing.
    #[error("opening {what}: {cause}")]
    Sealed { what: String, cause: OpenError },
    #[error(transparent)]
    Store(StoreError),
}

impl From<FieldErrors> for Fault {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<StoreError> for Fault {
    fn from(err: StoreError) -> Self {
        match err {
            StoreError::Duplicate(_) => Self::Taken,
            err => Self::Store(err),
        }
    }
}
