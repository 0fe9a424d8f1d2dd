//! `horarium config print` and `horarium config check`.

use std::process::ExitCode;

use horarium_server::settings::{Setting, Settings};
use serde_json::{Value, json};

use crate::args::{ConfigFlags, Output};
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

pub(crate) fn print(flags: &ConfigFlags, format: Output) -> Result<ExitCode, Failure> {
    let config = Config::load(flags)?;
    let text = match format {
        Output::Table => table(&config),
        Output::Json => format!("{:#}\n", json_rows(&config)),
    };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn check(flags: &ConfigFlags) -> Result<ExitCode, Failure> {
    Config::load(flags)?;
    output::print("the configuration is good\n")?;
    Ok(ExitCode::SUCCESS)
}

fn table(config: &Config) -> String {
    let rows: Vec<[String; 3]> = shown(&config.settings)
        .into_iter()
        .map(|(key, value)| [key.to_owned(), cell(&value), config.origin(key).to_string()])
        .collect();
    output::table(["KEY", "VALUE", "ORIGIN"], &rows)
}

fn json_rows(config: &Config) -> Value {
    let rows = shown(&config.settings);
    let row = |(key, value): (&str, Value)| json!({ "key": key, "value": value, "origin": config.origin(key).to_string() });
    rows.into_iter().map(row).collect()
}

/// Every key with the value a server would use. Serialize hides secrets, and the password of a URL.
fn shown(settings: &Settings) -> Vec<(&'static str, Value)> {
    let mut settings = settings.clone();
    settings.database_url = Some(settings.database());
    settings.node.name = Some(settings.node_name());
    let tree = serde_json::to_value(&settings).expect("settings are texts, numbers and lists");
    let value = |key: &str| key.split('.').fold(&tree, |tree, name| &tree[name]).clone();
    Setting::all().into_iter().map(|setting| (setting.key, value(setting.key))).collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(","),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
