//! `horarium doctor`: looks at everything an operator would, and says how to mend what is wrong.

use std::process::ExitCode;

use horarium_server::{
    clock::Clock,
    data_dir,
    doctor::{DatabaseFacts, Facts, FindingState, examine},
    settings::Settings,
};
use horarium_store::{HELD, MigrationState, QueueFigures, Store, StoreError};

use crate::args::ConfigFlags;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(flags: &ConfigFlags) -> Result<ExitCode, Failure> {
    let settings = Config::load(flags)?.settings;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let findings = examine(&runtime.block_on(facts(settings)));
    let is_bad = findings.iter().any(|finding| finding.state == FindingState::Bad);
    let rows: Vec<[String; 4]> = findings
        .into_iter()
        .map(|it| [it.about.to_owned(), it.state.word().to_owned(), it.text, it.mend])
        .collect();
    output::print(&output::table(["ABOUT", "STATE", "FOUND", "MEND WITH"], &rows))?;
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn facts(settings: Settings) -> Facts {
    let database = if data_dir::is_database_missing(&settings) {
        Err("there is none yet; `horarium migrate` makes it".to_owned())
    } else {
        database(&settings).await.map_err(|err| Failure::from(err).to_string())
    };
    Facts { now: Clock::system().now(), disk_free_bytes: disk_free(&settings), database, settings }
}

async fn database(settings: &Settings) -> Result<DatabaseFacts, StoreError> {
    let store = Store::open(&settings.database(), &settings.store_options()).await?;
    let clock = Clock::system();
    let schema = store.migration_state().await?;
    let asked = clock.now();
    let skew = store.database_time().await?.map(|theirs| theirs.duration_since(asked));
    let mut facts = DatabaseFacts {
        nodes: Vec::new(),
        queue: QueueFigures::default(),
        held_since: None,
        schema,
        skew,
    };
    if facts.schema == MigrationState::Current {
        facts.nodes = store.nodes().await?;
        facts.queue = store.queue_figures(clock.now()).await?;
        let held = store.setting(HELD).await?;
        facts.held_since = held.map(|value| value.expose().to_owned());
    }
    store.close().await;
    Ok(facts)
}

fn disk_free(settings: &Settings) -> Option<u64> {
    let found = rustix::fs::statvfs(&settings.data_dir).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}
