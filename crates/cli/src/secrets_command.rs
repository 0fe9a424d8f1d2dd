//! `horarium secrets rotate-key`: what is encrypted in the database, encrypted anew.

use std::process::ExitCode;

use horarium_server::{
    clock::Clock, data_dir, instance_lock::InstanceLock, settings::Settings, vault,
};
use horarium_store::{DatabaseUrl, Store};

use crate::args::ConfigFlags;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

pub(crate) fn rotate_key(flags: &ConfigFlags) -> Result<ExitCode, Failure> {
    let settings = Config::load(flags)?.settings;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(rotate(&settings))
}

async fn rotate(settings: &Settings) -> Result<ExitCode, Failure> {
    if data_dir::is_database_missing(settings) {
        return Err(Failure::new("there is no database yet: nothing is encrypted"));
    }
    // A running server would not know the new key of the file.
    let _lock = match settings.database() {
        DatabaseUrl::Sqlite(path) => Some(InstanceLock::take(&path)?),
        DatabaseUrl::Postgres(_) => None,
    };
    let store = Store::open(&settings.database(), &settings.store_options()).await?;
    store.migrate(Clock::system().now()).await?;
    let rotated = vault::rotate(settings, &store).await;
    store.close().await;
    let rotated = rotated?;
    output::print(&format!(
        "sealed anew under key {}: {} secrets, {} passwords of data sources, headers of {} jobs\n",
        rotated.key, rotated.n_secrets, rotated.n_passwords, rotated.n_configurations
    ))?;
    Ok(ExitCode::SUCCESS)
}
