//! The name of a procedure as a job gives it: a key to look for in a catalogue.

use std::fmt;

use crate::data_sources::{DataSource, Pattern};

/// `name` or `schema.name`. Each part in `"…"` or `` `…` `` (the quote doubled inside), or as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProcedureName {
    pub(super) schema: Option<Part>,
    pub(super) name: Part,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    /// Only this spelling; without quotes PostgreSQL's lower case is looked for too.
    pub(super) is_quoted: bool,
}

impl Part {
    /// What PostgreSQL's `CREATE` made of it without quotes.
    pub(super) fn folded(&self) -> String {
        if self.is_quoted { self.text.clone() } else { self.text.to_lowercase() }
    }
}

impl ProcedureName {
    /// The error goes on after the key's name.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.is_empty() || text.contains('\0') {
            return Err("is not a name");
        }
        let (first, rest) = part(text);
        let (schema, name) = match rest.strip_prefix('.') {
            None if rest.is_empty() => (None, first),
            Some(rest) => match part(rest) {
                (second, "") => (Some(first), second),
                // A dot within a name needs quotes.
                _ => return Err("is not `name` or `schema.name`"),
            },
            None => return Err("goes on after its closing quote"),
        };
        if name.text.is_empty() || schema.as_ref().is_some_and(|schema| schema.text.is_empty()) {
            return Err("has an empty part");
        }
        Ok(Self { schema, name })
    }
}

impl DataSource {
    /// Whether the allow-list may have a pattern for it. Its schema, when it has none, and how the
    /// catalogue spells it are found out when it is called.
    pub(super) fn may_allow(&self, procedure: &ProcedureName) -> bool {
        let names = [procedure.name.text.clone(), procedure.name.folded()];
        let schemas = procedure.schema.as_ref().map(|part| [part.text.clone(), part.folded()]);
        let may_match = |pattern: &Pattern| match &schemas {
            None => names.iter().any(|name| pattern.matches_name(name)),
            Some(schemas) => {
                schemas.iter().any(|schema| names.iter().any(|name| pattern.matches(schema, name)))
            }
        };
        self.allowed_procedures.iter().any(may_match)
    }
}

/// The first part, and what follows it.
fn part(text: &str) -> (Part, &str) {
    if let Some(quote @ ('"' | '`')) = text.chars().next()
        && let Some(found) = quoted(text, quote)
    {
        return found;
    }
    let end = text.find('.').unwrap_or(text.len());
    (Part { text: text[..end].to_owned(), is_quoted: false }, &text[end..])
}

/// `None` when the quote is never closed.
fn quoted(text: &str, quote: char) -> Option<(Part, &str)> {
    let mut content = String::new();
    let mut rest = &text[1..];
    loop {
        let end = rest.find(quote)?;
        content.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(after) = rest.strip_prefix(quote) else {
            return Some((Part { text: content, is_quoted: true }, rest));
        };
        content.push(quote);
        rest = after;
    }
}

/// On one line.
impl fmt::Display for ProcedureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |part: &Part| part.text.replace(char::is_control, " ");
        match &self.schema {
            Some(schema) => write!(f, "{}.{}", line(schema), line(&self.name)),
            None => f.write_str(&line(&self.name)),
        }
    }
}

/// A name of the catalogue as SQL: between quotes, with quotes inside doubled.
pub(super) fn quote(name: &str, quote: char) -> String {
    let doubled = name.replace(quote, &format!("{quote}{quote}"));
    format!("{quote}{doubled}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_part_or_two() {
        let check = |text: &str, schema: Option<&str>, name: &str| {
            let parsed = ProcedureName::parse(text).unwrap();
            let parts = (parsed.schema.as_ref().map(|part| part.text.as_str()), &*parsed.name.text);
            assert_eq!(parts, (schema, name), "{text}");
        };
        check("nightly", None, "nightly");
        check(" app.nightly ", Some("app"), "nightly");
        check("\"My App\".\"a.b\"", Some("My App"), "a.b");
        check("`a``b`.`c`", Some("a`b"), "c");
        check("\"a\"\"b\"", None, "a\"b");
        check("p\"; DROP TABLE t; --", None, "p\"; DROP TABLE t; --");
        check("p(1);--", None, "p(1);--");
        check("\"unclosed", None, "\"unclosed");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "  ", ".", "a.", ".b", "a.b.c", "\"a\"b", "\"\"", "a\0b"] {
            assert!(ProcedureName::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_quoted_name_cannot_end_its_quotes() {
        assert_eq!(quote("p\"; DROP TABLE t; --", '"'), "\"p\"\"; DROP TABLE t; --\"");
        assert_eq!(quote("p`; DROP", '`'), "`p``; DROP`");
        assert_eq!(quote("“p”", '"'), "\"“p”\"");
    }
}
