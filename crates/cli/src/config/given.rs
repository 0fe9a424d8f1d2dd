//! One value that somebody gave to a setting, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use horarium_server::settings::{Kind, Setting, Settings};
use serde::Deserialize as _;
use toml::{Table, Value};

use super::{ConfigErrors, setting};

/// Most bytes of a file that holds a secret.
const SECRET_FILE_BYTES_MAX: u64 = 64 << 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File { path: PathBuf, line: usize },
    Env(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "file {}:{line}", path.display()),
            Self::Env(name) => write!(f, "env {name}"),
            Self::Flag(key) => write!(f, "flag --{}", key.replace('_', "-")),
        }
    }
}

#[derive(Clone)]
pub(super) struct Given {
    pub setting: &'static Setting,
    pub value: Value,
    pub origin: Origin,
}

/// The value may be a secret.
impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", self.setting.key, self.origin)
    }
}

impl Given {
    pub(super) fn flag((key, value): (&'static str, Value)) -> Self {
        let setting = setting(key).expect("every flag is a setting; a test holds it");
        Self { setting, value, origin: Origin::Flag(key) }
    }

    /// Why the value does not fit its setting; never shows the value of a secret.
    pub(super) fn problem(&self) -> Option<String> {
        let Self { setting, value, origin } = self;
        if setting.kind == Kind::Secret && !value.is_str() {
            return Some(format!("{origin}: {} must be text in quotes", setting.key));
        }
        let cause = Settings::deserialize(Value::Table(tree([self]))).err()?;
        Some(format!("{origin}: {}: {}", setting.key, cause.message()))
    }
}

/// Values as the tree the settings are read from.
pub(super) fn tree<'a>(given: impl IntoIterator<Item = &'a Given>) -> Table {
    let mut tree = Table::new();
    for Given { setting, value, .. } in given {
        match setting.key.split_once('.') {
            None => drop(tree.insert(setting.key.to_owned(), value.clone())),
            Some((section, key)) => {
                let section = tree.entry(section).or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(section) = section {
                    section.insert(key.to_owned(), value.clone());
                }
            }
        }
    }
    tree
}

/// The text of a file that holds a secret, without the line end that editors add.
pub(super) fn secret_of(path: &Path, origin: &Origin) -> Result<Value, ConfigErrors> {
    use std::io::Read as _;

    let fail = |cause: &dyn fmt::Display| {
        ConfigErrors::one(format!("{origin}: reading `{}`: {cause}", path.display()))
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|cause| fail(&cause))?;
    let mut bounded = file.take(SECRET_FILE_BYTES_MAX + 1);
    bounded.read_to_string(&mut text).map_err(|cause| fail(&cause))?;
    if u64::try_from(text.len()).is_ok_and(|len| len > SECRET_FILE_BYTES_MAX) {
        return Err(fail(&format_args!("longer than {SECRET_FILE_BYTES_MAX} bytes")));
    }
    Ok(Value::String(text.trim_end_matches(['\r', '\n']).to_owned()))
}
