//! What to say when a call got no answer.

use std::{error::Error, io};

use super::request::Outbound;
use crate::{assignment::Ending, egress::Refusal, resolver::ResolveError};

/// The end of an attempt whose request failed. A refusal by the egress guard is for good.
pub(super) fn ending(outbound: &Outbound, error: &reqwest::Error) -> Ending {
    let text = format!("{outbound}: {}", cause(error));
    if is_refused(error) { Ending::failed_for_good(text) } else { Ending::failed(text) }
}

/// The innermost cause: the layers around it repeat the URL, or say "error sending request".
pub(super) fn cause(error: &reqwest::Error) -> String {
    let innermost: &(dyn Error + 'static) = chain(error).last().unwrap_or(error);
    let known = innermost.downcast_ref::<io::Error>().and_then(|error| known(error.kind()));
    known.map_or_else(|| innermost.to_string(), str::to_owned)
}

fn is_refused(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| {
        cause.is::<Refusal>()
            || matches!(cause.downcast_ref::<ResolveError>(), Some(ResolveError::Refused(_)))
    })
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(Some(error as &(dyn Error + 'static)), |error| (*error).source())
}

/// Without the number that the operating system adds.
fn known(kind: io::ErrorKind) -> Option<&'static str> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some("connection refused"),
        io::ErrorKind::ConnectionReset => Some("connection reset"),
        io::ErrorKind::ConnectionAborted => Some("connection aborted"),
        io::ErrorKind::BrokenPipe => Some("connection closed while sending"),
        io::ErrorKind::HostUnreachable => Some("host unreachable"),
        io::ErrorKind::NetworkUnreachable => Some("network unreachable"),
        io::ErrorKind::TimedOut => Some("connection timed out"),
        _ => None,
    }
}
