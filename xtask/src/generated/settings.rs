//! docs/settings.md: every setting, from the doc comments of the settings structs.

use horarium_server::settings::{Kind, Setting, Settings};
use serde_json::Value;

use super::row;

const HEAD: &str = "\
<!-- Made by `make gen` from crates/server/src/settings.rs: change it there. -->

# Settings

How they are given, and which source wins, is in [configuration.md](configuration.md).
Keys marked with * are secrets: also `KEY_file` in the file and `VARIABLE_FILE` in the environment,
naming a file that holds the value.
";

pub(super) fn page() -> String {
    let defaults = serde_json::to_value(Settings::default()).expect("texts, numbers and lists");
    let mut page = HEAD.to_owned();
    let mut section = None;
    for setting in Setting::all() {
        let of = setting.key.split_once('.').map(|(section, _)| section);
        if section != Some(of) {
            section = Some(of);
            page += &heading(of);
        }
        page += &describe(setting, &defaults);
    }
    page
}

fn heading(section: Option<&str>) -> String {
    let title = section.map_or_else(|| "Top level".to_owned(), |name| format!("[{name}]"));
    let names = row(["key", "variable", "default", ""]);
    format!("\n## {title}\n\n{names}{}", row(["---"; 4]))
}

fn describe(setting: &Setting, defaults: &Value) -> String {
    let name = setting.key.rsplit('.').next().unwrap_or(setting.key);
    let mark = if setting.kind == Kind::Secret { "\\*" } else { "" };
    let bounds = setting
        .bounds
        .map_or_else(String::new, |(least, greatest)| format!(" From {least} to {greatest}."));
    row([
        &format!("`{name}`{mark}"),
        &format!("`{}`", setting.env()),
        &default_of(setting, defaults),
        &format!("{}{bounds}", setting.doc()),
    ])
}

fn default_of(setting: &Setting, defaults: &Value) -> String {
    match setting.key.split('.').fold(defaults, |tree, name| &tree[name]) {
        Value::Null => String::new(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}
