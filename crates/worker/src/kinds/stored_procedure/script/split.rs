//! A script as its statements, each with its line.
//!
//! A `;` within a text, a name, a comment or PostgreSQL's `$$` ends nothing. `DELIMITER //`, which MySQL's
//! client knows, changes what ends a statement, for procedures with `;` in them.

use super::{
    STATEMENTS_MAX,
    dialect::{Dialect, ends_transaction},
};

/// One statement, without what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statement<'a> {
    pub(super) sql: &'a str,
    /// Of its first word; from 1.
    pub(super) line: usize,
}

/// Why a text is no script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SplitError {
    #[error("line {0}: what begins here is not closed")]
    Unclosed(usize),
    #[error("line {0}: the scheduler begins and ends the transaction; a script must not")]
    Transaction(usize),
    #[error("line {0}: DELIMITER needs a word")]
    Delimiter(usize),
    #[error("it has more than {STATEMENTS_MAX} statements")]
    TooMany,
}

pub(super) fn split(text: &str, dialect: Dialect) -> Result<Vec<Statement<'_>>, SplitError> {
    let mut splitter = Splitter { text, dialect, at: 0, delimiter: ";".to_owned(), found: vec![] };
    splitter.run()?;
    Ok(splitter.found)
}

struct Splitter<'a> {
    text: &'a str,
    dialect: Dialect,
    at: usize,
    delimiter: String,
    found: Vec<Statement<'a>>,
}

impl<'a> Splitter<'a> {
    fn run(&mut self) -> Result<(), SplitError> {
        let mut begin: Option<usize> = None;
        while let Some(c) = self.rest().chars().next() {
            let at = self.at;
            if let Some(length) = self.comment()? {
                self.at += length;
            } else if self.rest().starts_with(&self.delimiter) {
                self.end(begin.take(), at)?;
                self.at += self.delimiter.len();
            } else if c.is_whitespace() {
                self.at += c.len_utf8();
            } else if begin.is_none() && self.takes_delimiter()? {
            } else {
                begin.get_or_insert(at);
                self.at += self.token(c)?;
            }
        }
        self.end(begin, self.text.len())
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text[..at].matches('\n').count()
    }

    fn end(&mut self, begin: Option<usize>, end: usize) -> Result<(), SplitError> {
        let Some(begin) = begin else { return Ok(()) };
        let (sql, line) = (self.text[begin..end].trim_end(), self.line(begin));
        if ends_transaction(sql) {
            return Err(SplitError::Transaction(line));
        }
        if self.found.len() == STATEMENTS_MAX {
            return Err(SplitError::TooMany);
        }
        self.found.push(Statement { sql, line });
        Ok(())
    }

    /// How long the comment is that begins here.
    fn comment(&self) -> Result<Option<usize>, SplitError> {
        let rest = self.rest();
        if self.dialect.begins_line_comment(rest) {
            return Ok(Some(rest.find('\n').unwrap_or(rest.len())));
        }
        // `/*! ... */` is a statement to MySQL.
        let is_block = rest.starts_with("/*");
        if !is_block || (self.dialect == Dialect::MySql && rest.starts_with("/*!")) {
            return Ok(None);
        }
        let mut depth = 0_usize;
        let mut at = 0;
        while at < rest.len() {
            let here = &rest[at..];
            if here.starts_with("/*") && (depth == 0 || self.dialect == Dialect::Postgres) {
                depth += 1;
                at += 2;
            } else if here.starts_with("*/") {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Ok(Some(at));
                }
            } else {
                at += here.chars().next().map_or(1, char::len_utf8);
            }
        }
        Err(SplitError::Unclosed(self.line(self.at)))
    }

    /// Reads `DELIMITER //` at the beginning of a statement.
    fn takes_delimiter(&mut self) -> Result<bool, SplitError> {
        let line = self.rest().lines().next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let is_it = self.dialect == Dialect::MySql
            && words.next().is_some_and(|word| word.eq_ignore_ascii_case("delimiter"));
        if is_it {
            let word = words.next().ok_or_else(|| SplitError::Delimiter(self.line(self.at)))?;
            word.clone_into(&mut self.delimiter);
            self.at += line.len();
        }
        Ok(is_it)
    }

    /// How long what begins here is: a quoted text, or one character.
    fn token(&self, c: char) -> Result<usize, SplitError> {
        let unclosed = || SplitError::Unclosed(self.line(self.at));
        match c {
            '\'' | '"' => self.quoted(c).ok_or_else(unclosed),
            '`' if self.dialect == Dialect::MySql => self.quoted(c).ok_or_else(unclosed),
            '$' if self.dialect == Dialect::Postgres => match self.dollar_tag() {
                Some(tag) => {
                    let inner = &self.rest()[tag.len()..];
                    inner.find(tag).map(|at| at + 2 * tag.len()).ok_or_else(unclosed)
                }
                None => Ok(1),
            },
            c => Ok(c.len_utf8()),
        }
    }

    fn quoted(&self, quote: char) -> Option<usize> {
        let has_backslash = self.dialect.has_backslash(quote, self.before());
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == '\\' && has_backslash {
                chars.next();
            } else if c == quote {
                // A doubled quote begins another text at once, which is the same to us.
                return Some(at + quote.len_utf8());
            }
        }
        None
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// `$$` or `$tag$`; none within a name or behind a parameter's `$1`.
    fn dollar_tag(&self) -> Option<&'a str> {
        if self.before().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            return None;
        }
        let rest = self.rest();
        let end = 1 + rest[1..].find('$')?;
        let name = &rest[1..end];
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        is_name.then(|| &rest[..=end])
    }
}

