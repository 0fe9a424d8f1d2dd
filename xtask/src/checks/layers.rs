//! The `layers` block of ARCHITECTURE.md is the law: Cargo must say exactly the same.

use std::collections::BTreeMap;

use super::manifests::CRATES;
use crate::repository;

type Layers = BTreeMap<String, Vec<String>>;

#[test]
fn crates_depend_only_as_documented() {
    let page = repository::read(&repository::root().join("ARCHITECTURE.md"));
    assert_eq!(documented(&page), real(), "\nleft: ARCHITECTURE.md, right: the Cargo.toml files");
}

fn documented(page: &str) -> Layers {
    let block = page.split("```layers\n").nth(1).expect("a ```layers block");
    let lines = block.split("```").next().unwrap_or_default().lines();
    lines
        .map(|line| {
            let (of, on) = line.split_once("->").unwrap_or((line, ""));
            (of.trim().to_owned(), sorted(on.split_whitespace().map(str::to_owned)))
        })
        .collect()
}

/// Normal dependencies: tests may reach further.
fn real() -> Layers {
    let on = |dependencies: &[super::manifests::Dependency]| {
        let ours = dependencies.iter().filter(|on| on.is_ours && !on.is_dev);
        sorted(ours.map(|on| on.name.clone()))
    };
    CRATES.iter().map(|of| (of.name.clone(), on(&of.dependencies))).collect()
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn the_block_is_read_as_written() {
    let page = "text\n```layers\nwhen\ncore   -> when\nserver -> core when api\n```\nmore";
    let layers = documented(page);
    assert_eq!(layers["when"], Vec::<String>::new());
    assert_eq!(layers["server"], ["api", "core", "when"]);
    assert_eq!(layers.len(), 3);
}
