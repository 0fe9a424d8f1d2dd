//! The `arguments` of a step: one text that becomes the argument list of a program.
//!
//! | text                    | arguments               |
//! |-------------------------|-------------------------|
//! | `-v  --out a.txt`       | `-v`, `--out`, `a.txt`  |
//! | `--name "a b" 'c "d"'`  | `--name`, `a b`, `c "d"` |
//! | `"a \"b\" \\ c" ""`     | `a "b" \ c`, and an empty one |
//! | `["-c", "a b"]`         | `-c`, `a b`: a JSON array is taken as it is |
//!
//! No shell reads it: `$`, `*`, `;` and `>` are characters like any other. A backslash is special only
//! within double quotes, before `"` and `\`, so that Windows paths need no care.

use std::iter::Peekable;
use std::str::Chars;

/// Most arguments of one step.
pub const ARGUMENTS_MAX: usize = 500;

/// Why a text is no argument list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentsError {
    #[error("the quote {0} is not closed")]
    Unclosed(char),
    #[error("must be at most {ARGUMENTS_MAX} arguments")]
    TooMany,
}

/// The arguments that `text` holds, in their order.
pub fn split_arguments(text: &str) -> Result<Vec<String>, ArgumentsError> {
    let arguments = match serde_json::from_str::<Vec<String>>(text) {
        Ok(arguments) => arguments,
        Err(_) => split_words(text)?,
    };
    if arguments.len() > ARGUMENTS_MAX { Err(ArgumentsError::TooMany) } else { Ok(arguments) }
}

fn split_words(text: &str) -> Result<Vec<String>, ArgumentsError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => read_quoted(c, &mut chars, word.get_or_insert_default())?,
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Adds what stands up to the closing `quote`.
fn read_quoted(
    quote: char,
    chars: &mut Peekable<Chars<'_>>,
    word: &mut String,
) -> Result<(), ArgumentsError> {
    while let Some(c) = chars.next() {
        if c == quote {
            return Ok(());
        }
        let escaped = |next: &char| quote == '"' && c == '\\' && matches!(next, '"' | '\\');
        word.push(chars.next_if(escaped).unwrap_or(c));
    }
    Err(ArgumentsError::Unclosed(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_as_written_and_no_shell_reads_it() {
        let check = |text: &str, expect: &[&str]| {
            assert_eq!(split_arguments(text).unwrap(), expect, "{text}");
        };
        check("", &[]);
        check(" \t\n", &[]);
        check("-v  --out a.txt ", &["-v", "--out", "a.txt"]);
        check(r#"--name "a b" 'c "d"'"#, &["--name", "a b", r#"c "d""#]);
        check(r#""a \"b\" \\ c" "" ''"#, &[r#"a "b" \ c"#, "", ""]);
        check(r"C:\temp\new 'C:\a b\'", &[r"C:\temp\new", r"C:\a b\"]);
        check(r#"--x="a b"c"#, &["--x=a bc"]);
        check(
            "$(id) `id` ; rm -rf * > /x && y",
            &["$(id)", "`id`", ";", "rm", "-rf", "*", ">", "/x", "&&", "y"],
        );
        check(r#"["-c", "a 'b", ""]"#, &["-c", "a 'b", ""]);
        check("[1]", &["[1]"]);
        check("[a b]", &["[a", "b]"]);
    }

    #[test]
    fn an_open_quote_is_refused() {
        let check = |text: &str, expect: char| {
            assert_eq!(split_arguments(text), Err(ArgumentsError::Unclosed(expect)), "{text}");
        };
        check("a 'b", '\'');
        check(r#"a "b\""#, '"');
    }

    #[test]
    fn there_is_room_for_so_many() {
        assert_eq!(split_arguments(&"a ".repeat(ARGUMENTS_MAX)).unwrap().len(), ARGUMENTS_MAX);
        let one_more = "a ".repeat(ARGUMENTS_MAX + 1);
        assert_eq!(split_arguments(&one_more), Err(ArgumentsError::TooMany));
    }
}