#[cfg(test)]
mod tests {
    use super::{Dialect::*, *};

    fn check(dialect: Dialect, text: &str, expect: &[(usize, &str)]) {
        let found = split(text, dialect).unwrap();
        let found: Vec<_> = found.iter().map(|one| (one.line, one.sql)).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn statements_are_found_with_their_lines() {
        for dialect in [Postgres, MySql] {
            check(dialect, "", &[]);
            check(dialect, " ; ;\n-- a; b\n/* ; */", &[]);
            check(dialect, "SELECT 1", &[(1, "SELECT 1")]);
            check(
                dialect,
                "-- x\nSELECT 1 ;\n\n SELECT\n2; ",
                &[(2, "SELECT 1"), (4, "SELECT\n2")],
            );
            check(
                dialect,
                "SELECT ';', \"a;b\", 'it''s;'; x",
                &[(1, "SELECT ';', \"a;b\", 'it''s;'"), (1, "x")],
            );
            check(dialect, "SELECT 1 /* ; */ -- ;\n; x", &[(1, "SELECT 1 /* ; */ -- ;"), (2, "x")]);
        }
    }

    #[test]
    fn postgres_has_its_own_quotes() {
        check(Postgres, "DO $$ a; ' $$; x", &[(1, "DO $$ a; ' $$"), (1, "x")]);
        check(Postgres, "$a$ $$;$b$; $a$;x", &[(1, "$a$ $$;$b$; $a$"), (1, "x")]);
        check(Postgres, "a$b; c$d", &[(1, "a$b"), (1, "c$d")]);
        check(Postgres, r"E'a\';' ; 'a\'; x", &[(1, r"E'a\';'"), (1, r"'a\'"), (1, "x")]);
        check(Postgres, "/* a /* ; */ ; */ x", &[(1, "x")]);
        check(Postgres, "a # b; c", &[(1, "a # b"), (1, "c")]);
    }

    #[test]
    fn mysql_has_its_own_too() {
        check(MySql, r"'a\';' ; `a;b` # ;", &[(1, r"'a\';'"), (1, "`a;b` # ;")]);
        check(MySql, "a --b; c", &[(1, "a --b"), (1, "c")]);
        check(MySql, "/*! x; */", &[(1, "/*! x"), (1, "*/")]);
        let procedure = "CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND";
        let text = format!("DELIMITER //\n{procedure} //\ndelimiter ;\nCALL p();");
        check(MySql, &text, &[(2, procedure), (7, "CALL p()")]);
    }

    #[test]
    fn what_is_no_script_is_refused_with_its_line() {
        let check = |dialect: Dialect, text: &str, expect: SplitError| {
            assert_eq!(split(text, dialect), Err(expect), "{text}");
        };
        check(Postgres, "x;\n 'a", SplitError::Unclosed(2));
        check(Postgres, "\n$$ a", SplitError::Unclosed(2));
        check(MySql, "/* a", SplitError::Unclosed(1));
        check(MySql, "DELIMITER", SplitError::Delimiter(1));
        for word in ["begin", "COMMIT", "Rollback", "start  transaction", "END", "abort work"] {
            check(Postgres, &format!("x;\n{word};"), SplitError::Transaction(2));
        }
        assert_eq!(split("ROLLBACK TO a; SAVEPOINT a; beginning", MySql).unwrap().len(), 3);
    }

    #[test]
    fn there_is_room_for_so_many() {
        let text = "x;".repeat(STATEMENTS_MAX);
        assert_eq!(split(&text, MySql).unwrap().len(), STATEMENTS_MAX);
        assert_eq!(split(&format!("{text}x"), MySql), Err(SplitError::TooMany));
    }
}
