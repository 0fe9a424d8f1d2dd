//! Small rules for every source file.

use std::path::PathBuf;

use crate::repository::{files, name, read, root};

/// Written apart, or this file would break its own rule.
const MARKS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

fn sources() -> Vec<PathBuf> {
    let found = ["crates", "bench", "xtask"].map(|dir| files(&root().join(dir), "rs")).concat();
    assert!(found.len() > 50, "only {} files: is the root right?", found.len());
    found
}

#[test]
fn every_file_opens_with_what_it_is() {
    let silent: Vec<String> = sources()
        .iter()
        .filter(|path| !read(path).starts_with("//! "))
        .map(|path| name(path))
        .collect();
    assert!(silent.is_empty(), "no `//!` head: {silent:#?}");
}

#[test]
fn what_is_left_to_do_has_an_issue() {
    let statements = files(&root().join("crates/store"), "sql");
    for path in sources().iter().chain(&statements) {
        for (n, line) in read(path).lines().enumerate() {
            let is_left = MARKS.iter().any(|mark| line.contains(mark));
            let place = || format!("{}:{}: {line}", name(path), n + 1);
            assert!(!is_left || names_an_issue(line), "{}", place());
        }
    }
}

/// ARCHITECTURE.md claims nothing that no test holds.
#[test]
fn tests_named_in_the_architecture_exist() {
    let code: Vec<String> = sources().iter().map(|path| read(path)).collect();
    let page = read(&root().join("ARCHITECTURE.md"));
    let named = page.lines().filter_map(|line| line.trim().strip_prefix("test: `"));
    for test in named.map(|rest| rest.trim_end_matches('`')) {
        let as_function = format!("fn {test}(");
        let as_conformance = format!("both_databases!({test},");
        let is_there =
            |code: &String| code.contains(&as_function) || code.contains(&as_conformance);
        assert!(code.iter().any(is_there), "there is no test `{test}`");
    }
}

/// `#12` somewhere in the line.
fn names_an_issue(line: &str) -> bool {
    line.split('#').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[test]
fn an_issue_is_a_number_after_a_hash() {
    assert!(names_an_issue("// see #12"));
    assert!(!names_an_issue("// see # and #[test]"));
}
