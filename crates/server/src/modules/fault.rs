//! Why a module was not taken.

use horarium_api::FieldErrors;
use horarium_store::StoreError;
use horarium_wasm::SandboxError;

#[derive(Debug, thiserror::Error)]
pub enum UploadFault {
    #[error("the request is not valid")]
    Invalid(FieldErrors),
    /// There are as many versions as there may be.
    #[error("there are {0} versions of modules, and no more are kept: delete some")]
    TooMany(u32),
    /// This server runs no modules.
    #[error("modules cannot be run here; the log says why since the start of this server")]
    NoSandbox,
    /// It could not be looked at.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UploadFault {
    pub(super) fn of_code(message: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one("code", message))
    }
}
