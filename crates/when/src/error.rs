//! Why a rule is refused, in words for the person who wrote it.

use std::fmt;

/// A field of a cron text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Second,
    Minute,
    Hour,
    DayOfMonth,
    Month,
    DayOfWeek,
}

/// A rule that was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error("the cron text is empty")]
    Empty,
    #[error("the cron text has {n_chars} characters; at most {max} are allowed", max = crate::CRON_TEXT_MAX)]
    TooLong { n_chars: usize },
    #[error("these are {n_texts} cron texts; at most {max} are allowed", max = crate::CRON_TEXTS_MAX)]
    TooMany { n_texts: usize },
    #[error("{}", field_count_text(*.n_fields))]
    FieldCount { n_fields: usize },
    /// One field is wrong: `minute `60`: must be 0 to 59`.
    #[error("{field} `{}`: {problem}", text.escape_debug())]
    Field { field: Field, text: String, problem: String },
    /// `@reboot` and its kind.
    #[error("`{}`: {hint}", text.escape_debug())]
    Nickname { text: String, hint: &'static str },
    #[error("the time zone is not part of the cron text; set it in its own field")]
    ZoneInText,
    #[error("`{}` never fires: {reason}", text.escape_debug())]
    NeverFires { text: String, reason: String },
    #[error(
        "the period is {period_seconds} s; it must be {min} s to {max} s (10 years)",
        min = crate::PERIOD_SECONDS_MIN,
        max = crate::PERIOD_SECONDS_MAX
    )]
    Period { period_seconds: u64 },
}

fn field_count_text(n_fields: usize) -> String {
    const SHAPE: &str = "minute hour day-of-month month day-of-week";
    match n_fields {
        7 => format!("the cron text has 7 fields; a year field is not supported: write {SHAPE}"),
        1 => format!("the cron text has 1 field; write 5: {SHAPE}, or 6 with seconds first"),
        n => format!("the cron text has {n} fields; write 5: {SHAPE}, or 6 with seconds first"),
    }
}

impl Field {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Field::Second => "second",
            Field::Minute => "minute",
            Field::Hour => "hour",
            Field::DayOfMonth => "day-of-month",
            Field::Month => "month",
            Field::DayOfWeek => "day-of-week",
        }
    }

    /// Smallest and largest number the field takes. Sunday is both 0 and 7.
    pub(crate) fn bounds(self) -> (u8, u8) {
        match self {
            Field::Second | Field::Minute => (0, 59),
            Field::Hour => (0, 23),
            Field::DayOfMonth => (1, 31),
            Field::Month => (1, 12),
            Field::DayOfWeek => (0, 7),
        }
    }

    /// The largest number of `*`: as [`Field::bounds`], but Sunday counts once.
    pub(crate) fn star_last(self) -> u8 {
        if self == Field::DayOfWeek { 6 } else { self.bounds().1 }
    }

    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Field::Month => &[
                "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
            ],
            Field::DayOfWeek => &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
            Field::Second | Field::Minute | Field::Hour | Field::DayOfMonth => &[],
        }
    }

    pub(crate) fn wrong(self, text: &str, problem: impl Into<String>) -> RuleError {
        RuleError::Field { field: self, text: text.to_owned(), problem: problem.into() }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
