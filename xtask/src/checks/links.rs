//! Links between our pages lead somewhere.

use std::collections::BTreeSet;
use std::path::Path;

use crate::repository::{files, name, read, root};

#[test]
fn links_between_pages_resolve() {
    let pages = files(root(), "md");
    let broken: Vec<String> = pages.iter().flat_map(|page| broken_links(page)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(pages.iter().any(|page| name(page) == "README.md"));
}

fn broken_links(page: &Path) -> Vec<String> {
    let text = read(page);
    let is_ours = |link: &String| !link.contains("://") && !link.starts_with("mailto:");
    let links = links(&text).into_iter().filter(is_ours);
    links.filter_map(|link| Some(format!("{}: {}", name(page), problem(page, &link)?))).collect()
}

fn problem(page: &Path, link: &str) -> Option<String> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => page.to_owned(),
        file => page.parent().unwrap_or(root()).join(file),
    };
    if !target.exists() {
        return Some(format!("`{link}`: no such file"));
    }
    let is_there = anchor.is_empty() || anchors(&read(&target)).contains(anchor);
    (!is_there).then(|| format!("`{link}`: no such heading"))
}

/// Targets of `[text](target)` outside of code.
fn links(text: &str) -> Vec<String> {
    let without_code = |line: &str| line.split('`').step_by(2).collect::<String>();
    let lines: Vec<String> = prose(text).into_iter().map(without_code).collect();
    let targets = lines.iter().flat_map(|line| line.split("](").skip(1));
    targets.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
}

/// GitHub's: lower case, blanks as `-`, other marks dropped.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).into_iter().filter(|line| line.starts_with('#'));
    let slug = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(slug).collect()
}

/// Lines outside of fences.
fn prose(text: &str) -> Vec<&str> {
    let mut is_fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            lines.push(line);
        }
    }
    lines
}

#[test]
fn code_is_not_searched_for_links() {
    let text = "[a](x.md) `[b](y.md)`\n```\n[c](z.md)\n```\n[d](v.md#w)";
    assert_eq!(links(text), ["x.md", "v.md#w"]);
}

#[test]
fn anchors_are_those_of_github() {
    let found = anchors("# What it is\n## Time zones, DST & more\n```\n# no heading\n```");
    let expected = ["what-it-is", "time-zones-dst--more"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(expected));
}
