//! What is wrong with a configuration, all of it at once.

use std::fmt;

/// One line each; at least one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConfigErrors(Vec<String>);

impl ConfigErrors {
    pub(crate) fn one(line: impl Into<String>) -> Self {
        Self(vec![line.into()])
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\nerror: "))
    }
}

impl std::error::Error for ConfigErrors {}

/// Problems found so far.
#[derive(Debug, Default)]
pub(super) struct Collected(Vec<String>);

impl Collected {
    pub(super) fn add(&mut self, line: String) {
        self.0.push(line);
    }

    pub(super) fn add_all(&mut self, lines: impl IntoIterator<Item = String>) {
        self.0.extend(lines);
    }

    pub(super) fn absorb(&mut self, errors: ConfigErrors) {
        self.0.extend(errors.0);
    }

    /// The value, or its default with the errors kept.
    pub(super) fn keep<T: Default>(&mut self, result: Result<T, ConfigErrors>) -> T {
        result.unwrap_or_else(|errors| {
            self.absorb(errors);
            T::default()
        })
    }

    pub(super) fn done(self) -> Result<(), ConfigErrors> {
        if self.0.is_empty() { Ok(()) } else { Err(ConfigErrors(self.0)) }
    }
}
