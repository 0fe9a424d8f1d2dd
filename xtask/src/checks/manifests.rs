//! What Cargo says about our crates.

use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

pub(super) struct Crate {
    /// Without `horarium-`.
    pub name: String,
    pub dependencies: Vec<Dependency>,
}

pub(super) struct Dependency {
    /// Ours without `horarium-`.
    pub name: String,
    pub is_ours: bool,
    /// For tests only.
    pub is_dev: bool,
}

pub(super) static CRATES: LazyLock<Vec<Crate>> = LazyLock::new(|| {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(crate::repository::root())
        .output()
        .expect("cargo runs us, so it can be run");
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|cause| panic!("{cause}: {}", String::from_utf8_lossy(&output.stderr)));
    list(&metadata["packages"]).iter().map(read).collect()
});

fn read(package: &Value) -> Crate {
    let dependency = |dependency: &Value| Dependency {
        name: short(&dependency["name"]),
        is_ours: dependency["path"].is_string(),
        is_dev: dependency["kind"] == "dev",
    };
    Crate {
        name: short(&package["name"]),
        dependencies: list(&package["dependencies"]).iter().map(dependency).collect(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("cargo metadata gives lists")
}

fn short(name: &Value) -> String {
    let name = name.as_str().expect("cargo metadata gives names");
    name.strip_prefix("horarium-").unwrap_or(name).to_owned()
}
