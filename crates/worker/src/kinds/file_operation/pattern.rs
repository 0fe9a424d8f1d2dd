//! Which names a `sourcePath` means: `*` is any run of characters, `?` is one.

/// The last part of a `sourcePath`. Letters count as they are, as on the original's Linux hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<char>);

impl Pattern {
    /// An empty text is every file, and so is `*.*`: .NET takes it so.
    pub(super) fn new(text: &str) -> Self {
        Self(if matches!(text, "" | "*.*") { vec!['*'] } else { text.chars().collect() })
    }

    /// Whether it can mean more than one name.
    pub(super) fn is_wild(&self) -> bool {
        self.0.iter().any(|c| is_wildcard(*c))
    }

    pub(super) fn begins_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(at, c)| self.0.get(at) == Some(&c))
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        let name: Vec<_> = name.chars().collect();
        let (mut at, mut from) = (0, 0);
        // Where the last `*` stands, and from where on in `name` what follows it was tried.
        let mut star: Option<(usize, usize)> = None;
        while from < name.len() {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at, from));
                    at += 1;
                }
                Some(c) if *c == '?' || *c == name[from] => (at, from) = (at + 1, from + 1),
                Some(_) | None => {
                    let Some((star_at, tried)) = star else { return false };
                    star = Some((star_at, tried + 1));
                    (at, from) = (star_at + 1, tried + 1);
                }
            }
        }
        self.0[at..].iter().all(|c| *c == '*')
    }
}

pub(super) fn is_wildcard(c: char) -> bool {
    matches!(c, '*' | '?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        let check = |pattern: &str, name: &str, expect: bool| {
            assert_eq!(Pattern::new(pattern).matches(name), expect, "{pattern} {name}");
        };
        check("", "anything", true);
        check("", ".hidden", true);
        check("*.*", "no-dot", true);
        check("*.log", "a.log", true);
        check("*.log", ".log", true);
        check("*.log", "a.LOG", false);
        check("*.log", "a.log.1", false);
        check("a?c", "abc", true);
        check("a?c", "aüc", true);
        check("a?c", "ac", false);
        check("a*b*c", "a-b-b-c", true);
        check("a*b*c", "a-c-b", false);
        check("*a*a*a*", "aa", false);
        check("?", "", false);
        check("a.txt", "a.txt", true);
        check("[a]", "a", false);
    }

    #[test]
    fn a_pattern_cannot_be_made_slow() {
        let pattern = Pattern::new(&"*a".repeat(2_000));
        assert!(!pattern.matches(&"a".repeat(255)));
    }
}
