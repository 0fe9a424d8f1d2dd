//! What a supervisor tells at the end.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Report {
    /// It never ran; why.
    NotStarted(String),
    Exited(i32),
    Killed {
        signal: i32,
    },
    /// Ended on request.
    Stopped,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(error) => f.write_str(error),
            Self::Exited(code) => write!(f, "ended with exit code {code}"),
            Self::Killed { signal } => {
                write!(f, "was killed by signal {signal}{}", signal_name(*signal))
            }
            Self::Stopped => f.write_str("was stopped"),
        }
    }
}

/// ` (SIGKILL)`, for the signals that people meet.
fn signal_name(signal: i32) -> &'static str {
    match signal {
        1 => " (SIGHUP)",
        2 => " (SIGINT)",
        4 => " (SIGILL)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        15 => " (SIGTERM)",
        24 => " (SIGXCPU)",
        25 => " (SIGXFSZ)",
        31 => " (SIGSYS)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_has_its_words() {
        let check = |report: Report, expect: &str| assert_eq!(report.to_string(), expect);
        check(Report::Exited(3), "ended with exit code 3");
        check(Report::Killed { signal: 9 }, "was killed by signal 9 (SIGKILL)");
        check(Report::Killed { signal: 34 }, "was killed by signal 34");
        check(Report::NotStarted("starting `x`: no".to_owned()), "starting `x`: no");
    }
}
