//! What goes to stderr when a command fails: one line, with its causes.

use std::error::Error;
use std::fmt;

/// Displayed as `error: what was attempted: cause: its cause`.
#[derive(Debug)]
pub(crate) struct Failure(Box<dyn Error + Send + Sync>);

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into().into())
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(cause: E) -> Self {
        Self(Box::new(cause))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_follow_in_one_line() {
        let cause = std::io::Error::other(std::io::Error::other("disk gone"));
        let check = |failure: Failure, shown: &str| assert_eq!(failure.to_string(), shown);
        check(Failure::new("no such job"), "error: no such job");
        check(Failure::from(cause), "error: disk gone");
        let parse = "x".parse::<std::net::SocketAddr>().unwrap_err();
        check(Failure::from(parse), "error: invalid socket address syntax");
    }
}
