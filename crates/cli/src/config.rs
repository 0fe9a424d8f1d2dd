//! Where settings come from: flags, else variables, else the file, else defaults; and which of them it was.
//!
//! Our own, because every value must know its origin, `0123456` as a password must stay that, and an
//! unknown key must be named with its line: what configuration libraries offer gives up one of these.

mod env;
mod error;
mod file;
mod given;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use horarium_server::settings::{Setting, Settings};
use serde::Deserialize as _;
use toml::Value;

use crate::args::ConfigFlags;

use error::Collected;
pub(crate) use error::ConfigErrors;
use given::{Given, Origin, tree};

/// Looked for in this order when no file is named.
const USUAL_FILES: [&str; 2] = ["horarium.toml", "/etc/horarium/horarium.toml"];

/// Settings with the origin of each that is not a default.
#[derive(Debug)]
pub(crate) struct Config {
    pub settings: Settings,
    origins: BTreeMap<&'static str, Origin>,
}

/// Everything values may come from, as the process found it.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    flags: Vec<(&'static str, Value)>,
    env: Vec<(String, String)>,
    file: Option<PathBuf>,
}

impl Config {
    /// From this process's flags, environment and files, checked.
    pub(crate) fn load(flags: &ConfigFlags) -> Result<Self, ConfigErrors> {
        Self::read(Sources::of_process(flags)?)
    }

    /// # Errors
    ///
    /// Everything that is wrong, not only the first.
    fn read(sources: Sources) -> Result<Self, ConfigErrors> {
        let mut errors = Collected::default();
        let mut given = Vec::new();
        if let Some(path) = &sources.file {
            given.extend(errors.keep(file::read(path)));
        }
        given.extend(errors.keep(env::read(&sources.env)));
        given.extend(sources.flags.into_iter().map(Given::flag));
        for value in &given {
            errors.add_all(value.problem());
        }
        errors.done()?;
        // Later ones win.
        let given: BTreeMap<&'static str, Given> =
            given.into_iter().map(|given| (given.setting.key, given)).collect();
        let settings = Settings::deserialize(Value::Table(tree(given.values())))
            .map_err(|cause| ConfigErrors::one(cause.message()))?;
        let origins = given.into_iter().map(|(key, given)| (key, given.origin)).collect();
        let config = Self { settings, origins };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigErrors> {
        let mut errors = Collected::default();
        for error in self.settings.check().err().unwrap_or_default() {
            errors.add(format!("{error} ({})", self.origin(error.key)));
        }
        errors.done()
    }

    pub(crate) fn origin(&self, key: &str) -> &Origin {
        self.origins.get(key).unwrap_or(&Origin::Default)
    }
}

impl Sources {
    fn of_process(flags: &ConfigFlags) -> Result<Self, ConfigErrors> {
        let env = env::of_process()?;
        let named = flags.config.clone().or_else(|| env::named_file(&env));
        let usual = || USUAL_FILES.iter().map(Path::new).find(|path| path.exists());
        let file = named.or_else(|| usual().map(Path::to_owned));
        Ok(Self { flags: given_flags(flags), env, file })
    }
}

fn given_flags(flags: &ConfigFlags) -> Vec<(&'static str, Value)> {
    let text = |text: &String| Value::String(text.clone());
    let flags = [
        ("listen", flags.listen.map(|address| Value::String(address.to_string()))),
        ("database_url", flags.database_url.as_ref().map(text)),
        ("data_dir", flags.data_dir.as_ref().map(text)),
        ("workers", flags.workers.map(|n| Value::Integer(n.into()))),
        ("behind_tls_proxy", flags.behind_tls_proxy.then_some(Value::Boolean(true))),
    ];
    flags.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// The setting with this key.
fn setting(key: &str) -> Option<&'static Setting> {
    Setting::all().into_iter().find(|setting| setting.key == key)
}

#[cfg(test)]
mod tests;
