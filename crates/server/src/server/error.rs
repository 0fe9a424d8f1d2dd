//! Why a server did not start.

use std::{io, net::SocketAddr, path::PathBuf};

use horarium_store::StoreError;
use horarium_worker::{FileRootsError, ScriptRootsError};

use crate::{
    auth::AuthError, data_dir::DataDirError, instance_lock::LockError, settings::SettingError,
    vault::VaultError,
};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{}", lines(.0))]
    Settings(Vec<SettingError>),
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error("opening files.roots")]
    Files(#[from] FileRootsError),
    #[error("opening runners.script_roots")]
    Scripts(#[from] ScriptRootsError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("{doing}")]
    Database {
        doing: &'static str,
        #[source]
        cause: StoreError,
    },
    #[error("preparing encryption")]
    Vault(#[from] VaultError),
    #[error("preparing access")]
    Auth(#[from] AuthError),
    #[error("reading the dashboard in `{}`", .folder.display())]
    Dashboard {
        folder: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("listening on {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        cause: io::Error,
    },
}

impl StartError {
    pub(super) fn database(doing: &'static str) -> impl FnOnce(StoreError) -> Self {
        move |cause| Self::Database { doing, cause }
    }

    pub(super) fn listening(address: SocketAddr) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Listen { address, cause }
    }
}

fn lines(errors: &[SettingError]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
