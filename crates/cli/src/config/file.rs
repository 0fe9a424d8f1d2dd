//! Settings from the TOML file. Messages name the line and never quote it: it may hold a secret.

use std::path::Path;

use horarium_server::settings::{Kind, Setting};
use serde::Deserialize as _;
use toml::Spanned;
use toml::Value;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::error::{Collected, ConfigErrors};
use super::given::{Given, Origin, secret_of};

/// A secret's key with this at its end holds the path of a file with the secret.
const FILE_SUFFIX: &str = "_file";

pub(super) fn read(path: &Path) -> Result<Vec<Given>, ConfigErrors> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| ConfigErrors::one(format!("reading `{}`: {cause}", path.display())))?;
    parse(path, &text)
}

pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<Given>, ConfigErrors> {
    let at = |offset: usize| Origin::File { path: path.to_owned(), line: line_of(text, offset) };
    let table = DeTable::parse(text).map_err(|cause| {
        let start = cause.span().map_or(0, |span| span.start);
        ConfigErrors::one(format!("{}: {}", at(start), cause.message()))
    })?;
    let mut errors = Collected::default();
    let mut given: Vec<Given> = Vec::new();
    for (key, offset, value) in leaves(table.get_ref()) {
        let origin = at(offset);
        match find(&key) {
            None => errors.add(format!("{origin}: there is no setting `{key}`")),
            Some((setting, from_file)) => {
                if let Some(other) = given.iter().find(|other| other.setting.key == setting.key) {
                    errors.add(format!(
                        "{origin}: `{}` is given already, {}",
                        setting.key, other.origin
                    ));
                }
                match read_value(value, from_file, path, &origin) {
                    Ok(value) => given.push(Given { setting, value, origin }),
                    Err(problems) => errors.absorb(problems),
                }
            }
        }
    }
    errors.done().map(|()| given)
}

/// `section.key` with its offset and value; a table where no section is stays a leaf, and is unknown.
fn leaves<'a>(table: &'a DeTable<'a>) -> Vec<(String, usize, &'a Spanned<DeValue<'a>>)> {
    let mut leaves = Vec::new();
    for (name, value) in table {
        match value.get_ref() {
            DeValue::Table(section) if is_section(name.get_ref()) => {
                leaves.extend(section.iter().map(|(key, value)| {
                    (format!("{}.{}", name.get_ref(), key.get_ref()), key.span().start, value)
                }));
            }
            _ => leaves.push((name.get_ref().to_string(), name.span().start, value)),
        }
    }
    leaves.sort_by_key(|(_, offset, _)| *offset);
    leaves
}

fn is_section(name: &str) -> bool {
    Setting::all().iter().any(|row| row.key.split_once('.').is_some_and(|(of, _)| of == name))
}

/// The setting, and whether the value is the path of a file with the secret.
fn find(key: &str) -> Option<(&'static Setting, bool)> {
    let direct = super::setting(key).map(|setting| (setting, false));
    let by_file = || {
        let setting = super::setting(key.strip_suffix(FILE_SUFFIX)?)?;
        (setting.kind == Kind::Secret).then_some((setting, true))
    };
    direct.or_else(by_file)
}

fn read_value(
    value: &Spanned<DeValue<'_>>,
    from_file: bool,
    file: &Path,
    origin: &Origin,
) -> Result<Value, ConfigErrors> {
    let value = Value::deserialize(ValueDeserializer::from(value.clone()))
        .map_err(|cause| ConfigErrors::one(format!("{origin}: {}", cause.message())))?;
    match &value {
        Value::String(secret) if from_file => {
            // Relative to the file that names it, not to where the server happens to start.
            let dir = file.parent().unwrap_or(Path::new(""));
            secret_of(&dir.join(secret), origin)
        }
        _ if from_file => Err(ConfigErrors::one(format!("{origin}: must be a path in quotes"))),
        _ => Ok(value),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
