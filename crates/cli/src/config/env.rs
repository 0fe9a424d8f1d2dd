//! Settings from variables: `HORARIUM_LISTEN`, `HORARIUM_JOBS__DEFAULT_RETRIES`, and `…_FILE` for secrets.

use std::path::{Path, PathBuf};

use horarium_server::settings::{Kind, Setting};
use toml::Value;

use super::error::{Collected, ConfigErrors};
use super::given::{Given, Origin, secret_of};

const PREFIX: &str = "HORARIUM_";

/// The file, as `--config`.
const CONFIG_FILE: &str = "HORARIUM_CONFIG";

/// Of the project's own tests; a server started by one sees them.
const TEST_PREFIX: &str = "HORARIUM_TEST_";

/// Every variable with our prefix that is not empty. (`HORARIUM_X=` is what compose files make of an
/// unset variable.)
pub(super) fn of_process() -> Result<Vec<(String, String)>, ConfigErrors> {
    let mut found = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        let value = value.into_string().map_err(|_not_text| {
            ConfigErrors::one(format!("env {name}: its value is not UTF-8"))
        })?;
        found.push((name.to_owned(), value));
    }
    Ok(found)
}

pub(super) fn named_file(env: &[(String, String)]) -> Option<PathBuf> {
    let value = env.iter().find(|(name, value)| name == CONFIG_FILE && !value.is_empty());
    value.map(|(_, path)| PathBuf::from(path))
}

pub(super) fn read(env: &[(String, String)]) -> Result<Vec<Given>, ConfigErrors> {
    let mut errors = Collected::default();
    let mut given: Vec<Given> = Vec::new();
    let rows = Setting::all();
    for (name, value) in env.iter().filter(|(name, value)| is_setting(name, value)) {
        let Some((setting, from_file)) = find(&rows, name) else {
            errors.add(unknown(&rows, name));
            continue;
        };
        let origin = Origin::Env(name.clone());
        let value = if from_file {
            secret_of(Path::new(value), &origin)
        } else {
            parse(setting, name, value)
        };
        match value {
            Ok(value) => given.push(Given { setting, value, origin }),
            Err(problems) => errors.absorb(problems),
        }
    }
    for (n, one) in given.iter().enumerate() {
        if let Some(other) = given[..n].iter().find(|other| other.setting.key == one.setting.key) {
            errors.add(format!("{} and {} give the same setting", other.origin, one.origin));
        }
    }
    errors.done().map(|()| given)
}

fn is_setting(name: &str, value: &str) -> bool {
    let ours = name != CONFIG_FILE && !name.starts_with(TEST_PREFIX);
    ours && !value.is_empty() && !is_kubernetes_link(name, value)
}

/// Kubernetes gives every container the addresses of all services: with one named `horarium`, that is
/// `HORARIUM_SERVICE_HOST`, `HORARIUM_PORT=tcp://…` and `HORARIUM_PORT_8080_TCP_ADDR`.
fn is_kubernetes_link(name: &str, value: &str) -> bool {
    let numbered = |(_, rest): (&str, &str)| rest.starts_with(|c: char| c.is_ascii_digit());
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || (name.ends_with("_PORT") && value.contains("://"))
        || name.split_once("_PORT_").is_some_and(numbered)
}

/// The setting, and whether the value is the path of a file with the secret.
fn find(rows: &[&'static Setting], name: &str) -> Option<(&'static Setting, bool)> {
    let named = |wanted: &str| rows.iter().copied().find(|row| row.env() == wanted);
    let direct = named(name).map(|setting| (setting, false));
    let by_file = || {
        let setting = named(name.strip_suffix("_FILE")?)?;
        (setting.kind == Kind::Secret).then_some((setting, true))
    };
    direct.or_else(by_file)
}

fn unknown(rows: &[&'static Setting], name: &str) -> String {
    let letters = |text: &str| text.replace('_', "");
    let meant = rows.iter().map(|row| row.env()).find(|env| letters(env) == letters(name));
    let meant = meant.map_or_else(String::new, |env| format!("; did you mean {env}?"));
    format!("env {name}: there is no such setting{meant}")
}

fn parse(setting: &Setting, name: &str, text: &str) -> Result<Value, ConfigErrors> {
    let fail =
        |expected: &str| Err(ConfigErrors::one(format!("env {name}: `{text}` is not {expected}")));
    match setting.kind {
        Kind::Text | Kind::Secret => Ok(Value::String(text.to_owned())),
        Kind::Number => text.trim().parse().map(Value::Integer).or_else(|_| fail("a number")),
        Kind::Flag => match text.trim() {
            "true" | "1" => Ok(Value::Boolean(true)),
            "false" | "0" => Ok(Value::Boolean(false)),
            _ => fail("true or false"),
        },
        Kind::List => Ok(list(text, ',')),
        Kind::Paths => Ok(list(text, ':')),
    }
}

fn list(text: &str, separator: char) -> Value {
    let items = text.split(separator).map(str::trim).filter(|item| !item.is_empty());
    Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
}
