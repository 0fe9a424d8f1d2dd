//! The sandbox that modules run in: found out at the start whether it holds.

use std::{io, path::PathBuf, sync::Arc};

use horarium_wasm::{Sandbox, SandboxError};
use tracing::{error, info};

use crate::{engine::service::Chain, settings};

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
enum NoSandbox {
    #[error("starting the thread that starts its children")]
    Thread(#[source] io::Error),
    #[error(transparent)]
    Child(#[from] SandboxError),
    #[error("a child could get out: {0}")]
    Open(String),
}

/// `None` when modules cannot be run here; the log then says why, and everything else goes on.
pub(super) async fn sandbox(
    program: Option<PathBuf>,
    settings: &settings::Modules,
) -> Option<Arc<Sandbox>> {
    let Some(program) = program else {
        info!("modules are not run: this program has no sandbox for them");
        return None;
    };
    match try_out(program, settings).await {
        Ok((sandbox, layers)) => {
            info!("modules are confined by {layers}");
            Some(Arc::new(sandbox))
        }
        Err(err) => {
            error!(error = %Chain(&err), "modules are not run: their sandbox does not hold");
            None
        }
    }
}

async fn try_out(
    program: PathBuf,
    settings: &settings::Modules,
) -> Result<(Sandbox, String), NoSandbox> {
    let n_max = settings.concurrent_max as usize;
    let sandbox = Sandbox::new(program, n_max).map_err(NoSandbox::Thread)?;
    let layers = sandbox.layers().await?;
    if !layers.open.is_empty() {
        return Err(NoSandbox::Open(layers.open.join(", ")));
    }
    Ok((sandbox, layers.to_string()))
}
