//! `horarium backup` and `horarium restore`.

use std::path::Path;
use std::process::ExitCode;

use horarium_server::clock::Clock;
use horarium_server::data_dir;
use horarium_server::instance_lock::InstanceLock;
use horarium_server::settings::Settings;
use horarium_store::{BackupReport, DatabaseUrl, HELD, Hidden, Store, back_up, restore};

use crate::args::ConfigFlags;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// Copies the database into a new file, whether or not a server writes to it.
pub(crate) fn backup(flags: &ConfigFlags, target: &Path) -> Result<ExitCode, Failure> {
    let settings = Config::load(flags)?.settings;
    let source = match settings.database() {
        DatabaseUrl::Sqlite(path) => path,
        url @ DatabaseUrl::Postgres(_) => {
            return Err(Failure::new(format!(
                "PostgreSQL has its own tool: pg_dump --format=custom --file={} '{url}'; \
                 after pg_restore, run `horarium restore --hold` before the first server",
                target.display()
            )));
        }
    };
    let taken_at = Clock::system().now().to_string();
    let report = back_up(&source, target, &taken_at)?;
    output::print(&said("backed up", target, &report))?;
    Ok(ExitCode::SUCCESS)
}

/// Puts a backup in the place of the database, where there is none.
pub(crate) fn from_file(flags: &ConfigFlags, source: &Path) -> Result<ExitCode, Failure> {
    let settings = Config::load(flags)?.settings;
    let DatabaseUrl::Sqlite(target) = settings.database() else {
        return Err(Failure::new(
            "a backup file is SQLite's; restore a dump with pg_restore, then run `horarium restore --hold`",
        ));
    };
    data_dir::prepare_directory(&settings)?;
    let _lock = InstanceLock::take(&target)?;
    let report = restore(source, &target)?;
    let text = said("restored", &target, &report);
    output::print(&format!("{text}nothing fires until: horarium restore --confirm\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Lets a restored copy fire.
pub(crate) fn confirm(flags: &ConfigFlags) -> Result<ExitCode, Failure> {
    on_store(flags, async |store| {
        let Some(held) = store.setting(HELD).await? else {
            return Ok("it is not held: nothing to confirm\n".to_owned());
        };
        let since = held.expose().to_owned();
        store.take_setting(HELD, held).await?;
        Ok(format!("confirmed: the copy of {since} fires from the next start of the server\n"))
    })
}

/// Keeps a database, such as one that was restored by other means, from firing.
pub(crate) fn hold(flags: &ConfigFlags) -> Result<ExitCode, Failure> {
    on_store(flags, async |store| {
        let now = Clock::system().now().to_string();
        store.set_setting(HELD, Hidden::new(now)).await?;
        Ok("held: servers that start from now on fire nothing until `horarium restore --confirm`\n"
            .to_owned())
    })
}

fn on_store(
    flags: &ConfigFlags,
    work: impl AsyncFnOnce(&Store) -> Result<String, Failure>,
) -> Result<ExitCode, Failure> {
    let settings: Settings = Config::load(flags)?.settings;
    if data_dir::is_database_missing(&settings) {
        return Err(Failure::new(format!("there is no database at {}", settings.database())));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let text = runtime.block_on(async {
        let store = Store::open(&settings.database(), &settings.store_options()).await?;
        let text = work(&store).await;
        store.close().await;
        text
    })?;
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn said(what: &str, path: &Path, report: &BackupReport) -> String {
    let BackupReport { bytes, n_jobs, n_executions } = report;
    format!(
        "{what} {}: {n_jobs} jobs, {n_executions} executions, {bytes} bytes; every page checked\n",
        path.display()
    )
}
