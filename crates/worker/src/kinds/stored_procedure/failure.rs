//! Why a call did not work, and whether another attempt may.
//!
//! | failed | another attempt |
//! |---|---|
//! | no connection, connection lost, name not resolved | yes |
//! | the procedure raised, a constraint, a deadlock, bad data, out of space, shutting down | yes |
//! | SQLSTATE 28 (login), 3D (no such database), 42 (not there, no right, syntax), 0A (cannot) | no |
//! | unknown procedure, not allowed, parameters, egress policy | no |
//!
//! What a procedure raises may depend on rows that change, and "not yet" is a common thing to raise: so it
//! is tried again, as often as the job's retry policy says. A job that does not want that sets no retries.

use std::fmt::Display;

use sqlx::error::DatabaseError;

use crate::{assignment::Ending, data_sources::pool::ConnectError, resolver::ResolveError};

/// Of a text that somebody else wrote.
const MESSAGE_CHARS_MAX: usize = 2_000;
/// Classes of SQLSTATE that time does not mend.
const CLASSES_FOR_GOOD: [&str; 4] = ["28", "3D", "42", "0A"];

#[derive(Debug)]
pub(super) struct Failure {
    text: String,
    retryable: bool,
    /// Whether the session cannot be used again.
    pub(super) breaks_session: bool,
}

impl Failure {
    pub(super) fn for_good(text: impl Into<String>) -> Self {
        Self { text: text.into(), retryable: false, breaks_session: false }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Says where it was.
    pub(super) fn at(mut self, place: impl Display) -> Self {
        self.text = format!("{place}: {}", self.text);
        self
    }

    /// The session is not used again.
    pub(super) fn breaking(mut self) -> Self {
        self.breaks_session = true;
        self
    }

    pub(super) fn into_ending(self, what: &str) -> Ending {
        let text = format!("{what}: {}", self.text);
        if self.retryable { Ending::failed(text) } else { Ending::failed_for_good(text) }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default().into_owned();
                Self {
                    text: format!("{} (SQLSTATE {code})", message(error.as_ref())),
                    retryable: !CLASSES_FOR_GOOD.contains(&code.get(..2).unwrap_or_default()),
                    breaks_session: false,
                }
            }
            sqlx::Error::Io(error) => Self::broken(io_text(&error)),
            error => Self::broken(error.to_string()),
        }
    }
}

impl Failure {
    fn broken(text: String) -> Self {
        Self { text, retryable: true, breaks_session: true }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        let mut failure = match error {
            ConnectError::Resolve(error @ ResolveError::Refused(_)) => {
                Self::for_good(error.to_string())
            }
            ConnectError::Database(error) => error.into(),
            error @ (ConnectError::Resolve(ResolveError::Failed { .. })
            | ConnectError::TimedOut) => Self::broken(error.to_string()),
        };
        failure.text = format!("connecting: {}", failure.text);
        failure
    }
}

/// The main message only: the details may quote rows.
fn message(error: &dyn DatabaseError) -> String {
    let text = error.message();
    match text.char_indices().nth(MESSAGE_CHARS_MAX) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text.to_owned(),
    }
}

/// Without the number that the operating system adds.
fn io_text(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        std::io::ErrorKind::ConnectionReset => "connection reset".to_owned(),
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::BrokenPipe => {
            "connection closed by the server".to_owned()
        }
        _ => error.to_string(),
    }
}
