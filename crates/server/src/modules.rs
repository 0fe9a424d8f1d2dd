//! WebAssembly modules: uploaded by administrators, kept in the database so that every node has them.

mod fault;
mod kept;
mod upload;

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::{FutureExt as _, future::BoxFuture};
use horarium_api::modules::ModuleDto;
use horarium_core::ModuleId;
use horarium_store::{Module, Store};
use horarium_wasm::Sandbox;
use horarium_worker::{FoundModule, ModuleFault, ModuleLimits, ModuleSource};

use crate::{clock::Clock, engine::service::Chain, hash::sha256_hex, settings};

pub use fault::UploadFault;
use kept::Kept;
pub use upload::Uploaded;

/// Between a module's name and a version's number.
const VERSION_MARK: char = '@';

/// What the routes of modules call, and what attempts find their modules in.
#[derive(Clone)]
pub struct Modules {
    store: Store,
    clock: Clock,
    /// `None`: why nothing can be run is in the log since the start.
    sandbox: Option<Arc<Sandbox>>,
    settings: settings::Modules,
    kept: Arc<Kept>,
}

impl Modules {
    pub fn new(
        store: Store,
        clock: Clock,
        sandbox: Option<Arc<Sandbox>>,
        settings: &settings::Modules,
    ) -> Self {
        Self { store, clock, sandbox, settings: settings.clone(), kept: Arc::default() }
    }

    /// The newest version of each, or every version of one.
    pub async fn list(&self, name: Option<&str>) -> horarium_store::Result<Vec<ModuleDto>> {
        let modules = match name {
            Some(name) => self.store.module_versions(name).await?,
            None => self.store.modules().await?,
        };
        Ok(modules.into_iter().map(dto).collect())
    }

    pub async fn get(&self, id: ModuleId) -> horarium_store::Result<Option<ModuleDto>> {
        Ok(self.store.module_by_id(id).await?.map(dto))
    }

    /// Forgets a version; what runs goes on. `false` when there is none.
    pub async fn delete(&self, id: ModuleId) -> horarium_store::Result<bool> {
        self.store.delete_module(id).await
    }

    /// What a running module may use.
    pub fn limits(&self) -> ModuleLimits {
        ModuleLimits {
            memory_bytes: self.settings.memory_bytes_max as u64,
            fuel: self.settings.fuel_max as u64,
        }
    }

    /// Bytes that a request to upload may have: the code in base64, and what is around it.
    pub fn request_bytes_max(&self) -> usize {
        const AROUND_BYTES: usize = 64 << 10;
        base64::encoded_len(self.settings.bytes_max, true)
            .map_or(usize::MAX, |n_bytes| n_bytes + AROUND_BYTES)
    }

    async fn read_code(&self, id: ModuleId) -> Result<Option<Bytes>, ModuleFault> {
        if let Some(code) = self.kept.get(id) {
            return Ok(Some(code));
        }
        let (module, code) =
            tokio::try_join!(self.store.module_by_id(id), self.store.module_code(id))
                .map_err(|err| ModuleFault(Chain(&err).to_string()))?;
        let (Some(module), Some(code)) = (module, code) else { return Ok(None) };
        if sha256_hex(&code) != module.sha256 {
            return Err(ModuleFault(
                "its code does not have the hash it was stored with".to_owned(),
            ));
        }
        let code = Bytes::from(code);
        self.kept.put(id, code.clone());
        Ok(Some(code))
    }
}

impl std::fmt::Debug for Modules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Modules").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl ModuleSource for Modules {
    fn find<'a>(
        &'a self,
        handler_type: &'a str,
    ) -> BoxFuture<'a, Result<Option<FoundModule>, ModuleFault>> {
        async move {
            let Some((name, version)) = parse(handler_type) else { return Ok(None) };
            let found = self.store.module(name, version).await;
            let found = found.map_err(|err| ModuleFault(Chain(&err).to_string()))?;
            Ok(found.map(|Module { id, name, version, .. }| FoundModule { id, name, version }))
        }
        .boxed()
    }

    fn code(&self, id: ModuleId) -> BoxFuture<'_, Result<Option<Bytes>, ModuleFault>> {
        self.read_code(id).boxed()
    }
}

/// `reports` and `reports@2`. `None`: nothing that a module can be called.
fn parse(handler_type: &str) -> Option<(&str, Option<u32>)> {
    match handler_type.trim().split_once(VERSION_MARK) {
        None => Some((handler_type.trim(), None)),
        Some((name, version)) => Some((name, Some(version.parse().ok()?))),
    }
}

fn dto(module: Module) -> ModuleDto {
    ModuleDto {
        id: module.id.0,
        name: module.name,
        version: module.version,
        sha256: module.sha256,
        size_bytes: module.size_bytes,
        description: module.description,
        created_by: module.created_by,
        created_at: module.created_at,
    }
}

/// The code of a request.
fn decoded(base64: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(base64.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_type_names_the_newest_version_or_one() {
        let check = |text: &str, expect| assert_eq!(parse(text), expect, "{text}");
        check("reports", Some(("reports", None)));
        check(" reports.Nightly ", Some(("reports.Nightly", None)));
        check("reports@12", Some(("reports", Some(12))));
        check("reports@", None);
        check("reports@latest", None);
        check("reports@-1", None);
        check("reports@99999999999", None);
    }
}
