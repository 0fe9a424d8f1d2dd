//! Taking a module: decoded, looked at in the sandbox, stored.

use horarium_api::modules::{ModuleDto, ModuleRequest};
use horarium_core::ModuleId;
use horarium_store::{Added, MODULE_VERSIONS_MAX, NewModule};
use horarium_wasm::{Limits, Report, SandboxError};
use horarium_worker::ModuleLimits;
use uuid::Uuid;

use super::{Modules, UploadFault, decoded, dto};
use crate::hash::sha256_hex;

/// What an upload led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploaded {
    New(ModuleDto),
    /// The newest version has the same code.
    Present(ModuleDto),
}

impl Modules {
    pub async fn upload(&self, request: ModuleRequest, by: &str) -> Result<Uploaded, UploadFault> {
        let code = decoded(&request.code).ok_or_else(|| UploadFault::of_code("must be base64"))?;
        let bytes_max = self.settings.bytes_max;
        if code.len() > bytes_max {
            let message = format!("must be at most {bytes_max} bytes (modules.bytes_max)");
            return Err(UploadFault::of_code(message));
        }
        self.check(&code).await?;
        let new = NewModule {
            id: ModuleId(Uuid::now_v7()),
            name: request.name,
            sha256: sha256_hex(&code),
            code,
            description: request.description,
            created_by: by.to_owned(),
            created_at: self.clock.now(),
        };
        match self.store.add_module(new).await? {
            Added::New(module) => Ok(Uploaded::New(dto(module))),
            Added::Present(module) => Ok(Uploaded::Present(dto(module))),
            Added::TooMany => Err(UploadFault::TooMany(MODULE_VERSIONS_MAX)),
        }
    }

    /// In a child: what others wrote is not even parsed in this process.
    async fn check(&self, code: &[u8]) -> Result<(), UploadFault> {
        let sandbox = self.sandbox.as_ref().ok_or(UploadFault::NoSandbox)?;
        let ModuleLimits { memory_bytes, fuel } = self.limits();
        // It writes nothing, and the sandbox has a limit of its own for the time of a check.
        let limits = Limits { memory_bytes, fuel, written_bytes: 0, cpu_seconds: 0 };
        match sandbox.check(code, limits).await? {
            Report::Fine => Ok(()),
            Report::Refused(why) => Err(UploadFault::of_code(why)),
            other => Err(SandboxError::Died(format!("{other:?}")).into()),
        }
    }
}
