//! Which procedures a data source lets jobs call: `reports.*`, `*.nightly_?`.

/// Longest pattern.
pub const PATTERN_CHARS_MAX: usize = 256;

/// What ships with a database server, and reads its files or ends its sessions. A pattern opens it
/// only by spelling the schema out: `pg_catalog.pg_sleep`, not `*.pg_sleep`.
const SYSTEM_SCHEMAS: [&str; 6] =
    ["pg_catalog", "pg_toast", "information_schema", "mysql", "sys", "performance_schema"];

/// `schema.name`, both with `*` for any text and `?` for one character. Letters' case counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    schema: String,
    name: String,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("`{0}` is not `schema.name`, such as `reports.*`")]
    Form(String),
    #[error("a pattern has at most {PATTERN_CHARS_MAX} characters")]
    Length,
}

impl Pattern {
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text.chars().count() > PATTERN_CHARS_MAX {
            return Err(PatternError::Length);
        }
        match text.trim().split_once('.') {
            Some((schema, name)) if !schema.is_empty() && !name.is_empty() => {
                Ok(Self { schema: schema.to_owned(), name: name.to_owned() })
            }
            _ => Err(PatternError::Form(text.to_owned())),
        }
    }

    /// Whether a procedure of this name could match, its schema not being known.
    pub(crate) fn matches_name(&self, name: &str) -> bool {
        is_like(&self.name, name)
    }

    pub fn matches(&self, schema: &str, name: &str) -> bool {
        let schema_fits = if SYSTEM_SCHEMAS.contains(&schema) {
            self.schema == schema
        } else {
            is_like(&self.schema, schema)
        };
        schema_fits && is_like(&self.name, name)
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// Goes back to the last `*` only, which is enough: at most `pattern * text` steps.
fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star_p, star_t)) = star else { return false };
                star = Some((star_p, star_t + 1));
                p = star_p + 1;
                t = star_t + 1;
            }
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_held_against_schema_and_name() {
        let check = |pattern: &str, schema: &str, name: &str, expect: bool| {
            let matches = Pattern::parse(pattern).unwrap().matches(schema, name);
            assert_eq!(matches, expect, "{pattern} against {schema} . {name}");
        };
        check("reports.*", "reports", "nightly", true);
        check("reports.*", "reports2", "nightly", false);
        check("reports.n?ghtly", "reports", "nightly", true);
        check("reports.nightly", "reports", "Nightly", false);
        check("*.night*ly*", "a", "nightlightly", true);
        check("*.*b", "a", "aab", true);
        check("*.*b", "a", "aabc", false);
        check("*.*", "a.b", "c.d", true);
        check("a.b.c", "a", "b.c", true);
        check("a.?", "a", "\u{201c}", true);
        check("*.*", "pg_catalog", "pg_read_file", false);
        check("pg_*.*", "pg_catalog", "pg_read_file", false);
        check("pg_catalog.pg_sleep", "pg_catalog", "pg_sleep", true);
        check("*.*", "mysql", "AddGeometryColumn", false);
    }

    #[test]
    fn a_pattern_without_a_schema_is_refused() {
        for text in ["", "nightly", "*", ".x", "x.", &"x".repeat(300)] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
        assert_eq!(Pattern::parse(" a.* ").unwrap().to_string(), "a.*");
    }

    #[test]
    fn a_hostile_pattern_costs_little() {
        let pattern = Pattern::parse(&format!("a.{}b", "*a".repeat(120))).unwrap();
        assert!(!pattern.matches("a", &"a".repeat(10_000)));
    }
}
