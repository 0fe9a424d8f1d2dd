//! SIGHUP: the configuration is read again, and what can change while the server runs does.

use horarium_server::settings::{Setting, Settings};

use crate::args::ConfigFlags;
use crate::config::Config;
use crate::logging::Levels;

/// The settings that take effect at once; all others need a new start.
const SAFE: [&str; 1] = ["log.filter"];

pub(super) struct Reload {
    pub flags: ConfigFlags,
    pub levels: Levels,
    /// As they are in effect.
    pub settings: Settings,
}

impl Reload {
    /// Reads the configuration again. One that is wrong changes nothing.
    pub(super) fn run(&mut self) {
        let new = match Config::load(&self.flags) {
            Ok(config) => config.settings,
            Err(errors) => {
                return tracing::warn!("SIGHUP: the configuration stays as it was: {errors}");
            }
        };
        if let Err(failure) = self.levels.set(&new.log.filter) {
            return tracing::warn!("SIGHUP: the configuration stays as it was: {failure}");
        }
        for key in changed(&self.settings, &new) {
            if SAFE.contains(&key) {
                tracing::info!("SIGHUP: {key} is now as configured");
            } else {
                tracing::warn!("SIGHUP: {key} has changed; that takes effect at the next start");
            }
        }
        self.settings.log.filter = new.log.filter;
    }
}

/// The keys of settings whose shown values differ. Secrets are shown alike.
fn changed(old: &Settings, new: &Settings) -> Vec<&'static str> {
    let shown = |settings: &Settings| serde_json::to_value(settings).unwrap_or_default();
    let (old, new) = (shown(old), shown(new));
    let differs = |setting: &&'static Setting| {
        let pointer = format!("/{}", setting.key.replace('.', "/"));
        old.pointer(&pointer) != new.pointer(&pointer)
    };
    Setting::all().into_iter().filter(differs).map(|setting| setting.key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named_by_its_key() {
        let old = Settings::default();
        let mut new = old.clone();
        assert_eq!(changed(&old, &new), Vec::<&str>::new());
        new.log.filter = "debug".to_owned();
        new.workers += 1;
        assert_eq!(changed(&old, &new), ["workers", "log.filter"]);
        assert!(SAFE.iter().all(|key| Setting::all().iter().any(|setting| setting.key == *key)));
    }
}
