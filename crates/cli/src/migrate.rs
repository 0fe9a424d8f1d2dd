//! `horarium migrate`: the schema, before or without a server.

use std::process::ExitCode;

use horarium_server::clock::Clock;
use horarium_server::data_dir;
use horarium_server::settings::Settings;
use horarium_store::{MigrationState, Store, StoreError};

use crate::args::ConfigFlags;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// Exit code of `--check` when steps are missing.
const PENDING: u8 = 3;

pub(crate) fn run(flags: &ConfigFlags, check: bool) -> Result<ExitCode, Failure> {
    let settings = Config::load(flags)?.settings;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if check { runtime.block_on(report(&settings)) } else { runtime.block_on(migrate(&settings)) }
}

async fn report(settings: &Settings) -> Result<ExitCode, Failure> {
    // Opening a SQLite file makes it: a check must not.
    if data_dir::is_database_missing(settings) {
        output::print("pending: there is no database yet\n")?;
        return Ok(ExitCode::from(PENDING));
    }
    match open(settings).await?.migration_state().await? {
        MigrationState::Current => {
            output::print("the schema is up to date\n")?;
            Ok(ExitCode::SUCCESS)
        }
        MigrationState::Pending(steps) => {
            output::print(&format!("pending: {}\n", steps.join(", ")))?;
            Ok(ExitCode::from(PENDING))
        }
        MigrationState::Newer { found, known } => Err(Failure::new(format!(
            "the database has schema {found}, this program knows {known}: run the newer program"
        ))),
    }
}

async fn migrate(settings: &Settings) -> Result<ExitCode, Failure> {
    data_dir::prepare(settings)?;
    let store = open(settings).await?;
    let steps = store.migrate(Clock::system().now()).await?;
    store.close().await;
    let text = match steps.as_slice() {
        [] => "the schema is up to date\n".to_owned(),
        steps => format!("applied: {}\n", steps.join(", ")),
    };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

async fn open(settings: &Settings) -> Result<Store, StoreError> {
    Store::open(&settings.database(), &settings.store_options()).await
}
