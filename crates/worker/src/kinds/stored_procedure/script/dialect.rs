//! Where two databases read a script differently.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    /// MariaDB too.
    MySql,
}

/// Words that begin or end a transaction, when a statement begins with them.
const TRANSACTION_WORDS: [&str; 7] =
    ["begin", "start transaction", "commit", "end", "abort", "rollback", "prepare transaction"];

impl Dialect {
    /// Whether a backslash in a quoted text protects what follows it.
    pub(super) fn has_backslash(self, quote: char, before: Option<char>) -> bool {
        match self {
            // Only in E'..'.
            Self::Postgres => quote == '\'' && matches!(before, Some('e' | 'E')),
            Self::MySql => quote != '`',
        }
    }

    /// Whether a comment to the end of the line begins with `rest`.
    pub(super) fn begins_line_comment(self, rest: &str) -> bool {
        match self {
            Self::Postgres => rest.starts_with("--"),
            Self::MySql => {
                let spaced = rest.strip_prefix("--").map(|rest| rest.chars().next());
                rest.starts_with('#') || spaced.is_some_and(|c| c.is_none_or(char::is_whitespace))
            }
        }
    }
}

/// Whether the scheduler's transaction would end with this statement.
pub(super) fn ends_transaction(sql: &str) -> bool {
    let words: Vec<String> = sql
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .take(4)
        .map(str::to_ascii_lowercase)
        .collect();
    let begins_with = |words_of: &str| {
        let wanted: Vec<&str> = words_of.split(' ').collect();
        words.len() >= wanted.len() && words.iter().zip(&wanted).all(|(a, b)| a == b)
    };
    // Back to a savepoint is within the transaction.
    let to_savepoint = words.first().is_some_and(|word| word == "rollback")
        && words.iter().any(|word| word == "to");
    !to_savepoint && TRANSACTION_WORDS.iter().any(|wanted| begins_with(wanted))
}
