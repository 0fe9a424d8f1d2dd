//! WebAssembly modules as handlers of `CodeExecution`: where they come from, and what they may use.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use horarium_core::ModuleId;
use horarium_wasm::Sandbox;

/// A version of a module, without its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundModule {
    pub id: ModuleId,
    pub name: String,
    pub version: u32,
}

/// Where modules are kept.
pub trait ModuleSource: fmt::Debug + Send + Sync + 'static {
    /// The module that a `handlerType` names: `reports`, or one version of it, `reports@2`.
    fn find<'a>(
        &'a self,
        handler_type: &'a str,
    ) -> BoxFuture<'a, Result<Option<FoundModule>, ModuleFault>>;

    /// Its code; `None` when it was deleted meanwhile.
    fn code(&self, id: ModuleId) -> BoxFuture<'_, Result<Option<Bytes>, ModuleFault>>;
}

/// Why modules could not be looked at; another attempt may be luckier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ModuleFault(pub String);

/// What a module may use of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleLimits {
    /// Linear memory, in bytes.
    pub memory_bytes: u64,
    /// Units of work; an instruction costs about one.
    pub fuel: u64,
}

/// Everything that runs modules.
#[derive(Clone, Debug)]
pub struct Modules {
    pub source: Arc<dyn ModuleSource>,
    pub sandbox: Arc<Sandbox>,
    pub limits: ModuleLimits,
}
